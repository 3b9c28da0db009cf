"""What every measurement stands on: rows of the table, rounds in turn, servers
that are started and stopped, and the load."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LOG_IN, PASSWORD = "medarbejder", "tre-ord-til-demo"  # of the demonstration region
THREADS = os.cpu_count() or 1
WARMUP = 0.4

median = statistics.median


class Bench:
    def __init__(self, options, work):
        self.options, self.work, self.rows = options, work, []
        self.build = pathlib.Path(options.build).resolve() if options.build else ROOT / "build"
        self.traad, self.bin = self.build / "traad", self.build / "bench"

    def row(self, name, ours, other="", ratio="", aim="", reached=None):
        self.rows.append([name, ours, other, ratio, aim, {None: "", True: "yes", False: "**no**"}[reached]])

    def at_least(self, name, ours, other, least, aim):
        """Rates of both, round by round: the more the better."""
        ratio = ratio_of(ours, other)
        self.row(name, f"{median(ours):,.0f}/s", f"{median(other):,.0f}/s", f"{ratio:.2f}", aim, ratio >= least)

    @contextlib.contextmanager
    def folder(self, name):
        """Gone with its contents, so that one row's files do not fill the disk for the next."""
        made = pathlib.Path(tempfile.mkdtemp(prefix=name + ".", dir=self.work))
        made.chmod(0o755)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)


def output_of(words, **more):
    return subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **more).stdout.decode()


def in_turn(rounds, *measures):
    """Each so many times, in turn, every second round the other way about: a list of results for each."""
    found = [[] for _ in measures]
    for i in range(rounds):
        order = range(len(measures)) if i % 2 == 0 else reversed(range(len(measures)))
        for k in order:
            found[k].append(measures[k]())
    return found


def ratio_of(ours, other):
    """Median of the rounds' ratios: what slows the machine slows both of a round."""
    return median(a / b for a, b in zip(ours, other))


# ---- servers -----------------------------------------------------------------


@contextlib.contextmanager
def running(words, may_die=False, **more):
    """The process once it told that it listens, and its port."""
    server = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **more)
    try:
        said = server.stdout.readline().decode()
        port = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        if not port:
            raise RuntimeError(f"{words[0]} does not start: {said.strip()}")
        yield server, int(port[1])
        if server.poll() is not None and not may_die:
            raise RuntimeError(f"{words[0]} has died: status {server.returncode}")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        server.stdout.close()


def serve(b, where, **more):
    return running([b.traad, "serve", "--listen", "127.0.0.1:0", "--limit-per-address", "0", *where],
                   stderr=subprocess.DEVNULL, **more)  # its log: a line a request


@contextlib.contextmanager
def silent(words, port):
    """A server that does not tell when it listens (the shared measuring stick)."""
    server = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while not answers(port) and time.monotonic() < until:
            time.sleep(0.05)
        yield server, port
    finally:
        server.kill()
        server.wait(30)


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def postgres(b, name="pg"):
    """A private PostgreSQL and its address (tests/postgres.sh: fsync and synchronous_commit are on)."""
    with b.folder(name) as folder:
        control = [ROOT / "tests/postgres.sh"]
        try:
            yield output_of([*control, "start", folder / "data"]).strip()
        finally:
            output_of([*control, "stop", folder / "data"])


# ---- pages ---------------------------------------------------------------------


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def sign_in(port, login=LOG_IN, password=PASSWORD):
    opener = urllib.request.build_opener(NoRedirect)
    form = urllib.parse.urlencode({"login": login, "password": password}).encode()
    try:
        opener.open(f"http://127.0.0.1:{port}/log-ind", form)
    except urllib.error.HTTPError as answer:
        for line in answer.headers.get_all("Set-Cookie") or []:
            if answer.code == 303 and line.startswith("traad="):
                return line.split(";")[0]
    raise RuntimeError("the log-in does not work")


def get(port, path, cookie=""):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
    return urllib.request.urlopen(request).read()


def load(b, port, kind, path, clients=16, cookie="", pid=0):
    words = [b.bin / "load", port, kind, path, "--clients", clients, "--seconds", b.options.seconds, "--warmup", WARMUP,
             "--cookie", cookie, "--cpu", pid]
    told = json.loads(output_of(words))
    if told["failed"] or not told["completed"]:
        raise RuntimeError(f"{kind} {path}: {told['failed']} failed, {told['completed']} completed, {told['last_fault']}")
    return told
