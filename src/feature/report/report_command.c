/* `traad survey report` (FORMATS §4). */
#include "feature/report/report_command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/number.h"
#include "core/app.h"
#include "core/command_file.h"
#include "core/command_share.h"
#include "core/flags.h"
#include "feature/report/report.h"
#include "feature/report/report_pack.h"

enum { REPORT_MODE = 0640, FOLDER_MODE = 0750, PACK_FILES = 8, SHARE_LEAST = 8 };

typedef struct Order {
    Str wave, unit, format, out, share;
    bool is_all;
} Order;

static Err read_order(Ctx *c, Args args, Order *o)
{
    const Flag flags[] = {
        {"--wave", &o->wave, NULL, true},
        {"--unit", &o->unit, NULL, false},
        {"--all", NULL, &o->is_all, false},
        {"--format", &o->format, NULL, true},
        {"--out", &o->out, NULL, true},
        {"--share", &o->share, NULL, false},
    };
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    if (o->share.n && !o->is_all) return flags_wrong(c, S("--share goes with --all"), S(""));
    return o->is_all == (o->unit.n > 0) ? flags_wrong(c, S("give either "), S("--unit CODE or --all")) : OK;
}

static Err refuse(Ctx *c, Err err, Str what, Str which)
{
    return fail(c, err, msg_verbatim(STR_CAT(c->arena, what, which)));
}

static Err published(Ctx *c, const Wave *wave, const WaveUnit *unit, Publication *ret)
{
    Err err = publication_load(c, wave->id, unit->id, 0, ret);
    return err == E_NOT_FOUND ? refuse(c, E_CONFLICT, S("not released: "), unit->code) : err;
}

static Err store_one(Ctx *c, const Wave *wave, const WaveUnit *unit, ReportFormat format, Str path)
{
    Publication p = {0};
    Str bytes = {0};
    TRY(published(c, wave, unit, &p));
    /* Commands speak English; a report is for its readers. */
    Lang own = c->lang;
    c->lang = LANG_DA;
    Err err = report_write(c, &p, format, &bytes);
    c->lang = own;
    TRY(err);
    NewFile *file = NULL;
    TRY(command_file_new(c, path, REPORT_MODE, &file));
    return command_file_store(c, file, bytes);
}

/* Looked through before the first file is written. */
static Err all_published(Ctx *c, const Wave *wave, const WaveUnits *units)
{
    for (ptrdiff_t i = 0; i < units->n; i++) {
        CtxMark mark = ctx_mark(c);
        Publication p = {0};
        TRY(published(c, wave, &units->v[i], &p));
        ctx_rewind(c, mark);
    }
    return OK;
}

static Err store_share(Ctx *c, const Wave *wave, const WaveUnits *units, ReportFormat format, Str folder, WorkShare share)
{
    for (ptrdiff_t i = share.at; i < units->n; i += share.of) {
        CtxMark mark = ctx_mark(c);
        Str path = STR_CAT(c->arena, folder, S("/"), units->v[i].code, S("."), report_format_code(format));
        TRY(store_one(c, wave, &units->v[i], format, path));
        ctx_rewind(c, mark);
    }
    return OK;
}

static Err store_all(Ctx *c, const Wave *wave, ReportFormat format, const Order *o)
{
    WaveUnits units = {0};
    WorkShare share = {0, 1};
    TRY(survey_units(c, wave->id, &units));
    if (o->share.n) {
        TRY(command_share_read(c, o->share, &share));
        return store_share(c, wave, &units, format, o->out, share);
    }
    TRY(all_published(c, wave, &units));
    if (mkdir(str_z(c->arena, o->out), FOLDER_MODE) != 0 && errno != EEXIST)
        return refuse(c, E_CONFLICT, STR_CAT(c->arena, o->out, S(": ")), str_of_z(strerrordesc_np(errno)));
    int shares = command_share_count(units.n, SHARE_LEAST);
    return shares > 1 ? command_share_run(c, shares) : store_share(c, wave, &units, format, o->out, share);
}

/* ---- survey pack ------------------------------------------------------------------ */

typedef struct PackOrder {
    Str wave, unit, out;
} PackOrder;

/* All that was released, as `survey report` gives it: not bound to an audience. */
static Err all_files(Ctx *c, const Pack *pack, PackFiles *ret)
{
    PackFiles all = {.v = NEW(c->arena, ArchiveFile, pack->units.n * PACK_FILES)};
    for (ptrdiff_t u = 0; u < pack->units.n; u++) {
        PackFiles files = {0};
        TRY(report_pack_files(c, pack, u, &files));
        for (ptrdiff_t i = 0; i < files.n; i++) all.v[all.n++] = files.v[i];
    }
    *ret = all;
    return OK;
}

static Err run_pack(Ctx *c, Args args, Buf *out)
{
    (void)out;
    PackOrder o = {0};
    Wave wave = {0};
    WaveUnit unit = {0};
    Publication p = {0};
    Pack pack = {0};
    PackFiles files = {0};
    Str bytes = {0};
    NewFile *file = NULL;
    const Flag flags[] = {{"--wave", &o.wave, NULL, true}, {"--unit", &o.unit, NULL, true}, {"--out", &o.out, NULL, true}};
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    if (str_has_zero(o.out)) return flags_wrong(c, S("not a path: "), o.out);
    TRY(command_file_new(c, o.out, REPORT_MODE, &file));
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_command_wave(c, o.wave, &wave));
    TRY(survey_command_unit(c, &wave, o.unit, &unit));
    TRY(published(c, &wave, &unit, &p));
    TRY(report_pack(c, wave.id, unit.id, &pack));
    TRY(all_files(c, &pack, &files));
    TRY(report_pack_zip(c, &pack, files, &bytes));
    return command_file_store(c, file, bytes);
}

/* ---- survey report ----------------------------------------------------------------- */

static Err run_report(Ctx *c, Args args, Buf *out)
{
    (void)out;
    Order o = {0};
    Wave wave = {0};
    WaveUnit unit = {0};
    ReportFormat format = REPORT_JSON;
    TRY(read_order(c, args, &o));
    if (!report_format_parse(o.format, &format)) return flags_wrong(c, S("unknown format "), o.format);
    if (str_has_zero(o.out)) return flags_wrong(c, S("not a path: "), o.out);
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_command_wave(c, o.wave, &wave));
    if (o.is_all) return store_all(c, &wave, format, &o);
    TRY(survey_command_unit(c, &wave, o.unit, &unit));
    return store_one(c, &wave, &unit, format, o.out);
}

const Command report_commands[] = {
    {.name = "survey report",
     .usage = "--wave NAME (--unit CODE | --all) --format html|pdf|slides|xlsx|csv|json --out FILE|DIR [--share K/N]",
     .help = "Writes released reports to a file, or with --all one of each unit to a folder, on all cores at once; "
             "with --share only the K-th of N shares of them, in one process.",
     .needs_store = true,
     .run = run_report},
    {.name = "survey pack",
     .usage = "--wave NAME --unit CODE --out FILE.zip",
     .help = "Writes the knowledge pack of a unit: resume, slides, its report and all released ones below it, and their data, in one file.",
     .needs_store = true,
     .run = run_pack},
    {0},
};
