/* A pack in the making: some units a step, their files kept aside until all are
   there. Whether the person may read a unit is asked when its turn comes. */
#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"
#include "core/job/job.h"
#include "feature/report/report_pack.h"
#include "feature/report/report.h"
#include "render/out.h"
#include "text/json.h"

enum { UNITS_A_STEP = 4, FILES_A_STEP = UNITS_A_STEP * 8, FILES_MAX = 4000, ARGS_BYTES = 100, VOLUME_BYTES = 11 << 20, VOLUMES_MAX = 40 };

static const char kind_name[] = "report.pack";

/* ---- one step ----------------------------------------------------------------------- */

typedef struct Volume {
    Str name, bytes;
} Volume;
typedef struct Step {
    Pack pack;
    PackFiles files;      /* made in this step */
    ptrdiff_t to;         /* units done with it */
    Volume volumes[VOLUMES_MAX];
    ptrdiff_t volumes_n;  /* of the last step */
} Step;

static Err read_args(Ctx *c, Str args, WaveId *ret_wave, UnitId *ret_unit)
{
    const Json *json = NULL;
    TRY(json_read(c, args, ARGS_BYTES, &json));
    ret_wave->v = json_i64(c, json, S("wave"), JSON_NEEDED, 1, INT64_MAX, 0);
    ret_unit->v = json_i64(c, json, S("unit"), JSON_NEEDED, 1, INT64_MAX, 0);
    return c->problems ? E_BROKEN : OK;
}

/* The rights of who ordered it, as they are now: a step has no session of its own. */
static Err stand_for(Ctx *c)
{
    Session *s = NEW(c->arena, Session, 1);
    TRY(people_memberships(c, (PersonId){c->viewer.v}, &s->memberships));
    c->session = s;
    return OK;
}

/* As the router asks for a page: the place, then the right. A store that cannot
   answer fails the step: a unit left out for that would be missed by nobody. */
static Err may_read(Ctx *c, const Pack *pack, const WaveUnit *unit, bool *ret)
{
    Place place = {0};
    bool is_municipal = report_is_municipal(unit->kind);
    Err err = report_place(c, pack->wave.uid, unit->code, is_municipal, &place);
    *ret = err == OK && access_may(c, is_municipal ? NEED_KOMMUNERAPPORT_READ : NEED_SKOLERAPPORT_READ, &place);
    if (err != E_NOT_FOUND) return err;
    ctx_forgive(c);
    return OK;
}

static Err make_files(Ctx *c, Step *s, ptrdiff_t from)
{
    s->files.v = NEW(c->arena, ArchiveFile, FILES_A_STEP);
    s->to = from + UNITS_A_STEP < s->pack.units.n ? from + UNITS_A_STEP : s->pack.units.n;
    for (ptrdiff_t u = from; u < s->to; u++) {
        PackFiles files = {0};
        bool may = false;
        TRY(may_read(c, &s->pack, &s->pack.units.v[u], &may));
        if (!may) continue;
        TRY(report_pack_files(c, &s->pack, u, &files));
        for (ptrdiff_t i = 0; i < files.n; i++) s->files.v[s->files.n++] = files.v[i];
    }
    return OK;
}

SQL(PARTS, "SELECT name, content FROM report_pack_part WHERE job_id = $1 ORDER BY id LIMIT $2");

/* Said, rather than a pack without its last reports. */
static Err too_many(Ctx *c)
{
    return fail(c, E_TOO_LARGE, T("Der er for mange rapporter til én videnspakke. Bestil den for en mindre del, for eksempel en kommune ad gangen."));
}

static Err read_parts(Ctx *c, int64_t job, PackFiles *ret)
{
    PackFiles all = {.v = NEW(c->arena, ArchiveFile, FILES_MAX)};
    bool is_more = false;
    Rows r = db_query(c, PARTS, job, FILES_MAX + 1);
    while (db_next(&r)) {
        if ((is_more = all.n == FILES_MAX)) break;
        Bytes content = db_bytes(&r, 1);
        all.v[all.n++] = (ArchiveFile){db_str(&r, 0), {(const char *)content.p, content.n}};
    }
    TRY(db_done(&r));
    if (is_more) return too_many(c);
    *ret = all;
    return OK;
}

static Str volume_name(Ctx *c, const Pack *pack, ptrdiff_t number)
{
    Buf b = buf_new(c->arena, 24);
    buf_add_i64(&b, number);
    return msg_text_in(c, pack->lang, TF("videnspakke-{1}-del-{2}.zip", pack->unit.code, buf_str(&b)));
}

