#!/usr/bin/env python3
"""Page assets → one C file that the binary carries (src/web/assets/assets.h).

Usage: assets.py SOURCE_ROOT OUT.c DEPFILE

In:  node_modules/dkfds (stylesheet, icons, Latin fonts), node_modules/htmx.org,
     src/web/assets/house.css and house.js, every .css below src/render/,
     src/feature/ and src/core/ (in the order of their paths), icons.txt.
Out: each file under an address with the hash of its content, so that a browser
     may keep it for ever, once plain and once gzipped. The same input gives the
     same bytes.

The stylesheet is one file: dkfds inside @layer dkfds first, so that a house
rule wins without !important. What no page of ours may have (PAGES.md §3, §9:
toasts, carousels, another navigation …) and the icon helper classes are left
out of it, and so is its list of fonts in four formats (12 MB).
"""
import gzip
import hashlib
import pathlib
import re
import sys

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FONTS = {
    "plex-400.woff2": "IBMPlexSans-Regular-Latin1.woff2",
    "plex-400-italic.woff2": "IBMPlexSans-Italic-Latin1.woff2",
    "plex-600.woff2": "IBMPlexSans-SemiBold-Latin1.woff2",
    "plex-700.woff2": "IBMPlexSans-Bold-Latin1.woff2",
}
# Selectors of dkfds components that the house does not use; a rule goes when
# every one of its selectors mentions one of them.
UNUSED = re.compile(
    r"\.(icon-|toast|date-picker|navigation-menu|mainmenu|language-switcher|overflow-menu|step-indicator|"
    r"accordion|solution-|portal-|header-|cookie-|toggle-switch|tooltip|modal|back-to-top|tabnav|tabs-|tab-|"
    r"button-overflow-menu|button-mobile-menu|button-menu-|spinner|footer|sidenav|card|file-input|nav-primary)"
)


class Css:
    """Just enough of a reader: statements, blocks, strings, comments."""

    def __init__(self, text, name):
        self.text, self.name, self.at = text, name, 0

    def fault(self, why):
        line = self.text.count("\n", 0, self.at) + 1
        sys.exit(f"{self.name}:{line}: {why}")

    def until(self, stops):
        """Text up to one of `stops` outside strings and brackets, whitespace squeezed, comments dropped."""
        out, depth, t = [], 0, self.text
        while self.at < len(t):
            ch = t[self.at]
            if t.startswith("/*", self.at):
                end = t.find("*/", self.at + 2)
                if end < 0:
                    self.fault("comment without end")
                self.at = end + 2
                continue
            if ch in "\"'":
                end = self.at + 1
                while end < len(t) and t[end] != ch:
                    end += 2 if t[end] == "\\" else 1
                if end >= len(t):
                    self.fault("text without closing quote")
                out.append(t[self.at : end + 1])
                self.at = end + 1
                continue
            if ch in stops and depth == 0:
                break
            depth += (ch == "(") - (ch == ")")
            if ch.isspace():
                if out and out[-1] != " ":
                    out.append(" ")
            else:
                out.append(ch)
            self.at += 1
        return "".join(out).strip()

    def rules(self, nested=False):
        """[(prelude, body)]: body is text for style rules, a list for @media and the like, None for statements."""
        found = []
        while True:
            prelude = self.until("{};")
            if self.at >= len(self.text):
                if nested or prelude:
                    self.fault("block without end")
                return found
            stop = self.text[self.at]
            self.at += 1
            if stop == "}":
                if not nested or prelude:
                    self.fault("unexpected }")
                return found
            if stop == ";":
                if prelude:
                    found.append((prelude, None))
            elif re.match(r"@(media|supports|layer|container|keyframes|-webkit-keyframes)\b", prelude):
                found.append((prelude, self.rules(nested=True)))
            else:
                found.append((prelude, self.declarations()))

    def declarations(self):
        parts = []
        while True:
            part = self.until(";}{")
            if self.at >= len(self.text):
                self.fault("block without end")
            stop = self.text[self.at]
            self.at += 1
            if stop == "{":
                self.fault("a block inside a rule; write the rule out")
            if part:
                name, colon, value = part.partition(":")
                if not colon:
                    self.fault(f"not a declaration: {part[:60]}")
                parts.append(f"{name.strip()}:{value.strip()}")
            if stop == "}":
                return ";".join(parts)


def written(rules):
    out = []
    for prelude, body in rules:
        prelude = re.sub(r" ?, ?", ",", prelude)
        if body is None:
            out.append(prelude + ";")
        elif isinstance(body, list):
            inner = written(body)
            if inner:
                out.append(f"{prelude}{{{inner}}}")
        elif body:
            out.append(f"{prelude}{{{body}}}")
    return "".join(out)


def needed(rules):
    """dkfds without its fonts, its icon helpers and the components that we do not have."""
    kept = []
    for prelude, body in rules:
        if prelude.startswith("@font-face") or (isinstance(body, str) and "../img/logo" in body):
            continue
        if isinstance(body, list) and "keyframes" not in prelude:
            kept.append((prelude, needed(body)))
            continue
        if isinstance(body, str):
            selectors = [s for s in re.split(r",(?![^(]*\))", prelude) if not UNUSED.search(s)]
            if not selectors:
                continue
            prelude = ",".join(selectors)
        kept.append((prelude, body))
    return kept


