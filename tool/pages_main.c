/* pages IN.html OUT.c OUT.h: compiles one template (pages.h). Nothing is
   written when the template has a fault. */
#include <stdio.h>
#include <string.h>

#include "pages.h"

static bool read_file(Arena *arena, const char *path, Str *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    Buf b = buf_new(arena, PAGES_MAX_INPUT + 1);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    bool read = !ferror(f);
    fclose(f);
    *ret = buf_str(&b);
    return read;
}

static bool write_file(const char *path, Str text)
{
    FILE *f = fopen(path, "wb");
    if (!f) return false;
    bool written = fwrite(text.p, 1, (size_t)text.n, f) == (size_t)text.n;
    return fclose(f) == 0 && written;
}

static Str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_of_z(slash ? slash + 1 : path);
}

static int tell(const char *path, const char *what)
{
    fprintf(stderr, "%s: error: %s\n", path, what);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: pages IN.html OUT.c OUT.h\n", stderr);
        return 2;
    }
    Arena arena = arena_of(arena_range_open((ptrdiff_t)1 << 30), NULL);
    Str text = {0}, file = str_of_z(argv[1]);
    PagesMade made = {0};
    PagesFault fault = {0};
    if (!read_file(&arena, argv[1], &text)) return tell(argv[1], "cannot be read");
    if (!pages_compile(&arena, file, base_name(argv[3]), text, &made, &fault)) {
        Str told = pages_fault_text(&arena, file, fault);
        fwrite(told.p, 1, (size_t)told.n, stderr);
        return 1;
    }
    if (!write_file(argv[2], made.source)) return tell(argv[2], "cannot be written");
    if (!write_file(argv[3], made.header)) return tell(argv[3], "cannot be written");
    return 0;
}
