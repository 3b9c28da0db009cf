#!/usr/bin/env python3
"""Every C file that gcc compiles is read by clang too, once, without a warning
(STYLE.md §11). clang warns while it reads, so no object is made: that takes a
quarter of the time of a build. Needs a built folder, since pages and schemas are C made at build.

    tool/clangcheck.py [BUILD]

Prints what clang says, a line for each faulty file and "N passed, N failed".
"""
import concurrent.futures
import json
import os
import shlex
import subprocess
import sys

# Of gcc's words: what the file means and which warnings are wanted. The rest is about the object.
KEPT = ("-I", "-D", "-U", "-isystem", "-std=", "-W", "-pthread", "-f")
LEFT_OUT = ("-fsanitize", "-fdiagnostics")


def words_of(entry):
    words = shlex.split(entry["command"])
    kept = [w for w in words if w.startswith(KEPT) and not w.startswith(LEFT_OUT)]
    return ["clang", "-fsyntax-only", *kept, entry["file"]]


def read(entry):
    return subprocess.run(words_of(entry), cwd=entry["folder"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build-test"
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = [{**e, "folder": os.path.join(build, e["directory"])} for e in json.load(file)]
    entries = {os.path.normpath(os.path.join(e["folder"], e["file"])): e for e in commands}
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, done in zip(entries, pool.map(read, entries.values())):
            if done.returncode == 0:
                continue
            failed += 1
            sys.stdout.write(done.stdout.decode(errors="replace"))
            print(f"FAULT {path} has warnings or errors under clang")
    print(f"{len(entries) - failed} passed, {failed} failed")
    return 1 if failed or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
