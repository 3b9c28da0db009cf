#!/usr/bin/env bash
# A private PostgreSQL 15 for tests: its own folder, a free port on loopback,
# no password, and everything that makes commits durable switched on.
#   tests/postgres.sh start FOLDER [unsynced]   prints its address: export TRAAD_TEST_PG=…
#       unsynced: commits need not outlive the machine, as where tests make and drop a database each
#   tests/postgres.sh stop FOLDER     stops it and removes FOLDER
#   tests/postgres.sh crash FOLDER    ends it as a crash would; start brings it back at the same address
# By hand: export TRAAD_TEST_PG=$(tests/postgres.sh start /tmp/pg)
# The address names the empty database "traad"; the user may make others.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
as_user=$here/as_user.sh
what=${1:?usage: tests/postgres.sh start|stop|crash FOLDER}
dir=${2:?usage: tests/postgres.sh start|stop|crash FOLDER}
synced=on
if [ "${3:-}" = unsynced ]; then synced=off; fi
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
if [ -z "$bin" ]; then echo "postgres.sh: PostgreSQL is not installed" >&2; exit 1; fi

start() {
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    "$as_user" --own "$dir"
    cd "$dir"
    if [ ! -f data/PG_VERSION ]; then
        "$as_user" "$bin/initdb" -D "$dir/data" -U traad -E UTF8 --locale=C --auth=trust --no-sync >"$dir.log" 2>&1 ||
            { cat "$dir.log" >&2; exit 1; }
    fi
    local port is_new=
    if [ ! -f port ]; then
        is_new=yes
        python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >port
    fi
    port=$(cat port)
    "$as_user" "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/server.log" -o "-p $port -k $dir -c listen_addresses=127.0.0.1 \
-c fsync=$synced -c synchronous_commit=on -c full_page_writes=$synced -c max_connections=100 -c shared_buffers=64MB \
-c max_prepared_transactions=0 -c log_min_messages=warning" start >"$dir.log" 2>&1 </dev/null ||
        { cat "$dir.log" "$dir/server.log" >&2; exit 1; }
    if [ -n "$is_new" ]; then
        "$as_user" "$bin/psql" -q -h 127.0.0.1 -p "$port" -U traad -d postgres -c 'CREATE DATABASE traad' >&2 </dev/null
    fi
    rm -f -- "$dir.log"
    echo "postgresql://traad@127.0.0.1:$port/traad"
}

stop() {
    [ -d "$dir/data" ] || return 0
    dir=$(cd "$dir" && pwd)
    cd "$dir" && "$as_user" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    cd / && rm -rf -- "$dir"
}

# No checkpoint, no farewell to its clients: it recovers from its log at the next start.
crash() {
    dir=$(cd "$dir" && pwd)
    cd "$dir"
    "$as_user" "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
}

case $what in
start) start ;;
stop) stop ;;
crash) crash ;;
*) echo "usage: tests/postgres.sh start|stop|crash FOLDER" >&2; exit 2 ;;
esac
