#!/usr/bin/env python3
"""The Debian package held to what it promises: its files, owners, modes, dependencies
and settings; no secret in it; and the program runs from where it is unpacked.

    package.py TRAAD

Prints a line for each claim and "N passed, N failed, N skipped".
"""
import http.client
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WANTED = {
    "./usr/bin/traad": "-rwxr-xr-x", "./etc/traad/traad.conf": "-rw-r--r--", "./lib/systemd/system/traad.service": "-rw-r--r--",
    "./lib/systemd/system/traad-backup.service": "-rw-r--r--", "./lib/systemd/system/traad-backup.timer": "-rw-r--r--",
    "./usr/lib/sysusers.d/traad.conf": "-rw-r--r--", "./usr/lib/tmpfiles.d/traad.conf": "-rw-r--r--",
    "./usr/share/doc/traad/copyright": "-rw-r--r--", "./usr/share/doc/traad/drift/README.md": "-rw-r--r--",
}
NEEDED = ["libc6", "libmicrohttpd12", "libsqlite3-0", "libpq5", "libsodium23", "libjansson4", "libcairo2", "libpango-1.0-0", "libcurl4", "libxml2"]
EXPOSURE = 2.0


class Broken(Exception):
    pass


def must(holds, what):
    if not holds:
        raise Broken(what)


def run(*words, **more):
    done = subprocess.run([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, **more)
    said = done.stdout.decode(errors="replace")
    must(done.returncode == 0, f"{' '.join(map(str, words))}: status {done.returncode}: {said[-1500:]}")
    return said


QUICK = {**os.environ, "DEB_COMPRESS": "gzip"}  # a program with a sanitizer is large


class Package:
    def __init__(self, traad, work):
        self.traad, self.work = traad, work
        self.deb = pathlib.Path(run(ROOT / "packaging/deb.sh", traad, work, env=QUICK).splitlines()[-1])


def holds_the_wanted_files_and_no_secret(p):
    listing = run("dpkg-deb", "--contents", p.deb).splitlines()
    found = {}
    for line in listing:
        mode, owner, *_, path = line.split()
        must(owner == "root/root", f"{path} belongs to {owner}")
        must(not re.search(r"w....$|^...s|^......s", mode[4:]) or mode[0] == "d", f"{path} has mode {mode}")
        found[path] = mode
    for path, mode in WANTED.items():
        must(found.get(path) == mode, f"{path} has mode {found.get(path)}, not {mode}")
    must(not [f for f in found if re.search(r"\.(key|db|backup)$|password|var/", f)], "there are keys or data in it")
    out = p.work / "unpacked"
    run("dpkg-deb", "--extract", p.deb, out)
    for line in (out / "etc/traad/traad.conf").read_text().splitlines():
        must(line.startswith("#") or not re.match(r"smtp-(user|password)", line), f"a secret may stand in the settings: {line}")


def tells_its_dependencies_settings_and_scripts(p):
    told = run("dpkg-deb", "-I", p.deb)
    depends = re.search(r"Depends: (.*)", told)[1]
    for name in NEEDED:
        must(re.search(rf"\b{re.escape(name)}(t64)? \(>= ", depends), f"no dependency on {name}: {depends}")
    must(run("dpkg-deb", "-I", p.deb, "conffiles").strip() == "/etc/traad/traad.conf", "the settings are no conffile")
    for script in ("postinst", "prerm", "postrm"):
        text = run("dpkg-deb", "-I", p.deb, script)
        (p.work / script).write_text(text)
        run("sh", "-n", p.work / script)
    must("systemd-sysusers" in (p.work / "postinst").read_text(), "nobody makes the user")
    must(not re.search(r"\brm\b", (p.work / "postrm").read_text()), "purging deletes the store")
    must(re.search(r"Version: \d+\.\d+", told) and "Description: " in told, "version or description is missing")


def same_program_gives_the_same_bytes(p):
    second = p.work / "second"
    second.mkdir()
    again = pathlib.Path(run(ROOT / "packaging/deb.sh", p.traad, second, env=QUICK).splitlines()[-1])
    must(again.read_bytes() == p.deb.read_bytes(), "two packages of one program differ")


def runs_from_where_it_is_unpacked(p):
    out = p.work / "unpacked"
    program, store = out / "usr/bin/traad", p.work / "here/traad.db"
    store.parent.mkdir()
    must("serve" in run(program, "help"), "no help")
    settings = (out / "etc/traad/traad.conf").read_text().replace("/var/lib/traad/traad.db", str(store))
    file = p.work / "traad.conf"
    file.write_text(settings.replace("127.0.0.1:8080", "127.0.0.1:0").replace("127.0.0.1:9090", "127.0.0.1:0"))
    must("fine" in run(program, "config", "check", "--config", file), "its own settings are wrong")
    run(program, "init", "--config", file)
    server = subprocess.Popen([program, "serve", "--config", file], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        port = int(re.search(rb":(\d+)\n", server.stdout.readline())[1])
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        line.request("GET", "/om")
        answer = line.getresponse()
        must(answer.status == 200 and b"MPL-2.0" in answer.read(), "it does not serve")
        line.close()
        server.terminate()
        must(server.wait(30) == 0, "it does not end well")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        server.stdout.close()


def services_are_shut_in(p):
    if not shutil.which("systemd-analyze"):
        return "not measured: systemd-analyze is not here"
    told = []
    for unit in ("traad.service", "traad-backup.service"):
        said = run("systemd-analyze", "security", "--offline=true", ROOT / "packaging" / unit)
        exposure = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)[1])
        must(exposure <= EXPOSURE, f"{unit}: exposure {exposure}, at most {EXPOSURE}")
        told.append(f"{unit} {exposure}")
    return "exposure " + ", ".join(told)


CLAIMS = [holds_the_wanted_files_and_no_secret, tells_its_dependencies_settings_and_scripts, same_program_gives_the_same_bytes,
          runs_from_where_it_is_unpacked, services_are_shut_in]


def main():
    if not all(map(shutil.which, ("dpkg-deb", "dpkg-shlibdeps", "strip"))):
        print("dpkg-dev is not here\n0 passed, 0 failed, 1 skipped")
        return 0
    passed = failed = 0
    work = pathlib.Path(tempfile.mkdtemp(prefix="traad-package."))
    try:
        package = Package(str(pathlib.Path(sys.argv[1]).resolve()), work)
        for claim in CLAIMS:
            try:
                more = claim(package)
                passed += 1
                print(f"ok   {claim.__name__.replace('_', ' ')}{': ' + more if more else ''}", flush=True)
            except (Broken, OSError, TypeError, http.client.HTTPException, subprocess.TimeoutExpired) as fault:
                failed += 1
                print(f"FAILED {claim.__name__}: {type(fault).__name__}: {fault}", flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
