#include "render/archive/archive.h"

#include <assert.h>
#include <zip.h>

#include "base/date.h"

/* What libzip holds; its end comes with the Ctx where an arena's jump passes by. */
typedef struct Packing {
    zip_source_t *made;
    zip_t *zip;
} Packing;

static void close_packing(Ctx *c, void *data)
{
    (void)c;
    Packing *p = data;
    if (p->zip) zip_discard(p->zip);
    if (p->made) zip_source_free(p->made);
    *p = (Packing){0};
}

static Err trouble(Ctx *c)
{
    return fail(c, E_BROKEN, T("Filerne kunne ikke pakkes."));
}

/* Years since 1980, month, day: as MS-DOS wrote a date. */
static zip_uint16_t dos_date(Date day)
{
    Civil civil = date_civil(day);
    assert(civil.year >= 1980);
    return (zip_uint16_t)((civil.year - 1980) << 9 | civil.month << 5 | civil.day);
}

static Err add(Ctx *c, zip_t *zip, const ArchiveFile *file, Date day)
{
    const char *name = str_z(c->arena, file->name);
    zip_source_t *source = zip_source_buffer(zip, file->bytes.p, (zip_uint64_t)file->bytes.n, 0);
    if (!source) return trouble(c);
    zip_int64_t at = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(source);
        return trouble(c);
    }
    return zip_file_set_dostime(zip, (zip_uint64_t)at, 0, dos_date(day), 0) == 0 ? OK : trouble(c);
}

/* The source keeps what was written after the archive has been closed. */
static Err pack(Ctx *c, Packing *p, ArchiveFiles files, Date day)
{
    p->made = zip_source_buffer_create(NULL, 0, 0, NULL);
    if (!p->made) return trouble(c);
    p->zip = zip_open_from_source(p->made, ZIP_TRUNCATE, NULL);
    if (!p->zip) return trouble(c);
    zip_source_keep(p->made);
    for (ptrdiff_t i = 0; i < files.n; i++) TRY(add(c, p->zip, &files.v[i], day));
    if (zip_close(p->zip) != 0) return trouble(c);
    p->zip = NULL;
    return OK;
}

static Err read_all(Ctx *c, zip_source_t *made, Str *ret_bytes)
{
    zip_stat_t stat;
    if (zip_source_stat(made, &stat) != 0 || zip_source_open(made) != 0) return trouble(c);
    char *bytes = arena_take_raw(c->arena, (ptrdiff_t)stat.size);
    zip_int64_t n = zip_source_read(made, bytes, stat.size);
    (void)zip_source_close(made);
    if (n != (zip_int64_t)stat.size) return trouble(c);
    *ret_bytes = (Str){bytes, (ptrdiff_t)n};
    return OK;
}

Err archive_write(Ctx *c, ArchiveFiles files, Date day, Str *ret_bytes)
{
    Packing *p = NEW(c->arena, Packing, 1);
    ctx_at_end(c, close_packing, p);
    Err err = pack(c, p, files, day);
    if (err == OK) err = read_all(c, p->made, ret_bytes);
    close_packing(c, p);
    return err;
}
