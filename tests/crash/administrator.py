#!/usr/bin/env python3
"""An administrator of the database tries to find out what somebody answered.

    administrator.py TRAAD sqlite|postgresql

He has everything but the keys: the live store (SQLite's file and write-ahead log;
PostgreSQL's tables with ctid and xmin, its sequences, its data folder and log),
copies of two nights and of the night after closing, the queue of jobs and mails,
and the server's log. He knows the codes of all who are asked, who sent an answer,
in which order and when, and what some of them wrote. Each claim below is an attack
of his that must fail.

What DESIGN concedes, and the page on persondata tells those who answer:
- whoever has the key files as well, or watches the running process, can join all;
- a row is stored when it is sent, so the rows of two copies differ by those sent
  between them, and the order of the log (xmin, ctid) is the order of sending. The
  store itself says neither who sent nor when; but he who knows from elsewhere that
  one certain person alone sent an answer between two copies has that person's row,
  though never the text (shown as conceded_…, so that nobody forgets it);
- who is alone in a unit and role, or answers as all others do, is not hidden.

Prints a line for each claim and "N passed, N failed, N skipped".
"""
import csv
import datetime
import hashlib
import hmac
import http.client
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

import place

EACH_NIGHT = 12
ROWS = {"answer", "answer_sealed", "spent"}  # each submission adds one to each
GROWING = ROWS | {"tally", "tally_sheet"}  # all that a submission may touch
ORGANISATION = """code,name,kind,parent_code,valid_from,valid_to
R1,Region Fjord,region,,2022-08-01,
K1,Fjordby Kommune,kommune,R1,2022-08-01,
S11,Bakkeskolen,skole,K1,2022-08-01,
S12,Engskolen,skole,K1,2022-08-01,
"""
SINGLES = [f"A{i}" for i in range(1, 7)]


def questionnaire():
    scale = {"options": [{"value": v, "text": {"da": f"Svar {v}"}} for v in range(1, 6)], "agree": [4, 5], "disagree": [1, 2]}
    items = [{"code": c, "kind": "single", "scale": "s", "text": {"da": f"Spørgsmål {c}"}, "core": True} for c in SINGLES]
    items.append({"code": "T", "kind": "text", "text": {"da": "Hvad vil du ellers sige?"}})
    section = {"code": "A", "title": {"da": "Del et"}, "theme": "a", "items": items}
    return {"format": "traad-questionnaire-1", "code": "ADMIN", "title": {"da": "Prøve"}, "languages": ["da"], "scales": {"s": scale},
            "sections": [section]}


class Broken(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Broken(what)


class Site(place.Site):
    """A store with two schools and one open wave."""

    def _run(self, command, *words):
        line = [self.program, *command.split(), *map(str, words), "--store", self.store, "--keys", self.keys]
        done = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"traad {command}: status {done.returncode}\n{done.stdout.decode(errors='replace')[-3000:]}")

    def _make(self):
        (self.folder / "organisation.csv").write_text(ORGANISATION, encoding="utf-8")
        (self.folder / "admin.json").write_text(json.dumps(questionnaire()), encoding="utf-8")
        today = datetime.date.today()
        self._run("init")
        self._run("organisation import", self.folder / "organisation.csv")
        self._run("survey import", self.folder / "admin.json")
        self._run("survey wave", "--questionnaire", "ADMIN", "--name", "prøven", "--open", today - datetime.timedelta(2),
                  "--close", today + datetime.timedelta(20))
        self._run("survey codes", "--wave", "prøven", "--unit", "S11", "--role", "personale", "--single", 60, "--out",
                  self.folder / "codes.csv")
        with open(self.folder / "codes.csv", encoding="utf-8") as file:
            self.codes = [row["code"] for row in csv.DictReader(file) if row["kind"] == "single"]

    def close_wave(self):
        self._run("survey release", "--wave", "prøven", "--all")

    def ask(self, method, path, fields=None):
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = None if fields is None else urllib.parse.urlencode(fields)
        there.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {})
        answer = there.getresponse()
        answer.read()
        there.close()
        return answer.status


# ---- what he has ---------------------------------------------------------------------


