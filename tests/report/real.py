#!/usr/bin/env python3
"""Real answers from file to report, against references computed with R.

Usage: real.py TRAAD OPEN_DATA FOLDER
Imports TALIS (schools as units), bhr2000 (GRP as units) and bfi (one unit, koen
and alder as groups), releases them, writes every report and holds each figure
that is not hidden against the references of OPEN_DATA/ref; every comparison
against `traad stats compare` on the same counts. Prints the share hidden.
Ends with `N compared, N failed`; exit 1 on a failure, 77 without the data.
"""
import csv
import json
import math
import pathlib
import shutil
import subprocess
import sys

import check_report

TRAAD, OPEN, WORK = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
STORE = WORK / "real.db"
compared = failed = 0


def same(what, got, want, tolerance=1e-12):
    global compared, failed
    compared += 1
    if isinstance(want, float) or isinstance(got, float):
        fine = got is not None and math.isclose(got, want, rel_tol=tolerance, abs_tol=tolerance)
    else:
        fine = got == want
    if not fine:
        failed += 1
        if failed <= 20:
            print(f"{what}: {got!r} is not {want!r}")


def run(*args, fine=True):
    done = subprocess.run([TRAAD, *map(str, args), "--store", str(STORE)], capture_output=True, text=True)
    if fine and done.returncode:
        sys.exit(f"{' '.join(map(str, args))}: {done.stderr}")
    return done


def rows(name):
    with open(OPEN / name, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def write(name, text):
    path = WORK / name
    path.write_text(text, encoding="utf-8")
    return path


def questionnaire(code, items, values, agree):
    scale = {"options": [{"value": v, "text": {"da": f"Svar {v}"}} for v in values], "agree": agree}
    doc = {"format": "traad-questionnaire-1", "code": code, "title": {"da": code}, "languages": ["da"], "scales": {"s": scale},
           "sections": [{"code": "ALT", "title": {"da": "Alt"}, "theme": "alt", "items": [
               {"code": i, "kind": "single", "scale": "s", "text": {"da": i}, "core": True} for i in items]}], "scores": []}
    run("survey", "import", write(f"{code}.json", json.dumps(doc)))


def wave(name, code, mapping, data):
    run("survey", "wave", "--questionnaire", code, "--name", name)
    doc = {"format": "traad-answers-1", "delimiter": ",", "missing": ["", "NA"], "role": {"constant": "personale"}, "items": "same"}
    doc.update(mapping)
    told = run("survey", "answers", "--wave", name, "--map", write(f"{name}.map.json", json.dumps(doc)), data).stdout.strip()
    print(name, "-", told)
    told = run("survey", "release", "--wave", name, "--all").stdout.strip().splitlines()
    print(name, "-", "; ".join(told))
    for form in ("json", "csv", "xlsx"):
        run("survey", "report", "--wave", name, "--all", "--format", form, "--out", WORK / name)
    again = WORK / f"{name}-again.json"
    one = sorted((WORK / name).glob("*.json"))[0]
    run("survey", "report", "--wave", name, "--unit", one.stem, "--format", "json", "--out", again)
    same(f"{name} the same bytes", again.read_bytes() == one.read_bytes(), True)
    reports = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in (WORK / name).glob("*.json")}
    for unit, report in reports.items():
        for fault in check_report.faults(report, (WORK / name / f"{unit}.csv").read_text(encoding="utf-8")):
            same(f"{name} {unit}: {fault}", False, True)
    return reports


def share(what, figure, ref):
    same(what + " n", figure["valid"], int(ref["n"]))
    same(what + " count", figure["agree"]["count"], int(ref["agree"]))
    for ours, theirs in (("share", "share"), ("low", "wilson_lo"), ("high", "wilson_hi")):
        if theirs in ref:
            same(f"{what} {ours}", figure["agree"][ours], float(ref[theirs]))


def shown(figure):
    return not figure["hidden"] and "words" not in figure


def compare(pairs):
    """Every versus against `traad stats compare`: (what, x1, n1, x2, n2, versus)."""
    if not pairs:
        return
    lines = ["id,x1,n1,x2,n2,family"] + [f"{i},{x1},{n1},{x2},{n2},{f}" for i, (_, x1, n1, x2, n2, _, f) in enumerate(pairs)]
    done = subprocess.run([TRAAD, "stats", "compare", str(write("compare.csv", "\n".join(lines) + "\n"))], capture_output=True, text=True, check=True)
    for row in csv.DictReader(done.stdout.splitlines()):
        what, *_, versus, _ = pairs[int(row["id"])]
        same(what + " difference", versus["difference"], float(row["difference"]))
        same(what + " low", versus["low"], float(row["newcombe_low"]))
        same(what + " high", versus["high"], float(row["newcombe_high"]))
        same(what + " test", versus["test"], row["test"])
        same(what + " p", versus["p"], float(row["p"]), 1e-9)
        same(what + " adjusted", versus["p_adjusted"], float(row["bh"]), 1e-9)


