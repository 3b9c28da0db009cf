"""Reports: the page of a school with few and with many respondents, and all
files of a region."""
import re
import resource
import subprocess
import time

from measure.house import THREADS, get, in_turn, load, median, serve, sign_in
from measure.region import Region

FEW, MANY = 1_000, 1_000_000
PAGE_SCHOOLS, PAGE_ITEMS = 10, 8  # the page's cost is that of the figures, not of the rows
LEADER, PASSWORD = "maaling", "en-leder-der-laeser"


def released(b, folder, rows):
    folder.mkdir()
    region = Region(b.traad, folder, schools=PAGE_SCHOOLS, items=PAGE_ITEMS)
    region.filled_wave("2026", rows, ("fag", "alder"))
    region.run("survey", "release", "--wave", "2026", "--all")
    words = ["user", "add", "--login", LEADER, "--name", "Maja Leder", "--unit", "S1", "--role", "skoleleder", *region.where]
    subprocess.run([str(w) for w in [b.traad, *words]], input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)
    return region


def report_of(port):
    """The path of the one report that the leader may read, and her cookie."""
    cookie = sign_in(port, LEADER, PASSWORD)
    for front in ("/rapporter", "/"):
        found = re.search(rb'href="(/rapporter/skole/[^"?#/]+/[^"?#/]+)"', get(port, front, cookie))
        if found:
            return found[1].decode(), cookie
    raise RuntimeError("no page leads the school's leader to the report")


def page(b):
    with b.folder("pages") as folder:
        few, many = released(b, folder / "few", FEW), released(b, folder / "many", b.options.respondents)
        with serve(b, few.where) as (server, port), serve(b, many.where) as (server2, port2):
            (path, cookie), (path2, cookie2) = report_of(port), report_of(port2)
            small, large = in_turn(b.options.rounds, lambda: load(b, port, "page", path, 4, cookie, server.pid),
                                   lambda: load(b, port2, "page", path2, 4, cookie2, server2.pid))
            size = len(get(port2, path2, cookie2))
    for what, of in (("CPU", lambda r: r["cpu_ms_each"]), ("p50", lambda r: r["whole"]["p50_ms"])):
        a, z = [of(r) for r in large], [of(r) for r in small]
        ratio = median(x / y for x, y in zip(a, z))
        b.row(f"report page ({size / 1024:.0f} KB), {b.options.respondents:,} respondents against {FEW:,}: {what}", f"{median(a):.2f} ms",
              f"{median(z):.2f} ms", f"{ratio:.2f}", "≤ 1.2 ×", ratio <= 1.2)


def files(b):
    """30 answers a school, 40 items, two dimensions of four groups; the three commands one after the other."""
    with b.folder("files") as folder:
        region = Region(b.traad, folder, schools=b.options.schools)
        region.filled_wave("2026", b.options.schools * 30, ("fag", "alder"))
        region.run("survey", "release", "--wave", "2026", "--all")
        took, before, whole = [], cpu_of_children(), time.monotonic()
        for form in ("pdf", "xlsx", "json"):
            began = time.monotonic()
            region.run("survey", "report", "--wave", "2026", "--all", "--format", form, "--out", folder / form)
            took.append(f"{form.upper()} {time.monotonic() - began:.1f}")
            if len(list((folder / form).iterdir())) < b.options.schools:
                raise RuntimeError(f"too few files of {form}")
        whole = time.monotonic() - whole
        cpu = cpu_of_children() - before
    aim = "< 60 s" if b.options.schools == 300 else ""
    b.row(f"{b.options.schools} schools' PDF, XLSX and JSON (40 items, 9 groups), {THREADS} cores",
          f"{whole:.1f} s ({', '.join(took)}; {cpu:.0f} s CPU)", aim=aim, reached=whole < 60 if aim else None)


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
