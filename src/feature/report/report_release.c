/* A release: counted, hidden, compared and written down outside the writer, then
   stored in one short write that looks whether anything has come meanwhile. */
#include <string.h>

#include "base/number.h"
#include "feature/report/report_inside.h"

enum { CELL_ROWS = 20000, CELL_ROW_BYTES = 110, AUDIENCE_WAIT_DAYS = 14 };

/* What of a wave must stand still from prepare to publish. */
typedef struct Mark {
    int64_t rows, invited, rounds;
} Mark;

typedef struct NewPublication {
    UnitId unit;
    int64_t number;
    Str report, frame;
} NewPublication;

struct Prepared {
    Wave wave;
    Mark mark;
    Tally t;
    Masks masks;
    NewPublication *v;
    ptrdiff_t n;
    Released released;
};

Released report_released(const Prepared *prepared)
{
    return prepared->released;
}

/* ---- what must stand still ------------------------------------------------------------ */

SQL(MARK_ROWS,
    "SELECT CAST(coalesce(sum(t.n), 0) AS INTEGER) FROM v_survey_unit u JOIN v_answer_tally t"
    " ON t.wave_id = u.wave_id AND t.unit_id = u.unit_id AND t.item_id = 0 AND t.group_id = 0 WHERE u.wave_id = $1");
SQL(MARK_INVITED, "SELECT CAST(coalesce(sum(n), 0) AS INTEGER) + count(*) FROM v_survey_invited WHERE wave_id = $1");
SQL(MARK_ROUNDS, "SELECT count(*) FROM release_round WHERE wave_id = $1");

static Err mark_of(Ctx *c, WaveId wave, Mark *ret)
{
    Mark m = {0};
    TRY(db_one_i64(c, MARK_ROWS, &m.rows, wave));
    TRY(db_one_i64(c, MARK_INVITED, &m.invited, wave));
    TRY(db_one_i64(c, MARK_ROUNDS, &m.rounds, wave));
    *ret = m;
    return OK;
}

/* ---- newest publications ----------------------------------------------------------------- */

/* Of each unit of the tree: number 0 where there is none. */
typedef struct Newest {
    int64_t *number, *round; /* [units] */
} Newest;

SQL(NEWEST_OF_WAVE, "SELECT unit_id, number, round_id FROM publication WHERE wave_id = $1 ORDER BY unit_id, number");

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
    Err err = report_load(c, wave, unit, 0, &p);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    Report *r = NEW(c->arena, Report, 1);
    TRY(report_parse(c, &p, r));
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
    TRY(report_load(c, w->p->wave.id, w->p->t.units.v[unit].id, 0, &old));
    *ret = report_is_same(old.report, report);
    return OK;
}

