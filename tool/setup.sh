#!/usr/bin/env bash
# Installs what this checkout needs and does not find: Debian packages by
# tool/packages-*.txt, page assets by package-lock.json. Looking costs about
# 0.1 s, so there is no stamp that could lie after a move to another machine.
#   tool/setup.sh build | test
# Works as root or with sudo; without either it names what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:?usage: tool/setup.sh build|test}
lists=(tool/packages-build.txt)
case $what in
build) ;;
test) lists+=(tool/packages-test.txt) ;;
*) echo "setup: '$what' is neither build nor test" >&2; exit 2 ;;
esac

say() { printf 'setup: %s\n' "$*" >&2; }

missing_packages() {
    local installed package instead
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
    while read -r package instead; do
        case $package in '' | '#'*) continue ;; esac
        if [ -n "$instead" ] && command -v "$instead" >/dev/null 2>&1; then continue; fi
        grep -qxF -- "$package" <<<"$installed" || echo "$package"
    done < <(cat "${lists[@]}")
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@" 2>/dev/null || sudo "$@"; fi
}

install_packages() {
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
        say "these Debian packages are missing, and this is neither root nor a machine with sudo: $*"
        exit 1
    fi
    say "installing from Debian: $*"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
    as_root "${apt[@]}" update </dev/null >&2
    as_root "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >&2
}

mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi

# npm's copy of the lockfile is ours to compare: it is written last, so an
# interrupted installation is done again.
if ! cmp -s package-lock.json node_modules/.traad-lock; then
    say "fetching page assets (npm ci)"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2
    cp package-lock.json node_modules/.traad-lock
fi
