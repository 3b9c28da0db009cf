#!/usr/bin/env python3
"""Do the checkers see? Plants one fault of each kind in a small tree of its own
and asks depcheck, stylecheck, asvs_check or clangcheck for it, then a clean tree that
none may complain about. Prints "N passed, N failed", counted in faults."""
import json
import pathlib
import subprocess
import sys
import tempfile

TOOL = pathlib.Path(__file__).resolve().parent
CLEAN = {
    "src/base/str.h": "int str_one(void);\n",
    "src/base/str.c": '#include "base/str.h"\n\nint str_one(void)\n{\n    return 1;\n}\n',
    "src/db/db.h": '#include "base/str.h"\n',
    "src/web/web.h": '#include "base/str.h"\n',
    "src/core/access/access.h": '#include "web/web.h"\n',
    "src/feature/one/one.h": '#include "core/access/access.h"\n',
    "src/feature/one/one_inside.h": "int one_hidden(void);\n",
    "src/feature/two/two.h": '#include "feature/one/one.h"\n',
    "src/feature/two/meson.build": "uses = ['one']\n",
    "tool/malloc-allowed.txt": "# none\n",
    "compile_commands.json": json.dumps([{"directory": ".", "command": "cc -Isrc -Wall -Werror -O1 -o a.o -c a.c", "file": f"src/{floor}.c"}
                                         for floor in ("base/str", "web/k")]),
    "src/web/k.c": "int one(int a);\n",
    "doc/asvs-5.0.0-ids.csv": "id,level\nV1.1.1,1\nV2.1.1,2\n",
    "doc/security.md": "| V1.1.1 | yes | so | `base/str.h:str_one` | |\n| V2.* | n/a | not so | | |\n",
    **{
        f"src/{floor}/{name}/{file}": "x\n"
        for floor, name in (("core", "access"), ("feature", "one"), ("feature", "two"))
        for file in ("README.md", "schema.sql", "check.sql", f"{name}_test.c")
    },
}
# (checker, file, text, what its answer must mention)
PLANTED = [
    ("depcheck", "src/base/up.c", '#include "web/web.h"\n', "web stands above base"),
    ("depcheck", "src/core/access/up.c", '#include "feature/one/one.h"\n', "feature/one stands above core/access"),
    ("depcheck", "src/text/side.c", '#include "db/db.h"\n', "stand side by side"),
    ("depcheck", "src/feature/one/back.c", '#include "feature/two/two.h"\n', "'two' is not in uses"),
    ("depcheck", "src/feature/two/look.c", '#include "feature/one/one_inside.h"\n', "private header"),
    ("depcheck", "src/web/tests.c", '#include "test.h"\n', "only tests include"),
    ("depcheck", "src/web/near.c", '#include "web.h"\n', "from src/ down"),
    ("stylecheck", "src/web/a.c", "void f(char *a)\n{\n    str" + "cpy(a, a);\n}\n", "banned function"),
    ("stylecheck", "src/web/b.c", "void *f(void)\n{\n    return mal" + "loc(1);\n}\n", "outside base/ and db/"),
    ("stylecheck", "src/web/c.c", "/* TO" + "DO later */\n", "without its ticket"),
    ("stylecheck", "src/web/d.c", "/*" + "x" * 160 + "*/\n", "150 at most"),
    ("stylecheck", "src/web/e.c", "int f(void)\n{\n" + "    f();\n" * 90 + "}\n", "function of 90 lines"),
    ("stylecheck", "src/web/f.c", "static int counter;\n", "mutable global"),
    ("stylecheck", "src/web/g.c", "int counter = 1;\n", "mutable global"),
    ("stylecheck", "src/feature/one/h.c", "void f(void)\n{\n    pthread_create(0, 0, 0, 0);\n}\n", "no thread"),
    ("stylecheck", "src/feature/one/i.c", 'const char *q = "BEG' + 'IN";\n', "features never say"),
    ("stylecheck", "src/web/utils.c", "\n", "name a file after"),
    ("stylecheck", "src/feature/three/three.h", "\n", "README.md is missing"),
    ("stylecheck", "notes.md", "see https://regis" + "try.npm" + "js.org/x\n", "host of a package registry"),
    ("stylecheck", "notes.md", "see /wo" + "rk/main\n", "path of one machine"),
    ("stylecheck", "go", "#!/bin/sh\necho\n", "begins with set -euo"),
    ("asvs_check", "doc/asvs-5.0.0-ids.csv", "id,level\nV1.1.1,1\nV2.1.1,2\nV3.1.1,1\n", "V3.1.1 is missing"),
    ("asvs_check", "doc/security.md", "| V1.1.1 V2.* | yes | so | `base/gone.h` | |\n", "base/gone.h does not exist"),
    ("asvs_check", "doc/security.md", "| V1.1.1 V2.* | yes | so | `base/str.h:two` | |\n", "says nothing of two"),
    ("asvs_check", "doc/security.md", "| V1.1.1 V2.* | yes | so | `base/str.h` | `base/str.c:one` |\n", "has no test one"),
    ("asvs_check", "doc/security.md", "| V1.1.1 V2.* | yes | so | | |\n", "not where"),
    ("asvs_check", "doc/security.md", "| V1.1.1 V2.* V2.1.1 | perhaps | so | | |\n", "is none of"),
    ("clangcheck", "src/web/k.c", "int one(int a)\n{\n    a = a;\n    return a;\n}\n", "src/web/k.c has warnings"),
    ("stylecheck", "src/web/j.c", "int x(void); \n", "space at the end"),
]


def lay(root, tree):
    for name, text in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "tests").mkdir(exist_ok=True)
    (root / "tests/test.h").write_text("\n")


def answer(checker, tree):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        lay(root, tree)
        subprocess.run(["git", "init", "-q", folder], check=True)
        done = subprocess.run([sys.executable, TOOL / f"{checker}.py", folder], stdout=subprocess.PIPE, check=False)
        return done.returncode, done.stdout.decode()


def main():
    passed = failed = 0
    for checker in ("depcheck", "stylecheck", "asvs_check", "clangcheck"):
        code, said = answer(checker, CLEAN)
        passed, failed = passed + (code == 0), failed + (code != 0)
        if code:
            print(f"{checker} complains about a clean tree:\n{said}")
    for checker, name, text, wanted in PLANTED:
        code, said = answer(checker, {**CLEAN, name: text})
        seen = code != 0 and wanted in said
        passed, failed = passed + seen, failed + (not seen)
        if not seen:
            print(f"{checker} does not see “{wanted}” in {name}; it said:\n{said}")
    ring = {**CLEAN, "src/feature/one/back.c": '#include "feature/two/two.h"\n', "src/feature/one/meson.build": "uses = ['two']\n"}
    seen = "cycle: " in answer("depcheck", ring)[1]
    passed, failed = passed + seen, failed + (not seen)
    if not seen:
        print("depcheck does not see a cycle of two features")
    print(f"{passed} passed, {failed} failed")
    return bool(failed)


sys.exit(main())
