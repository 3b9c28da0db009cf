#!/usr/bin/env python3
"""Guides and notices written in Markdown → C: static data that a template draws
(src/feature/information/guide.h).

Usage: guide.py OUT.c NAME=FILE.md… NAME.en=FILE.md…

NAME.en is the English of a NAME that came before: its headings get the Danish
ones' anchors, so that a link leads to the same place in both, and a block or a
point that one of them lacks stops the build. Where there is no NAME it is a text
that is in English only.

Just enough of Markdown: #, ## and ### headings, paragraphs, - and 1. lists,
tables, **bold**, `code` and [text](address). What it does not know stops the
build, so that no page shows half-read marks.
"""
import pathlib
import re
import sys

INLINE = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|\[(?P<text>[^\]]+)\]\((?P<href>[^)\s]+)\)")
LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


def literal(text):
    out = "".join({"\\": "\\\\", '"': '\\"', "\n": "\\n"}.get(ch, ch) for ch in text)
    return f'S_INIT("{out}")'


def anchor(text, taken):
    base = re.sub(r"[^a-z0-9]+", "-", text.lower().translate(LETTERS)).strip("-") or "afsnit"
    name, n = base, 2
    while name in taken:
        name, n = f"{base}-{n}", n + 1
    taken.add(name)
    return name


