#!/usr/bin/env bash
# Every header of src/ and tests/ compiles alone, under gcc and clang, twice
# included, without a warning (STYLE.md §1). Include paths come from a build
# folder, since some headers are made at build.
#   tool/hdrcheck.sh [BUILD]
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build-test}

mapfile -t paths < <(grep -o '"command": ".*' "$build/compile_commands.json" | grep -oE -- '-(I|isystem ?)[^ "]+' |
    sed -E "s#^-I([^/])#-I$build/\1#" | sort -u)
export HDR_FLAGS="-std=gnu17 -D_GNU_SOURCE -Isrc -Itests ${paths[*]} -Wall -Wextra -Wconversion -Wno-sign-conversion -Wshadow
 -Wvla -Wswitch-enum -Wformat=2 -Wno-missing-field-initializers -Wno-unused-function -Werror -fsyntax-only -x c"

one() { # compiler, header
    local from=${2#src/}
    from=${from#tests/}
    # shellcheck disable=SC2086
    if ! printf '#include "%s"\n#include "%s"\nint alone;\n' "$from" "$from" | "$1" $HDR_FLAGS - 2>&1; then
        echo "FAULT $2 does not compile alone under $1"
    fi
}
export -f one

mapfile -t headers < <(git -c safe.directory="$PWD" ls-files --cached --others --exclude-standard 'src/*.h' 'tests/*.h' |
    grep -v '^src/base/banned.h$')
faults=$(for header in "${headers[@]}"; do printf 'gcc %s\nclang %s\n' "$header" "$header"; done |
    xargs -P2 -L1 bash -c 'one "$0" "$1"')
[ -z "$faults" ] || printf '%s\n' "$faults"
failed=$(grep -c '^FAULT' <<<"$faults" || true)
echo "$((2 * ${#headers[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
