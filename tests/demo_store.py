#!/usr/bin/env python3
"""A store with the demonstration region. Making one costs seconds, and a run of
./test needs some ten: the first makes it, the others are copies of that (http.c
does the same at the same place). By hand, without the folder and the server of
./test, it is made each time.

    demo_store.py TRAAD STORE [KEYS]      KEYS: folder of its keys, STORE.keys by default
"""
import contextlib
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys


def is_address(store):
    return store.startswith("postgresql:")


def make(traad, store, keys):
    words = [traad, "demo", "--store", store, "--keys", keys]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"traad demo: status {done.returncode}\n{done.stdout.decode(errors='replace')[-3000:]}")


def psql(address, sql):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, address], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip()


@contextlib.contextmanager
def locked(path):
    with open(path, "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def copy_file(traad, shared, store, keys):
    whole, keys_of_whole, ready = shared / "demo.db", shared / "keys-sqlite", shared / "ready-sqlite"
    with locked(shared / "lock-sqlite"):
        if not ready.exists():
            make(traad, str(whole), str(keys_of_whole))
            ready.touch()
    shutil.copy(whole, store)
    shutil.copytree(keys_of_whole, keys)


def copy_database(traad, shared, store, keys):
    """On another server, so not by TEMPLATE."""
    server, keys_of_whole, ready = os.environ["TRAAD_TEST_PG"], shared / "keys-pg", shared / "ready-pg"
    whole = server.rsplit("/", 1)[0] + "/traad_demo"
    with locked(shared / "lock-pg"):
        if not psql(server, "SELECT 1 FROM pg_database WHERE datname = 'traad_demo'"):
            psql(server, "CREATE DATABASE traad_demo")
            ready.unlink(missing_ok=True)
        if not ready.exists():
            make(traad, whole, str(keys_of_whole))
            ready.touch()
    with subprocess.Popen(["pg_dump", whole], stdout=subprocess.PIPE) as dump:
        subprocess.run(["psql", "-Xq", "-1", "-v", "ON_ERROR_STOP=1", store], stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    if dump.returncode != 0:
        raise RuntimeError(f"pg_dump ends with status {dump.returncode}")
    shutil.copytree(keys_of_whole, keys)


def lay(traad, store, keys=None):
    """At `store`, where there is none yet: a path, or the address of an empty database."""
    keys, shared = keys or f"{store}.keys", os.environ.get("TRAAD_TEST_DIR")
    if not shared or (is_address(store) and not os.environ.get("TRAAD_TEST_PG")):
        make(traad, store, keys)
    elif is_address(store):
        copy_database(traad, pathlib.Path(shared), store, keys)
    else:
        copy_file(traad, pathlib.Path(shared), store, keys)


if __name__ == "__main__":
    lay(*sys.argv[1:])
