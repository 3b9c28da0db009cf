"""Made-up regions to measure: schools, a questionnaire of 40 items with five
answers each (as the bare servers have), waves, codes, and answers in bulk."""
import csv
import datetime
import json
import pathlib
import random
import subprocess

ITEMS, OPTIONS = 40, 5
SCALE = ["Helt uenig", "Uenig", "Hverken eller", "Enig", "Helt enig"]
PER_MUNICIPALITY = 20


def questionnaire(items=ITEMS, sections=1):
    options = [{"value": i + 1, "text": {"da": word}} for i, word in enumerate(SCALE)]
    scale = {"options": options, "agree": [4, 5], "disagree": [1, 2], "dont_know": []}
    listed = [{"code": f"Q{i + 1}", "kind": "single", "scale": "enig5", "core": True,
               "text": {"da": f"{i + 1}. Vi taler på min skole om, hvordan undervisningen virker for eleverne"}} for i in range(items)]
    each = -(-items // sections)
    parts = [{"code": f"D{i + 1}", "title": {"da": f"Del {i + 1}"}, "theme": "samarbejde", "items": listed[i * each:(i + 1) * each]}
             for i in range(sections)]
    return {"format": "traad-questionnaire-1", "code": "MAAL", "title": {"da": "Måling"}, "languages": ["da"], "scales": {"enig5": scale},
            "sections": parts, "scores": []}


def organisation(schools):
    rows = [["R1", "Region Fjord", "region", "", "2022-08-01", ""]]
    for i in range(schools):
        municipality = f"K{i // PER_MUNICIPALITY + 1}"
        if i % PER_MUNICIPALITY == 0:
            rows.append([municipality, f"{municipality} Kommune", "kommune", "R1", "2022-08-01", ""])
        rows.append([f"S{i + 1}", f"Skole nummer {i + 1}", "skole", municipality, "2022-08-01", ""])
    return rows


def mapping(groups):
    return {"format": "traad-answers-1", "missing": [""], "row_id": {"column": "id"}, "unit": {"column": "skole"},
            "role": {"constant": "personale"}, "items": "same",
            "groups": [{"dimension": g, "column": g, "values": {str(k): f"{g}{k}" for k in range(4)}} for g in groups]}


class Region:
    """A store with so many schools; `where` are the words that every command takes."""

    def __init__(self, traad, folder, schools=60, items=ITEMS, sections=1, store=None):
        self.traad, self.folder, self.items, self.schools = traad, pathlib.Path(folder), items, schools
        self.where = ["--store", store or self.folder / "traad.db", "--keys", self.folder / "keys"]
        self.run("init")
        self._csv("organisation.csv", [["code", "name", "kind", "parent_code", "valid_from", "valid_to"], *organisation(schools)])
        self.run("organisation", "import", self.folder / "organisation.csv")
        (self.folder / "questionnaire.json").write_text(json.dumps(questionnaire(items, sections)))
        self.run("survey", "import", self.folder / "questionnaire.json")

    def run(self, *words):
        done = subprocess.run([str(w) for w in [self.traad, *words, *self.where]], stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(f"traad {words[0]} {words[1] if len(words) > 1 else ''}: {done.stderr.decode().strip()[-300:]}")
        return done.stdout.decode()

    def _csv(self, name, rows):
        with open(self.folder / name, "w", newline="") as f:
            csv.writer(f).writerows(rows)
        return self.folder / name

    def open_wave(self, name):
        """A wave that takes answers today, and the paths of its open codes for staff."""
        today = datetime.date.today()
        dates = ["--open", today - datetime.timedelta(3), "--close", today + datetime.timedelta(30)]
        self.run("survey", "wave", "--questionnaire", "MAAL", "--name", name, *dates)
        self.run("survey", "codes", "--wave", name, "--role", "personale", "--out", self.folder / "codes.csv")
        with open(self.folder / "codes.csv", newline="") as f:
            paths = [row["path"] for row in csv.DictReader(f) if row["kind"] == "open"]
        if len(paths) != self.schools:
            raise RuntimeError(f"{len(paths)} codes for {self.schools} schools")
        (self.folder / "paths").write_text("\n".join(paths) + "\n")
        return self.folder / "paths"

    def write_answers(self, name, rows, groups=()):
        """So many answers, the same ones every time: schools in turn, the middle more often than the ends."""
        dice, shares = random.Random(7), [1, 2, 3, 4, 5, 4, 3, 4]
        out = self.folder / name
        with open(out, "w") as f:
            f.write(",".join(["id", "skole", *groups, *(f"Q{i + 1}" for i in range(self.items))]) + "\n")
            for i in range(rows):
                fields = [str(i), f"S{i % self.schools + 1}", *(str(dice.randrange(4)) for _ in groups)]
                bits = dice.getrandbits(3 * self.items)
                fields += [str(shares[bits >> 3 * k & 7]) for k in range(self.items)]
                f.write(",".join(fields) + "\n")
        (self.folder / "map.json").write_text(json.dumps(mapping(groups)))
        return out

    def import_answers(self, wave, file):
        return self.run("survey", "answers", "--wave", wave, "--map", self.folder / "map.json", file)

    def filled_wave(self, name, rows, groups=()):
        """A wave that takes imports only, with so many answers."""
        self.run("survey", "wave", "--questionnaire", "MAAL", "--name", name)
        told = self.import_answers(name, self.write_answers("answers.csv", rows, groups))
        if f"stored {rows}," not in told:
            raise RuntimeError(f"traad survey answers: {told.strip()}")