class Copy:
    """One night's copy. tables: name → rows in the order they lie in, each
    {"column": value, …}, with "#xmin" and "#ctid" on PostgreSQL."""

    def __init__(self, site, name):
        self.tables, self.sequences, self.raw = {}, {}, b""
        self.log = (site.folder / "server.log").read_bytes()
        if site.store.startswith("postgresql:"):
            self._of_postgres(site)
        else:
            self._of_sqlite(site, site.folder / name)

    def _of_sqlite(self, site, folder):
        folder.mkdir()
        for path in sorted(pathlib.Path(site.store).parent.glob(pathlib.Path(site.store).name + "*")):
            if path.is_file():
                shutil.copy(path, folder)
                self.raw += path.read_bytes()
        db = sqlite3.connect(folder / pathlib.Path(site.store).name)
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in names:
            found = db.execute(f"SELECT * FROM {table}")
            columns = [d[0] for d in found.description]
            self.tables[table] = [dict(zip(columns, row)) for row in found]
        db.close()
        self.sequences = {r["name"]: r["seq"] for r in self.tables.pop("sqlite_sequence", [])}

    def _of_postgres(self, site):
        tables = psql(site.store, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for table in tables:
            sql = f"SELECT row_to_json(t)::text FROM (SELECT ctid::text AS \"#ctid\", xmin::text AS \"#xmin\", * FROM {table} ORDER BY ctid) t"
            self.tables[table] = [json.loads(line) for line in psql(site.store, sql)]
        names = psql(site.store, "SELECT sequencename || ' ' || coalesce(last_value, 0) FROM pg_sequences ORDER BY 1")
        self.sequences = dict(line.split(" ") for line in names)
        psql(site.store, "CHECKPOINT")
        files = [p for part in ("base", "pg_wal") for p in sorted((site.folder / "pg" / "data" / part).rglob("*")) if p.is_file()]
        self.raw = b"".join(p.read_bytes() for p in files)
        # Checkpoints are his own doing, above.
        lines = (site.folder / "pg" / "server.log").read_bytes().splitlines(keepends=True)
        self.log += b"".join(line for line in lines if b"LOG:  checkpoint" not in line)

    def values(self, table):
        """Rows without where they lie."""
        return [{k: v for k, v in row.items() if k[0] != "#"} for row in self.tables[table]]


def psql(store, sql):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, store], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


def key_of(row):
    return json.dumps(row, sort_keys=True, default=lambda v: v.hex())


def new_rows(table, before, after):
    had = {key_of(row) for row in before.values(table)}
    return [row for row in after.tables[table] if key_of({k: v for k, v in row.items() if k[0] != "#"}) not in had]


def blob(value):
    return value if isinstance(value, bytes) else bytes.fromhex(value.removeprefix("\\x"))


# ---- who answers ------------------------------------------------------------------------