class Guide:
    def __init__(self, name, file):
        self.name, _, lang = name.partition(".")
        self.lang, self.file = lang or "da", file
        self.runs, self.items, self.rows, self.blocks, self.taken = [], [], [], [], set()
        self.title = None
        lines = file.read_text(encoding="utf-8").split("\n")
        self.at = 0
        while self.at < len(lines):
            self.block(lines)
        if not self.title:
            sys.exit(f"{file}: no title")

    def fault(self, why):
        sys.exit(f"{self.file}:{self.at + 1}: {why}")

    def inline(self, text):
        """(first, count) of the runs of one text."""
        first, at = len(self.runs), 0
        for hit in INLINE.finditer(text):
            if hit.start() > at:
                self.runs.append((text[at : hit.start()], "RUN_TEXT", ""))
            if hit["bold"]:
                self.runs.append((hit["bold"], "RUN_BOLD", ""))
            elif hit["code"]:
                self.runs.append((hit["code"], "RUN_CODE", ""))
            else:
                if not hit["href"].startswith("/"):
                    self.fault(f"a link leads out of the program: {hit['href']}")
                self.runs.append((hit["text"], "RUN_LINK", hit["href"]))
            at = hit.end()
        if at < len(text):
            self.runs.append((text[at:], "RUN_TEXT", ""))
        for run, kind, _ in self.runs[first:]:
            if kind == "RUN_TEXT" and re.search(r"\*\*|`|\]\(|^>|^\s*<", run):
                self.fault(f"marks that are not known: {run}")
        return first, len(self.runs) - first

    def item(self, text):
        self.items.append(self.inline(text))

    def add(self, kind, first, id="", text="", items=None, rows=(0, 0)):
        self.blocks.append((kind, id, text, first, len(self.items) - first if items is None else items, *rows))

    def block(self, lines):
        line = lines[self.at].rstrip()
        first = len(self.items)
        if not line:
            self.at += 1
        elif line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            text = line[level:].strip()
            if level == 1 and self.title:
                self.fault("two titles")
            if level == 1:
                self.title = text
            elif level <= 3:
                self.add(f"BLOCK_H{level}", first, anchor(text, self.taken), text)
            else:
                self.fault("a heading below ###")
            self.at += 1
        elif re.match(r"- |\d+\. ", line):
            self.lists(lines, first)
        elif line.startswith("|"):
            self.table(lines, first)
        else:
            text = []
            while self.at < len(lines) and lines[self.at].strip() and not re.match(r"#|- |\d+\. |\|", lines[self.at]):
                text.append(lines[self.at].strip())
                self.at += 1
            self.item(" ".join(text))
            self.add("BLOCK_TEXT", first)

    def lists(self, lines, first):
        numbered = not lines[self.at].startswith("- ")
        mark = re.compile(r"\d+\. " if numbered else r"- ")
        while self.at < len(lines) and mark.match(lines[self.at]):
            text = [mark.sub("", lines[self.at], count=1).strip()]
            self.at += 1
            while self.at < len(lines) and lines[self.at].startswith("  "):
                text.append(lines[self.at].strip())
                self.at += 1
            self.item(" ".join(text))
        self.add("BLOCK_STEPS" if numbered else "BLOCK_LIST", first)

    def table(self, lines, first):
        rows = []
        while self.at < len(lines) and lines[self.at].startswith("|"):
            rows.append([cell.strip() for cell in lines[self.at].strip().strip("|").split("|")])
            self.at += 1
        if len(rows) < 3 or not all(set(cell) <= set("-: ") for cell in rows[1]) or len({len(r) for r in rows}) != 1:
            self.fault("a table without a head, or with rows of different length")
        width, begin = len(rows[0]), len(self.rows)
        for row in [rows[0], *rows[2:]]:
            if row is not rows[0]:
                self.rows.append((len(self.items), width))
            for cell in row:
                self.item(cell)
        self.add("BLOCK_TABLE", first, items=width, rows=(begin, len(self.rows) - begin))

    def shape(self):
        """(kind, points or cells, rows) of each block."""
        return [(kind, items, rows) for kind, _, _, _, items, _, rows in self.blocks]

    def follow(self, danish):
        """Stands block for block where the Danish one does."""
        for i, (mine, theirs) in enumerate(zip(self.shape(), danish.shape())):
            if mine != theirs:
                sys.exit(f"{self.file}: block {i + 1} (near »{danish.near(i)}«) is {mine}, and {theirs} in {danish.file}")
        if len(self.blocks) != len(danish.blocks):
            sys.exit(f"{self.file}: {len(self.blocks)} blocks, and {len(danish.blocks)} in {danish.file}")
        self.blocks = [(kind, theirs[1], *rest) for (kind, _, *rest), theirs in zip(self.blocks, danish.blocks)]

    def near(self, i):
        return next((text for kind, _, text, *_ in reversed(self.blocks[: i + 1]) if text), self.title)

    def write(self, out):
        n = f"{self.name}_{self.lang}"
        out.write(f"static const GuideRun {n}_runs[] = {{\n")
        out.writelines(f"    {{{literal(text)}, {kind}, {{{literal(href)}}}}},\n" for text, kind, href in self.runs)
        out.write(f"}};\nstatic const GuideItem {n}_items[] = {{\n")
        out.writelines(f"    {{{{{n}_runs + {a}, {k}}}}},\n" for a, k in self.items)
        out.write(f"}};\nstatic const GuideRow {n}_rows[] = {{\n")
        out.writelines(f"    {{{{{n}_items + {a}, {k}}}}},\n" for a, k in self.rows or [(0, 0)])
        out.write(f"}};\nstatic const GuideBlock {n}_blocks[] = {{\n")
        for kind, i, text, a, k, b, r in self.blocks:
            out.write(f"    {{{kind}, {literal(i)}, {literal(text)}, {{{n}_items + {a}, {k}}}, {{{n}_rows + {b}, {r}}}}},\n")
        out.write("};\n\n")


def main():
    guides = []
    for word in sys.argv[2:]:
        name, file = word.split("=", 1)
        guide = Guide(name, pathlib.Path(file))
        danish = next((g for g in guides if g.name == guide.name), None)
        if danish:
            guide.follow(danish)
        guides.append(guide)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write('/* Made from Markdown by tool/guide.py. */\n#include "feature/information/guide.h"\n\n')
        for guide in guides:
            guide.write(out)
        out.write("const Guide guides[] = {\n")
        for g in guides:
            blocks = f"{g.name}_{g.lang}_blocks"
            out.write(f"    {{{literal(g.name)}, LANG_{g.lang.upper()}, {literal(g.title)}, {{{blocks}, {len(g.blocks)}}}}},\n")
        out.write("};\nconst int guide_count = sizeof guides / sizeof *guides;\n")


main()
