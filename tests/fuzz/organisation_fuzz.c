/* Any bytes as a file of units: first byte even: FORMATS §1, odd: the register
   of institutions. What is accepted has usable codes and lines that grow; what
   is wrong with a row has a line of the file. No store is asked.
   For libFuzzer (clang -fsanitize=fuzzer), or with replay.c over its corpus. */
#include <assert.h>
#include <string.h>

#include "core/organisation/organisation_inside.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_units(const UnitFile *file, int64_t lines)
{
    assert(file->n >= 0 && file->rows >= 0 && file->rows <= lines);
    assert(file->fault.line >= 0 && file->fault.line <= lines);
    assert((file->fault.line > 0) == (file->fault.what.n > 0));
    for (ptrdiff_t i = 0; i < file->n; i++) {
        const FileUnit *unit = &file->v[i];
        assert(unit_is_code(unit->code) && str_is_utf8(unit->name) && str_is_utf8(unit->kind));
        assert(unit->line > 0 && unit->line <= lines && (i == 0 || unit->line >= file->v[i - 1].line));
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static ArenaRange range;
    if (!range.base) range = arena_range_open((ptrdiff_t)1 << 30);
    Arena arena = arena_of(range, NULL);
    Ctx c;
    ctx_init(&c, &arena, (Instant){0}, (Random){0});
    if (n < 1) return 0;
    Str text = {(const char *)bytes + 1, (ptrdiff_t)n - 1};
    int64_t lines = 1;
    for (ptrdiff_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    UnitFile *file = NULL;
    Err err = organisation_file_read(&c, text, bytes[0] % 2 ? ORGANISATION_REGISTER : ORGANISATION_PLAIN, &file);
    assert(err == OK || err == E_CONFLICT || err == E_TOO_LARGE);
    if (err == OK) check_units(file, lines);
    return 0;
}
