#!/usr/bin/env python3
"""The rules of STYLE.md that a machine can see and no compiler does. One
function a rule; each tells its faults as "file:line: what". Prints the faults
and "N passed, N failed", counted in rules. Looks only at files that git knows
or would take, so build folders and node_modules stay out of it.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/../..").resolve()
LINE_MAX = 150  # characters; tests may write SQL and tables wider
FILE_MAX = 2500  # lines of C in one folder (STYLE §1), so also in one file
FUNCTION_MAX = 80  # lines; §3 asks for 25 and a second look at 60
BANNED = (
    "strcpy strncpy strcat strncat sprintf vsprintf atoi atol atof strtol strtoul strtoll strtoull "
    "strtok gmtime localtime ctime alloca rand srand system getenv setlocale gets"
).split()


def git_files():
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    names = [n for n in listed.stdout.decode().split("\0") if n]
    return [n for n in names if (ROOT / n).is_file() and not (ROOT / n).is_symlink()]


class Files:
    def __init__(self):
        self.names = sorted(git_files())
        self.cache = {}

    def text(self, name):
        if name not in self.cache:
            try:
                self.cache[name] = (ROOT / name).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                self.cache[name] = ""
        return self.cache[name]

    def of(self, *suffixes, under=""):
        return [n for n in self.names if n.endswith(suffixes) and n.startswith(under)]

    def code(self, name):
        """C text whose comments and string contents are blanked, line for line."""
        key = name + "\0code"
        if key not in self.cache:
            blank = lambda m: re.sub(r"[^\n]", " ", m[0])  # noqa: E731
            quiet = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\''
            self.cache[key] = re.sub(quiet, blank, self.text(name), flags=re.S)
        return self.cache[key]


def find(files, names, pattern, what, blanked=True):
    regex = re.compile(pattern)
    for name in names:
        text = files.code(name) if blanked else files.text(name)
        for n, line in enumerate(text.splitlines(), 1):
            if (hit := regex.search(line)) and not is_let(files, name, n):
                yield f"{name}:{n}: {what.format(hit[0].strip())}"


def is_let(files, name, n):
    """A line that says why it breaks a rule: /* style: … */ on it or above it."""
    lines = files.text(name).splitlines()
    return any("/* style:" in lines[i] for i in (n - 1, n - 2) if 0 <= i < len(lines))


def is_test(name):
    return name.startswith("tests/") or name.endswith("_test.c")


def banned_functions(files):
    names = [n for n in files.of(".c", ".h", under="src/") if n != "src/base/banned.h" and not is_test(n)]
    names += [n for n in files.of(".c", ".h", under="tool/") if not is_test(n)]
    return find(files, names, r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(", "banned function {}")


def own_malloc(files):
    allowed = {line.split()[0] for line in files.text("tool/malloc-allowed.txt").splitlines() if line.strip() and line[0] != "#"}
    names = [
        n
        for n in files.of(".c", ".h", under="src/")
        if not n.startswith(("src/base/", "src/db/")) and not is_test(n) and n not in allowed
    ]
    return find(files, names, r"(?<![\w.>])(malloc|calloc|realloc|strdup|strndup|free|asprintf)\s*\(", "{} outside base/ and db/")


def tickets(files):
    names = files.of(".c", ".h", ".html", ".sql", ".js", ".mjs", ".css", ".py", ".sh", ".build")
    word = "TO" + "DO"
    yield from find(files, names, rf"\b{word}\b(?!\(#\d+\))", "{} without its ticket", blanked=False)
    yield from find(files, names, r"\b(FIX" + r"ME|XX" + r"X)\b", "{}: write an issue instead", blanked=False)


def long_lines(files):
    for name in files.of(".c", ".h", ".py", ".sh", ".mjs", ".js"):
        if is_test(name):
            continue
        for n, line in enumerate(files.text(name).splitlines(), 1):
            if len(line) > LINE_MAX:
                yield f"{name}:{n}: {len(line)} characters; {LINE_MAX} at most"


def white_space(files):
    names = files.of(".c", ".h", ".html", ".sql", ".py", ".sh", ".mjs", ".js", ".css", ".build")
    yield from find(files, names, r"[ \t]+$", "space at the end of the line", blanked=False)
    yield from find(files, files.of(".c", ".h", ".html", ".sql", ".py", ".js", ".mjs"), r"\t", "tab", blanked=False)


def long_files(files):
    sizes = {}
    for name in files.of(".c", ".h", under="src/"):
        if is_test(name):
            continue
        folder = str(pathlib.PurePath(name).parent)
        sizes[folder] = sizes.get(folder, 0) + files.text(name).count("\n")
    for name in files.of(".c", ".h"):
        if (lines := files.text(name).count("\n")) > FILE_MAX:
            yield f"{name}: {lines} lines; {FILE_MAX} at most"
    for folder, lines in sizes.items():
        if lines > FILE_MAX and folder.startswith(("src/core/", "src/feature/")):
            print(f"note: {folder} has {lines} lines of C; is there a second room inside? (STYLE §1)")


def long_functions(files):
    for name in files.of(".c", under="src/") + files.of(".c", under="tool/"):
        begin = None
        for n, line in enumerate(files.code(name).splitlines(), 1):
            if line.startswith("{"):
                begin = n
            elif line.startswith("}") and begin:
                if not line.startswith("};") and n - begin - 1 > FUNCTION_MAX and not is_let(files, name, begin - 1):
                    yield f"{name}:{begin}: function of {n - begin - 1} lines; {FUNCTION_MAX} at most"
                begin = None


def mutable_globals(files):
    names = [n for n in files.of(".c", ".h", under="src/") if not is_test(n)]
    changeable = r"^(?:static\s+)?(?!.*\b(?:const|_Thread_local|__thread|typedef|extern|enum|return|goto)\b)(?!(?:struct|union) \w+;)"
    changeable += r"(?:unsigned |signed |struct )?[A-Za-z_]\w*[ \*]+[A-Za-z_]\w*(?:\[[^\]]*\])*\s*(?:=[^=]|;)"
    return find(files, names, changeable, "mutable global: {}")


def features_are_plain(files):
    names = [n for n in files.of(".c", ".h", under="src/feature/") if not is_test(n)]
    yield from find(files, names, r"\b(pthread_\w+|thrd_create|mtx_\w+)\s*\(", "features start no thread and take no lock: {}")
    names += [n for n in files.of(".c", ".h", under="src/core/") if not is_test(n)]
    yield from find(files, names, r'"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b', "features never say {}", blanked=False)


def umbrella_headers(files):
    for name in files.of(".h", ".c", under="src/"):
        if re.search(r"(^|/|_)(common|utils?|helpers?|misc)\.[ch]$", name):
            yield f"{name}: name a file after what it does"


def rooms(files):
    folders = {"/".join(n.split("/")[:3]) for n in files.names if re.match(r"src/(core|feature)/[^/]+/", n)}
    for folder in sorted(folders):
        name = folder.split("/")[2]
        # Pages over another room's rules have no domain of their own to declare or to
        # test without HTTP; those over HTTP are wanted all the more.
        is_pages = f"{folder}/{name}_http_test.c" in files.names and f"{folder}/{name}.c" not in files.names
        own = () if is_pages else (f"{name}.h", f"{name}_test.c")
        for wanted in ("README.md", "schema.sql", "check.sql", *own):
            if f"{folder}/{wanted}" not in files.names:
                yield f"{folder}: {wanted} is missing"


def our_machine_only(files):
    """Nothing committed names a package registry's host or a path of one machine."""
    hosts = r"regis[t]ry\.npm|npm[j]s\.(org|com)|deb\.de[b]ian\.org|py[p]i\.org|cra[t]es\.io|proxy\.gol[a]ng"
    yield from find(files, files.names, hosts, "host of a package registry: {}", blanked=False)
    yield from find(files, files.names, r'"resol[v]ed": *"http', "download address: {}", blanked=False)
    yield from find(files, files.names, r"(?<![\w.~-])/(wo[r]k|ro[o]t|fa[r]m)/[a-z.]", "path of one machine: {}", blanked=False)


def strict_scripts(files):
    """Shell scripts are strict."""
    for name in files.names:
        text = files.text(name) if "." not in pathlib.PurePath(name).name or name.endswith(".sh") else ""
        if re.match(r"#!.*\b(ba)?sh\b", text) and not re.search(r"^set -eu(o pipefail)?$", text, re.M):
            yield f"{name}: a script begins with set -euo pipefail (sh: set -eu)"


RULES = [
    banned_functions,
    own_malloc,
    tickets,
    long_lines,
    white_space,
    long_files,
    long_functions,
    mutable_globals,
    features_are_plain,
    umbrella_headers,
    rooms,
    our_machine_only,
    strict_scripts,
]


def main():
    files, failed = Files(), 0
    for rule in RULES:
        faults = list(rule(files))
        failed += bool(faults)
        for fault in faults:
            print(fault)
    print(f"{len(RULES) - failed} passed, {failed} failed")
    return bool(failed)


sys.exit(main())
