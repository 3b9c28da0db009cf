#!/usr/bin/env python3
"""The knowledge pack of a municipality and of a school, held against the single
downloads: every file is the same bytes, and the pack is the same twice; the
school's in English, too, as its single downloads in English.

Usage: pack.py TRAAD FOLDER
Ends with `N files compared, N failed`.
"""
import pathlib
import shutil
import subprocess
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import demo_store  # noqa: E402  (it stands in tests/)

TRAAD, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
STORE = WORK / "demo.db"
WAVE = "Personale og ledere, forår 2026"
FORMS = {"da": {"resume-{}.pdf": "resume", "rapport-{}-slides.pdf": "slides", "rapporter/rapport-{}.pdf": "pdf",
                "data/rapport-{}.xlsx": "xlsx", "data/rapport-{}.csv": "csv", "data/rapport-{}.json": "json"},
         "en": {"summary-{}.pdf": "resume", "report-{}-slides.pdf": "slides", "reports/report-{}.pdf": "pdf",
                "data/report-{}.xlsx": "xlsx", "data/report-{}.csv": "csv", "data/report-{}.json": "json"}}
README = {"da": "LÆS MIG.txt", "en": "READ ME.txt"}


def run(*args):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, args))}: {done.stderr}")


def single(unit, form, language):
    path = WORK / "one"
    run("survey", "report", "--wave", WAVE, "--unit", unit, "--format", form, "--language", language, "--out", path)
    return path.read_bytes()


def packed(unit, name, language):
    path = WORK / name
    run("survey", "pack", "--wave", WAVE, "--unit", unit, "--language", language, "--out", path)
    return path


def code_of(name, pattern):
    front, back = pattern.split("{}")
    return name[len(front): len(name) - len(back)] if name.startswith(front) and name.endswith(back) else None


def faults(unit, wanted, language):
    first, second = packed(unit, f"{unit}-{language}.zip", language), packed(unit, f"{unit}-{language}-again.zip", language)
    if first.read_bytes() != second.read_bytes():
        yield 1, f"{unit}: two packs differ"
    with zipfile.ZipFile(first) as pack:
        names = pack.namelist()
        text = pack.read(README[language]).decode("utf-8")
        units = set()
        for name in names[1:]:
            code, form = next(((c, f) for p, f in FORMS[language].items() if (c := code_of(name, p)) and "-slides" not in c), (None, None))
            if code is None:
                yield 1, f"{unit}: {name} has no single download"
                continue
            units.add(code)
            if form == "pdf" and name not in text:
                yield 1, f"{unit}: the text does not tell of {name}"
            yield 1, None if pack.read(name) == single(code, form, language) else f"{unit}: {name} is not the single download"
        yield 1, None if units == wanted else f"{unit}: reports of {sorted(units)}"


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    demo_store.lay(TRAAD, str(STORE))
    compared = failed = 0
    for unit, wanted, language in (("K2", {"K2", "S21", "S21-N", "S21-O", "S21-S", "S21-V"}, "da"), ("S12", {"S12"}, "da"), ("S12", {"S12"}, "en")):
        for n, fault in faults(unit, wanted, language):
            compared += n
            if fault:
                failed += 1
                print(fault)
    print(f"{compared} files compared, {failed} failed")
    sys.exit(failed > 0)


main()
