/* `traad survey release` (FORMATS §4). */
#include "feature/release/release_command.h"

#include "base/number.h"
#include "core/app.h"
#include "core/flags.h"
#include "feature/release/release.h"
#include "feature/release/release_demo.h"
#include "feature/release/release_web.h"

typedef struct Order {
    Str wave, unit;
    bool is_all;
} Order;

static Err read_order(Ctx *c, Args args, Order *o)
{
    const Flag flags[] = {
        {"--wave", &o->wave, NULL, true},
        {"--unit", &o->unit, NULL, false},
        {"--all", NULL, &o->is_all, false},
    };
    TRY(flags_read(c, args, flags, COUNT_OF(flags)));
    return o->is_all == (o->unit.n > 0) ? flags_wrong(c, S("give either "), S("--unit CODE or --all")) : OK;
}

typedef struct ReleaseWork {
    WaveId wave;
    Prepared *prepared;
} ReleaseWork;

static Err write_close(Ctx *c)
{
    return release_close(c, ((ReleaseWork *)c->work)->wave);
}

static Err write_release(Ctx *c)
{
    return release_publish(c, ((ReleaseWork *)c->work)->prepared);
}

static Err prepare(Ctx *c, WaveId id, Str code, Prepared **ret)
{
    Wave *wave = NEW(c->arena, Wave, 1);
    WaveUnit unit = {0};
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_by_id(c, id, wave));
    if (code.n) TRY(survey_command_unit(c, wave, code, &unit));
    TRY(release_prepare(c, wave, unit.id, ret));
    db_read_end(c);
    return OK;
}

static bool takes_answers(const Wave *wave)
{
    return wave->opens_on.day && (wave->state == WAVE_KLADDE || wave->state == WAVE_AABEN);
}

/* "44.9 %" */
static void tell_share(int64_t n, int64_t of, Buf *out)
{
    int64_t tenths = (n * 2000 + of) / (2 * of);
    buf_add_i64(out, tenths / 10);
    buf_add_char(out, '.');
    buf_add_i64(out, tenths % 10);
    buf_add(out, S(" %"));
}

static void tell_hidden(const Released *r, Buf *out)
{
    buf_add(out, S("hidden "));
    buf_add_i64(out, r->primary + r->secondary);
    buf_add(out, S(" of "));
    buf_add_i64(out, r->cells);
    buf_add(out, S(" figures ("));
    tell_share(r->primary + r->secondary, r->cells, out);
    buf_add(out, S("): "));
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
    TRY(read_order(c, args, &o));
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_command_wave(c, o.wave, &wave));
    db_read_end(c);
    work->wave = wave.id;
    c->work = work;
    TRY(prepare(c, wave.id, o.unit, &work->prepared));
    if (takes_answers(&wave)) {
        TRY(writer_run(c->app->writer, c, "release", write_close));
        TRY(prepare(c, wave.id, o.unit, &work->prepared));
    }
    TRY(writer_run(c->app->writer, c, "release", write_release));
    tell_released(release_result(work->prepared), out);
    return OK;
}

static const Command commands[] = {
    {.name = "survey release",
     .usage = "--wave NAME (--unit CODE | --all)",
     .help =
         "Computes and stores the reports of one unit or of all, with small numbers hidden so that none can be told. "
         "An open wave is closed by it. A unit whose new report would differ by 1-4 answers, or not at all, keeps the one it has.",
     .needs_store = true,
     .writes = true,
     .run = run_release},
    {0},
};

const Feature release_feature = {.name = "release", .schema = &release_schema, .routes = release_routes, .commands = commands,
                                 .jobs = release_jobs, .tick = release_tick, .doors = release_doors, .demo = release_demo};