static Err draw(Ctx *c, const Work *w, ptrdiff_t unit, NewPublication *ret, bool *ret_is_same)
{
    Report r = {0}, *before = NULL;
    if (w->previous.v) TRY(load_report(c, w->previous, w->p->t.units.v[unit].id, &before));
    report_build(c, &w->b, unit, before, &r);
    r.version = w->newest.number[unit] + 1;
    NewPublication n = {.unit = w->p->t.units.v[unit].id, .number = r.version};
    TRY(report_json(c, &r, &n.report));
    TRY(report_frame_json(c, &r, &n.frame));
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
            int state = report_cell_state(t, &p->masks, m, kept, i);
            if (state == STATE_ABSENT || !report_has_column(t, kept, i)) continue;
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

/* The questionnaire of the wave that is compared with. */
static Err previous_of(Ctx *c, Work *w, Str *ret_name)
{
    *ret_name = S("");
    if (!w->p->wave.previous.v) return OK;
    Wave before = {0};
    Questionnaire *q = NEW(c->arena, Questionnaire, 1);
    TRY(survey_by_id(c, w->p->wave.previous, &before));
    TRY(questionnaire_load(c, before.questionnaire, q));
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

static Err protect(Ctx *c, Work *w, const Rounds *rounds)
{
    Prepared *p = w->p;
    TRY(read_newest(c, p->wave.id, &p->t.units, &w->newest));
    return report_protect(c, &p->t, rounds, w->newest.round, w->wants, &p->masks);
}

static Err build(Ctx *c, Work *w)
{
    Str previous = {0};
    w->b.t = &w->p->t;
    w->b.masks = &w->p->masks;
    TRY(previous_of(c, w, &previous));
    TRY(load_published(c, w));
    report_frame_of(c, &w->p->t, previous, &w->b.frame);
    w->p->v = NEW(c->arena, NewPublication, w->p->t.units.n);
    return add_units(c, w);
}

Err report_prepare(Ctx *c, const Wave *wave, UnitId unit, Prepared **ret)
{
    Rounds rounds = {0};
    ptrdiff_t only = -1;
    Prepared *p = NEW(c->arena, Prepared, 1);
    p->wave = *wave;
    if (wave->state == WAVE_ARKIVERET)
        return fail(c, E_CONFLICT, T("Målingen er arkiveret og kan ikke frigives igen."));
    TRY(mark_of(c, wave->id, &p->mark));
    TRY(report_rounds(c, wave->id, &rounds));
    TRY(report_count(c, &p->wave, &rounds, &p->t));
    TRY(unit_wanted(c, &p->t.units, unit, &only));
    TRY(report_check_invited(c, &p->t, only));
    report_forget_invited(&p->t);
    bool *wants = NEW(c->arena, bool, p->t.units.n);
    for (ptrdiff_t u = 0; u < p->t.units.n; u++) wants[u] = only < 0 || u == only;
    Work w = {.p = p, .wants = wants};
    TRY(protect(c, &w, &rounds));
    TRY(build(c, &w));
    *ret = p;
    return OK;
}

/* ---- storing -------------------------------------------------------------------------------- */

SQL(ADD_ROUND, "INSERT INTO release_round (wave_id, number, released_on, counts) VALUES ($1, $2, $3, $4) RETURNING id");
SQL(ADD_CELLS, "INSERT INTO release_cell (round_id, item_id, unit_id, group_id, state, n, excluded)"
               " SELECT $1, $2, r.unit_id, r.group_id, r.state, r.n, r.excluded"
               " FROM ROWS($3, unit_id INTEGER, group_id INTEGER, state INTEGER, n INTEGER, excluded INTEGER) r");
SQL(ADD_PUBLICATION,
    "INSERT INTO publication (owner_id, wave_id, unit_id, number, round_id, released_on, report, frame)"
    " SELECT u.owner_id, $1, u.id, $3, $4, $5, $6, $7 FROM v_organisation_unit u WHERE u.id = $2");
SQL(ADD_AUDIENCE, "INSERT INTO publication_audience (wave_id, unit_id, audience, since) VALUES ($1, $2, $3, $4)"
                  " ON CONFLICT (wave_id, unit_id, audience) DO NOTHING");

typedef struct CellRow {
    int64_t unit, group, state, n, excluded;
} CellRow;

/* Rows of one measure on their way, as JSON for ROWS(). */
typedef struct CellWriter {
    Ctx *c;
    int64_t round, measure;
    Buf b;
    ptrdiff_t n;
} CellWriter;

static Err flush_cells(CellWriter *w)
{
    if (w->n == 0) return OK;
    buf_add_char(&w->b, ']');
    if (w->b.full) return fail(w->c, E_TOO_LARGE, T("Målingen er for stor."));
    TRY(db_exec(w->c, ADD_CELLS, NULL, w->round, w->measure, buf_str(&w->b)));
    w->b.n = 0;
    w->n = 0;
    return OK;
}

static Err write_cell(CellWriter *w, CellRow row)
{
    const int64_t v[] = {row.unit, row.group, row.state, row.n, row.excluded};
    buf_add_char(&w->b, w->n++ ? ',' : '[');
    for (ptrdiff_t i = 0; i < COUNT_OF(v); i++) {
        buf_add_char(&w->b, i ? ',' : '[');
        buf_add_i64(&w->b, v[i]);
    }
    buf_add_char(&w->b, ']');
    return w->n == CELL_ROWS ? flush_cells(w) : OK;
}

static int side_state(const Prepared *p, int32_t u, int64_t n, bool is_hidden)
{
    if (p->t.kept[u].is_absent) return STATE_ABSENT;
    if (!p->masks.is_out[u]) return STATE_WITHHELD;
    if (!is_hidden) return STATE_SHOWN;
    return n < REPORT_MINIMUM ? STATE_FEW : STATE_OTHERS;
}

/* answered or invited: one number a unit, hidden or not. */
static Err write_sides(CellWriter *w, const Prepared *p, bool is_invited)
{
    w->measure = is_invited ? MEASURE_INVITED : MEASURE_ANSWERED;
    for (int32_t u = 0; u < p->t.n; u++) {
        const Kept *k = &p->t.kept[u];
        int64_t n = is_invited ? k->invited : k->answered;
        bool is_hidden = is_invited ? p->masks.invited[u] : p->masks.answered[u];
        if (n >= 0) TRY(write_cell(w, (CellRow){kept_id(&p->t, u), GROUP_ALL, side_state(p, u, n, is_hidden), n, 0}));
    }
    return flush_cells(w);
}

static Err write_measure(CellWriter *w, const Prepared *p, int32_t measure)
{
    const Measure *m = &p->t.measures.v[measure];
    w->measure = m->id;
    for (int32_t u = 0; u < p->t.n; u++) {
        for (int32_t i = 0; i < (m->item ? p->t.columns.n : 1); i++) {
            if (p->t.columns.v[i].is_unused) continue;
            const CellCount *k = count_of(&p->t, measure, u, i);
            int state = report_cell_state(&p->t, &p->masks, measure, u, i);
            TRY(write_cell(w, (CellRow){kept_id(&p->t, u), p->t.columns.v[i].group_id, state, k->n, k->excluded}));
        }
    }
    return flush_cells(w);
}

static Err write_cells(Ctx *c, const Prepared *p, int64_t round)
{
    CellWriter w = {.c = c, .round = round, .b = buf_new(c->arena, (ptrdiff_t)CELL_ROWS * CELL_ROW_BYTES)};
    TRY(write_sides(&w, p, false));
    TRY(write_sides(&w, p, true));
    for (int32_t m = 0; m < p->t.measures.n; m++) TRY(write_measure(&w, p, m));
    return OK;
}

/* To the unit itself at once; to the administration on the wave's date, whether
   anybody has read it or not (DOMAIN P1). */
static Err open_to(Ctx *c, const Wave *wave, UnitId unit)
{
    Date later = {c->today.day + AUDIENCE_WAIT_DAYS};
    if (wave->releases_on.day) later.day = (int32_t)i64_max(wave->releases_on.day, c->today.day);
    TRY(db_exec(c, ADD_AUDIENCE, NULL, wave->id, unit, S("ledelse"), c->today));
    return db_exec(c, ADD_AUDIENCE, NULL, wave->id, unit, S("forvaltning"), later);
}

static Err write_publications(Ctx *c, const Prepared *p, int64_t round)
{
    for (ptrdiff_t i = 0; i < p->n; i++) {
        const NewPublication *n = &p->v[i];
        int changed = 0;
        TRY(db_exec(c, ADD_PUBLICATION, &changed, p->wave.id, n->unit, n->number, round, c->today, n->report,
                    n->frame));
        if (changed != 1) return fail(c, E_BROKEN, T("En enhed i målingen findes ikke."));
        TRY(open_to(c, &p->wave, n->unit));
    }
    return OK;
}

/* ---- states -------------------------------------------------------------------------------- */

Err report_close(Ctx *c, WaveId id)
{
    Wave wave = {0};
    TRY(survey_by_id(c, id, &wave));
    if (wave.state != WAVE_KLADDE && wave.state != WAVE_AABEN) return OK;
    if (wave.opens_on.day) TRY(answer_texts_settle(c, &wave));
    return survey_move(c, id, WAVE_LUKKET);
}

static Err take_to_release(Ctx *c, WaveId id)
{
    static const struct {
        WaveState from, to;
    } way[] = {
        {WAVE_LUKKET,       WAVE_KONTROLLERET  },
        {WAVE_KONTROLLERET, WAVE_FRIGIVET_SKOLE}
    };
    TRY(report_close(c, id));
    for (ptrdiff_t i = 0; i < COUNT_OF(way); i++) {
        Wave wave = {0};
        TRY(survey_by_id(c, id, &wave));
        if (wave.state == way[i].from) TRY(survey_move(c, id, way[i].to));
    }
    return OK;
}

Err report_publish(Ctx *c, const Prepared *p)
{
    Mark now = {0};
    int64_t round = 0;
    TRY(mark_of(c, p->wave.id, &now));
    if (now.rows != p->mark.rows || now.invited != p->mark.invited || now.rounds != p->mark.rounds)
        return fail(c, E_CONFLICT, T("Der er kommet svar eller ændringer, mens rapporterne blev lavet. Prøv igen."));
    TRY(take_to_release(c, p->wave.id));
    if (p->n == 0) return OK;
    TRY(db_one_i64(c, ADD_ROUND, &round, p->wave.id, p->mark.rounds + 1, c->today, p->t.hash));
    TRY(write_cells(c, p, round));
    return write_publications(c, p, round);
}
