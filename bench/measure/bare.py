"""Our own bare servers against the measuring stick, where that lies beside the checkout."""
import contextlib
import shutil
import subprocess

from measure.house import ROOT, THREADS, free_port, get, in_turn, load, running, silent

STICK = ROOT.parent / "shared" / "baseline"


@contextlib.contextmanager
def bare_submit(b, park, mode, **more):
    with b.folder("submit") as folder:
        with running([b.bin / "bare_submit", free_port(), THREADS, folder, park, mode], **more) as server:
            yield server


def bare_page(b, folder, lookups, size):
    return running([b.bin / "bare_page", free_port(), THREADS, folder / "bare_page.db", max(lookups, 1), size])


def versus_stick(b):
    if not STICK.is_dir():
        b.row("our bare servers against the measuring stick", "skipped: it is not beside the checkout")
        return
    with b.folder("stick") as folder:
        made = folder / "stick"
        shutil.copytree(STICK, made, copy_function=shutil.copyfile)
        made.chmod(0o755)
        subprocess.run(["make", "-s", "-C", made, "bin/srv_mhd", "bin/srv_submit"], check=True, stderr=subprocess.DEVNULL)
        page_versus_stick(b, made)
        for park, mode in (("suspend", "group"), ("block", "one")):
            submit_versus_stick(b, made, park, mode)


def page_versus_stick(b, made):
    with b.folder("page") as folder, silent([made / "bin/srv_mhd", port := free_port(), THREADS, folder / "theirs.db"], port):
        size = len(get(port, "/"))
        with bare_page(b, folder, 1, size) as (_, own):
            ours, theirs = in_turn(b.options.rounds, lambda: load(b, own, "page", "/")["per_s"],
                                   lambda: load(b, port, "page", "/")["per_s"])
    b.at_least(f"bare page, 1 look-up, {size} bytes", ours, theirs, 0.95, "≥ 0.95 × the measuring stick")


def submit_versus_stick(b, made, park, mode):
    def mine():
        with bare_submit(b, park, mode) as (_, port):
            return load(b, port, "submit", "/s", 64)["per_s"]

    def theirs():
        port = free_port()
        with b.folder("stick") as folder, silent([made / "bin/srv_submit", port, THREADS, folder, park, mode], port):
            return load(b, port, "submit", "/s", 64)["per_s"]

    ours, other = in_turn(b.options.rounds, mine, theirs)
    b.at_least(f"bare submit, {park}:{mode}, 64 clients", ours, other, 0.95, "≥ 0.95 × the measuring stick")
