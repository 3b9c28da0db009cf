#!/usr/bin/env bash
# Serves a demonstration region and looks at its pages in Chromium (run.mjs),
# as a user who is not root. Prints "N passed, N failed".
#   tests/browser/run.sh [NAME…]     only the page tables and ways of these names
# Everything in it has an end: a step and the run in run.mjs (BROWSER_LIMIT_S, 420), and here what is around it.
# TRAAD_BIN is the program, build/traad by default. Pictures of every page go to
# tests/browser/out/, to be looked at; PICTURES=0 saves a third of the time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${TRAAD_BIN:-$root/build/traad}
work=$(mktemp -d "${TMPDIR:-/tmp}/traad-browser.XXXXXX")
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf -- "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

timeout --kill-after=10 180 "$here/../demo_store.py" "$program" "$work/traad.db"
"$here/respondent.sh" "$program" "$work/traad.db" >"$work/codes.json"
: >"$work/serve.log" # looked into before the server may have begun
"$program" serve --listen 127.0.0.1:0 --store "$work/traad.db" >"$work/serve.log" 2>"$work/server-err.log" &
server=$!
for _ in $(seq 300); do
    base=$(sed -n 's/^listening on //p' "$work/serve.log")
    if [ -n "$base" ]; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
if [ -z "${base:-}" ]; then
    echo "the server does not listen:"
    cat "$work/serve.log" "$work/server-err.log"
    echo "0 passed, 1 failed"
    exit 1
fi

# The other user may not be able to read the checkout, so what it runs is laid out for it.
mkdir -p "$work/see/node_modules"
cp -r "$root/node_modules/playwright-core" "$root/node_modules/axe-core" "$work/see/node_modules/"
cp -r "$here"/*.mjs "$here"/pages "$here"/ways "$work/codes.json" "$work/see/"
chmod 755 "$work"
"$here/../as_user.sh" --own "$work/see"
code=0
cd "$work/see"
limit=${BROWSER_LIMIT_S:-420}
timeout --kill-after=15 $((limit + 60)) "$here/../as_user.sh" env HOME="$work/see" BASE="$base" BROWSER_LIMIT_S="$limit" PICTURES="${PICTURES:-1}" \
    node run.mjs "$@" ||
    code=$?
if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "FAIL the browser did not end by itself within $((limit + 60)) s"; fi
mkdir -p "$here/out"
cp -r "$work/see/out/." "$here/out/" 2>/dev/null || true
# The server's own end counts: a sanitizer tells there what it found.
ended=0
kill "$server" 2>/dev/null || true
(sleep 60 && kill -KILL "$server") >/dev/null 2>&1 &
watcher=$!
wait "$server" || ended=$?
kill "$watcher" 2>/dev/null || true
server=
if [ "$ended" != 0 ]; then
    echo "the server ended with status $ended:"
    grep -v '^{' "$work/server-err.log" | tail -n 60
    echo "0 passed, 1 failed"
    code=1
fi
exit "$code"
