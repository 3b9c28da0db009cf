/* Preparing a release: counted, hidden, compared and written down outside the
   writer. release_store.c stores it. */
#include <string.h>

#include "base/number.h"
#include "feature/release/release_inside.h"

Released release_result(const Prepared *prepared)
{
    return prepared->released;
}

/* ---- newest publications ----------------------------------------------------------------- */

/* Of each unit of the tree: number 0 where there is none. */
typedef struct Newest {
    int64_t *number, *round; /* [units] */
} Newest;

SQL(NEWEST_OF_WAVE, "SELECT unit_id, number, round_id FROM v_publication WHERE wave_id = $1 ORDER BY unit_id, number");

/* The units of a wave are few beside its answers, and its releases fewer. */
static ptrdiff_t unit_at(const WaveUnits *units, int64_t id, ptrdiff_t guess)
{
    for (ptrdiff_t i = 0; i < units->n; i++) {
        ptrdiff_t at = (guess + i) % units->n;
        if (units->v[at].id.v == id) return at;
    }
    return -1;
}

static Err read_newest(Ctx *c, WaveId wave, const WaveUnits *units, Newest *ret)
{
    Newest all = {NEW(c->arena, int64_t, units->n), NEW(c->arena, int64_t, units->n)};
    Rows r = db_query(c, NEWEST_OF_WAVE, wave);
    ptrdiff_t at = 0;
    while (db_next(&r)) {
        at = unit_at(units, db_i64(&r, 0), at);
        if (at < 0) return fail(c, E_BROKEN, T("En rapport er fra en enhed, som målingen ikke har."));
        all.number[at] = db_i64(&r, 1);
        all.round[at] = db_i64(&r, 2);
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

/* ---- building ---------------------------------------------------------------------------- */

typedef struct Work {
    Prepared *p;
    Builder b;
    Newest newest;
    const bool *wants; /* [units] */
    WaveId previous;   /* 0: none */
} Work;

static bool is_out(const Prepared *p, ptrdiff_t unit)
{
    int32_t kept = p->t.kept_of[unit];
    return kept < 0 || p->masks.is_out[kept];
}

static Err load_report(Ctx *c, WaveId wave, UnitId unit, Report **ret)
{
    Publication p = {0};
    *ret = NULL;
    Err err = publication_load(c, wave, unit, 0, &p);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    Report *r = NEW(c->arena, Report, 1);
    TRY(publication_parse(c, &p, r));
    *ret = r;
    return OK;
}

/* Units above that keep their version are shown as they stand there. */
static Err load_published(Ctx *c, Work *w)
{
    const Tally *t = &w->p->t;
    const Report **all = NEW(c->arena, const Report *, t->units.n);
    w->b.published = all;
    for (ptrdiff_t u = 0; u < t->units.n; u++) {
        for (ptrdiff_t up = t->units.v[u].parent; w->wants[u] && up >= 0; up = t->units.v[up].parent) {
            bool stands = w->newest.number[up] && (!w->wants[up] || !is_out(w->p, up));
            if (!stands || all[up]) continue;
            Report *r = NULL;
            TRY(load_report(c, w->p->wave.id, t->units.v[up].id, &r));
            all[up] = r;
        }
    }
    return OK;
}

/* Bytes drawn above the mark, moved down to it: all else made since is let go. */
static Str move_down(Ctx *c, Str s)
{
    char *p = arena_take_raw(c->arena, s.n);
    memmove(p, s.p, (size_t)s.n);
    return (Str){p, s.n};
}

/* Nothing new since its newest version. */
static Err says_the_same(Ctx *c, const Work *w, ptrdiff_t unit, Str report, bool *ret)
{
    Publication old = {0};
    *ret = false;
    if (!w->newest.number[unit]) return OK;
    TRY(publication_load(c, w->p->wave.id, w->p->t.units.v[unit].id, 0, &old));
    *ret = publication_is_same(old.report, report);
    return OK;
}

static Err draw(Ctx *c, const Work *w, ptrdiff_t unit, NewPublication *ret, bool *ret_is_same)
{
    Report r = {0}, *before = NULL;
    if (w->previous.v) TRY(load_report(c, w->previous, w->p->t.units.v[unit].id, &before));
    release_build(c, &w->b, unit, before, &r);
    r.version = w->newest.number[unit] + 1;
    NewPublication n = {.unit = w->p->t.units.v[unit].id, .number = r.version};
    TRY(publication_json(c, &r, &n.report));
    TRY(publication_frame_json(c, &r, &n.frame));
    TRY(says_the_same(c, w, unit, n.report, ret_is_same));
    *ret = n;
    return OK;
}

static void count_figures(Work *w, ptrdiff_t unit)
{
    Prepared *p = w->p;
    const Tally *t = &p->t;
    int32_t kept = t->kept_of[unit];
    for (int32_t m = 0; kept >= 0 && m < t->measures.n; m++) {
        for (int32_t i = 0; i < (t->measures.v[m].item ? t->columns.n : 1); i++) {
            int state = release_cell_state(t, &p->masks, m, kept, i);
            if (state == STATE_ABSENT || !release_has_column(t, kept, i)) continue;
            p->released.cells++;
            p->released.primary += state == STATE_FEW;
            p->released.secondary += state == STATE_OTHERS;
        }
    }
}

static Err add_unit(Ctx *c, Work *w, ptrdiff_t unit)
{
    CtxMark mark = ctx_mark(c);
    NewPublication n = {0};
    bool is_same = false;
    TRY(draw(c, w, unit, &n, &is_same));
    ctx_rewind(c, mark);
    if (is_same) {
        w->p->released.kept++;
        return OK;
    }
    n.report = move_down(c, n.report);
    n.frame = move_down(c, n.frame);
    w->p->v[w->p->n++] = n;
    w->p->released.released++;
    count_figures(w, unit);
    return OK;
}

static Err add_units(Ctx *c, Work *w)
{
    for (ptrdiff_t u = 0; u < w->p->t.units.n; u++) {
        if (!w->wants[u]) continue;
        if (is_out(w->p, u))
            TRY(add_unit(c, w, u));
        else
            w->p->released.kept++;
    }
    return OK;
}

/* ---- preparing ---------------------------------------------------------------------------- */

/* The questionnaire of the wave that is compared with, and who is another since. */
static Err previous_of(Ctx *c, Work *w, Str *ret_name)
{
    *ret_name = S("");
    if (!w->p->wave.previous.v) return OK;
    Wave before = {0};
    Questionnaire *q = NEW(c->arena, Questionnaire, 1);
    TRY(survey_by_id(c, w->p->wave.previous, &before));
    TRY(questionnaire_load(c, before.questionnaire, q));
    bool *broken = NULL;
    TRY(release_breaks(c, &w->p->t.units, before.id, &broken));
    w->b.broken = broken;
    w->previous = before.id;
    w->b.before = q;
    *ret_name = before.name;
    return OK;
}

static Err unit_wanted(Ctx *c, const WaveUnits *units, UnitId unit, ptrdiff_t *ret)
{
    *ret = -1;
    if (unit.v == 0) return OK;
    *ret = unit_at(units, unit.v, 0);
    return *ret >= 0 ? OK : fail(c, E_NOT_FOUND, T("Målingen har ikke den enhed."));
}

static Err protect(Ctx *c, Work *w, const PublicationRounds *rounds)
{
    Prepared *p = w->p;
    TRY(read_newest(c, p->wave.id, &p->t.units, &w->newest));
    return release_protect(c, &p->t, rounds, w->newest.round, w->wants, &p->masks);
}

static Err build(Ctx *c, Work *w)
{
    Str previous = {0};
    w->b.t = &w->p->t;
    w->b.masks = &w->p->masks;
    TRY(previous_of(c, w, &previous));
    TRY(load_published(c, w));
    release_frame(c, &w->p->t, previous, &w->b.frame);
    w->p->v = NEW(c->arena, NewPublication, w->p->t.units.n);
    return add_units(c, w);
}

Err release_prepare(Ctx *c, const Wave *wave, UnitId unit, Prepared **ret)
{
    PublicationRounds rounds = {0};
    ptrdiff_t only = -1;
    Prepared *p = NEW(c->arena, Prepared, 1);
    p->wave = *wave;
    if (wave->state == WAVE_ARKIVERET)
        return fail(c, E_CONFLICT, T("Målingen er arkiveret og kan ikke frigives igen."));
    TRY(release_mark(c, wave->id, &p->mark));
    TRY(publication_rounds(c, wave->id, &rounds));
    TRY(release_count(c, &p->wave, &rounds, &p->t));
    TRY(unit_wanted(c, &p->t.units, unit, &only));
    TRY(release_check_invited(c, &p->t, only));
    release_forget_invited(&p->t);
    bool *wants = NEW(c->arena, bool, p->t.units.n);
    for (ptrdiff_t u = 0; u < p->t.units.n; u++) wants[u] = only < 0 || u == only;
    Work w = {.p = p, .wants = wants};
    TRY(protect(c, &w, &rounds));
    TRY(build(c, &w));
    *ret = p;
    return OK;
}
