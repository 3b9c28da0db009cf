"""Plays the reader who wants a hidden number: from produced report files alone,
the tree, and sums, the least and the largest n that each hidden cell can have
(a linear programme, solved by glpsol). Knows nothing of why a number is hidden.
"""
import re
import subprocess
import tempfile


class System:
    """Equations `sum of ± variables = constant` over numbers >= 0."""

    def __init__(self):
        self.known, self.eqs, self.of = {}, [], {}

    def see(self, var, value):
        self.known[var] = value

    def equation(self, terms, constant=0):
        left = []
        for sign, var in terms:
            if var in self.known:
                constant -= sign * self.known[var]
            else:
                left.append((sign, var))
        for _, var in left:
            self.of.setdefault(var, []).append(len(self.eqs))
        self.eqs.append((left, constant))

    def near(self, var):
        seen, todo, eqs = {var}, [var], set()
        while todo:
            for e in self.of.get(todo.pop(), ()):
                if e in eqs:
                    continue
                eqs.add(e)
                for _, other in self.eqs[e][0]:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        return seen, eqs

    def bounds(self, var):
        """(least, largest) of a hidden variable; None: no limit upwards."""
        seen, eqs = self.near(var)
        name = {v: f"v{i}" for i, v in enumerate(sorted(seen, key=str))}
        rows = []
        for e in sorted(eqs):
            terms = " ".join(("+" if s > 0 else "-") + " " + name[v] for s, v in self.eqs[e][0])
            rows.append(f"c{e}: {terms} = {self.eqs[e][1]}")
        found = []
        for goal in ("Minimize", "Maximize"):
            found.append(solve(f"{goal}\nobj: {name[var]}\nSubject To\n" + "\n".join(rows or [f"z: {name[var]} >= 0"]) + "\nEnd\n"))
        return found


def solve(text):
    with tempfile.TemporaryDirectory() as folder:
        lp, out = f"{folder}/a.lp", f"{folder}/a.out"
        with open(lp, "w", encoding="ascii") as f:
            f.write(text)
        done = subprocess.run(["glpsol", "--lp", lp, "--nopresol", "-o", out], check=True, capture_output=True, text=True).stdout
        if "UNBOUNDED" in done:
            return None
        with open(out, encoding="ascii") as f:
            told = f.read()
    if not re.search(r"Status: +OPTIMAL", told):
        raise SystemExit("glpsol: the published figures contradict each other:\n" + done[-400:])
    return float(re.search(r"Objective: +obj = (\S+)", told).group(1))


def n_of(figure):
    return None if figure["hidden"] else figure["valid"]


def add_table(s, tree, own, version, cells, columns):
    """cells: {(unit, column): n or None}; column () is everybody."""
    for (unit, column), n in cells.items():
        if n is not None:
            s.see((version, unit, column), n)
    for column in columns:
        for unit, below in tree.items():
            if below:
                terms = [(1, (version, unit, column))] + [(-1, (version, b, column)) for b in below]
                s.equation(terms + ([(-1, (version, unit, column, "own"))] if unit in own else []))
    for unit in tree:
        for dimension in {c[0] for c in columns if c}:
            parts = [c for c in columns if c and c[0] == dimension]
            s.equation([(1, (version, unit, ()))] + [(-1, (version, unit, c)) for c in parts])


def add_invited(s, version, report, code, item):
    invited = report["response"]["invited"]
    if invited is not None:
        figure = item["excluded"] or 0
        s.equation([(1, (version, code, ())), (1, (version, code, "room"))], invited - figure)


def attack(versions, tree, own=(), most=8):
    """versions: list of {unit: report}, oldest first; a unit that is missing kept its
    version then. tree: {unit: [units below]}. Gives (asked, narrow): how many hidden
    cells were tried, and those whose n can be told to less than five."""
    asked, narrow = 0, []
    names = [i["code"] for i in next(iter(versions[-1].values()))["items"]]
    for at, code in enumerate(names):
        s, hidden, columns = System(), [], {()}
        for v, reports in enumerate(versions):
            for report in reports.values():
                columns |= {(g["dimension"], g["group"]) for g in report["items"][at]["groups"] if g["dimension"] not in ("enhed", "deltagelse")}
        for v, reports in enumerate(versions):
            cells = {}
            for unit, report in reports.items():
                item = report["items"][at]
                cells[(unit, ())] = n_of(item)
                for g in item["groups"]:
                    if g["dimension"] not in ("enhed", "deltagelse"):
                        cells[(unit, (g["dimension"], g["group"]))] = n_of(g)
            for key, n in cells.items():
                if n is None:
                    hidden.append((v, *key))
            add_table(s, tree, own, v, cells, sorted(columns))
        for v, reports in enumerate(versions):
            for unit, report in reports.items():
                add_invited(s, v, report, unit, report["items"][at])
        for v in range(1, len(versions)):
            for unit in tree:
                for column in sorted(columns):
                    s.equation([(1, (v, unit, column)), (-1, (v - 1, unit, column)), (-1, (v, unit, column, "new"))])
        step = max(1, len(hidden) // most)
        for var in hidden[::step]:
            low, high = s.bounds(var)
            asked += 1
            if high is not None and high - low < 5 - 1e-6:
                narrow.append((code, var, low, high))
    return asked, narrow
