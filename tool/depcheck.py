#!/usr/bin/env python3
"""Arrows point down only (STYLE.md §1): every #include "…" of src/ is held
against the floors, and what features include of each other against the list
`uses = ['…']` in their meson.build.

    main, features → feature → core → web → render → stats, text, db → base

Also: of another feature only its public header NAME/NAME.h; no cycle among
features, nor among core's folders; every include is written from src/ down
and exists. Tests may use test.h and http.h. Prints one line per fault and
"N passed, N failed", counted in files.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/../..").resolve()
SRC = ROOT / "src"
FLOORS = {"base": 0, "db": 1, "text": 1, "stats": 1, "render": 2, "web": 3, "core": 4, "feature": 5, "": 6}
TEST_HEADERS = {p.name for p in (ROOT / "tests").glob("*.h")}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def room(path):
    """'core/access' for what lies in a folder of core or feature, else the floor's name; '' is the roof."""
    parts = path.parts
    if len(parts) == 1:
        return ""
    if parts[0] in ("core", "feature") and len(parts) > 2:
        return "/".join(parts[:2])
    return parts[0]


def includes(file):
    return INCLUDE.findall(file.read_text(encoding="utf-8"))


def used_by(folder):
    build = folder / "meson.build"
    found = re.search(r"^\s*uses\s*=\s*\[([^\]]*)\]", build.read_text(encoding="utf-8"), re.M) if build.exists() else None
    return set(re.findall(r"'([^']+)'", found[1])) if found else set()


def fault_of(file, target, known):
    """What is wrong with `file` including `target`, or None."""
    here, there = room(file), room(pathlib.PurePath(target))
    if target in TEST_HEADERS:
        return None if file.name.endswith("_test.c") else "only tests include the test harness"
    if target not in known:
        if re.fullmatch(r"\w+(_gen|\.html)\.h", target):
            return None  # made at build for its own folder: templates, tables
        if "/" not in target:
            return "write the path from src/ down"
        if not (SRC / target).parent.is_dir():
            return "no such folder"
    mine, its = FLOORS[here.split("/")[0]], FLOORS[there.split("/")[0]]
    if its > mine:
        return f"{there or 'the roof'} stands above {here}"
    if its == mine and here != there and here.split("/")[0] not in ("core", "feature"):
        return f"{here} and {there} stand side by side"
    if there.startswith("feature/") and here.startswith("feature/") and here != there:
        name = there.split("/")[1]
        if target != f"feature/{name}/{name}.h":
            return f"another feature's private header; {name}/{name}.h is its face"
        if name not in used_by(SRC / here):
            return f"'{name}' is not in uses = […] of src/{here}/meson.build"
    if target.endswith("_inside.h") and here != there:
        return "an inside header of another folder"
    return None


def cycles(edges):
    """Each cycle once, as a path of rooms."""
    found, done = [], set()

    def visit(node, path):
        if node in path:
            found.append(path[path.index(node) :] + [node])
            return
        if node in done:
            return
        for following in sorted(edges.get(node, ())):
            visit(following, path + [node])
        done.add(node)

    for node in sorted(edges):
        visit(node, [])
    return found


def main():
    files = sorted(p.relative_to(SRC) for p in SRC.rglob("*") if p.suffix in (".c", ".h", ".html"))
    known = {str(p) for p in files}
    faults, bad, edges = [], set(), {}
    for file in files:
        if file.suffix == ".html":
            continue
        for target in includes(SRC / file):
            why = fault_of(file, target, known)
            if why:
                faults.append(f'src/{file}: #include "{target}": {why}')
                bad.add(file)
            here, there = room(file), room(pathlib.PurePath(target))
            if here != there and "/" in here and "/" in there and not file.name.endswith("_test.c"):
                edges.setdefault(here, set()).add(there)
    for path in cycles(edges):
        faults.append("cycle: " + " → ".join(path))
        bad.add(path[0])
    print("\n".join(faults), end="\n" if faults else "")
    print(f"{max(0, len(files) - len(bad))} passed, {len(bad)} failed")
    return bool(bad)


sys.exit(main())
