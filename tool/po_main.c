/* po table en.po OUT.c         writes the C table
   po check en.po texts.pot     says what en.po lacks, then "N passed, N failed",
                                counted in texts; exit 1 when anything */
#include <stdio.h>
#include <string.h>

#include "po.h"

static bool read_po(Arena *arena, const char *path, Po *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: error: cannot be opened\n", path);
        return false;
    }
    Buf b = buf_new(arena, PO_MAX_INPUT + 1);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    fclose(f);
    PoFault fault = {0};
    if (po_parse(arena, buf_str(&b), ret, &fault)) return true;
    fprintf(stderr, "%s:%d: error: %.*s\n", path, fault.line, (int)fault.what.n, fault.what.p);
    return false;
}

static int write_table(Arena *arena, const char *from, const char *to)
{
    Po po = {0};
    if (!read_po(arena, from, &po)) return 1;
    Str table = po_table(arena, &po);
    FILE *f = fopen(to, "wb");
    bool written = f && fwrite(table.p, 1, (size_t)table.n, f) == (size_t)table.n;
    if (f && fclose(f) != 0) written = false;
    if (!written) fprintf(stderr, "%s: error: cannot be written\n", to);
    return written ? 0 : 1;
}

static int check(Arena *arena, const char *path, const char *pot)
{
    Po po = {0}, wanted = {0};
    if (!read_po(arena, path, &po) || !read_po(arena, pot, &wanted)) return 1;
    Str told = po_check(arena, &po, &wanted, str_of_z(path));
    fwrite(told.p, 1, (size_t)told.n, stdout);
    ptrdiff_t bad = 0;
    for (ptrdiff_t i = 0; i < told.n; i++) bad += told.p[i] == '\n';
    printf("%td passed, %td failed\n", wanted.n > bad ? wanted.n - bad : 0, bad);
    return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
    Arena arena = arena_of(arena_range_open((ptrdiff_t)1 << 30), NULL);
    if (argc == 4 && strcmp(argv[1], "table") == 0) return write_table(&arena, argv[2], argv[3]);
    if (argc == 4 && strcmp(argv[1], "check") == 0) return check(&arena, argv[2], argv[3]);
    fputs("usage: po table en.po OUT.c | po check en.po texts.pot\n", stderr);
    return 2;
}
