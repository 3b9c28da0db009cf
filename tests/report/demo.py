#!/usr/bin/env python3
"""The demonstration region as a reader finds it: every released report in JSON
and CSV held against FORMATS §4, and its hidden cells attacked from the files.

Usage: demo.py TRAAD FOLDER
The tree, and which units have rows of their own, are read from the store, for
the reader is taken to know them. Ends with `N reports checked, N failed`.
"""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys

import attack
import check_report

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import demo_store  # noqa: E402  (it stands in tests/)

TRAAD, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
STORE = WORK / "demo.db"


def run(*args):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, args))}: {done.stderr}")
    return done.stdout


def log_ins_faults():
    """What ./run prints for a visitor: who may log in, and codes to answer with."""
    told = run("demo", "log-ins")
    wanted = ("skoleleder ", "sysadm2 ", "/s/")
    return [f"demo log-ins does not tell “{word.strip()}”" for word in wanted if word not in told]


def tree_of(db, wave):
    tree, code, parent = {}, {}, {}
    for unit, above, name in db.execute("SELECT unit_id, parent_id, code FROM wave_unit WHERE wave_id = ? ORDER BY depth", (wave,)):
        code[unit], parent[unit], tree[name] = name, above, []
        if above in code:
            tree[code[above]].append(name)
    own = {code[u] for (u,) in db.execute("SELECT DISTINCT unit_id FROM tally WHERE wave_id = ? AND item_id = 0", (wave,)) if tree[code[u]]}
    return tree, own


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    demo_store.lay(TRAAD, str(STORE))
    db = sqlite3.connect(STORE)
    reports_n = 0
    failed = len([print(fault) for fault in log_ins_faults()])
    for wave, name in db.execute("SELECT w.id, w.name FROM wave w WHERE EXISTS (SELECT 1 FROM publication p WHERE p.wave_id = w.id) ORDER BY w.id").fetchall():
        folder = WORK / f"wave{wave}"
        for form in ("json", "csv"):
            run("survey", "report", "--wave", name, "--all", "--format", form, "--out", folder)
        reports = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))}
        for unit, report in reports.items():
            reports_n += 1
            for fault in check_report.faults(report, (folder / f"{unit}.csv").read_text(encoding="utf-8")):
                failed += 1
                print(f"{name} {unit}: {fault}")
        figures = [f for r in reports.values() for i in r["items"] for f in [i] + [g for g in i["groups"] if g["dimension"] != "enhed"]]
        hidden = sum(f["hidden"] for f in figures)
        changes = [i["change"]["label"] for r in reports.values() for i in r["items"] if i["change"]]
        print(f"{name}: {len(reports)} reports, {hidden} of {len(figures)} figures hidden, changes:",
              {label: changes.count(label) for label in sorted(set(changes))})
        if not shutil.which("glpsol"):
            print("attack skipped: no glpsol")
            continue
        asked, narrow = attack.attack([reports], *tree_of(db, wave), most=4)
        print(f"  {asked} hidden cells attacked, {len(narrow)} told too closely")
        for n in narrow[:10]:
            print("  ", n)
        failed += len(narrow)
    print(f"{reports_n} reports checked, {failed} failed")
    sys.exit(failed > 0 or reports_n == 0)


main()
