#!/usr/bin/env python3
"""The whole program as the machine's keepers meet it: its keepers' port, its log,
its settings file, its end, and a store that takes no more.

    operations.py TRAAD sqlite|postgresql

PostgreSQL is that of TRAAD_TEST_PG. Prints a line for each claim and
"N passed, N failed, N skipped".
"""
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

PASSWORD = "pileurt-gyngestol-havregryn"
STORE_PASSWORD = "databasens-eget-kodeord"
NAME = "Birgit Plantet-Hemmelig"
UNITS = "code,name,kind,parent_code,valid_from,valid_to\nR1,Region Fjord,region,,2022-08-01,\nK1,Fjordby Kommune,kommune,R1,2022-08-01,\n"
# Of base/log.h; a count of a job has a name of the program's own beside them.
LOG_KEYS = {"at", "status", "us", "bytes", "line", "method", "route", "feature", "fault", "file", "event", "kind", "outcome", "job",
            "ms", "error"}
PLANTED = ["Plantet", "Hemmelig", "010190-1234", "birgit", "gyngestol", "PlantetAgent"]
STOP_SECONDS = 12  # with a sanitizer, on a busy machine; the drain itself is three
FULL = "lageret svarer ikke eller er fuldt".encode()
METRIC = re.compile(r'^traad_([a-z_]+)(\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})? (-?[0-9]+(?:\.[0-9]+)?)$')


