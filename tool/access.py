#!/usr/bin/env python3
"""doc/access.csv → C: the one table of who may do what (DOMAIN §2.2).

Writes access_gen.h (an enum of objects, NEED_OBJECT_RIGHT for every pair that
a row names) and access_gen.c (the rows). Unknown roles, relations or rights
stop the build, so that a slip of the pen cannot open or shut a door.
Usage: access.py access.csv OUT.h OUT.c
"""
import csv
import sys

ROLES = """skolechef laeringschef konsulent skoleleder afdelingsleder team ressourceperson kvalitetsteam ppr
visitationsmedlem visitationssekretaer oekonomi politiker skolebestyrelse med org foraelder elev programleder
tovholder dpo sysadm""".split()
RELATIONS = "any own unit inside owner reach assigned shared released".split()
RIGHTS = {"R": "READ", "W": "WRITE", "D": "DECIDE", "A": "AGGREGATE"}


def stop(line, what):
    sys.exit(f"access.csv:{line}: {what}")


def read(path):
    rows, seen = [], set()
    with open(path, encoding="utf-8", newline="") as f:
        for i, r in enumerate(csv.DictReader(f), 2):
            key = (r["object"], r["role"], r["relation"], r["right"])
            if key in seen:
                stop(i, "the same row twice")
            seen.add(key)
            if r["role"] != "*" and r["role"] not in ROLES:
                stop(i, f"unknown role {r['role']}")
            if r["relation"] not in RELATIONS:
                stop(i, f"unknown relation {r['relation']}")
            if r["right"] not in RIGHTS:
                stop(i, f"unknown right {r['right']}")
            if not r["object"].isidentifier() or not r["object"].islower():
                stop(i, f"odd object name {r['object']}")
            rows.append(key)
    return rows


def main():
    source, header, body = sys.argv[1:4]
    rows = read(source)
    objects = sorted({r[0] for r in rows})
    needs = sorted({(r[0], r[3]) for r in rows})
    with open(header, "w", encoding="utf-8") as h:
        h.write("/* Made from doc/access.csv by tool/access.py. */\n#ifndef ACCESS_GEN_H\n#define ACCESS_GEN_H\n\n")
        h.write('#include "web/web.h"\n\ntypedef enum AccessObject {\n')
        h.writelines(f"    ACCESS_{o.upper()},\n" for o in objects)
        h.write("} AccessObject;\n\ntypedef enum AccessRole {\n")
        h.writelines(f"    ROLE_{r.upper()},\n" for r in ROLES)
        h.write("    ROLE_COUNT,\n    ROLE_ANY = -1,\n} AccessRole;\n\ntypedef enum AccessRelation {\n")
        h.writelines(f"    RELATION_{r.upper()},\n" for r in RELATIONS)
        h.write("} AccessRelation;\n\ntypedef enum AccessRight {\n")
        h.writelines(f"    RIGHT_{r},\n" for r in RIGHTS.values())
        h.write("} AccessRight;\n\ntypedef struct AccessRow {\n    short object, role, relation, right;\n} AccessRow;\n\n")
        h.write("extern const AccessRow access_rows[];\nextern const int access_row_count;\n")
        h.write("extern const char *const access_object_names[];\nextern const int access_object_count;\n")
        h.write("extern const char *const access_role_names[];\nextern const char *const access_relation_names[];\n")
        h.write("extern const char access_right_letters[];\n\n")
        for o, r in needs:
            n = f"{o}_{RIGHTS[r].lower()}"
            h.write(f"extern const Need need_{n};\n#define NEED_{n.upper()} (&need_{n})\n")
        h.write("\n#endif\n")
    with open(body, "w", encoding="utf-8") as c:
        c.write('/* Made from doc/access.csv by tool/access.py. */\n#include "access_gen.h"\n\n')
        c.write("const AccessRow access_rows[] = {\n")
        for o, role, rel, r in rows:
            who = "ROLE_ANY" if role == "*" else f"ROLE_{role.upper()}"
            c.write(f"    {{ACCESS_{o.upper()}, {who}, RELATION_{rel.upper()}, RIGHT_{RIGHTS[r]}}},\n")
        c.write(f"}};\nconst int access_row_count = {len(rows)};\n\nconst char *const access_object_names[] = {{\n")
        c.writelines(f'    "{o}",\n' for o in objects)
        c.write(f"}};\nconst int access_object_count = {len(objects)};\n\nconst char *const access_role_names[] = {{\n")
        c.writelines(f'    "{r}",\n' for r in ROLES)
        c.write("};\n\nconst char *const access_relation_names[] = {\n")
        c.writelines(f'    "{r}",\n' for r in RELATIONS)
        c.write('};\n\nconst char access_right_letters[] = "' + "".join(RIGHTS) + '";\n\n')
        for o, r in needs:
            n = f"{o}_{RIGHTS[r].lower()}"
            c.write(f'const Need need_{n} = {{"{o}/{r}", ACCESS_{o.upper()}, RIGHT_{RIGHTS[r]}}};\n')


main()
