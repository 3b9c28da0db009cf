/* Storing a release in one short write that looks whether anything has come
   since it was prepared. */
#include "base/number.h"
#include "feature/release/release_inside.h"

enum { CELL_ROWS = 20000, CELL_ROW_BYTES = 110, AUDIENCE_WAIT_DAYS = 14 };

/* ---- what must stand still ------------------------------------------------------------ */

SQL(MARK_ROWS,
    "SELECT CAST(coalesce(sum(t.n), 0) AS INTEGER) FROM v_survey_unit u JOIN v_answer_tally t"
    " ON t.wave_id = u.wave_id AND t.unit_id = u.unit_id AND t.item_id = 0 AND t.group_id = 0 WHERE u.wave_id = $1");
/* Moving one from a school to another keeps the sum, so each counts with its unit's id. */
SQL(MARK_INVITED, "SELECT CAST(coalesce(sum((n + 1) * unit_id), 0) AS INTEGER) FROM v_survey_invited WHERE wave_id = $1");
SQL(MARK_ROUNDS, "SELECT count(*) FROM v_publication_round WHERE wave_id = $1");

Err release_mark(Ctx *c, WaveId wave, Mark *ret)
{
    Mark m = {0};
    TRY(db_one_i64(c, MARK_ROWS, &m.rows, wave));
    TRY(db_one_i64(c, MARK_INVITED, &m.invited, wave));
    TRY(db_one_i64(c, MARK_ROUNDS, &m.rounds, wave));
    *ret = m;
    return OK;
}

/* ---- cells -------------------------------------------------------------------------------- */

SQL(ADD_CELLS, "INSERT INTO release_cell (round_id, item_id, unit_id, group_id, state, n, excluded)"
               " SELECT $1, $2, r.unit_id, r.group_id, r.state, r.n, r.excluded"
               " FROM ROWS($3, unit_id INTEGER, group_id INTEGER, state INTEGER, n INTEGER, excluded INTEGER) r");

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
            int state = release_cell_state(&p->t, &p->masks, measure, u, i);
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

static bool is_municipal(Str kind)
{
    return str_eq(kind, S("region")) || str_eq(kind, S("kommune")) || str_eq(kind, S("distrikt"));
}

static const WaveUnit *unit_of_kept(const Tally *t, int32_t kept)
{
    return &t->units.v[t->kept[kept].unit];
}

/* One of a few answers hides no other in a sum. */
static bool is_school_of_many(const Tally *t, int32_t kept)
{
    const Kept *k = &t->kept[kept];
    if (k->rows < REPORT_MINIMUM || is_municipal(unit_of_kept(t, kept)->kind)) return false;
    return k->above < 0 || is_municipal(unit_of_kept(t, k->above)->kind);
}

/* The figures of a municipality with answers from one school are that school's, and the
   school reads first. Two are enough: nobody above reads one of them before the day, so
   that there is nothing to take from the sum. */
static bool tells_one_school(const Tally *t, UnitId unit)
{
    int schools = 0;
    int32_t own = 0;
    while (own < t->n && unit_of_kept(t, own)->id.v != unit.v) own++;
    if (own == t->n || !is_municipal(unit_of_kept(t, own)->kind)) return false;
    for (int32_t i = own; i < t->n; i++) { /* units above come first */
        int32_t up = i;
        while (up > own) up = t->kept[up].above;
        schools += up == own && is_school_of_many(t, i);
    }
    return schools == 1;
}

/* To the unit itself at once; to the administration on the wave's date, whether
   anybody has read it or not (DOMAIN P1). */
static Err open_to(Ctx *c, const Prepared *p, UnitId unit)
{
    const Wave *wave = &p->wave;
    Date later = {c->today.day + AUDIENCE_WAIT_DAYS};
    if (wave->releases_on.day) later.day = (int32_t)i64_max(wave->releases_on.day, c->today.day);
    TRY(publication_open_to(c, wave->id, unit, S("ledelse"), tells_one_school(&p->t, unit) ? later : c->today));
    return publication_open_to(c, wave->id, unit, S("forvaltning"), later);
}

static Err write_publications(Ctx *c, const Prepared *p, int64_t round)
{
    for (ptrdiff_t i = 0; i < p->n; i++) {
        TRY(publication_add(c, p->wave.id, round, p->v[i]));
        TRY(open_to(c, p, p->v[i].unit));
    }
    return OK;
}

/* ---- states -------------------------------------------------------------------------------- */

Err release_close(Ctx *c, WaveId id)
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
    TRY(release_close(c, id));
    for (ptrdiff_t i = 0; i < COUNT_OF(way); i++) {
        Wave wave = {0};
        TRY(survey_by_id(c, id, &wave));
        if (wave.state == way[i].from) TRY(survey_move(c, id, way[i].to));
    }
    return OK;
}

/* "The wave's state is derived" (DOMAIN P1): from who may read by now, which the day alone may
   have brought about, and from its own report, which its owner opens by hand. */
SQL(SEEN, "SELECT w.id, CASE w.state WHEN 'frigivet_skole' THEN 0 ELSE 1 END FROM v_survey_wave w"
          " WHERE (w.state = 'frigivet_skole' AND EXISTS (SELECT 1 FROM v_publication_audience a"
          " WHERE a.wave_id = w.id AND a.audience = 'forvaltning' AND a.since <= $1))"
          " OR (w.state = 'frigivet_kommune' AND EXISTS (SELECT 1 FROM v_publication_audience a"
          " WHERE a.wave_id = w.id AND a.unit_id = w.owner_id AND a.audience = 'offentlig' AND a.since <= $1)) ORDER BY w.id LIMIT 1");

Err release_tick(Ctx *c, bool *ret_more)
{
    Rows r = db_query(c, SEEN, c->today);
    bool is_due = db_next(&r);
    WaveId id = {is_due ? db_i64(&r, 0) : 0};
    WaveState to = is_due && db_i64(&r, 1) ? WAVE_OFFENTLIG : WAVE_FRIGIVET_KOMMUNE;
    TRY(db_done(&r));
    if (!is_due) return OK;
    *ret_more = true;
    return survey_move(c, id, to);
}

Err release_publish(Ctx *c, const Prepared *p)
{
    Mark now = {0};
    Wave wave = {0};
    int64_t round = 0;
    TRY(release_mark(c, p->wave.id, &now));
    if (now.rows != p->mark.rows || now.invited != p->mark.invited || now.rounds != p->mark.rounds)
        return fail(c, E_CONFLICT, T("Der er kommet svar eller ændringer, mens rapporterne blev lavet. Prøv igen."));
    TRY(survey_by_id(c, p->wave.id, &wave));
    if (wave.state == WAVE_ARKIVERET) return fail(c, E_CONFLICT, T("Målingen er arkiveret og kan ikke frigives igen."));
    TRY(take_to_release(c, p->wave.id));
    if (p->n == 0) return OK;
    TRY(publication_round_add(c, p->wave.id, p->mark.rounds + 1, p->t.hash, &round));
    TRY(write_cells(c, p, round));
    return write_publications(c, p, round);
}
