"""Respondents: the real form of a questionnaire of 40 items, posted to `traad
serve`, against bare servers that store the same answers and tallies."""
import json
import os
import random
import subprocess
import time

from measure.bare import bare_submit
from measure.house import free_port, in_turn, load, median, postgres, ratio_of, running, serve
from measure.region import Region

CLIENTS = 64


def submissions(b):
    mine, group, one = submissions_in_turn(b)
    for other, mode, least in ((group, "suspend:group", 0.7), (one, "block:one", 2)):
        b.at_least(f"durable survey submissions, {CLIENTS} clients, against bare {mode}", rates(mine), rates(other), least, f"≥ {least} × bare")
    costs, bare_costs = [r["cpu_ms_each"] for r in mine], [r["cpu_ms_each"] for r in group]
    b.row("CPU of a submission, against bare suspend:group", f"{median(costs):.3f} ms", f"{median(bare_costs):.3f} ms",
          f"{ratio_of(costs, bare_costs):.2f}")


SLOW_SYNC_MS = 5


def submissions_slow_disk(b):
    """What grouping is for: on a common server's disk a sync takes some milliseconds, on a virtual machine's next to nothing."""
    slow = {**os.environ, "LD_PRELOAD": str(b.bin / "libslow_sync.so"), "SLOW_SYNC_US": str(SLOW_SYNC_MS * 1000)}
    mine, group, one = submissions_in_turn(b, env=slow)
    for other, mode, least in ((group, "suspend:group", 0.7), (one, "block:one", 2)):
        b.at_least(f"the same where a sync takes {SLOW_SYNC_MS} ms more, against bare {mode}", rates(mine), rates(other), least, f"≥ {least} × bare")


def submissions_in_turn(b, **more):
    """One store for all rounds of ours: with its rows it only grows slower. A fresh one for each of theirs."""
    with b.folder("region") as folder:
        region = Region(b.traad, folder)
        paths = region.open_wave("2026")

        def ours():
            with serve(b, region.where, **more) as (server, port):
                return load(b, port, "send", f"%{paths}", CLIENTS, pid=server.pid)

        def bare(park, mode):
            with bare_submit(b, park, mode, **more) as (server, port):
                return load(b, port, "submit", "/s", CLIENTS, pid=server.pid)

        found = in_turn(b.options.rounds, ours, lambda: bare("suspend", "group"), lambda: bare("block", "one"))
        region.run("check")
    return found


def rates(results):
    return [r["per_s"] for r in results]


def respondents(b):
    with b.folder("region") as folder:
        region = Region(b.traad, folder)
        paths = region.open_wave("2026")
        with serve(b, region.where) as (server, port):
            few, many = in_turn(b.options.rounds, *(lambda n=n: load(b, port, "respond", f"%{paths}", n, pid=server.pid) for n in (16, CLIENTS)))
        region.run("check")
    for n, found in ((16, few), (CLIENTS, many)):
        p99, cost = median(r["whole"]["p99_ms"] for r in found), median(r["cpu_ms_each"] for r in found)
        rate = median(rates(found))
        b.row(f"a respondent's whole way (page and answer, 40 items), {n} clients", f"{rate:,.0f}/s, p99 {p99:.1f} ms, {cost:.2f} ms CPU",
              aim="≥ 4,000/s", reached=rate >= 4000)


# ---- killed amid answers -------------------------------------------------------


def killed_once(b, region, paths, acks, dice):
    with serve(b, region.where, may_die=True) as (server, port):
        words = [b.bin / "load", port, "send", f"%{paths}", "--clients", CLIENTS, "--seconds", 20, "--warmup", 0, "--acks", acks]
        crowd = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(dice.uniform(0.15, 0.6))
        server.kill()
        if crowd.wait(30) != 0:
            raise RuntimeError("the load does not survive the kill")


def sent_again(b, region, paths, acks):
    """Every acknowledged submission once more: one that is stored is refused as used."""
    with serve(b, region.where) as (_, port):
        words = [b.bin / "load", port, "again", f"%{paths}", "--clients", 16, "--seconds", 60, "--warmup", 0, "--acks", acks]
        told = json.loads(subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout)
    if told["failed"]:
        raise RuntimeError(f"sent again: {told['failed']} failed, {told['last_fault']}")
    return told["known"], told["lost"]


def kills(b):
    dice, known, lost, unanswered = random.Random(1), 0, 0, 0
    with b.folder("region") as folder:
        region, acks = Region(b.traad, folder), folder / "acks"
        paths = region.open_wave("2026")
        for _ in range(b.options.kills):
            killed_once(b, region, paths, acks, dice)
            region.run("check")  # the store as the kill left it: tallies and rows agree
            found = sent_again(b, region, paths, acks)
            known, lost = known + found[0], lost + found[1]
            unanswered += acks.read_text().count("U ")
    told = f"{b.options.kills} kills, {known + lost:,} acknowledged, {lost} lost ({unanswered} unanswered)"
    b.row(f"`kill -9` while {CLIENTS} people answer", told, aim="0 lost", reached=lost == 0 and known > 0)


# ---- PostgreSQL ------------------------------------------------------------------

CONNECTIONS = 16  # of the bare server; 8 and 32 are no faster


def submissions_postgres(b):
    with postgres(b, "ours") as ours_at, postgres(b, "bare") as bare_at, b.folder("region") as folder:
        region = Region(b.traad, folder, store=ours_at)
        paths = region.open_wave("2026")

        def ours():
            with serve(b, region.where) as (_, port):
                return load(b, port, "send", f"%{paths}", CLIENTS)["per_s"]

        def bare():
            with running([b.bin / "bare_postgres", free_port(), CONNECTIONS, bare_at]) as (_, port):
                return load(b, port, "submit", "/s", CLIENTS)["per_s"]

        mine, other = in_turn(b.options.rounds, ours, bare)
        region.run("check")
    b.at_least(f"submissions on PostgreSQL, {CLIENTS} clients, against one server-side function each", mine, other, 1, "≥ 1 × bare")
