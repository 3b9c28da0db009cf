#!/usr/bin/env python3
"""A made-up region from file to report, twice, and the reader who attacks it.

Usage: region.py TRAAD FOLDER
Three municipalities with 22 schools (some tiny), two dimensions, an invited
number each, a programme that some schools are in, last year's wave, and a
second release after more answers. Every file is held against FORMATS §4, every
published count against the rows, and hidden cells are attacked with glpsol
(skipped without it). Ends with `N checked, N failed`.
"""
import csv
import json
import pathlib
import random
import shutil
import subprocess
import sys

import attack
import check_report

TRAAD, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
STORE = WORK / "region.db"
ITEMS = ["Q1", "Q2", "Q3", "Q4"]
checked = failed = 0


def claim(what, fine):
    global checked, failed
    checked += 1
    if not fine:
        failed += 1
        if failed <= 20:
            print("failed:", what)


def run(*args, code=0):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if done.returncode != code:
        sys.exit(f"{' '.join(map(str, args))}: {done.returncode} {done.stderr}")
    return done.stdout


def write(name, text):
    (WORK / name).write_text(text, encoding="utf-8")
    return WORK / name


def make_tree():
    tree, lines = {"R": ["K1", "K2", "K3"]}, ["code,name,kind,parent_code,valid_from,valid_to", "R,Region,region,,2020-08-01,"]
    for k, schools in (("K1", 12), ("K2", 9), ("K3", 1)):
        lines.append(f"{k},Kommune {k},kommune,R,2020-08-01,")
        tree[k] = [f"{k}S{i:02}" for i in range(schools)]
        for s in tree[k]:
            lines.append(f"{s},Skole {s},skole,{k},2020-08-01,")
            tree[s] = []
    run("organisation", "import", write("org.csv", "\n".join(lines) + "\n"))
    return tree


def make_questionnaire():
    scale = {"options": [{"value": v, "text": {"da": f"Svar {v}"}} for v in (1, 2, 3, 4, 5, 9)], "agree": [4, 5], "dont_know": [9]}
    items = [{"code": i, "kind": "single", "scale": "s", "text": {"da": f"Spørgsmål {i}"}, "core": True} for i in ITEMS]
    doc = {"format": "traad-questionnaire-1", "code": "P", "title": {"da": "P"}, "languages": ["da"], "scales": {"s": scale},
           "sections": [{"code": "A", "title": {"da": "A"}, "theme": "a", "items": items[:2]}, {"code": "B", "title": {"da": "B"}, "theme": "b", "items": items[2:]}],
           "scores": [{"code": "SUM", "title": {"da": "Sum"}, "items": ITEMS, "min_answered": 0.5}] +
           [{"code": "EN" + i, "title": {"da": i}, "items": [i], "min_answered": 1} for i in ITEMS]}
    run("survey", "import", write("p.json", json.dumps(doc)))


def people(rng, schools, size, first):
    rows = []
    for school in schools:
        for _ in range(size(school)):
            leans = rng.random()
            row = {"id": f"r{first + len(rows)}", "unit": school, "koen": rng.choice(["m", "k", "k", ""]), "aar": rng.choice(["ny", "erfaren"])}
            for item in ITEMS:
                row[item] = "" if rng.random() < 0.06 else "9" if rng.random() < 0.05 else str(min(5, 1 + int(5 * (0.6 * rng.random() + 0.5 * leans))))
            rows.append(row)
    return rows


def import_rows(wave, name, rows, invited=(), part=()):
    groups = [{"dimension": d, "column": d, "other": "refuse"} for d in ("koen", "aar")]
    for g, values in zip(groups, ({"m": "m", "k": "k"}, {"ny": "ny", "erfaren": "erfaren"})):
        g["values"] = values
    doc = {"format": "traad-answers-1", "delimiter": ",", "missing": [""], "row_id": {"column": "id"}, "unit": {"column": "unit"},
           "role": {"constant": "personale"}, "groups": groups, "items": "same"}
    if invited:
        doc["invited"] = [{"unit": u, "n": n} for u, n in invited]
    if part:
        doc["participant"] = {"units": list(part)}
    path = WORK / f"{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, ["id", "unit", "koen", "aar", *ITEMS])
        out.writeheader()
        out.writerows(rows)
    told = run("survey", "answers", "--wave", wave, "--map", write(f"{name}.map.json", json.dumps(doc)), path)
    claim(f"{name}: {told}", f"stored {len(rows)}," in told)


def release(wave, folder):
    told = run("survey", "release", "--wave", wave, "--all").strip().splitlines()
    print(wave, "-", "; ".join(told))
    for form in ("json", "csv", "xlsx"):
        run("survey", "report", "--wave", wave, "--all", "--format", form, "--out", WORK / folder)
    reports = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted((WORK / folder).glob("*.json"))}
    for unit, report in reports.items():
        for fault in check_report.faults(report, (WORK / folder / f"{unit}.csv").read_text(encoding="utf-8")):
            claim(f"{folder} {unit}: {fault}", False)
        checked_one(folder, unit)
        # the score of one question has its n: who is told the one is told the other
        for item, score in zip(report["items"], report["scores"][1:]):
            claim(f"{folder} {unit}: the score of {item['code']} alone tells its n", item["hidden"] == score["hidden"] and item["valid"] == score["valid"])
    return reports


