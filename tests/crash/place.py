"""A store with the demonstration region and `traad serve` in front of it, to be
killed. SQLite lies in a folder of its own; PostgreSQL is a server of its own
(tests/postgres.sh), since it is killed too."""
import collections
import os
import pathlib
import re
import resource
import signal
import sqlite3
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))
import demo_store  # noqa: E402  (it stands in tests/)

POSTGRES = str(TESTS / "postgres.sh")
MARKED = "SELECT subject FROM support_question WHERE subject LIKE '{}-%'"


class Site:
    def __init__(self, program, folder, store):
        self.program, self.folder, self.store = program, pathlib.Path(folder), store
        self.keys = str(self.folder / "keys")
        self.log = open(self.folder / "server.log", "ab")
        self.server, self.port = None, 0
        self._make()

    def _make(self):
        demo_store.lay(self.program, self.store, self.keys)

    def _run(self, command):
        words = [self.program, command, "--store", self.store, "--keys", self.keys]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"traad {command}: status {done.returncode}\n{done.stdout.decode(errors='replace')[-3000:]}")

    def start(self):
        words = [self.program, "serve", "--listen", "127.0.0.1:0", "--store", self.store, "--keys", self.keys]
        words += ["--limit-per-address", "0"]
        # restore_signals: a file that may not grow must be an error in the server, not its end (SIGXFSZ)
        self.server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log,
                                       restore_signals=False)
        said = self.server.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        if not address:
            raise RuntimeError(f"the server does not start: “{said.strip()}”\n{self.log_end()}")
        self.port = int(address[1])

    def kill(self):
        self.server.kill()
        self._gone(-signal.SIGKILL)

    def stop(self):
        """The ordinary end: a sanitizer's finding shows in the status."""
        if self.server:
            self.server.terminate()
            self._gone(0)

    def _gone(self, wanted):
        status = self.server.wait(60)
        self.server.stdout.close()
        self.server = None
        if status != wanted:
            raise RuntimeError(f"the server ended with status {status}, not {wanted}\n{self.log_end()}")

    def must_run(self):
        if self.server.poll() is not None:
            raise RuntimeError(f"the server is gone: status {self.server.returncode}\n{self.log_end()}")

    def limit_files(self, size):
        """The largest file that the running server may write; None: no limit."""
        size = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def check(self):
        self._run("check")

    def markers(self, prefix):
        """How often each marker is stored."""
        sql = MARKED.format(prefix)
        if self.store.startswith("postgresql:"):
            found = subprocess.run(["psql", "-XAtq", "-c", sql, self.store], stdout=subprocess.PIPE, check=True)
            return collections.Counter(found.stdout.decode().split("\n")[:-1])
        db = sqlite3.connect(self.store, timeout=20)
        try:
            return collections.Counter(row[0] for row in db.execute(sql))
        finally:
            db.close()

    def log_end(self):
        return (self.folder / "server.log").read_text(errors="replace")[-3000:]

    def close(self):
        if self.server:
            self.server.kill()
            self.server.wait(60)
            self.server.stdout.close()
        self.log.close()


def postgres(what, folder):
    """tests/postgres.sh start, crash or stop; what it printed."""
    done = subprocess.run([POSTGRES, what, str(folder)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


def mount_small(folder, size):
    """A file system of `size` bytes at folder; False where we may not."""
    os.makedirs(folder, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(folder)]
    return os.geteuid() == 0 and subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0


def unmount(folder):
    subprocess.run(["umount", "-l", str(folder)], check=True)