class Broken(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Broken(what)


class Place:
    """A store with one municipality and one administrator, and a server in front of it."""

    def __init__(self, traad, engine, work):
        self.traad, self.engine, self.work = traad, engine, work
        self.log = work / "server.log"
        self.server = None
        if engine == "sqlite":
            self.store = str(work / "traad.db")
        else:
            self.address = os.environ["TRAAD_TEST_PG"]
            self.database = f"operations_{os.getpid()}"
            self.sql(f"CREATE DATABASE {self.database}")
            self.store = self.address.rsplit("/", 1)[0].replace("@", f":{STORE_PASSWORD}@") + "/" + self.database
        self.words = ["--store", self.store, "--keys", str(work / "traad.keys")]
        (work / "units.csv").write_text(UNITS)
        must(STORE_PASSWORD not in self.run("init"), "init tells the password of the store")
        self.run("organisation", "import", work / "units.csv")
        user = ["user", "add", "--login", "birgit@fjordby.dk", "--name", NAME, "--unit", "K1", "--role", "sysadm"]
        self.run(*user, stdin=PASSWORD + "\n")

    def sql(self, text, store=None):
        subprocess.run(["psql", "-XAtq", "-c", text, store or self.address], check=True, stdout=subprocess.DEVNULL)

    def run(self, *words, stdin="", status=0, settings=None):
        line = [self.traad, *map(str, words), *(self.words if settings is None else settings)]
        done = subprocess.run(line, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        said = (done.stdout + done.stderr).decode(errors="replace")
        must(done.returncode == status, f"traad {' '.join(map(str, words))}: status {done.returncode}, not {status}: {said[-1500:]}")
        return said

    def start(self):
        words = [self.traad, "serve", "--listen", "127.0.0.1:0", "--ops-listen", "127.0.0.1:0", *self.words]
        # restore_signals: a file that may not grow must be an error in the server, not its end (SIGXFSZ)
        with open(self.log, "ab") as log:
            self.server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, restore_signals=False)
        said = [self.server.stdout.readline().decode() for _ in range(2)]
        ports = re.findall(r"http://127\.0\.0\.1:(\d+)", "".join(said))
        must(len(ports) == 2, f"the server tells {said}: {self.log.read_text()[-2000:]}")
        self.port, self.ops = map(int, ports)

    def end(self):
        """Seconds that the server needed from being told."""
        begun = time.monotonic()
        self.server.send_signal(signal.SIGTERM)
        try:
            status = self.server.wait(STOP_SECONDS + 30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
            raise Broken("the server does not end") from None
        finally:
            self.server.stdout.close()
            self.server = None
        must(status == 0, f"the server ended with status {status}: {self.log.read_text()[-3000:]}")
        return time.monotonic() - begun

    def ask(self, method, path, fields=None, cookie=None, port=None, headers=None):
        line = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        headers = dict(headers or {})
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if cookie:
            headers["Cookie"] = cookie
        line.request(method, path, body, headers)
        answer = line.getresponse()
        found = answer.status, answer.headers, answer.read()
        line.close()
        return found

    def sign_in(self):
        status, headers, body = self.ask("POST", "/log-ind", {"login": "birgit@fjordby.dk", "password": PASSWORD})
        must(status == 303, f"nobody can sign in: {status} {body[-500:]}")
        return "; ".join(line.split(";")[0] for line in headers.get_all("Set-Cookie"))  # the session, and the device

    def metrics(self):
        """name{labels} → value; every line is in Prometheus' text format."""
        status, headers, body = self.ask("GET", "/metrics", port=self.ops)
        must(status == 200 and headers["Content-Type"].startswith("text/plain; version=0.0.4"), f"/metrics answers {status}")
        found = {}
        for line in body.decode().splitlines():
            if line.startswith("# TYPE traad_"):
                continue
            hit = METRIC.match(line)
            must(hit, f"no metric: “{line}”")
            key = hit[1] + (hit[2] or "")
            must(key not in found, f"{key} stands twice")
            found[key] = float(hit[3])
        return found

    def wait_for(self, key, least):
        until = time.monotonic() + 30
        while (found := self.metrics()).get(key, -1) < least:
            must(time.monotonic() < until, f"{key} is {found.get(key)}, never {least}")
            time.sleep(0.1)
        return found

    def close(self):
        if self.server:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
        if self.engine == "postgresql":
            self.sql(f"DROP DATABASE {self.database} WITH (FORCE)")


# ---- claims -----------------------------------------------------------------------


def keepers_port_tells_health_and_figures(p):
    p.start()
    must(p.ask("GET", "/healthz", port=p.ops)[2] == b"ok\n", "/healthz is not ok")
    must(p.ask("GET", "/findes-ikke", port=p.ops)[0] == 404, "the keepers' port has other pages")
    must(p.ask("GET", "/metrics")[0] == 404, "the pages' port shows metrics")
    cookie = p.sign_in()
    must(p.ask("GET", "/", cookie=cookie)[0] == 200, "no first page")
    before = p.wait_for("store_bytes", 1)
    must("backup_age_seconds" not in before, "there is no backup yet, and it has an age")
    p.run("backup", "--out", p.work / "one.backup")
    m = p.wait_for("backup_age_seconds", 0)
    must(m["backup_age_seconds"] < 60, f"the backup is {m['backup_age_seconds']} s old")
    must(m['requests_total{class="slow_write",status="3xx"}'] == 1, "the log-in is not counted")
    must(m['requests_total{class="plain",status="2xx"}'] >= 1 and m['requests_total{class="none",status="4xx"}'] == 1, "pages are not counted")
    buckets = [v for k, v in m.items() if k.startswith('request_seconds_bucket{class="slow_write"')]
    must(buckets == sorted(buckets) and buckets[-1] == m['request_seconds_count{class="slow_write"}'] == 1, f"no histogram: {buckets}")
    must(0 < m['request_seconds_sum{class="slow_write"}'] < 60, "a log-in took no time")
    must(m["writer_batches_total"] >= 1 and m["memory_bytes"] > 1e6 and m['jobs{state="failed"}'] == 0, "figures are missing")
    must(m["store_bytes"] > 100000 and any(k.startswith("info{version=") for k in m), "size or version is missing")
    must(p.end() < STOP_SECONDS, "it ends late")


def log_has_nothing_but_what_is_allowed(p):
    p.log.write_bytes(b"")
    p.start()
    cookie = p.sign_in()
    agent = {"User-Agent": "PlantetAgent/1.0", "Referer": "http://x/010190-1234", "X-Forwarded-For": "10.0.0.99"}
    p.ask("GET", "/personer?q=Plantet+Hemmelig", cookie=cookie, headers=agent)
    p.ask("GET", "/Plantet/010190-1234?Hemmelig=1", cookie=cookie, headers=agent)
    p.ask("GET", "/personer/010190-1234", cookie=cookie, headers=agent)
    p.ask("POST", "/log-ind", {"login": "Plantet@Hemmelig", "password": "010190-1234"}, headers=agent)
    p.ask("GET", "/s/PLANTET-KODE", headers=agent)
    p.ask("PLANTET", "/", headers=agent)
    p.end()
    said = p.log.read_text()
    for word in PLANTED + ["10.0.0.99", "127.0.0.1", "PLANTET"]:
        must(word not in said, f"the log has “{word}”")
    lines = said.splitlines()
    must(len(lines) >= 7, f"the log has {len(lines)} lines")
    for line in lines:
        fields = json.loads(line)
        must(set(fields) <= LOG_KEYS, f"the log has other keys: {line}")
        for key, value in fields.items():
            must(isinstance(value, int) or key in {"method", "route", "feature", "fault", "file", "event", "kind", "outcome"}, line)
    must('"event":"stopping"' in said and '"event":"stopped"' in said, "the end is not told")
    must("/s/" not in said, "a respondent's request has a line")


def it_ends_soon_whatever_clients_do(p):
    p.start()
    cookie = p.sign_in()
    held = []

    def line():
        s = socket.create_connection(("127.0.0.1", p.port), timeout=30)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        held.append(s)
        return s

    for _ in range(8):  # kept alive after an answer
        s = line()
        s.sendall(b"GET /log-ind HTTP/1.1\r\nHost: t\r\n\r\n")
        must(s.recv(12) == b"HTTP/1.1 200", "no answer")
    line()  # says nothing
    line().sendall(b"GET /log-ind HTTP/1.1\r\nHos")  # half a head
    line().sendall(b"POST /log-ind HTTP/1.1\r\nHost: t\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                   b"Content-Length: 5000\r\n\r\nlogin=")  # a body that does not come
    page = p.ask("GET", "/", cookie=cookie)[2].decode()
    style = re.search(r'href="(/[^"]+\.css)"', page)[1]
    for _ in range(4):  # asks for much and takes none of it
        line().sendall(b"".join([f"GET {style} HTTP/1.1\r\nHost: t\r\n\r\n".encode()] * 20))
    time.sleep(0.3)
    m = p.metrics()
    must(m["connections"] >= 15 and m["requests_open"] >= 1, f"the clients are not there: {m['connections']}, {m['requests_open']}")
    took = p.end()
    for s in held:
        s.close()
    must(took < STOP_SECONDS, f"it ended after {took:.1f} s")
    p.run("check")
    return f"in {took:.1f} s with {len(held)} lines open"


def full_store_is_said_plainly(p):
    p.start()
    cookie = p.sign_in()
    page = p.ask("GET", "/support", cookie=cookie)[2].decode()
    nonces = re.findall(r'name="_nonce" value="([^"]+)"', page)
    fields = {"_nonce": nonces[0], "subject": "Fuldt", "body": "Er der plads?"}
    if p.engine == "sqlite":
        resource.prlimit(p.server.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    else:
        p.sql(f"ALTER DATABASE {p.database} SET default_transaction_read_only = on")
        p.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{p.database}'")
    for _ in range(3):  # the first may only find that its line is gone
        status, headers, body = p.ask("POST", "/support", fields, cookie)
        if FULL in body:
            break
    must(status == 503 and FULL in body and headers["Retry-After"], f"a full store answers {status}: {body[-800:].decode()}")
    must(b"Intet er gemt" in body and b"kommunens administrator" in body, "the page does not say what to do")
    must(p.ask("GET", "/healthz", port=p.ops)[0] == 200 and p.metrics(), "the keepers' port is silent")
    time.sleep(2.5)  # what ticks fails meanwhile, and is told once
    told = p.log.read_text().count('"event":"tick failed"')
    must(told <= 20, f"the log is filled with {told} lines of one trouble")
    if p.engine == "sqlite":
        resource.prlimit(p.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    else:
        p.sql(f"ALTER DATABASE {p.database} RESET default_transaction_read_only", p.address)
        p.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{p.database}'")
    until = time.monotonic() + 20
    while (status := p.ask("POST", "/support", fields, cookie)[0]) != 303:
        must(time.monotonic() < until, f"with room again it still answers {status}")
        time.sleep(0.3)
    p.end()
    p.run("check")


def a_store_is_served_by_one_program_and_free_when_that_is_killed(p):
    p.start()
    said = p.run("serve", "--listen", "127.0.0.1:0", status=1)
    must("another program serves this store already" in said, f"a second server says: {said}")
    must(p.ask("GET", "/healthz", port=p.ops)[0] == 200, "the first one went down with it")
    p.run("check")
    p.server.kill()
    p.server.wait()
    p.server.stdout.close()
    p.start()
    p.end()


def settings_file_is_held_to_its_rules(p):
    file = p.work / "traad.conf"
    secret = p.work / "smtp-password"
    secret.write_text("hemmeligt\n")
    secret.chmod(0o600)
    whole = {
        "store": p.store, "keys": p.work / "traad.keys", "listen": "127.0.0.1:0", "ops-listen": "127.0.0.1:0", "smtp": "smtps://127.0.0.1:465",
        "smtp-user": "traad", "smtp-password": secret, "mail-from": "traad@fjordby.dk", "session-hours": "10",
    }

    def check(changes, status, *said):
        lines = [f"{k} = {v}" for k, v in {**whole, **changes}.items()]
        file.write_text("# a comment\n" + "\n".join(lines) + "\n")
        told = p.run("config", "check", "--config", file, status=status, settings=[])
        for words in said:
            must(words in told, f"{changes}: told “{told}”, not “{words}”")

    check({}, 0, "settings are fine")
    check({"sessions": "3"}, 2, f"{file}:11: unknown setting sessions")
    check({"session-hours": "10h"}, 2, f"{file}:10: session-hours takes a whole number of hours from 1 to 24")
    check({"session-hours": "600 min"}, 2, "session-hours takes a whole number of hours")
    check({"workers": "65", "demo": "maybe"}, 2, "workers takes a whole number", "demo takes yes or no")
    check({"proxies": "10.0.0.7 ::1"}, 0)
    check({"proxies": "10.0.0.0/8"}, 2, f"{file}:11: proxies takes addresses")
    check({"listen": "localhost"}, 2, f"{file}:4: listen takes an address and a port")
    check({"smtp-password": p.work / "nowhere"}, 2, "smtp-password", "cannot be read")
    secret.chmod(0o644)
    check({}, 2, f"{file}:8: smtp-password", "may be read by others")
    secret.chmod(0o600)
    check({"smtp": "mail.fjordby.dk"}, 2, f"{file}:6: smtp takes")
    (p.work / "traad.keys" / "master.key").chmod(0o640)
    check({}, 2, f"{file}:3: keys", "may be read by others")
    (p.work / "traad.keys" / "master.key").chmod(0o600)
    check({}, 0)


def wrong_use_is_told_before_a_store_is_looked_for(p):
    nowhere = ["--store", str(p.work / "none.db")]
    for words in ("check --bogus", "backup", "user add --login x", "organisation import", "survey import", "survey wave --name x",
                  "survey codes", "survey answers --wave x --map y", "survey release x", "survey report --wave x --all --format json",
                  "stats", "help survey bogus", "bogus"):
        told = p.run(*words.split(), status=2, settings=nowhere if words.split()[0] not in ("stats", "help", "bogus") else [])
        must(told.startswith("traad: ") and told.count("\n") == 1, f"{words}: told “{told}”")
    for words in ("check", "survey report --wave x --all --format json --out y"):
        told = p.run(*words.split(), status=1, settings=nowhere)
        must("there is no store" in told and told.count("\n") == 1, f"{words}: told “{told}”")
    (p.work / "faulty.json").write_text('{"format": "traad-questionnaire-1", "extra": 1}')
    told = p.run("survey", "import", p.work / "faulty.json", status=1)
    must(told.count("\n") == 1 and "extra" in told and "sections: Missing" in told, f"a file with several faults: told “{told}”")
    told = p.run("check", status=1, settings=["--store", "postgresql://127.0.0.1:1/none", "--keys", str(p.work / "traad.keys")])
    must(told.count("\n") == 1, f"a server that is not there is told in several lines: “{told}”")
    must("traad survey wave" in p.run("help", "survey", settings=[]), "help survey does not tell its commands")
    told = p.run("serve", "--listen", status=2, settings=[])
    must("--listen takes a value" in told, f"a setting without its value: told “{told}”")
    told = p.run("config", "check", "--config", p.work, status=2, settings=[])
    must("cannot read" in told, f"a folder for a settings file: told “{told}”")
    told = p.run("demo", "log-ins", status=1)
    must("no demonstration" in told, f"log-ins of a demonstration that is not there: “{told}”")
    for words in ("--help", "-h"):
        must(p.run(words, settings=[]) == p.run("help", settings=[]), f"{words} does not help")
    must("traad serve" in p.run("serve", "--help", settings=[]), "serve --help does not help")
    must(re.fullmatch(r"traad [0-9.]+\n", p.run("--version", settings=[])), "--version tells no version")


def what_cannot_be_told_is_a_failure(p):
    (p.work / "shares.csv").write_text("id,x,n\na,1,2\n")
    for words in (["stats", "share", p.work / "shares.csv"], ["help"], ["check", *p.words]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([p.traad, *map(str, words)], stdout=full, stderr=subprocess.PIPE, timeout=60)
        told = done.stderr.decode()
        must(done.returncode == 1 and "standard output: No space left on device" in told and told.count("\n") == 1,
             f"{words[0]} into a full file: status {done.returncode}, told “{told}”")
    reader = subprocess.run(f"'{p.traad}' help | head -n 1", shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    must(reader.stdout.count(b"\n") == 1 and reader.stderr == b"", "who reads the first line only is told of a failure")


CLAIMS = [keepers_port_tells_health_and_figures, log_has_nothing_but_what_is_allowed, it_ends_soon_whatever_clients_do,
          full_store_is_said_plainly, a_store_is_served_by_one_program_and_free_when_that_is_killed,
          settings_file_is_held_to_its_rules, wrong_use_is_told_before_a_store_is_looked_for,
          what_cannot_be_told_is_a_failure]


def main():
    traad, engine, *only = sys.argv[1:]
    if engine == "postgresql" and not os.environ.get("TRAAD_TEST_PG"):
        print("TRAAD_TEST_PG is not set (tests/postgres.sh)\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    work = pathlib.Path(tempfile.mkdtemp(prefix="traad-operations."))
    place = None
    try:
        place = Place(str(pathlib.Path(traad).resolve()), engine, work)
        for claim in CLAIMS:
            if only and claim.__name__ not in only:
                continue
            begun = time.monotonic()
            try:
                more = claim(place)
                passed += 1
                print(f"ok   {claim.__name__.replace('_', ' ')}{', ' + more if more else ''} ({time.monotonic() - begun:.1f} s)", flush=True)
            except (Broken, OSError, KeyError, TypeError, IndexError, http.client.HTTPException, json.JSONDecodeError) as fault:
                failed += 1
                print(f"FAILED {claim.__name__}: {type(fault).__name__}: {fault}", flush=True)
                if place.server:
                    place.server.kill()
                    place.server.wait()
                    place.server.stdout.close()
                    place.server = None
    finally:
        if place:
            place.close()
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
