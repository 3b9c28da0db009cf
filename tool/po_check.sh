#!/bin/sh
# Is every text of the program in po/en.po, translated, with the same {1}…{4}?
#   tool/po_check.sh BUILD            says what is wrong and how to mend it; exit
#                                     1 when anything (./test runs this one)
#   tool/po_check.sh BUILD --update   first brings new texts into po/en.po (empty)
#                                     and drops those that are gone
# BUILD is a built build folder: templates are read as the C made from them.
set -eu
build=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
pot="$build/texts.pot"
{
    find src -name '*.[ch]' ! -name '*_test.c'
    find "$build/src" -name '*.html.c'
} | LC_ALL=C sort > "$build/texts.list"
xgettext --files-from="$build/texts.list" --language=C --from-code=UTF-8 --add-location=never --no-wrap \
    --keyword --keyword=T:1 --keyword=T_INIT:1 --keyword=TC:1c,2 --keyword=TN:1,2 --keyword=TF:1 --keyword=STATUS_ROW:2 \
    --package-name=traad --sort-output --output="$pot"
sed -i 's/charset=CHARSET/charset=UTF-8/' "$pot"
if [ "${2:-}" = --update ]; then
    msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-output --add-location=never po/en.po "$pot" -o "$build/en.po"
    msgattrib --no-obsolete --no-wrap --sort-output "$build/en.po" -o po/en.po
    sed -i '/^"POT-Creation-Date:/d' po/en.po
fi
msgfmt --check-domain -o /dev/null po/en.po
"$build/tool/po" check po/en.po "$pot" || {
    cat <<END
To mend it: tool/po_check.sh $1 --update
then write the English in the empty msgstr lines of po/en.po (words of the field: doc/words.md) and commit po/en.po at once.
END
    exit 1
}
