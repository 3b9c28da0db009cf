/* `traad survey release` and `traad survey report` (FORMATS §4). */
#include "feature/report/report_command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "feature/report/report.h"

/* ---- words --------------------------------------------------------------------- */

typedef struct Order {
    Str wave, unit, format, out;
    bool is_all;
} Order;

typedef struct Word {
    const char *name;
    Str *value;
} Word;

static Err wrong(Ctx *c, Str what, Str which)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, what, which)));
}

static Err refuse(Ctx *c, Err err, Str what, Str which)
{
    return fail(c, err, msg_verbatim(STR_CAT(c->arena, what, which)));
}

static Str *value_of(const Word *all, ptrdiff_t n, Str name)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_eq(name, str_of_z(all[i].name))) return all[i].value;
    return NULL;
}

static Err read_words(Ctx *c, Args args, const Word *all, ptrdiff_t n, bool *ret_is_all)
{
    for (ptrdiff_t i = 0; i < args.n; i++) {
        if (str_eq(args.v[i], S("--all"))) {
            *ret_is_all = true;
            continue;
        }
        Str *value = value_of(all, n, args.v[i]);
        if (!value) return wrong(c, S("unexpected "), args.v[i]);
        if (i + 1 == args.n) return wrong(c, S("a value is missing after "), args.v[i]);
        if (value->p) return wrong(c, S("given twice: "), args.v[i]);
        *value = args.v[++i];
    }
    return OK;
}

static Err read_order(Ctx *c, Args args, bool is_report, Order *o)
{
    const Word words[] = {
        {"--wave",   &o->wave  },
        {"--unit",   &o->unit  },
        {"--format", &o->format},
        {"--out",    &o->out   }
    };
    TRY(read_words(c, args, words, is_report ? 4 : 2, &o->is_all));
    if (!o->wave.n) return wrong(c, S("missing "), S("--wave"));
    if (o->is_all == (o->unit.n > 0)) return wrong(c, S("give either "), S("--unit CODE or --all"));
    if (is_report && !o->format.n) return wrong(c, S("missing "), S("--format"));
    if (is_report && !o->out.n) return wrong(c, S("missing "), S("--out"));
    return OK;
}

static Err find_wave(Ctx *c, Str name, Wave *ret)
{
    Err err = survey_by_name(c, name, ret);
    return err == E_NOT_FOUND ? refuse(c, err, S("no wave has the name "), name) : err;
}

static Err find_unit(Ctx *c, const Wave *wave, Str code, WaveUnit *ret)
{
    Err err = survey_unit(c, wave->id, code, ret);
    return err == E_NOT_FOUND ? refuse(c, err, S("the wave has no unit "), code) : err;
}

/* ---- survey release ---------------------------------------------------------------- */

typedef struct ReleaseWork {
    WaveId wave;
    Prepared *prepared;
} ReleaseWork;

static Err write_close(Ctx *c)
{
    return report_close(c, ((ReleaseWork *)c->work)->wave);
}

static Err write_release(Ctx *c)
{
    return report_publish(c, ((ReleaseWork *)c->work)->prepared);
}

static Err prepare(Ctx *c, WaveId id, Str code, Prepared **ret)
{
    Wave *wave = NEW(c->arena, Wave, 1);
    WaveUnit unit = {0};
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_by_id(c, id, wave));
    if (code.n) TRY(find_unit(c, wave, code, &unit));
    TRY(report_prepare(c, wave, unit.id, ret));
    db_read_end(c);
    return OK;
}

static bool takes_answers(const Wave *wave)
{
    return wave->opens_on.day && (wave->state == WAVE_KLADDE || wave->state == WAVE_AABEN);
}

static void tell_hidden(const Released *r, Buf *out)
{
    buf_add(out, S("hidden "));
    buf_add_i64(out, r->primary + r->secondary);
    buf_add(out, S(" of "));
    buf_add_i64(out, r->cells);
    buf_add(out, S(" figures: "));
    buf_add_i64(out, r->primary);
    buf_add(out, S(" few, "));
    buf_add_i64(out, r->secondary);
    buf_add(out, S(" to protect others\n"));
}

static void tell_released(Released r, Buf *out)
{
    if (r.cells) tell_hidden(&r, out);
    buf_add(out, S("released "));
    buf_add_i64(out, r.released);
    buf_add(out, S(" units, kept "));
    buf_add_i64(out, r.kept);
    buf_add_char(out, '\n');
}

/* An open wave is tried first as it stands, so that what forbids a release is told
   before anything is closed; then closed, so that nothing moves any more. */