/* One file, unless it is larger than a prepared file may be: then as many as it takes. */
static Err make_volumes(Ctx *c, Step *s, PackFiles all)
{
    for (ptrdiff_t from = 0; from < all.n;) {
        if (s->volumes_n == VOLUMES_MAX) return too_many(c);
        ptrdiff_t to = from, bytes = 0;
        while (to < all.n && (to == from || bytes + all.v[to].bytes.n <= VOLUME_BYTES)) bytes += all.v[to++].bytes.n;
        Volume *volume = &s->volumes[s->volumes_n++];
        bool is_all = from == 0 && to == all.n;
        volume->name = is_all ? report_pack_name(c, &s->pack) : volume_name(c, &s->pack, s->volumes_n);
        TRY(report_pack_zip(c, &s->pack, (PackFiles){all.v + from, to - from}, &volume->bytes));
        from = to;
    }
    return OK;
}

static Err prepare(Ctx *c, JobStep *step)
{
    WaveId wave = {0};
    UnitId unit = {0};
    PackFiles all = {0};
    Step *s = NEW(c->arena, Step, 1);
    step->work = s;
    TRY(db_read_begin(c, c->app->store));
    TRY(read_args(c, step->args, &wave, &unit));
    TRY(stand_for(c));
    TRY(report_pack(c, wave, unit, c->lang, &s->pack)); /* of who ordered it */
    if (step->done_n < s->pack.units.n) {
        TRY(make_files(c, s, step->done_n));
    } else {
        TRY(read_parts(c, step->job_id, &all));
        if (all.n == 0) return fail(c, E_CONFLICT, T("Der er ingen rapporter, du kan læse, i den pakke."));
        TRY(make_volumes(c, s, all));
    }
    db_read_end(c);
    return OK;
}

SQL(PART_PUT, "INSERT INTO report_pack_part (owner_id, job_id, name, content) VALUES ($1, $2, $3, $4)"
              " ON CONFLICT (job_id, name) DO UPDATE SET content = excluded.content");
SQL(PARTS_DROP, "DELETE FROM report_pack_part WHERE job_id = $1");

static Err write_end(Ctx *c, JobStep *step, const Step *s)
{
    for (ptrdiff_t i = 0; i < s->volumes_n; i++) {
        const Volume *v = &s->volumes[i];
        NewJobFile file = {v->name, S("application/zip"), {(const uint8_t *)v->bytes.p, v->bytes.n}};
        TRY(job_file_add(c, step, file));
    }
    step->is_done = true;
    return db_exec(c, PARTS_DROP, NULL, step->job_id);
}

static Err write_step(Ctx *c, JobStep *step)
{
    const Step *s = step->work;
    if (s->volumes_n) return write_end(c, step, s);
    for (ptrdiff_t i = 0; i < s->files.n; i++) {
        const ArchiveFile *f = &s->files.v[i];
        Bytes content = {(const uint8_t *)f->bytes.p, f->bytes.n};
        TRY(db_exec(c, PART_PUT, NULL, step->owner_id, step->job_id, f->name, content));
    }
    step->done_n = s->to;
    step->of_n = s->pack.units.n;
    return OK;
}

const JobKind report_jobs[] = {
    {.name = kind_name, .title = T_INIT("Videnspakke"), .prepare = prepare, .write = write_step, .tries_max = 3},
    {0},
};

/* ---- ordering and keeping ----------------------------------------------------------------- */

Err report_pack_order(Ctx *c, WaveId wave, UnitId unit, int64_t owner, Str *ret_uid)
{
    Pack pack = {0};
    Buf args = buf_new(c->arena, ARGS_BYTES);
    TRY(report_pack(c, wave, unit, c->lang, &pack));
    buf_add(&args, S("{\"wave\":"));
    buf_add_i64(&args, wave.v);
    buf_add(&args, S(",\"unit\":"));
    buf_add_i64(&args, unit.v);
    buf_add_char(&args, '}');
    return job_add(c, (NewJob){.kind = &report_jobs[0], .args = buf_str(&args), .owner_id = owner, .of_n = pack.units.n}, ret_uid);
}

SQL(PARTS_EXPIRE, "DELETE FROM report_pack_part WHERE NOT EXISTS"
                  " (SELECT 1 FROM v_job j WHERE j.id = job_id AND j.state IN ('waiting', 'running'))");

static Err expire(Ctx *c, int64_t *ret_rows)
{
    int n = 0;
    TRY(db_exec(c, PARTS_EXPIRE, &n));
    *ret_rows = n;
    return OK;
}

const Retention report_retention[] = {
    {"report_pack_part", "files of a knowledge pack in the making; gone when it is made or has failed", expire},
    {0},
};
