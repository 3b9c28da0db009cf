#!/usr/bin/env python3
"""Acknowledged = stored, tried on the whole program: 64 people write over HTTP
while it is killed, while PostgreSQL is killed, and while the disk is full.
After every trouble: `traad check` finds nothing, every acknowledged post is
stored exactly once, none that was refused is stored, and those without an
answer, sent again with the nonce they had, count once.

    crash.py TRAAD sqlite|postgresql [TROUBLE] [--seed N] [--kills N]

TROUBLE: only this one, kill, stop, full or limit.

Prints a line for each trouble and "N passed, N failed, N skipped". `kill -9`
does not show that a commit was synced before it was told; the disk that
forgets (tests/fault_vfs.h, in the tests of db) does.
"""
import argparse
import asyncio
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import place
from crowd import CLIENTS, REFUSED, STORED, UNKNOWN, Crowd

KILLS = {"sqlite": 24, "postgresql": 10}
POSTGRES_KILLS = 4
SPACE = 96 << 20  # bytes of the small disk: four times the store of the demonstration
LEFT = 768 << 10  # of it left to write when the crowd begins
FULL_ANSWERS = 200  # refused posts that show the disk to be full for all


class Broken(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Broken(what)


def verify(site, crowd):
    """What the answers promised, against what is stored."""
    stored = site.markers(crowd.prefix)
    doubled = [m for m, n in stored.items() if n > 1]
    lost = [p.marker for p in crowd.with_promise(STORED) if p.marker not in stored]
    denied = [p.marker for p in crowd.with_promise(REFUSED) if p.marker in stored]
    unasked = set(stored) - {p.marker for p in crowd.posts}
    must(not lost, f"{len(lost)} acknowledged posts are lost: {lost[:5]}")
    must(not doubled, f"{len(doubled)} posts are stored twice: {doubled[:5]}")
    must(not denied, f"{len(denied)} posts are stored that were refused: {denied[:5]}")
    must(not unasked, f"stored, but never sent: {sorted(unasked)[:5]}")


async def verify_all(site, crowd, dice):
    """After the trouble: first as it lies, then with everything sent again."""
    site.check()
    verify(site, crowd)
    again = crowd.with_promise(UNKNOWN) + crowd.with_promise(REFUSED)
    known = crowd.with_promise(STORED)
    again += dice.sample(known, min(len(known), 40))
    await crowd.send_again(site.port, again)
    verify(site, crowd)
    must(not crowd.with_promise(UNKNOWN), "a post sent again has no answer")


class Told:
    """What one trouble came to, over all its rounds."""

    def __init__(self):
        self.rounds = self.stored = self.refused = self.unknown = 0

    def add(self, crowd):
        self.rounds += 1
        self.stored += crowd.count(STORED)
        self.refused += crowd.count(REFUSED)
        self.unknown += crowd.count(UNKNOWN)

    def __str__(self):
        return (f"{self.rounds} rounds, {self.stored} acknowledged, {self.refused} refused, "
                f"{self.unknown} unanswered; 0 lost, 0 doubled")


# ---- kill -9 -----------------------------------------------------------------


async def amid(crowd, dice):
    """A moment in the middle of the work: counted in posts, so that a slow machine tries as much as a fast one."""
    wanted = dice.randint(1, 200)
    until = time.monotonic() + 10
    while crowd.count(STORED) < wanted and time.monotonic() < until:
        await asyncio.sleep(0.005)
    await asyncio.sleep(dice.uniform(0, 0.05))


async def kill_amid(site, crowd, dice):
    await amid(crowd, dice)
    site.kill()


async def kill_loop(site, options, dice):
    told = Told()
    site.start()
    first = Crowd("sign-in")
    await first.sign_in(site.port)
    for i in range(options.kills):
        crowd = Crowd(f"kill-{i}")
        crowd.cookies = first.cookies
        await crowd.during(site.port, kill_amid(site, crowd, dice))
        told.add(crowd)
        if i % 2:  # the store as the crash left it, before any server mends it
            site.check()
        site.start()
        await verify_all(site, crowd, dice)
    site.stop()
    must(told.stored >= CLIENTS, f"only {told.stored} posts were acknowledged: the crowd has tried nothing")
    return told


# ---- PostgreSQL killed -------------------------------------------------------


async def until_stored(crowd, more):
    """Waits until that many more posts are acknowledged: the server works."""
    wanted, until = crowd.count(STORED) + more, time.monotonic() + 30
    while crowd.count(STORED) < wanted:
        must(time.monotonic() < until, "the server does not come back by itself within 30 s")
        await asyncio.sleep(0.05)


async def lose_postgres(site, crowd, dice):
    folder = site.folder / "pg"
    await amid(crowd, dice)
    await asyncio.to_thread(place.postgres, "crash", folder)
    await asyncio.sleep(0.2)
    site.must_run()
    await asyncio.to_thread(place.postgres, "start", folder)
    await until_stored(crowd, CLIENTS)


async def postgres_loop(site, options, dice):
    told = Told()
    site.start()
    first = Crowd("sign-in")
    await first.sign_in(site.port)
    for i in range(POSTGRES_KILLS):
        crowd = Crowd(f"engine-{i}")
        crowd.cookies = first.cookies
        await crowd.during(site.port, lose_postgres(site, crowd, dice))
        told.add(crowd)
        await verify_all(site, crowd, dice)
    site.stop()
    return told


# ---- the disk is full ----------------------------------------------------------


async def until_full(site, crowd):
    until = time.monotonic() + 60
    while crowd.count(REFUSED) < FULL_ANSWERS:
        must(time.monotonic() < until, f"the disk is full, and only {crowd.count(REFUSED)} posts were refused with 503")
        site.must_run()
        await asyncio.sleep(0.05)


async def full_disk(site, dice, take, give_back):
    """take() leaves little space to write in, give_back() ends that."""
    told = Told()
    site.start()
    crowd = Crowd("full")
    await crowd.sign_in(site.port)
    take()
    await crowd.during(site.port, until_full(site, crowd))
    verify(site, crowd)
    must(not crowd.with_promise(UNKNOWN), f"{crowd.count(UNKNOWN)} posts had no answer though the server ran")
    give_back()
    told.add(crowd)
    await crowd.during(site.port, until_stored(crowd, CLIENTS))
    await verify_all(site, crowd, dice)
    site.stop()
    return told


async def full_file_system(site, options, dice):
    filler = site.folder / "filler"

    def take():
        with open(filler, "wb", buffering=0) as f:
            try:
                while f.write(bytes(1 << 16)):
                    pass
            except OSError:
                os.truncate(filler, max(0, os.stat(filler).st_size - LEFT))

    return await full_disk(site, dice, take, filler.unlink)


async def full_by_limit(site, options, dice):
    def take():
        log = pathlib.Path(site.store + "-wal")
        site.limit_files((log.stat().st_size if log.exists() else 0) + LEFT)

    return await full_disk(site, dice, take, lambda: site.limit_files(None))


# ---- running them ----------------------------------------------------------------


TROUBLES = {
    "sqlite": {"kill": ("kill -9 of the server", kill_loop), "full": ("a full disk", full_file_system),
               "limit": ("files that may not grow", full_by_limit)},
    "postgresql": {"kill": ("kill -9 of the server", kill_loop), "stop": ("PostgreSQL stopped at once", postgres_loop)},
}


def new_site(options, folder):
    if options.engine == "postgresql":
        return place.Site(options.traad, folder, place.postgres("start", folder / "pg"))
    return place.Site(options.traad, folder, str(folder / "traad.db"))


def try_one(name, trouble, options, folder):
    began, site = time.monotonic(), None
    try:
        site = new_site(options, folder)
        told = asyncio.run(trouble(site, options, random.Random(options.seed)))
        print(f"ok   {name}: {told} ({time.monotonic() - began:.0f} s)", flush=True)
        return True
    except (Broken, RuntimeError, OSError, subprocess.SubprocessError) as why:
        print(f"FAIL {name} (seed {options.seed}): {why}", flush=True)
        return False
    finally:
        if site:
            site.close()
        if options.engine == "postgresql":
            place.postgres("stop", folder / "pg")


def run_all(options, work):
    counts = [0, 0, 0]
    for word, (name, trouble) in TROUBLES[options.engine].items():
        if options.trouble not in (None, word):
            continue
        folder = work / word
        folder.mkdir(mode=0o755)
        needs_mount = trouble is full_file_system
        if needs_mount and not place.mount_small(folder, SPACE):
            print(f"skip {name}: a small file system needs root")
            counts[2] += 1
            continue
        counts[0 if try_one(name, trouble, options, folder) else 1] += 1
        if needs_mount:
            place.unmount(folder)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("traad")
    parser.add_argument("engine", choices=KILLS)
    parser.add_argument("trouble", nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int)
    options = parser.parse_args()
    options.kills = options.kills or KILLS[options.engine]
    if options.trouble not in (None, *TROUBLES[options.engine]):
        parser.error(f"{options.engine} has the troubles {', '.join(TROUBLES[options.engine])}")
    work = pathlib.Path(tempfile.mkdtemp(prefix="traad-crash.", dir=os.environ.get("TRAAD_TEST_DIR") or None)).resolve()
    work.chmod(0o755)
    try:
        passed, failed, skipped = run_all(options, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
