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
    Str wave, unit, format, out, share, language;
    bool is_all;
    ReportFormat what;
    Lang lang;
} Order;

/* Of the report, not of the command: Danish unless asked for. */
static Err read_language(Ctx *c, Str word, Lang *ret)
{
    if (word.n && !str_eq(word, S("da")) && !str_eq(word, S("en"))) return flags_wrong(c, S("--language is da or en, not "), word);
    *ret = str_eq(word, S("en")) ? LANG_EN : LANG_DA;
    return OK;
}

static Err read_order(Ctx *c, Args args, Order *o)
{
    const Flag flags[] = {
        {"--wave", &o->wave, NULL, true},
        {"--unit", &o->unit, NULL, false},
        {"--all", NULL, &o->is_all, false},
        {"--format", &o->format, NULL, true},
        {"--out", &o->out, NULL, true},
        {"--share", &o->share, NULL, false},
        {"--language", &o->language, NULL, false},
    };
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    TRY(read_language(c, o->language, &o->lang));
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

static Err store_one(Ctx *c, const Wave *wave, const WaveUnit *unit, const Order *o, Str path)
{
    Publication p = {0};
    Str bytes = {0};
    TRY(published(c, wave, unit, &p));
    TRY(report_write(c, &p, o->what, o->lang, &bytes));
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

static Err store_share(Ctx *c, const Wave *wave, const WaveUnits *units, const Order *o, WorkShare share)
{
    for (ptrdiff_t i = share.at; i < units->n; i += share.of) {
        CtxMark mark = ctx_mark(c);
        Str path = STR_CAT(c->arena, o->out, S("/"), units->v[i].code, S("."), drawing_format_code(o->what));
        TRY(store_one(c, wave, &units->v[i], o, path));
        ctx_rewind(c, mark);
    }
    return OK;
}

static Err store_all(Ctx *c, const Wave *wave, const Order *o)
{
    WaveUnits units = {0};
    WorkShare share = {0, 1};
    TRY(survey_units(c, wave->id, &units));
    if (o->share.n) {
        TRY(command_share_read(c, o->share, &share));
        return store_share(c, wave, &units, o, share);
    }
    TRY(all_published(c, wave, &units));
    if (mkdir(str_z(c->arena, o->out), FOLDER_MODE) != 0 && errno != EEXIST)
        return refuse(c, E_CONFLICT, STR_CAT(c->arena, o->out, S(": ")), str_of_z(strerrordesc_np(errno)));
    int shares = command_share_count(units.n, SHARE_LEAST);
    return shares > 1 ? command_share_run(c, shares) : store_share(c, wave, &units, o, share);
}

/* ---- survey pack ------------------------------------------------------------------ */

typedef struct PackOrder {
    Str wave, unit, out, language;
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
    Lang lang = LANG_DA;
    const Flag flags[] = {{"--wave", &o.wave, NULL, true}, {"--unit", &o.unit, NULL, true}, {"--out", &o.out, NULL, true},
                          {"--language", &o.language, NULL, false}};
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    TRY(read_language(c, o.language, &lang));
    if (str_has_zero(o.out)) return flags_wrong(c, S("not a path: "), o.out);
    TRY(command_file_new(c, o.out, REPORT_MODE, &file));
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_command_wave(c, o.wave, &wave));
    TRY(survey_command_unit(c, &wave, o.unit, &unit));
    TRY(published(c, &wave, &unit, &p));
    TRY(report_pack(c, wave.id, unit.id, lang, &pack));
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
    TRY(read_order(c, args, &o));
    if (!drawing_format_parse(o.format, &o.what)) return flags_wrong(c, S("unknown format "), o.format);
    if (str_has_zero(o.out)) return flags_wrong(c, S("not a path: "), o.out);
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_command_wave(c, o.wave, &wave));
    if (o.is_all) return store_all(c, &wave, &o);
    TRY(survey_command_unit(c, &wave, o.unit, &unit));
    return store_one(c, &wave, &unit, &o, o.out);
}

const Command report_commands[] = {
    {.name = "survey report",
     .usage = "--wave NAME (--unit CODE | --all) --format html|pdf|slides|xlsx|csv|json --out FILE|DIR [--language da|en] [--share K/N]",
     .help = "Writes released reports to a file, or with --all one of each unit to a folder, on all cores at once; "
             "with --share only the K-th of N shares of them, in one process. The report is in Danish unless --language says en; "
             "a question without an English text keeps its Danish one, and json is the same in both.",
     .needs_store = true,
     .run = run_report},
    {.name = "survey pack",
     .usage = "--wave NAME --unit CODE --out FILE.zip [--language da|en]",
     .help = "Writes the knowledge pack of a unit: resume, slides, its report and all released ones below it, and their data, in one file; "
             "in Danish unless --language says en.",
     .needs_store = true,
     .run = run_pack},
    {0},
};
