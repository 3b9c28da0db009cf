"""The program as a whole: signed-in pages, start, memory, the writer, kills."""
import os
import pathlib
import re
import subprocess
import time

from measure.bare import bare_page
from measure.house import ROOT, get, in_turn, load, median, output_of, ratio_of, serve, sign_in


def demo_store(b, folder):
    where = ["--store", folder / "traad.db", "--keys", folder / "keys"]
    output_of([b.traad, "demo", *where])
    return where


def lookups_of(b, folder, where, path):
    """Look-ups of one page: what 200 more of it count more."""
    counts = []
    for pages in (20, 220):
        env = {**os.environ, "LD_PRELOAD": str(b.bin / "libcount_lookups.so")}
        with serve(b, where, env=env, cwd=folder) as (_, port):
            cookie = sign_in(port)
            for _ in range(pages):
                get(port, path, cookie)
        counts.append(int((folder / "lookups").read_text()))
    return round((counts[1] - counts[0]) / 200)


def pages(b):
    with b.folder("demo") as folder:
        where = demo_store(b, folder)
        for path in ("/", "/support"):
            signed_in_page(b, folder, where, path)


def signed_in_page(b, folder, where, path):
    lookups = lookups_of(b, folder, where, path)
    with serve(b, where) as (server, port):
        cookie = sign_in(port)
        size = len(get(port, path, cookie))
        with bare_page(b, folder, lookups, size) as (bare_server, bare_port):
            ours, other = in_turn(b.options.rounds, lambda: load(b, port, "page", path, cookie=cookie, pid=server.pid),
                                  lambda: load(b, bare_port, "page", "/", pid=bare_server.pid))
    name = f"signed-in page {path} ({lookups} look-ups, {size / 1024:.1f} KB), 16 clients"
    for what, of in (("CPU", lambda r: r["cpu_ms_each"]), ("p99", lambda r: r["whole"]["p99_ms"])):
        mine, bare = [of(r) for r in ours], [of(r) for r in other]
        ratio = ratio_of(mine, bare)
        b.row(f"{name}: {what}", f"{median(mine):.3f} ms", f"{median(bare):.3f} ms", f"{ratio:.2f}", "≤ 2 × bare", ratio <= 2)


def start(b):
    with b.folder("demo") as folder:
        where, times, sizes = demo_store(b, folder), [], []
        for _ in range(b.options.rounds):
            began = time.monotonic()
            with serve(b, where) as (server, port):
                get(port, "/log-ind")
                times.append((time.monotonic() - began) * 1e3)
                time.sleep(1)
                status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
                sizes.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)
    b.row("start, to the first page", f"{median(times):.0f} ms", aim="< 200 ms", reached=median(times) < 200)
    b.row("idle memory (resident)", f"{median(sizes):.0f} MiB", aim="< 64 MiB", reached=median(sizes) < 64)


def writer(b):
    with b.folder("writer") as folder:
        told = output_of([b.bin / "writer_bench", folder, b.options.seconds, b.options.rounds, b.bin / "bare_writer"])
    ours, bare, ratio = re.search(r"ours (\d+)/s, bare (\d+)/s, ratio ([\d.]+)", told.splitlines()[-1]).groups()
    b.row("writer, 40 tallies each, 64 threads, no HTTP", f"{int(ours):,}/s", f"{int(bare):,}/s", ratio, "≥ 0.7 × bare, merged",
          float(ratio) >= 0.7)


def kills(b):
    words = [ROOT / "tests/crash/crash.py", b.traad, "sqlite", "--kills", b.options.kills]
    done = subprocess.run([str(w) for w in words], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    told = re.search(r"^(?:ok|FAIL) +kill -9 of the server:? *(.*)$", done.stdout.decode(), re.M)
    b.row("`kill -9` while 64 people write", told[1] if told else "it did not run", aim="0 lost", reached=done.returncode == 0)
