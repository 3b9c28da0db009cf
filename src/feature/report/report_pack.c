/* What lies in a knowledge pack, and the text that tells. */
#include "feature/report/report_pack.h"

#include "base/number.h"
#include "render/out.h"

enum { FILES_OF_ONE = 8, README_BYTES = 64 << 10 };

/* ---- units ----------------------------------------------------------------------- */

/* A class is too small to be talked of in a municipality. */
static bool is_of_pack(Str kind)
{
    return !str_eq(kind, S("klasse")) && !str_eq(kind, S("aargang")) && !str_eq(kind, S("team"));
}

Err report_pack(Ctx *c, WaveId wave, UnitId unit, Lang lang, Pack *ret)
{
    Pack pack = {.lang = lang};
    WaveUnits all = {0};
    TRY(survey_by_id(c, wave, &pack.wave));
    TRY(survey_units(c, wave, &all));
    bool *is_in = NEW(c->arena, bool, all.n);
    pack.units.v = NEW(c->arena, WaveUnit, all.n);
    for (ptrdiff_t u = 0; u < all.n; u++) {
        const WaveUnit *at = &all.v[u];
        is_in[u] = at->id.v == unit.v || (at->parent >= 0 && is_in[at->parent]);
        if (at->id.v == unit.v) pack.unit = *at;
        if (is_in[u] && (at->id.v == unit.v || is_of_pack(at->kind))) pack.units.v[pack.units.n++] = *at;
    }
    if (pack.units.n == 0) return E_NOT_FOUND;
    *ret = pack;
    return OK;
}

Str report_pack_name(Ctx *c, const Pack *pack)
{
    return msg_text_in(c, pack->lang, TF("videnspakke-{1}.zip", pack->unit.code));
}

/* ---- files ------------------------------------------------------------------------- */

/* Named as the single download, in folders. */
typedef struct Part {
    ReportFormat format;
    Msg folder;  /* empty: beside the text that tells, and only of the pack's own unit */
} Part;
static const Part parts[] = {
    {.format = REPORT_RESUME},
    {.format = REPORT_SLIDES},
    {REPORT_PDF,  T_INIT("rapporter/")},
    {REPORT_XLSX, T_INIT("data/")     },
    {REPORT_CSV,  T_INIT("data/")     },
    {REPORT_JSON, T_INIT("data/")     },
};

static Str part_name(Ctx *c, const Pack *pack, const Part *part, Str unit)
{
    return STR_CAT(c->arena, msg_text_in(c, pack->lang, part->folder), drawing_file_name(c, part->format, pack->lang, unit));
}

Err report_pack_files(Ctx *c, const Pack *pack, ptrdiff_t at, PackFiles *ret)
{
    const WaveUnit *unit = &pack->units.v[at];
    Publication p = {0};
    PackFiles files = {.v = NEW(c->arena, ArchiveFile, FILES_OF_ONE)};
    Err err = publication_load(c, pack->wave.id, unit->id, 0, &p);
    if (err == E_NOT_FOUND) {
        *ret = files;
        return OK;
    }
    TRY(err);
    for (ptrdiff_t i = 0; i < COUNT_OF(parts); i++) {
        const Part *part = &parts[i];
        if (msg_is_empty(part->folder) && at != 0) continue;
        ArchiveFile *file = &files.v[files.n++];
        file->name = part_name(c, pack, part, unit->code);
        TRY(report_write(c, &p, part->format, pack->lang, &file->bytes));
    }
    *ret = files;
    return OK;
}

/* ---- the text ------------------------------------------------------------------------ */

typedef struct Text {
    Ctx *c;
    Lang lang;
    Buf b;
} Text;

static void line(Text *t, Msg msg)
{
    buf_add(&t->b, msg_text_in(t->c, t->lang, msg));
    buf_add(&t->b, S("\r\n"));
}

static Str name_of(Ctx *c, const Pack *pack, ReportFormat format, Str unit)
{
    const Part *part = parts;
    while (part->format != format) part++;
    return part_name(c, pack, part, unit);
}

static bool has_file(const PackFiles *files, Str name)
{
    for (ptrdiff_t i = 0; i < files->n; i++)
        if (str_eq(files->v[i].name, name)) return true;
    return false;
}

static void list_units(Text *t, const Pack *pack, const PackFiles *files)
{
    for (ptrdiff_t i = 0; i < pack->units.n; i++) {
        const WaveUnit *u = &pack->units.v[i];
        Str name = name_of(t->c, pack, REPORT_PDF, u->code);
        if (has_file(files, name)) line(t, TF("- {1}: {2}", name, u->name));
    }
}

static Str readme(Ctx *c, const Pack *pack, const PackFiles *files)
{
    Text t = {c, pack->lang, buf_new(c->arena, README_BYTES)};
    line(&t, TF("Videnspakke: {1}, {2}", pack->unit.name, pack->wave.name));
    buf_add(&t.b, S("\r\n"));
    line(&t, TF("- {1}: det vigtigste på to sider", name_of(c, pack, REPORT_RESUME, pack->unit.code)));
    line(&t, TF("- {1}: slides til et møde", name_of(c, pack, REPORT_SLIDES, pack->unit.code)));
    list_units(&t, pack, files);
    line(&t, T("- data/: de samme tal til regneark (.xlsx, .csv) og til programmer (.json)"));
    buf_add(&t.b, S("\r\n"));
    line(&t, T("Filerne er de samme, som hentes én for én. Rapporter, du ikke har adgang til, er ikke med."));
    line(&t, T("Tal, der bygger på færre end 5 svar, er skjult i alle filer, og det samme er tal, de kan regnes ud fra."));
    line(&t, T("Sammenlign ikke skoler i en rangliste. Små forskelle er oftest tilfældige."));
    return buf_str(&t.b);
}

Err report_pack_zip(Ctx *c, const Pack *pack, PackFiles files, Str *ret_bytes)
{
    Publication p = {0};
    TRY(publication_load(c, pack->wave.id, pack->unit.id, 0, &p));
    ArchiveFile *all = NEW(c->arena, ArchiveFile, files.n + 1);
    all[0] = (ArchiveFile){msg_text_in(c, pack->lang, T("LÆS MIG.txt")), readme(c, pack, &files)};
    for (ptrdiff_t i = 0; i < files.n; i++) all[i + 1] = files.v[i];
    return archive_write(c, (ArchiveFiles){all, files.n + 1}, p.released_on, ret_bytes);
}
