#!/usr/bin/env python3
"""Holds doc/security.md to its word: every id of doc/asvs-5.0.0-ids.csv stands in
it once (a row may name several, or a whole section as "V10.*"); every file, and
every name or test behind a colon, exists. Prints the faults and
"N passed, N failed", counted in rows and ids.
    tool/asvs_check.py [ROOT]
The ids and their levels are facts of OWASP ASVS 5.0.0 (© OWASP Foundation, CC
BY-SA 4.0); its texts are not in this repository.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/../..").resolve()
STATES = {"yes", "partly", "no", "n/a"}
ID = re.compile(r"V\d+(?:\.\d+){0,2}(?:\.\*)?")


def wanted_ids():
    with open(ROOT / "doc/asvs-5.0.0-ids.csv", encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def ids_of(cell, wanted):
    """The ids that a first cell stands for; None for one that means nothing."""
    found = []
    for word in cell.split():
        if not ID.fullmatch(word):
            return None
        section = word[:-1] if word.endswith("*") else None
        hits = [i for i in wanted if i == word or (section and i.startswith(section))]
        if not hits:
            return None
        found += hits
    return found


def file_of(path):
    for base in (ROOT, ROOT / "src"):
        if (base / path).is_file():
            return base / path
    return None


def reference_fault(reference, must_be_test):
    path, _, name = reference.partition(":")
    file = file_of(path)
    if not file:
        return f"{path} does not exist"
    text = file.read_text(encoding="utf-8")
    if must_be_test and name:
        is_there = re.search(r"\b(?:TEST|HTTP_TEST|ON_BOTH)\(\w+,\s*" + re.escape(name) + r"\)", text)
        return None if is_there else f"{path} has no test {name}"
    if name and not re.search(r"(?<!\w)" + re.escape(name) + r"(?!\w)", text):
        return f"{path} says nothing of {name}"
    return None


def row_faults(cells, wanted):
    if len(cells) != 5:
        return ["has not five cells"]
    ids, state, what, where, tests = cells
    faults = []
    if ids_of(ids, wanted) is None:
        faults.append("names an id that the standard lacks")
    if state not in STATES:
        faults.append(f"'{state}' is none of {', '.join(sorted(STATES))}")
    if not what:
        faults.append("says nothing")
    places = re.findall(r"`([^`]+)`", where)
    if state == "yes" and not places:
        faults.append("says yes and not where")
    faults += [f for f in (reference_fault(p, False) for p in places) if f]
    faults += [f for f in (reference_fault(t, True) for t in re.findall(r"`([^`]+)`", tests)) if f]
    return faults


def main():
    wanted = wanted_ids()
    seen, passed, failed = {}, 0, 0
    page = (ROOT / "doc/security.md").read_text(encoding="utf-8")
    for number, line in enumerate(page.splitlines(), 1):
        if not re.match(r"\| V\d", line):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        faults = row_faults(cells, wanted)
        for found in ids_of(cells[0], wanted) or []:
            if found in seen:
                faults.append(f"{found} stands in line {seen[found]} already")
            seen[found] = number
        for fault in faults:
            print(f"doc/security.md:{number}: {fault}")
        passed, failed = passed + (not faults), failed + bool(faults)
    for missing in (i for i in wanted if i not in seen):
        print(f"doc/security.md: {missing} is missing")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
