#!/usr/bin/env python3
"""A folder's schema.sql, check.sql and migrate/*.sql → C: one Schema (db/db.h).

Usage: schema.py NAME FOLDER OUT.c
Migrations are numbered 0002, 0003, … without gaps (0001 is schema.sql's first
shape and has no file); a gap stops the build.
"""
import pathlib
import re
import sys


def literal(text):
    out = []
    for line in text.splitlines(keepends=True):
        esc = line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        out.append(f'    "{esc}"')
    return "\n".join(out) or '    ""'


def main():
    name, folder, out = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    steps = sorted(folder.glob("migrate/*.sql"))
    for i, step in enumerate(steps, 2):
        if not re.fullmatch(rf"{i:04d}_[a-z0-9_]+\.sql", step.name):
            sys.exit(f"{step}: expected number {i:04d} and a name of a-z, 0-9 and _")
    with open(out, "w", encoding="utf-8") as c:
        c.write(f'/* Made from the SQL of {name} by tool/schema.py. */\n#include "db/db.h"\n\n')
        if steps:
            c.write("static const Migration migrations[] = {\n")
            for i, step in enumerate(steps, 2):
                c.write(f'    {{{i}, "{step.stem}",\n{literal(step.read_text(encoding="utf-8"))}}},\n')
            c.write("};\n\n")
        check = folder / "check.sql"
        c.write(f"extern const Schema {name}_schema;\nconst Schema {name}_schema = {{\n    .feature = \"{name}\",\n")
        c.write(f"    .schema_sql =\n{literal((folder / 'schema.sql').read_text(encoding='utf-8'))},\n")
        c.write(f"    .check_sql =\n{literal(check.read_text(encoding='utf-8') if check.exists() else '')},\n")
        if steps:
            c.write(f"    .migrations = migrations,\n    .migration_count = {len(steps)},\n")
        c.write("};\n")


main()
