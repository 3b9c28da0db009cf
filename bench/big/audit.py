#!/usr/bin/env python3
"""The log's search page over many rows: fills a store with N audit rows (10
million unless told), serves it, signs in as the data protection officer and
measures whole pages over HTTP, signed in, with the audit row that each search
leaves. Prints one line a search: median and slowest of 30, in ms; the aim is
under 100 ms. SQLite; some minutes and 2.5 GB for 10 million rows.
    bench/big/audit.py build/traad [N]
"""
import http.client
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

SEARCHES = {
    "newest": "/log?fra=01-01-2022",
    "one person": "/log?fra=01-01-2022&hvem=skoleleder",
    "about one": "/log?fra=01-01-2022&om=skoleleder",
    "rare verb": "/log?fra=01-01-2022&handling=role.confirm",
    "one month": "/log?fra=01-03-2024&til=31-03-2024",
    "nothing": "/log?fra=01-01-2022&handling=findes.ikke",
}
ROUNDS = 30


def fill(path, n):
    db = sqlite3.connect(path)
    db.execute("PRAGMA synchronous = OFF")
    owner = db.execute("SELECT id FROM unit WHERE code = 'K1'").fetchone()[0]
    people = db.execute("SELECT count(*) FROM person").fetchone()[0]
    now = int(time.time() * 1000)
    span = 4 * 365 * 86400000
    # 3,000 people, 5,000 they look at; one row in 100,000 is a rare verb.
    db.execute(
        "INSERT INTO audit (owner_id, at, person_id, verb, object, object_id, detail)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
        " SELECT ?2, ?3 - ?4 + ?4 / ?1 * i, 1 + (i * 7919) % (?5 + 3000), CASE WHEN i % 100000 = 0 THEN 'role.confirm' ELSE 'look' END,"
        " 'account', 1 + (i * 104729) % 5000, '/personer/:uid' FROM n",
        (n, owner, now, span, people))
    db.commit()
    db.execute("ANALYZE") if os.environ.get("ANALYZE") else None
    db.close()


def post(port, path, fields, cookie=""):
    c = http.client.HTTPConnection("127.0.0.1", port)
    c.request("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
    return c.getresponse()


def main():
    traad, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "big.db")
        made = subprocess.run([traad, "demo", "--store", store], capture_output=True, text=True, check=True)
        password = re.search(r"password (\S+):", made.stdout)[1]
        began = time.time()
        fill(store, n)
        print(f"{n:,} rows filled in {time.time() - began:.0f} s, {os.path.getsize(store) >> 20} MiB", flush=True)
        port = 18000 + os.getpid() % 2000
        server = subprocess.Popen([traad, "serve", "--store", store, "--listen", f"127.0.0.1:{port}"], stderr=subprocess.DEVNULL)
        try:
            measure(port, password)
        finally:
            server.terminate()
            server.wait()


def measure(port, password):
    for _ in range(100):
        try:
            answer = post(port, "/log-ind", {"login": "dpo", "password": password, "to": "/"})
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    cookie = answer.getheader("Set-Cookie").split(";")[0]
    for name, path in SEARCHES.items():
        took = []
        for _ in range(ROUNDS):
            c = http.client.HTTPConnection("127.0.0.1", port)
            began = time.perf_counter()
            c.request("GET", path, headers={"Cookie": cookie})
            answer = c.getresponse()
            answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200:
                sys.exit(f"{path}: {answer.status}")
        print(f"{name:12} median {statistics.median(took):7.2f} ms   slowest {max(took):7.2f} ms", flush=True)


main()
