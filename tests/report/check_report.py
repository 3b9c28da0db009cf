"""Every rule of FORMATS §4 that a report can be held against alone.

faults(report, csv_text) gives a list of sentences; empty: it keeps them all.
Used on every report that the tests produce. Shares no code with the program.
"""
import csv
import io
import math

TOP = {"format", "wave", "unit", "version", "released", "minimum", "response", "items", "scores"}
LABELS = {"sikker", "usikker", "faa_svar", "ikke_sammenlignelig"}
COLUMNS = ("wave,unit,version,section,theme,item,text,dimension,group,hidden,valid,excluded,agree_count,agree_share,agree_low,agree_high,"
           "describing_low,describing_high,distribution,from_wave,change_difference,change_low,change_high,change_test,change_p,"
           "change_p_adjusted,change_family,change_label,change_markant,versus_kind,versus_difference,versus_low,versus_high,versus_test,"
           "versus_p,versus_p_adjusted,versus_family,mean,sd").split(",")
Z = 1.959963984540054


def wilson(x, n):
    p, z2 = x / n, Z * Z
    half = Z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    return middle - half, middle + half


def close(a, b):
    return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-11, abs_tol=1e-11)


def bh(ps):
    order = sorted(range(len(ps)), key=lambda i: -ps[i])
    out, least = [0] * len(ps), 1.0
    for rank, i in zip(range(len(ps), 0, -1), order):
        least = min(least, ps[i] * len(ps) / rank)
        out[i] = least
    return out


def comparison(where, k, tests, out):
    for key in ("difference", "low", "high", "p", "p_adjusted"):
        if not isinstance(k[key], (int, float)) or not math.isfinite(k[key]):
            out.append(f"{where}: {key} is no number")
            return
    if k["test"] not in tests:
        out.append(f"{where}: test {k['test']}")
    if not k["low"] <= k["difference"] <= k["high"] and k["test"] != "cluster_t":
        out.append(f"{where}: the difference is outside its limits")
    if not 0 <= k["p"] <= k["p_adjusted"] <= 1:
        out.append(f"{where}: p {k['p']} and adjusted {k['p_adjusted']}")


def share(where, figure, out):
    a = figure["agree"]
    if a is None:
        return
    low, high = wilson(a["count"], figure["valid"])
    if not close(a["share"], a["count"] / figure["valid"]) or not close(a["low"], low) or not close(a["high"], high):
        out.append(f"{where}: share or Wilson")


def state(where, figure, keys, out):
    if figure["hidden"]:
        for key in ("valid", *keys):
            if figure[key] is not None:
                out.append(f"{where}: hidden, but {key} is given")
        return "hidden"
    if not isinstance(figure["valid"], int) or figure["valid"] < 5:
        out.append(f"{where}: shown with valid {figure['valid']}")
    if "words" in figure:
        if figure["words"] != "næsten alle" or not 5 <= figure["valid"] < 10:
            out.append(f"{where}: words")
        for key in keys:
            if figure[key] is not None:
                out.append(f"{where}: words only, but {key} is given")
        return "words"
    return "shown"


def change(where, k, tests, out):
    if k is None:
        return
    if k["label"] not in LABELS:
        out.append(f"{where}: label {k['label']}")
    if k["label"] == "ikke_sammenlignelig":
        if any(k[x] is not None for x in k if x not in ("from_wave", "label")):
            out.append(f"{where}: ikke_sammenlignelig has figures")
        return
    comparison(where, k, tests, out)
    if "welch" in tests:
        if k["markant"] is not None:
            out.append(f"{where}: markant of a score")
    elif abs(abs(k["difference"]) - 0.1) > 1e-9 and k["markant"] != (abs(k["difference"]) >= 0.1):
        out.append(f"{where}: markant")
    if k["label"] == "sikker" and k["p_adjusted"] >= 0.05:
        out.append(f"{where}: sikker with p {k['p_adjusted']}")


