#!/usr/bin/env bash
# Runs a command as a user who is not root: PostgreSQL and Chromium refuse root.
#   tests/as_user.sh COMMAND [ARGUMENT…]      as root: as the user traadtest, made if missing
#   tests/as_user.sh --own FOLDER             gives FOLDER to that user
# Who is not root already runs it as themselves.
set -euo pipefail
user=traadtest

if [ "$(id -u)" = 0 ] && ! id "$user" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user" 2>/dev/null ||
        id "$user" >/dev/null # another run may have made it at the same moment
fi
case ${1:?a command is missing} in
--own) if [ "$(id -u)" = 0 ]; then chown -R "$user:$user" -- "$2"; fi ;;
*) if [ "$(id -u)" = 0 ]; then exec runuser -u "$user" -- "$@"; else exec "$@"; fi ;;
esac