class Person:
    """What the test knows and the administrator wants: the answers behind a code."""

    def __init__(self, code, number, dice):
        self.code, self.answers = code, [number // 5**i % 5 + 1 for i in range(4)] + [dice.randint(1, 5), dice.randint(1, 5)]
        self.text = ["", "Kort.", f"Min helt egen hemmelighed nummer {number}. " * (1 + number % 7) + "x" * (number * 97 % 3000)][number % 3]
        self.sent_ms = 0

    def fields(self):
        return [*zip(SINGLES, self.answers), ("T", self.text)]


def row_values(row):
    """The single answers of an answer row, as a person has them."""
    return [value for _, value in json.loads(row["answers"])[1:]]


# ---- the attacks -----------------------------------------------------------------------------


def ranks(values):
    return {i: rank for rank, i in enumerate(sorted(range(len(values)), key=lambda i: values[i]))}


def correlation(a, b):
    """Spearman's, of lists without ties."""
    n, x, y = len(a), ranks(a), ranks(b)
    return 1 - 6 * sum((x[i] - y[i]) ** 2 for i in range(n)) / (n * (n * n - 1))


def right_guesses(texts, rows, people):
    """He lays texts beside rows in one order each; how many pairs are one person's."""
    of_text = {p.text: p.answers for p in people if len(p.text) > 20}
    return sum(1 for text, row in zip(texts, rows) if of_text.get(text) == row_values(row))


def guessable_marks(codes, copy, keys):
    """Every mark that could be made of a code without the key, or with one of `keys`."""
    digests = [hashlib.sha256, hashlib.sha3_256, lambda b: hashlib.blake2b(b, digest_size=32), lambda b: hashlib.blake2s(b)]
    words = set(keys)
    for table in ("wave", "wave_code", "unit"):
        for row in copy.values(table):
            for value in row.values():
                if isinstance(value, (str, int)) and 0 < len(str(value)) <= 64:
                    words.add(str(value).encode())
    words |= {bytes.fromhex(w.decode()) for w in list(words) if len(w) in (32, 64) and all(c in b"0123456789abcdef" for c in w)}
    for code in codes:
        for form in {code, code.replace("-", ""), code.lower(), code.replace("-", "").lower()}:
            for prefix in (b"", b"code\n", b"1", b"1\n", b"code:", b"s:"):
                text = prefix + form.encode()
                for digest in digests:
                    yield digest(text).hexdigest()
                for word in words:
                    yield hashlib.blake2b(text, digest_size=32, key=word[:64]).hexdigest()
                    yield hmac.new(word, text, hashlib.sha256).hexdigest()


def times_in(raw, first_ms, last_ms):
    """Places where raw bytes are a time of the night: milliseconds in 6 or 8 bytes, either end first."""
    found = 0
    high, low = set(), set()
    for ms in {first_ms, last_ms}:
        high.add((ms >> 16).to_bytes(4, "big"))
        low.add((ms >> 16).to_bytes(4, "little"))
    for head in high:
        at = raw.find(head)
        while at >= 0:
            found += first_ms <= int.from_bytes(raw[at:at + 6], "big") <= last_ms
            at = raw.find(head, at + 1)
    for tail in low:
        at = raw.find(tail, 2)
        while at >= 0:
            found += first_ms <= int.from_bytes(raw[at - 2:at + 4], "little") <= last_ms
            at = raw.find(tail, at + 1)
    return found


class Administrator:
    def __init__(self, site):
        self.site, dice = site, random.Random(7)
        codes = list(site.codes)
        dice.shuffle(codes)
        numbers = dice.sample(range(625), 2 * EACH_NIGHT)
        self.people = [Person(code, n, dice) for code, n in zip(codes, numbers)]
        self.silent = codes[2 * EACH_NIGHT:]
        self.night = []
        self.first_ms = self.last_ms = 0

    def copy(self, name):
        self.night.append(Copy(self.site, name))

    def wait_for_quiet(self):
        """Until the sealer of the log has taken what making the wave wrote: it comes some seconds later."""
        last = None
        for i in range(60):
            found = Copy(self.site, f"quiet{i}").tables
            sealed = {row["owner_id"]: row["last_id"] for row in sorted(found["audit_seal"], key=lambda row: row["last_id"])}
            if found == last and all(row["id"] <= sealed.get(row["owner_id"], 0) for row in found["audit"]):
                return
            last = found
            time.sleep(1)
        raise RuntimeError("the server never rests")

    def send(self, people):
        for person in people:
            must(self.site.ask("POST", f"/s/{person.code}", person.fields()) == 200, "a submission was not thanked")

    def play(self):
        """Evening, a visit, night 0, twelve submissions, night 1, twelve more, night 2, closing, night 3."""
        self.wait_for_quiet()
        self.copy("evening")
        for code in self.silent[:6]:
            must(self.site.ask("GET", f"/s/{code}") == 200, "a code does not open")
            must(self.site.ask("POST", f"/s/{code}", [("A1", "77")]) == 422, "a wrong answer was taken")
        self.copy("night0")
        time.sleep(0.05)
        self.first_ms = int(time.time() * 1000)
        self.send(self.people[:EACH_NIGHT])
        self.copy("night1")
        self.send(self.people[EACH_NIGHT:])
        self.last_ms = int(time.time() * 1000)
        must(self.site.ask("POST", f"/s/{self.people[0].code}", self.people[1].fields()) == 409, "a used code was taken")
        self.copy("night2")
        self.site.close_wave()
        self.copy("night3")

    def pairs_of_nights(self):
        return [(self.night[1], self.night[2]), (self.night[2], self.night[3])]

    # Each claim raises Broken when the attack succeeds.

    def a_visit_or_a_refused_answer_leaves_no_trace(self):
        before, after = self.night[0], self.night[1]
        for table in before.tables:
            must(before.values(table) == after.values(table), f"{table} changed by a visit")
        must(before.sequences == after.sequences, "a sequence changed by a visit")
        must(before.log == after.log, f"a log grew by a visit: {after.log[len(before.log):][-400:]}")

    def a_submission_adds_rows_and_counts_and_changes_nothing_else(self):
        for before, after in self.pairs_of_nights():
            for table in set(before.tables) - GROWING:
                must(before.values(table) == after.values(table), f"{table} changed by submissions")
            for table in ROWS:
                had, has = ({key_of(r) for r in copy.values(table)} for copy in (before, after))
                must(had < has and len(has - had) == EACH_NIGHT, f"{table}: not {EACH_NIGHT} rows more")
            must(before.sequences == after.sequences, "a sequence moved: its gaps are an order")

    def no_log_tells_of_a_submission(self):
        before, after = self.night[1].log, self.night[3].log
        must(before == after, f"a log grew by submissions: {after[len(before):][-400:]}")

    def no_time_of_a_submission_is_stored(self):
        for before, after in self.pairs_of_nights():
            for table in sorted(GROWING):
                for row in new_rows(table, before, after):
                    for column, value in row.items():
                        must(not (isinstance(value, int) and value > 10**9), f"{table}.{column} may be a time: {value}")
        if not self.site.store.startswith("postgresql:"):  # whose log has the time of every commit; the rows have not
            must(times_in(self.night[3].raw, self.first_ms, self.last_ms) == 0, "a time of the night stands in file or log")

    def codes_and_texts_are_nowhere_in_files_and_logs_while_the_wave_is_open(self):
        for copy in self.night[:4]:
            for person in self.people:
                for secret in (person.code, person.code.replace("-", ""), person.text if len(person.text) > 20 else ""):
                    for form in {secret, secret.lower()} - {""}:
                        must(form.encode() not in copy.raw, f"“{form[:20]}…” stands in the store's files")
                        must(form.encode() not in copy.log, f"“{form[:20]}…” stands in a log")

    def marks_are_of_no_code_without_the_key(self):
        marks = {row["mac"] for row in self.night[3].values("spent")}
        must(len(marks) == 2 * EACH_NIGHT, "not one mark for each submission")
        codes = [p.code for p in self.people[:3]] + self.silent[:1]
        must(not marks & set(guessable_marks(codes, self.night[3], [])), "a mark is made of a code without the key")

    def ids_and_marks_have_no_order(self):
        order = {}
        for table, column in (("answer", "id"), ("answer_sealed", "id"), ("spent", "mac")):
            sent = self._ids_as_sent(table, column)
            must(abs(correlation(list(range(len(sent))), sent)) < 0.8, f"{table}.{column} grows with the order of sending")
            order[table] = sent
        for a, b in (("answer", "answer_sealed"), ("answer", "spent")):
            must(abs(correlation(order[a], order[b])) < 0.8, f"{a} and {b} lie in one order")
        places = [self.site.codes.index(p.code) for p in self.people]
        must(abs(correlation(places, order["spent"])) < 0.8, "marks lie in the order of the codes")

    def _ids_as_sent(self, table, column):
        """By the test's own knowledge: rows by their answers; others by what PostgreSQL and the two nights tell."""
        new = [new_rows(table, before, after) for before, after in self.pairs_of_nights()]
        if table == "answer":
            by_answers = {tuple(row_values(row)): row[column] for rows in new for row in rows}
            return [by_answers[tuple(p.answers)] for p in self.people]
        return [row[column] for rows in new for row in rows] if "#ctid" in new[0][0] else self._shuffled(new, column)

    def _shuffled(self, new, column):
        """SQLite's tables lie in the order of their keys; within a night the order of sending cannot be had."""
        dice = random.Random(11)
        return [row[column] for rows in new for row in dice.sample(rows, len(rows))]

    def sealed_texts_are_alike(self):
        sealed = [blob(row["sealed"]) for row in self.night[3].values("answer_sealed")]
        must(len(sealed) == 2 * EACH_NIGHT, "not one sealed row for each submission, also without a text")
        must(len({len(s) for s in sealed}) == 1, f"sealed texts have sizes: {sorted({len(s) for s in sealed})}")
        for at in range(0, len(sealed[0]) - 7, 8):
            must(len({s[at:at + 8] for s in sealed}) == len(sealed), "two sealed texts have eight bytes in common")

    def answer_rows_do_not_tell_who_wrote(self):
        wrote = {tuple(p.answers) for p in self.people if p.text}
        shapes = [{len(json.loads(r["answers"])) for r in self.night[3].values("answer") if (tuple(row_values(r)) in wrote) == w}
                  for w in (True, False)]
        must(shapes[0] == shapes[1], "the rows of those who wrote have another shape")

    def texts_are_not_counted_before_the_wave_closes(self):
        text = [r["id"] for r in self.night[3].values("item") if r["kind"] == "text"]
        must(len(text) == 1, "the questionnaire has no text")
        must(not [r for r in self.night[3].values("tally") if r["item_id"] in text], "texts are counted while the wave is open")
        n = sum(r["n"] for r in self.night[4].values("tally") if r["item_id"] in text and r["group_id"] == 0)
        must(n == sum(1 for p in self.people if p.text), "texts are not counted after closing")

    def texts_do_not_lead_to_rows_after_closing(self):
        closed = self.night[4]
        texts, rows = closed.tables["answer_text"], closed.tables["answer"]
        must(len(texts) == sum(1 for p in self.people if p.text) and not closed.tables["answer_sealed"], "texts did not settle")
        must(not {r["id"] for r in texts} & {r["id"] for r in rows + self.night[3].tables["answer_sealed"]}, "a text kept an id")
        must(len({r.get("#xmin") for r in texts}) == 1, "texts were stored one by one")
        wrote = {tuple(p.answers) for p in self.people if p.text}
        rows = [r for r in rows if tuple(row_values(r)) in wrote]  # more than he can know
        bodies = [r["body"] for r in texts]
        orders = {"as they lie": rows, "by id": sorted(rows, key=lambda r: r["id"]), "backwards": rows[::-1]}
        for name, order in orders.items():
            by_id = [r["body"] for r in sorted(texts, key=lambda r: r["id"])]
            for lain in (bodies, by_id, bodies[::-1]):
                must(right_guesses(lain, order, self.people) < 7, f"texts lie beside their rows, {name}")

    def keys_found_after_closing_open_nothing(self):
        keys = [p.read_bytes() for p in pathlib.Path(self.site.keys).rglob("*") if p.is_file()]
        uid = self.night[4].values("wave")[0]["uid"]
        must(keys and not [p for p in pathlib.Path(self.site.keys).rglob("*") if uid in p.name], "the wave's key is still there")
        marks = {row["mac"] for copy in self.night[3:] for row in copy.values("spent")}
        must(not marks & set(guessable_marks([self.people[0].code], self.night[3], keys)), "the master key tells a mark")
        must(not [r for r in self.night[4].values("wave_code") if r["sealed"]], "codes are left after closing")
        must(not self.night[4].values("invitation"), "addresses are left after closing")

    def conceded_the_rows_of_two_copies_differ_by_those_sent_between_them(self):
        for (before, after), people in zip(self.pairs_of_nights(), (self.people[:EACH_NIGHT], self.people[EACH_NIGHT:])):
            rows = {tuple(row_values(r)) for r in new_rows("answer", before, after)}
            must(rows == {tuple(p.answers) for p in people}, "a row is stored later than its thanks: tell the page on persondata")


def claims(of):
    skipped = ("copy", "play", "send", "pairs_of_nights", "wait_for_quiet")
    return [name for name in vars(type(of)) if not name.startswith("_") and name not in skipped]


def main():
    traad, engine = sys.argv[1:3]
    work = pathlib.Path(tempfile.mkdtemp(prefix="administrator-"))
    work.chmod(0o755)
    failed, store, site = 0, str(work / "store" / "traad.db"), None
    (work / "store").mkdir()
    try:
        if engine == "postgresql":
            store = place.postgres("start", work / "pg")
        site = Site(traad, work, store)
        site.start()
        he = Administrator(site)
        he.play()
        names = claims(he)
        for name in names:
            try:
                getattr(he, name)()
                print(f"ok      {name}")
            except Broken as fault:
                failed += 1
                print(f"FAILED  {name}: {fault}")
        site.stop()
        site.check()
        print(f"{len(names) - failed} passed, {failed} failed, 0 skipped")
    finally:
        if site:
            site.close()
        if engine == "postgresql":
            place.postgres("stop", work / "pg")
        shutil.rmtree(work, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
