"""The table that a run prints, and what goes before it."""
import os
import subprocess
import sys
import time

from measure.house import ROOT, THREADS

HEADS = ["", "ours", "bare", "ratio", "aim", "reached"]


def build(b):
    if b.options.build:
        return
    subprocess.run([ROOT / "tool/build.sh", "build", "--buildtype=release", "--", "traad"], check=True, cwd=ROOT)
    subprocess.run(["ninja", "-C", b.build, "-j2", "bench"], check=True, stdout=subprocess.DEVNULL)


def guarded(b, name, measure):
    """A row that fails is told in the table; the others are measured all the same."""
    began = time.monotonic()
    try:
        measure(b)
    except (RuntimeError, OSError, subprocess.SubprocessError) as why:
        b.row(name, f"failed: {why}", reached=False)
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def tell(b, how):
    """Exit status: 1 when an aim is missed."""
    print("| " + " | ".join(HEADS) + " |")
    print("|---|---:|---:|---:|---|---|")
    for row in b.rows:
        print("| " + " | ".join(row) + " |")
    print(f"\n{time.strftime('%Y-%m-%d')}, {THREADS} cores; {how}load average at the end {os.getloadavg()[0]:.1f}.")
    return 0 if all(row[-1] != "**no**" for row in b.rows) else 1
