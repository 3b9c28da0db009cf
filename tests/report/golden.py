#!/usr/bin/env python3
"""The text of a report as it is read from top to bottom: school, municipality,
region, resume and slides of a small made-up region, in Danish, and one of each
kind of file in English, held against tests/golden/report/. UPDATE=1 writes them
anew; then read the difference. One question has no English text, so that it is
seen what an English reader meets.

Usage: golden.py TRAAD FOLDER GOLDEN
Ends with `N texts compared, N failed`.
"""
import csv
import difflib
import html
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import zipfile

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
TEXTS = {"Q1": {"da": "Mit team deler, hvad der virker", "en": "My team shares what works"},
         "Q2": {"da": "Ledelsen følger op på teamets arbejde", "en": "The leaders follow up on the team's work"},
         "Q3": {"da": "Eleverne er med til at bestemme"}}
FILES = [("S11", "pdf", "da"), ("S11", "slides", "da"), ("S13", "pdf", "da"), ("K1", "pdf", "da"), ("K1", "resume", "da"), ("R1", "pdf", "da"),
         ("S11", "pdf", "en"), ("S11", "slides", "en"), ("K1", "resume", "en"), ("S11", "html", "en"), ("S11", "xlsx", "en"), ("S11", "csv", "en")]


def run(*args):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, args))}: {done.returncode} {done.stderr}")


def write(name, text):
    (WORK / name).write_text(text, encoding="utf-8")
    return WORK / name


def questionnaire():
    words = [("Helt uenig", "Strongly disagree"), ("Uenig", "Disagree"), ("Hverken enig eller uenig", "Neither agree nor disagree"),
             ("Enig", "Agree"), ("Helt enig", "Strongly agree"), ("Ved ikke", "Don't know")]
    options = [{"value": v, "text": {"da": da, "en": en}} for v, (da, en) in zip((1, 2, 3, 4, 5, 9), words)]
    scales = {"enig": {"options": options, "agree": [4, 5], "disagree": [1, 2], "dont_know": [9]},
              "hvem": {"options": [{"value": v + 1, "text": {"da": w}} for v, w in enumerate(["En kollega", "En vejleder", "Ingen"])]}}
    items = [{"code": q, "kind": "single", "scale": "enig", "text": t, "core": True} for q, t in TEXTS.items()]
    more = [{"code": "H1", "kind": "single", "scale": "hvem", "text": {"da": "Hvem har hjulpet dig i år?"}},
            {"code": "N1", "kind": "number", "text": {"da": "Hvor mange timer om ugen forbereder I jer sammen?"}}]
    return {"format": "traad-questionnaire-1", "code": "P", "title": {"da": "Personale", "en": "Staff"}, "languages": ["da", "en"], "scales": scales,
            "sections": [{"code": "SAM", "title": {"da": "Samarbejde", "en": "Working together"}, "theme": "samarbejde", "items": items},
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


def languages(path):
    """How often each language is named in the document and on stretches of it."""
    form = subprocess.run(["qpdf", "--qdf", "--object-streams=disable", str(path), "-"], check=True, capture_output=True).stdout
    named = re.findall(rb"/Lang \((\w+)\)", form)
    return ", ".join(f"{code.decode()} {named.count(code)}" for code in sorted(set(named)))


def paper_text(path):
    return subprocess.run(["pdftotext", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True, text=True).stdout


def page_text(path):
    """What is said, a line each, with the names of drawings and of other languages."""
    page = re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.S)
    page = re.sub(r'<span lang="(\w+)">(.*?)</span>', r"[\1: \2]", page, flags=re.S)
    page = re.sub(r'<svg[^>]*aria-label="([^"]*)".*?</svg>', r"\n(\1)\n", page, flags=re.S)
    page = re.sub(r'<html lang="(\w+)">', r"\n(\1)\n", page)
    text = html.unescape(re.sub(r"<[^>]+>", "\n", page))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def book_text(path):
    """The sheet for people whole, and of the table its first column of words."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]*)"', book.read("xl/workbook.xml").decode("utf-8"))
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode("utf-8"))
    return "\n".join(names + [html.unescape(t) for t in texts]) + "\n"


def plain_text(path):
    return path.read_text(encoding="utf-8")


KINDS = {"html": page_text, "xlsx": book_text, "csv": plain_text}


def text_of(unit, form, language):
    path = WORK / f"{unit}-{form}-{language}"
    run("survey", "report", "--wave", "2026", "--unit", unit, "--format", form, "--language", language, "--out", path)
    text = KINDS.get(form, paper_text)(path)
    if language != "da" and form not in KINDS:
        text = f"(languages: {languages(path)})\n{text}"
    return re.sub(r"\d{1,2}\.? [A-Za-zæøå]+ 20\d\d", "DAGEN", text)


def name_of(unit, form, language):
    return f"{unit}-{form}.txt" if language == "da" else f"{unit}-{form}-{language}.txt"


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
    if not shutil.which("pdftotext") or not shutil.which("qpdf"):
        print("skipped: no pdftotext or qpdf")
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
    failed = sum(differs(name_of(*file), text_of(*file)) for file in FILES)
    print(f"{len(FILES)} texts compared, {failed} failed")
    sys.exit(failed > 0)


main()