class Assets:
    def __init__(self):
        self.list = []
        self.paths = {}

    def add(self, name, data):
        path = f"/a/{hashlib.sha256(data).hexdigest()[:12]}/{name}"
        if name in self.paths:
            sys.exit(f"assets: two files are called {name}")
        self.paths[name] = path
        packed = gzip.compress(data, 9, mtime=0)
        self.list.append((name, path, TYPES[pathlib.PurePath(name).suffix], data, packed if len(packed) < len(data) * 0.9 else b""))


def sprite(names_file, icons_svg):
    """One SVG with a <symbol> for each line of icons.txt: NAME [dkfds NAME | SVG markup in 20 × 20]."""
    symbols = dict(re.findall(r'<symbol id="([^"]+)"( viewBox="[^"]*">.*?)</symbol>', icons_svg, re.S))
    out = []
    for n, line in enumerate(names_file.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, _, source = line.partition(" ")
        source = source.strip() or name
        if source.startswith("<"):
            out.append(f'<symbol id="{name}" viewBox="0 0 20 20">{source}</symbol>')
        elif source in symbols:
            out.append(f'<symbol id="{name}"{symbols[source]}</symbol>')
        else:
            sys.exit(f"{names_file}:{n}: dkfds has no icon called {source}")
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(out) + "</svg>").encode()


def c_text(data):
    rows = []
    for at in range(0, len(data), 48):
        row = []
        for b in data[at : at + 48]:
            row.append(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}")
        rows.append('"' + "".join(row) + '"')
    return "\n    ".join(rows) or '""'


def main():
    root, out, depfile = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    dkfds, htmx = root / "node_modules/dkfds/dist", root / "node_modules/htmx.org/dist"
    house = root / "src/web/assets"
    if not (dkfds / "css/dkfds.css").exists() or not htmx.exists():
        sys.exit("assets: node_modules is missing; run ./run --build (or tool/setup.sh build) first")
    read = [pathlib.Path(__file__).resolve()]
    assets = Assets()

    def take(path):
        read.append(path)
        return path.read_bytes()

    for name, file in FONTS.items():
        assets.add(name, take(dkfds / "fonts/IBMPlexSans/split/woff2" / file))
    assets.add("htmx.js", take(htmx / "htmx.min.js"))
    assets.add("house.js", take(house / "house.js"))
    read.append(house / "icons.txt")
    assets.add("mark.svg", take(house / "mark.svg"))
    assets.add("icons.svg", sprite(house / "icons.txt", take(dkfds / "img/all-svg-icons.svg").decode()))

    layer = written(needed(Css(take(dkfds / "css/dkfds.min.css").decode(), "dkfds.css").rules()))

    def icon(match):
        name = match[1]
        if name not in assets.paths:
            assets.add(name, take(dkfds / "img/svg-icons" / name))
        return f"url({assets.paths[name]})"

    layer = re.sub(r"url\(\.\./img/svg-icons/([a-z0-9-]+\.svg)\)", icon, layer)
    parts = [house / "house.css"]
    for floor in ("render", "core", "feature"):
        folder = root / "src" / floor
        parts += sorted(folder.glob("**/*.css"))
        # a new stylesheet changes its folder, so the folders are read too
        read.extend([folder, *(d for d in folder.glob("**/") if d.is_dir())])
    ours = ""
    for part in parts:
        rules = Css(take(part).decode(), str(part.relative_to(root))).rules()
        if any(p.startswith("@import") for p, _ in rules):
            sys.exit(f"{part}: @import: the stylesheet is one file")
        ours += written(rules)

    def own(match):
        if match[1] not in assets.paths:
            sys.exit(f"assets: no file called {match[1]}")
        return f"url({assets.paths[match[1]]})"

    css = f"@layer dkfds{{{layer}}}{re.sub(r'url[(]asset:([a-z0-9.-]+)[)]', own, ours)}"
    left = re.search(r"url\((?!/a/|#)[^)]*\)", css)
    if left:
        sys.exit(f"assets: the stylesheet points outside the program: {left[0][:120]}")
    assets.add("house.css", css.encode())

    assets.list.sort(key=lambda a: a[1])
    with open(out, "w", encoding="ascii") as c:
        c.write('/* Made by tool/assets.py. */\n#include "web/assets/assets.h"\n\nconst Asset assets[] = {\n')
        for name, path, kind, data, packed in assets.list:
            c.write(f'{{S_INIT("{name}"), S_INIT("{path}"), S_INIT("{kind}"),\n    {{{c_text(data)}, {len(data)}}},\n')
            c.write(f"    {{{c_text(packed)}, {len(packed)}}}}},\n")
        c.write(f"}};\nconst ptrdiff_t asset_count = {len(assets.list)};\n")
    with open(depfile, "w", encoding="utf-8") as d:
        d.write(f"{out}: " + " ".join(str(p).replace(" ", "\\ ") for p in read) + "\n")


main()