def versus_pairs(reports):
    pairs = []
    for unit, report in reports.items():
        for item in report["items"]:
            for group in item["groups"]:
                v = group["versus"]
                if not v or v["test"] == "cluster_t":
                    continue
                own, other = (item, group) if v["kind"] == "parent" else (group, item)
                x2, n2 = own["agree"]["count"], own["valid"]
                x1, n1 = other["agree"]["count"] - x2, other["valid"] - n2
                pairs.append((f"{unit} {item['code']} {group['group']}", x1, n1, x2, n2, v, f"{unit}/{v['family']}"))
    return pairs


def small_is_hidden(reports, true_n):
    """true_n: {(unit, item): n} counted from the file."""
    few = more = 0
    for (unit, item), n in true_n.items():
        figure = next(i for i in reports[unit]["items"] if i["code"] == item)
        if n < 5:
            same(f"{unit} {item} of {n} hidden", figure["hidden"], True)
            few += 1
        else:
            more += figure["hidden"]
            if shown(figure):
                same(f"{unit} {item} n", figure["valid"], n)
    print(f"  {len(true_n)} figures of units: {few} below five, {more} more hidden")


def count(data, unit, items):
    n = {}
    for row in data:
        for item in items:
            key = (unit(row), item)
            n[key] = n.get(key, 0) + (row[item] not in ("", "NA"))
    return n


def talis():
    items = ["Mtv_1", "Mtv_2", "Pdgg_1", "Pdgg_2", "Stsf"]
    questionnaire("TALIS", items, [1, 2, 3], [3])
    data = rows("r/talis_us.csv")
    reports = wave("talis", "TALIS", {"unit": {"column": "IDTEACH", "take": [0, 4], "prefix": "T"}, "row_id": {"column": "IDTEACH"},
                                      "make_units": {"kind": "skole", "parent": "US"}}, OPEN / "r/talis_us.csv")
    for ref in rows("ref/talis_us_fpc.csv"):
        item = next(i for i in reports["US"]["items"] if i["code"] == ref["item"])
        share("talis " + ref["item"], item, ref)
    small_is_hidden(reports, count(data, lambda r: "T" + r["IDTEACH"][:4], items))
    compare(versus_pairs(reports))
    return reports


def bhr():
    items = [k for k in rows("r/bhr2000.csv")[0] if k not in ("GRP", "HRS", "RELIG")]
    questionnaire("BHR", items, [1, 2, 3, 4, 5], [4, 5])
    reports = wave("bhr", "BHR", {"unit": {"column": "GRP", "prefix": "G"}, "make_units": {"kind": "skole", "parent": "US"}}, OPEN / "r/bhr2000.csv")
    for ref in rows("ref/bhr2000_units1to25_items.csv"):
        item = next(i for i in reports["G" + ref["group"]]["items"] if i["code"] == ref["item"])
        if shown(item):
            share(f"bhr {ref['group']} {ref['item']}", item, ref)
            for d in item["distribution"]:
                same(f"bhr {ref['group']} {ref['item']} value {d['value']}", d["count"], int(ref[f"n_{d['value']}"]))
    for ref in rows("ref/bhr2000_AF06_funnel_share.csv"):
        item = next(i for i in reports["G" + ref["unit"]]["items"] if i["code"] == "AF06")
        if shown(item):
            share("bhr funnel " + ref["unit"], item, {**ref, "agree": ref["x"]})
    small_is_hidden(reports, count(rows("r/bhr2000.csv"), lambda r: "G" + r["GRP"], items))
    compare(versus_pairs(reports))
    return reports


def band(age):
    for top, name in ((17, "00-17"), (24, "18-24"), (34, "25-34"), (49, "35-49")):
        if int(age) <= top:
            return name
    return "50+"


def bfi():
    data = rows("r/bfi.csv")
    items = list(data[0])[1:26]
    questionnaire("BFI", items, [1, 2, 3, 4, 5, 6], [4, 5, 6])
    ages = {str(a): band(a).replace("+", "p") for a in range(0, 120)}
    groups = [{"dimension": "koen", "column": "gender", "values": {"1": "male", "2": "female"}, "other": "refuse"},
              {"dimension": "alder", "column": "age", "values": ages, "other": "refuse"}]
    reports = wave("bfi", "BFI", {"unit": {"constant": "US"}, "row_id": {"column": "id"}, "groups": groups}, OPEN / "r/bfi.csv")
    for name in ("gender", "ageband"):
        for ref in rows(f"ref/bfi_by_{name}_items.csv"):
            item = next(i for i in reports["US"]["items"] if i["code"] == ref["item"])
            group = next(g for g in item["groups"] if g["group"] == ref["group"].replace("+", "p"))
            if shown(group):
                share(f"bfi {ref['item']} {ref['group']}", group, ref)
    compare(versus_pairs(reports))
    return reports


def main():
    if not (OPEN / "r").is_dir():
        print("skipped: the real data are not here")
        sys.exit(77)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    run("init")
    run("organisation", "import", write("org.csv", "code,name,kind,parent_code,valid_from,valid_to\nUS,Alle,region,,2016-08-01,\n"))
    # each wave has the tree of its day, with the units that the waves before it made
    bfi(), talis(), bhr()
    print(run("check").stdout.strip())
    print(f"{compared} compared, {failed} failed")
    sys.exit(failed > 0)


main()