static Err run_release(Ctx *c, Args args, Buf *out)
{
    Order o = {0};
    Wave wave = {0};
    ReleaseWork *work = NEW(c->arena, ReleaseWork, 1);
    TRY(read_order(c, args, false, &o));
    TRY(db_read_begin(c, c->app->store));
    TRY(find_wave(c, o.wave, &wave));
    db_read_end(c);
    work->wave = wave.id;
    c->work = work;
    TRY(prepare(c, wave.id, o.unit, &work->prepared));
    if (takes_answers(&wave)) {
        TRY(writer_run(c->app->writer, c, "report", write_close));
        TRY(prepare(c, wave.id, o.unit, &work->prepared));
    }
    TRY(writer_run(c->app->writer, c, "report", write_release));
    tell_released(report_released(work->prepared), out);
    return OK;
}

/* ---- survey report ------------------------------------------------------------------- */

static Err write_bytes(int file, Str bytes)
{
    for (ptrdiff_t at = 0; at < bytes.n;) {
        ssize_t n = write(file, bytes.p + at, (size_t)(bytes.n - at));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return E_BUSY;
        at += n;
    }
    return fsync(file) == 0 ? OK : E_BUSY;
}

/* Written beside and renamed, so that nobody ever finds half a report. */
static Err store_file(Ctx *c, Str path, Str bytes)
{
    const char *to = str_z(c->arena, path), *part = str_z(c->arena, STR_CAT(c->arena, path, S(".part")));
    int file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0) return refuse(c, E_CONFLICT, STR_CAT(c->arena, path, S(": ")), str_of_z(strerrordesc_np(errno)));
    Err err = write_bytes(file, bytes);
    int why = errno;
    close(file);
    if (err == OK && rename(part, to) == 0) return OK;
    if (err == OK) why = errno;
    unlink(part);
    return refuse(c, E_CONFLICT, STR_CAT(c->arena, path, S(": ")), str_of_z(strerrordesc_np(why)));
}

static Err published(Ctx *c, const Wave *wave, const WaveUnit *unit, Publication *ret)
{
    Err err = report_load(c, wave->id, unit->id, 0, ret);
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
    return store_file(c, path, bytes);
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

static Err store_all(Ctx *c, const Wave *wave, ReportFormat format, Str folder)
{
    WaveUnits units = {0};
    TRY(survey_units(c, wave->id, &units));
    TRY(all_published(c, wave, &units));
    if (mkdir(str_z(c->arena, folder), 0750) != 0 && errno != EEXIST)
        return refuse(c, E_CONFLICT, STR_CAT(c->arena, folder, S(": ")), str_of_z(strerrordesc_np(errno)));
    for (ptrdiff_t i = 0; i < units.n; i++) {
        CtxMark mark = ctx_mark(c);
        Str path = STR_CAT(c->arena, folder, S("/"), units.v[i].code, S("."), report_format_code(format));
        TRY(store_one(c, wave, &units.v[i], format, path));
        ctx_rewind(c, mark);
    }
    return OK;
}

static Err run_report(Ctx *c, Args args, Buf *out)
{
    (void)out;
    Order o = {0};
    Wave wave = {0};
    WaveUnit unit = {0};
    ReportFormat format = REPORT_JSON;
    TRY(read_order(c, args, true, &o));
    if (!report_format_parse(o.format, &format)) return wrong(c, S("unknown format "), o.format);
    if (str_has_zero(o.out)) return wrong(c, S("not a path: "), o.out);
    TRY(db_read_begin(c, c->app->store));
    TRY(find_wave(c, o.wave, &wave));
    if (o.is_all) return store_all(c, &wave, format, o.out);
    TRY(find_unit(c, &wave, o.unit, &unit));
    return store_one(c, &wave, &unit, format, o.out);
}

const Command report_commands[] = {
    {.name = "survey release",
     .usage = "--wave NAME (--unit CODE | --all)",
     .help =
         "Computes and stores the reports of one unit or of all, with small numbers hidden so that none can be told. "
         "An open wave is closed by it. A unit whose new report would differ by 1-4 answers, or not at all, keeps the one it has.",
     .needs_store = true,
     .writes = true,
     .run = run_release},
    {.name = "survey report",
     .usage = "--wave NAME (--unit CODE | --all) --format html|pdf|slides|xlsx|csv|json --out FILE|DIR",
     .help = "Writes released reports to a file, or with --all one of each unit to a folder.",
     .needs_store = true,
     .run = run_report},
    {0                                                                                                               },
};