def group(where, g, item, known, out):
    s = state(where, g, ("agree", "versus"), out)
    share(where, g, out)
    v = g["versus"]
    if v is None:
        return
    if s != "shown" or known != "shown":
        out.append(f"{where}: versus with a side that is not shown")
    kind = {"enhed": "parent", "deltagelse": "nonparticipants"}.get(g["dimension"], "rest")
    if v["kind"] != kind:
        out.append(f"{where}: versus of kind {v['kind']}")
    comparison(where, v, {"cluster_t"} if kind == "nonparticipants" else {"z", "fisher"}, out)
    contrast = g["group"] if kind == "parent" else g["dimension"]
    if v["family"] != f"{item['section']}/{contrast}":
        out.append(f"{where}: family {v['family']}")
    if kind in ("parent", "rest"):
        small, large = (item, g) if kind == "parent" else (g, item)
        x, n = small["agree"]["count"], small["valid"]
        rest = large["valid"] - n
        if rest < 5:
            out.append(f"{where}: compared with {rest}")
        elif not close(v["difference"], x / n - (large["agree"]["count"] - x) / rest):
            out.append(f"{where}: difference")


def item_faults(item, minimum, out):
    where = item["code"]
    s = state(where, item, ("excluded", "distribution", "agree", "change"), [] if "mean" in item else out)
    share(where, item, out)
    if s == "shown" and item["distribution"] is not None and item["agree"] is not None:
        if sum(d["count"] for d in item["distribution"]) != item["valid"]:
            out.append(f"{where}: the distribution does not add up")
        n = item["valid"]
        if n < 10 and any(d["count"] == n for d in item["distribution"]):
            out.append(f"{where}: all alike and below ten, but shown")
    change(where, item["change"], {"z", "fisher"}, out)
    if item["change"] and item["change"].get("family") not in (None, f"{item['section']}/aar"):
        out.append(f"{where}: family of the change")
    for g in item["groups"]:
        group(f"{where} {g['dimension']} {g['group']}", g, item, s, out)


def families(report, out):
    all_of = {}
    for item in report["items"]:
        for k in [item["change"]] + [g["versus"] for g in item["groups"]]:
            if k and k.get("family"):
                all_of.setdefault(k["family"], []).append(k)
    for score in report["scores"]:
        if score["change"] and score["change"]["family"]:
            all_of.setdefault(score["change"]["family"], []).append(score["change"])
    for family, ks in all_of.items():
        for k, want in zip(ks, bh([k["p"] for k in ks])):
            if not close(k["p_adjusted"], want):
                out.append(f"family {family}: adjusted {k['p_adjusted']}, not {want}")


def response(report, out):
    r = report["response"]
    if r["answered"] is not None and r["answered"] < 5 or r["invited"] is not None and r["invited"] < 5:
        out.append("response: below five")
    if (r["rate"] is None) != (r["answered"] is None or r["invited"] is None):
        out.append("response: rate")
    if r["rate"] is None:
        if r["caution"] is not None:
            out.append("response: caution without a rate")
        return
    want = "under_40" if r["rate"] < 0.4 else "under_60" if r["rate"] < 0.6 else None
    if not close(r["rate"], r["answered"] / r["invited"]) or r["caution"] != want:
        out.append("response: rate or caution")


def table(report, text, out):
    lines = list(csv.reader(io.StringIO(text)))
    if lines[0] != COLUMNS:
        out.append("csv: columns")
        return
    want = [(i, None) for i in report["items"]]
    want = [(i, g) for i in report["items"] for g in [None] + i["groups"]] + [(s, None) for s in report["scores"]]
    if len(want) != len(lines) - 1:
        out.append(f"csv: {len(lines) - 1} rows, not {len(want)}")
        return
    for (item, g), line in zip(want, lines[1:]):
        row, figure = dict(zip(COLUMNS, line)), g or item
        valid = "skjult" if figure["hidden"] else str(figure["valid"])
        if row["item"] != item["code"] or row["valid"] != valid or row["hidden"] != str(figure["hidden"]).lower():
            out.append(f"csv: {item['code']} {row['group']}: {row['valid']} is not {valid}")
        agree = figure.get("agree")
        if agree and float(row["agree_share"]) != agree["share"]:
            out.append(f"csv: {item['code']}: share")
        if g and (row["dimension"], row["group"]) != (g["dimension"], g["group"]):
            out.append(f"csv: {item['code']}: group")


def faults(report, csv_text=None):
    out = []
    if report["format"] != "traad-report-1" or not TOP <= set(report) or report["minimum"] != 5:
        out.append("head")
    response(report, out)
    for item in report["items"]:
        item_faults(item, report["minimum"], out)
    for score in report["scores"]:
        state(score["code"], score, ("mean", "sd", "change"), out)
        change(score["code"], score["change"], {"welch"}, out)
    families(report, out)
    if csv_text is not None:
        table(report, csv_text, out)
    return out