def checked_one(folder, unit):
    one = WORK / "one.json"
    run("survey", "report", "--wave", folder.split("-")[0], "--unit", unit, "--format", "json", "--out", one)
    claim(f"{folder} {unit}: other bytes alone", one.read_bytes() == (WORK / folder / f"{unit}.json").read_bytes())


def below(tree, unit):
    return {unit}.union(*(below(tree, b) for b in tree[unit]))


def counts(rows, tree, reports, only=None):
    """Every published figure against the rows."""
    for unit, report in reports.items():
        if only is not None and unit not in only:
            continue
        mine = [r for r in rows if r["unit"] in below(tree, unit)]
        for item in report["items"]:
            valid = [r for r in mine if r[item["code"]] not in ("", "9")]
            figures = [(item, valid)]
            for g in item["groups"]:
                if g["dimension"] in ("koen", "aar"):
                    group = "" if g["group"] == "uoplyst" else g["group"]
                    figures.append((g, [r for r in valid if r[g["dimension"]] == group]))
            for figure, people_in in figures:
                where = f"{unit} {item['code']} {figure.get('group', '')}"
                claim(f"{where}: {len(people_in)} shown", figure["hidden"] or len(people_in) >= 5)
                if not figure["hidden"]:
                    claim(f"{where}: n", figure["valid"] == len(people_in))
                if figure.get("agree"):
                    claim(f"{where}: agree", figure["agree"]["count"] == sum(r[item["code"]] in "45" for r in people_in))


def clusters(rows, tree, reports, part):
    """The participants of a municipality against `traad stats cluster`."""
    compared = 0
    for unit in ("R", "K1", "K2"):
        for item in reports[unit]["items"]:
            versus = next((g["versus"] for g in item["groups"] if g["group"] == "deltager"), None)
            if not versus:
                continue
            lines = []
            for school in sorted(u for u in below(tree, unit) if not tree[u]):
                valid = [r[item["code"]] for r in rows if r["unit"] == school and r[item["code"]] not in ("", "9")]
                if valid:
                    lines.append((school not in part, f"{school},{'p' if school in part else 'n'},{sum(v in '45' for v in valid)},{len(valid)}"))
            path = write("cluster.csv", "unit,group,x,n\n" + "\n".join(line for _, line in sorted(lines)) + "\n")
            done = subprocess.run([TRAAD, "stats", "cluster", str(path)], capture_output=True, text=True, check=True)
            row = next(csv.DictReader(done.stdout.splitlines()))
            for key in ("difference", "low", "high", "p"):
                claim(f"{unit} {item['code']} cluster {key}", abs(versus[key] - float(row[key])) < 1e-9)
            compared += 1
    claim("some participants are compared", compared > 0)


def try_attack(name, versions, tree):
    if not shutil.which("glpsol"):
        print("attack skipped: no glpsol")
        return
    asked, narrow = attack.attack(versions, tree)
    print(f"{name}: {asked} hidden cells attacked, {len(narrow)} told too closely")
    for n in narrow:
        claim(f"{name}: {n}", False)
    claim(f"{name}: something to attack", asked > 0)


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    rng = random.Random(20260501)
    run("init")
    tree = make_tree()
    make_questionnaire()
    schools = [u for u in tree if not tree[u]]
    part = set(schools[0:12:3]) | set(schools[12:20:2])
    sizes = {s: rng.choice([3, 16, 24, 30, 44, 60, 75]) for s in schools}
    invited = [(s, sizes[s] + rng.randrange(12, 20)) for s in schools]
    for wave, previous in (("w25", ()), ("w26", ("--previous", "w25"))):
        run("survey", "wave", "--questionnaire", "P", "--name", wave, *previous)
        rows = people(rng, schools, sizes.get, 0)
        import_rows(wave, wave, rows, invited, part)
        reports = release(wave, wave)
        counts(rows, tree, reports)
        clusters(rows, tree, reports, part)
        try_attack(wave, [reports], tree)
    changes = [i["change"] for r in reports.values() for i in r["items"] if i["change"]]
    claim("there are changes", len(changes) > 5 and all(k["from_wave"] == "w25" for k in changes))
    more = people(rng, schools, lambda s: rng.choice([0, 0, 2, 9]), 100000)
    import_rows("w26", "more", more)
    second = release("w26", "w26-2")
    new = {u: r for u, r in second.items() if r["version"] == 2}
    claim("some are kept, some are new", 0 < len(new) < len(second))
    counts(rows + more, tree, new)
    for unit, report in second.items():
        claim(f"{unit}: kept is the same", unit in new or report == reports[unit])
    try_attack("w26 twice", [reports, new], tree)
    run("check")
    print(f"{checked} checked, {failed} failed")
    sys.exit(failed > 0)


main()
