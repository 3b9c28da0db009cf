#!/usr/bin/env python3
"""A backup rehearsed on the whole program: copied while 64 people write, restored
on this engine and on the other, held against `traad check` and against the rows
of the store it came from.

    rehearsal.py TRAAD sqlite|postgresql

Prints a line for each claim and "N passed, N failed, N skipped".
"""
import asyncio
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import place
from crowd import STORED, Crowd

SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
PG_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\""


class Broken(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Broken(what)


def is_address(store):
    return store.startswith("postgresql:")


def psql(store, sql):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, store], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


def counts(store):
    """Rows of every table."""
    if is_address(store):
        tables = psql(store, PG_TABLES)
        found = psql(store, " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in tables))
        return {name: int(n) for name, n in (line.split("|") for line in found)}
    db = sqlite3.connect(store, timeout=20)
    try:
        tables = [row[0] for row in db.execute(SQLITE_TABLES)]
        return {t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}
    finally:
        db.close()


class Rehearsal:
    def __init__(self, traad, engine, work):
        self.traad, self.work = traad, work
        self.server = place.postgres("start", work / "pg")
        self.key = work / "backup.key"
        store = self.server if engine == "postgresql" else str(work / "traad.db")
        self.site = place.Site(traad, work, store)

    def run(self, *words, store, status=0):
        line = [self.traad, *map(str, words), "--store", store, "--keys", self.site.keys]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = done.stderr.decode(errors="replace")
        must(done.returncode == status, f"traad {words[0]}: status {done.returncode}, not {status}: {said[-1000:]}")
        return said

    def backup(self, name, store=None):
        out = self.work / name
        self.run("backup", "--out", out, "--key", self.key, store=store or self.site.store)
        return out

    def new_store(self, engine, name):
        if engine == "sqlite":
            return str(self.work / f"{name}.db")
        psql(self.server, f"CREATE DATABASE {name}")
        return self.server.rsplit("/", 1)[0] + "/" + name

    def restore(self, file, store):
        self.run("restore", file, "--key", self.key, store=store)
        self.run("check", store=store)

    async def copy_under_load(self):
        self.site.start()
        crowd, out = Crowd("backup"), []
        await crowd.sign_in(self.site.port)

        async def amid():
            while crowd.count(STORED) < 100:
                await asyncio.sleep(0.01)
            self.before = [p.marker for p in crowd.with_promise(STORED)]
            out.append(await asyncio.to_thread(self.backup, "amid.backup"))

        await crowd.during(self.site.port, amid())
        self.site.stop()
        self.all = [p.marker for p in crowd.with_promise(STORED)]
        return out[0]

    def rehearse(self, engine):
        amid = asyncio.run(self.copy_under_load())
        store = self.new_store(engine, "amid")
        self.restore(amid, store)
        here, mine = self.site.store, self.site
        mine.store = store
        found = set(mine.markers("backup"))
        mine.store = here
        must(set(self.before) <= found, "what was acknowledged before the backup is not in it")
        print(f"ok   copied while {len(self.all)} posts were acknowledged, {len(found)} of them in it; check is clean", flush=True)

    def compare(self, engine):
        """The store at rest, its copy, and the copy's copy on this engine again."""
        other = {"sqlite": "postgresql", "postgresql": "sqlite"}[engine]
        wanted, there = counts(self.site.store), self.new_store(other, "there")
        back = self.new_store(engine, "back")
        self.restore(self.backup("rest.backup"), there)
        self.restore(self.backup("there.backup", there), back)
        for name, store in (("on the other engine", there), ("back on this one", back)):
            found = counts(store)
            differ = {t: (wanted.get(t), found.get(t)) for t in {*wanted, *found} if wanted.get(t) != found.get(t)}
            must(not differ, f"rows differ {name}: {differ}")
        print(f"ok   {sum(wanted.values())} rows of {len(wanted)} tables across engines and back; check is clean", flush=True)
        return there

    def refusals(self, taken):
        """Each is one English line, and nothing can be seen of it."""
        good = self.work / "rest.backup"
        cut, flipped = self.work / "cut.backup", self.work / "flipped.backup"
        data = bytearray(good.read_bytes())
        cut.write_bytes(data[:-1000])
        data[len(data) // 2] ^= 1
        flipped.write_bytes(data)
        newer = self.work / "newer.backup"
        newer.write_bytes(good.read_bytes().replace(b"schema people 1\n", b"schema people 9\n"))
        other_key = self.work / "other.key"
        other_key.write_bytes(os.urandom(32))
        other_key.chmod(0o600)
        target = str(self.work / "never.db")
        for file, key in ((cut, self.key), (flipped, self.key), (newer, self.key), (good, other_key), (other_key, self.key)):
            said = self.run("restore", file, "--key", key, store=target, status=1)
            must(said.count("\n") == 1 and said.startswith("traad: restore: "), f"not one line: {said}")
            left = [p.name for p in self.work.iterdir() if p.name.startswith("never.db")]
            must(not left, f"left behind: {left}")
        self.run("restore", good, "--key", self.key, store=taken, status=1)
        self.run("backup", "--out", good, "--key", self.key, store=self.site.store, status=1)
        for wave in pathlib.Path(self.site.keys).iterdir():
            must(wave.read_bytes() not in good.read_bytes(), "a key is in the backup")
        print("ok   cut, flipped, newer, another key, no backup, a store that exists: refused, nothing left", flush=True)


def main():
    traad, engine = sys.argv[1], sys.argv[2]
    work = pathlib.Path(tempfile.mkdtemp(prefix="traad-rehearsal-"))
    work.chmod(0o755)
    try:
        rehearsal = Rehearsal(traad, engine, work)
        rehearsal.rehearse(engine)
        rehearsal.refusals(rehearsal.compare(engine))
        rehearsal.site.close()
        print("3 passed, 0 failed, 0 skipped")
    except (Broken, RuntimeError, OSError, subprocess.SubprocessError) as why:
        print(f"FAIL {why}\n0 passed, 1 failed, 0 skipped")
        sys.exit(1)
    finally:
        place.postgres("stop", work / "pg")
        shutil.rmtree(work, ignore_errors=True)


main()
