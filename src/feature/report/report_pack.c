/* What lies in a knowledge pack, and the text that tells. */
#include "feature/report/report_pack.h"

#include "base/number.h"

enum { FILES_OF_ONE = 8, README_BYTES = 64 << 10 };

/* ---- units ----------------------------------------------------------------------- */

/* A class is too small to be talked of in a municipality. */
static bool is_of_pack(Str kind)
{
    return !str_eq(kind, S("klasse")) && !str_eq(kind, S("aargang")) && !str_eq(kind, S("team"));
}

Err report_pack(Ctx *c, WaveId wave, UnitId unit, Pack *ret)
{
    Pack pack = {0};
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
    return STR_CAT(c->arena, S("videnspakke-"), pack->unit.code, S(".zip"));
}

/* ---- files ------------------------------------------------------------------------- */

/* Named as the single download, in folders. */
typedef struct Part {
    ReportFormat format;
    Str folder, front, end;
    bool is_top; /* only of the pack's own unit */
} Part;
static const Part parts[] = {
    {REPORT_RESUME, S_INIT(""),           S_INIT("resume-"),  S_INIT(".pdf"),        true },
    {REPORT_SLIDES, S_INIT(""),           S_INIT("rapport-"), S_INIT("-slides.pdf"), true },
    {REPORT_PDF,    S_INIT("rapporter/"), S_INIT("rapport-"), S_INIT(".pdf"),        false},
    {REPORT_XLSX,   S_INIT("data/"),      S_INIT("rapport-"), S_INIT(".xlsx"),       false},
    {REPORT_CSV,    S_INIT("data/"),      S_INIT("rapport-"), S_INIT(".csv"),        false},
    {REPORT_JSON,   S_INIT("data/"),      S_INIT("rapport-"), S_INIT(".json"),       false},
};

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
        if (part->is_top && at != 0) continue;
        ArchiveFile *file = &files.v[files.n++];
        file->name = STR_CAT(c->arena, part->folder, part->front, unit->code, part->end);
        TRY(report_write(c, &p, part->format, &file->bytes));
    }
    *ret = files;
    return OK;
}

/* ---- the text ------------------------------------------------------------------------ */

static void line(Ctx *c, Buf *b, Msg msg)
{
    buf_add(b, msg_text(c, msg));
    buf_add(b, S("\r\n"));
}

static bool has_file(const PackFiles *files, Str name)
{
    for (ptrdiff_t i = 0; i < files->n; i++)
        if (str_eq(files->v[i].name, name)) return true;
    return false;
}

static void list_units(Ctx *c, Buf *b, const Pack *pack, const PackFiles *files)
{
    for (ptrdiff_t i = 0; i < pack->units.n; i++) {
        const WaveUnit *u = &pack->units.v[i];
        Str name = STR_CAT(c->arena, S("rapporter/rapport-"), u->code, S(".pdf"));
        if (has_file(files, name)) line(c, b, TF("- {1}: {2}", name, u->name));
    }
}

static Str readme(Ctx *c, const Pack *pack, const PackFiles *files)
{
    Buf b = buf_new(c->arena, README_BYTES);
    line(c, &b, TF("Videnspakke: {1}, {2}", pack->unit.name, pack->wave.name));
    buf_add(&b, S("\r\n"));
    line(c, &b, TF("- resume-{1}.pdf: det vigtigste på to sider", pack->unit.code));
    line(c, &b, TF("- rapport-{1}-slides.pdf: slides til et møde", pack->unit.code));
    list_units(c, &b, pack, files);
    line(c, &b, T("- data/: de samme tal til regneark (.xlsx, .csv) og til programmer (.json)"));
    buf_add(&b, S("\r\n"));
    line(c, &b, T("Filerne er de samme, som hentes én for én. Rapporter, du ikke har adgang til, er ikke med."));
    line(c, &b, T("Tal, der bygger på færre end 5 svar, er skjult i alle filer, og det samme er tal, de kan regnes ud fra."));
    line(c, &b, T("Sammenlign ikke skoler i en rangliste. Små forskelle er oftest tilfældige."));
    return buf_str(&b);
}

/* The file is the same whoever asked for it, so it is in Danish. */
static Str readme_in_danish(Ctx *c, const Pack *pack, const PackFiles *files)
{
    Lang own = c->lang;
    c->lang = LANG_DA;
    Str text = readme(c, pack, files);
    c->lang = own;
    return text;
}

Err report_pack_zip(Ctx *c, const Pack *pack, PackFiles files, Str *ret_bytes)
{
    Publication p = {0};
    TRY(publication_load(c, pack->wave.id, pack->unit.id, 0, &p));
    ArchiveFile *all = NEW(c->arena, ArchiveFile, files.n + 1);
    all[0] = (ArchiveFile){S("LÆS MIG.txt"), readme_in_danish(c, pack, &files)};
    for (ptrdiff_t i = 0; i < files.n; i++) all[i + 1] = files.v[i];
    return archive_write(c, (ArchiveFiles){all, files.n + 1}, p.released_on, ret_bytes);
}
