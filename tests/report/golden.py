#!/usr/bin/env python3
"""The text of a report on paper, as it is read from top to bottom: school,
municipality, region, resume and slides of a small made-up region, held against
tests/golden/report/. UPDATE=1 writes them anew; then read the difference.

Usage: golden.py TRAAD FOLDER GOLDEN
Ends with `N texts compared, N failed`.
"""
import csv
import difflib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

TRAAD, WORK, GOLDEN = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
STORE = WORK / "golden.db"
SCHOOLS = {"S11": 34, "S12": 26, "S13": 4, "S21": 30}
TREE = """code,name,kind,parent_code,valid_from,valid_to
R1,Region Fjord,region,,2020-08-01,
K1,Fjordby Kommune,kommune,R1,2020-08-01,
K2,Holmeå Kommune,kommune,R1,2020-08-01,
S11,Bakkeskolen,skole,K1,2020-08-01,
S12,Strandmarkskolen,skole,K1,2020-08-01,
S13,Ådalens Skole,skole,K1,2020-08-01,
S21,Holmeå Skole,skole,K2,2020-08-01,
"""
TEXTS = {"Q1": "Mit team deler, hvad der virker", "Q2": "Ledelsen følger op på teamets arbejde", "Q3": "Eleverne er med til at bestemme"}
FILES = [("S11", "pdf"), ("S11", "slides"), ("S13", "pdf"), ("K1", "pdf"), ("K1", "resume"), ("R1", "pdf")]


def run(*args):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, args))}: {done.returncode} {done.stderr}")


def write(name, text):
    (WORK / name).write_text(text, encoding="utf-8")
    return WORK / name


def questionnaire():
    words = ["Helt uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Helt enig"]
    options = [{"value": v + 1, "text": {"da": w}} for v, w in enumerate(words)] + [{"value": 9, "text": {"da": "Ved ikke"}}]
    scales = {"enig": {"options": options, "agree": [4, 5], "disagree": [1, 2], "dont_know": [9]},
              "hvem": {"options": [{"value": v + 1, "text": {"da": w}} for v, w in enumerate(["En kollega", "En vejleder", "Ingen"])]}}
    items = [{"code": q, "kind": "single", "scale": "enig", "text": {"da": t}, "core": True} for q, t in TEXTS.items()]
    more = [{"code": "H1", "kind": "single", "scale": "hvem", "text": {"da": "Hvem har hjulpet dig i år?"}},
            {"code": "N1", "kind": "number", "text": {"da": "Hvor mange timer om ugen forbereder I jer sammen?"}}]
    return {"format": "traad-questionnaire-1", "code": "P", "title": {"da": "Personale"}, "languages": ["da"], "scales": scales,
            "sections": [{"code": "SAM", "title": {"da": "Samarbejde"}, "theme": "samarbejde", "items": items},
                         {"code": "TID", "title": {"da": "Tid og hjælp"}, "theme": "praksis", "items": more}],
            "scores": [{"code": "TEAM", "title": {"da": "Teamets arbejde"}, "items": ["Q1", "Q2"], "min_answered": 0.5}]}


def answer(rng, lift):
    row = {q: "" if rng.random() < 0.03 else "9" if rng.random() < 0.04 else str(max(1, min(5, int(1 + 4.6 * rng.random() + lift.get(q, 0))))) for q in TEXTS}
    return row | {"H1": rng.choice("123"), "N1": rng.choice(["1", "1,5", "2", "3"])}


def rows(wave, lift):
    rng = random.Random(f"{wave}")
    for unit, n in SCHOOLS.items():
        for i in range(n):
            yield {"id": f"{wave}-{unit}-{i}", "unit": unit, "rolle": "leder" if i < 5 else "personale", **answer(rng, lift)}


def fill(wave, lift):
    columns = ["id", "unit", "rolle", *TEXTS, "H1", "N1"]
    with open(WORK / f"{wave}.csv", "w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, columns)
        out.writeheader()
        out.writerows(rows(wave, lift))
    groups = [{"dimension": "rolle", "column": "rolle", "values": {"leder": "leder", "personale": "personale"}, "other": "refuse"}]
    doc = {"format": "traad-answers-1", "delimiter": ",", "missing": [""], "row_id": {"column": "id"}, "unit": {"column": "unit"},
           "role": {"constant": "personale"}, "groups": groups, "items": "same", "decimal": ",",
           "invited": [{"unit": u, "n": n + 6} for u, n in SCHOOLS.items()]}
    run("survey", "answers", "--wave", wave, "--map", write(f"{wave}.json", json.dumps(doc)), WORK / f"{wave}.csv")
    run("survey", "release", "--wave", wave, "--all")


def text_of(unit, form):
    path = WORK / f"{unit}-{form}.pdf"
    run("survey", "report", "--wave", "2026", "--unit", unit, "--format", form, "--out", path)
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True, text=True).stdout
    return re.sub(r"\d{1,2}\. [a-zæøå]+ 20\d\d", "DAGEN", text)


def differs(name, text):
    path = GOLDEN / name
    if "resume" in name and text.count("\f") > 2:
        print(f"{name} has {text.count(chr(12))} pages")
        return True
    if os.environ.get("UPDATE"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    want = path.read_text(encoding="utf-8") if path.exists() else ""
    if want == text:
        return False
    print("\n".join(list(difflib.unified_diff(want.splitlines(), text.splitlines(), str(path), "now", lineterm=""))[:40]))
    return True


def main():
    if not shutil.which("pdftotext"):
        print("skipped: no pdftotext")
        sys.exit(77)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    run("init")
    run("organisation", "import", write("org.csv", TREE))
    run("survey", "import", write("p.json", json.dumps(questionnaire())))
    run("survey", "wave", "--questionnaire", "P", "--name", "2025")
    run("survey", "wave", "--questionnaire", "P", "--name", "2026", "--previous", "2025")
    fill("2025", {"Q1": -0.4, "Q2": 0.6})
    fill("2026", {"Q1": 1.4, "Q2": 0.5})
    failed = sum(differs(f"{unit}-{form}.txt", text_of(unit, form)) for unit, form in FILES)
    print(f"{len(FILES)} texts compared, {failed} failed")
    sys.exit(failed > 0)


main()
