#!/usr/bin/env bash
# Configures DIR once and builds all of it, at most two compilers at a time.
#   tool/build.sh DIR [meson setup option…] [-- TARGET…]
# TARGET: only these, which spares who runs the program the tests.
# The options count when DIR is made; other options later make it anew. Quiet
# unless something is compiled; everything is shown when it fails.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=${1:?usage: tool/build.sh DIR [option…] [-- TARGET…]}
shift
options=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
if [ $# -gt 0 ]; then shift; fi
log=$dir/build.log

fail() { cat "$log" >&2; echo "build: $dir failed" >&2; exit 1; }

if [ ! -f "$dir/build.ninja" ] || [ "$(cat "$dir/.options" 2>/dev/null)" != "${options[*]}" ]; then
    rm -rf -- "$dir"
    mkdir -p "$dir"
    echo "Configuring $dir …"
    meson setup "$dir" "${options[@]}" >"$log" 2>&1 || fail
    printf '%s\n' "${options[*]}" >"$dir/.options"
fi
if [ -t 1 ]; then ninja -C "$dir" -j2 "$@" || exit 1; else ninja -C "$dir" -j2 "$@" >"$log" 2>&1 || fail; fi
# meson lays the program beside its meson.build; people and tools know DIR/traad
if [ -x "$dir/src/traad" ]; then ln -sfn src/traad "$dir/traad"; fi
