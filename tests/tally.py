#!/usr/bin/env python3
"""Counts what tests said. Prints three numbers: passed, failed, skipped.

    tally.py LOG             the sum of the lines "N passed, N failed[, N skipped]"
    tally.py --meson JSON    every test of a meson log: its own closing line, or
                             one by its result; a program that died counts one
                             failure more than it told
"""
import json
import re
import sys

LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


def told(text):
    found = LINE.findall(text or "")
    return [int(n or 0) for n in found[-1]] if found else None


def of_meson(path):
    total = [0, 0, 0]
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            result = test["result"]
            counts = told(test.get("stdout"))
            if result == "SKIP":
                counts = counts or [0, 0, 1]
            elif result in ("OK", "EXPECTEDFAIL"):
                counts = counts or [1, 0, 0]
            else:
                counts = counts or [0, 0, 0]
                counts[1] = max(1, counts[1])
            total = [a + b for a, b in zip(total, counts)]
    return total


def main():
    if sys.argv[1] == "--meson":
        total = of_meson(sys.argv[2])
    else:
        with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
            total = [sum(int(n or 0) for n in column) for column in zip(*LINE.findall(log.read()))] or [0, 0, 0]
    print(*total)


main()
