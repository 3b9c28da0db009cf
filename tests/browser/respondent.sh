#!/usr/bin/env bash
# Waves for the respondent's pages (pages/respondent.mjs), in the store of run.sh:
#   tests/browser/respondent.sh PROGRAM STORE >CODES.json
# An open wave, one for pupils (one question at a time), one that is over and one
# that has not begun; prints one code of each, and two that work once.
set -euo pipefail
program=$1 store=$2
here=$(cd "$(dirname "$0")" && pwd)
wave() { "$program" survey wave --questionnaire GAEST --name "$1" --open "$2" --close "$3" --store "$store" >/dev/null; }
# Without hyphens, as the form's own address has it.
code() { "$program" survey codes --wave "$1" --unit S12 --role elev "${@:3}" --store "$store" | awk -F, -v kind="$2" '$3 == kind {gsub("-", "", $4); print $4; exit}'; }

"$program" survey import "$here/respondent.json" --store "$store" >/dev/null
wave "Trivsel, efterår" 2020-01-01 2099-01-01
wave "Trivsel, elever" 2020-01-01 2099-01-01
wave "Trivsel, forbi" 2020-01-01 2099-01-01
wave "Trivsel, senere" 2098-01-01 2099-01-01
closed=$(code "Trivsel, forbi" open)
# Single pages are chosen on the page of a new wave, and time does not pass for us.
python3 -c "import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute(\"UPDATE wave SET closes_on = opens_on + 9, version = version + 1 WHERE name = 'Trivsel, forbi'\")
db.execute(\"UPDATE wave SET has_single_pages = 1, version = version + 1 WHERE name = 'Trivsel, elever'\")
db.commit()" "$store"
printf '{"open":"%s","pupil":"%s","closed":"%s","later":"%s","single":"%s","single2":"%s"}\n' \
    "$(code "Trivsel, efterår" open)" "$(code "Trivsel, elever" open)" "$closed" \
    "$(code "Trivsel, senere" open)" "$(code "Trivsel, efterår" single --single 1)" "$(code "Trivsel, efterår" single --single 1)"
