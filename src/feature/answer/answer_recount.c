/* `traad check`: the tallies against the rows that they came from. */
#include "base/number.h"
#include "feature/answer/answer_inside.h"

enum { ROWS_AT_ONCE = 200 };

typedef struct Recount {
    const Questionnaire *q;
    WaveId wave;
    bool has_texts;
    TallyMap map;
} Recount;

static Err recount_row(Ctx *c, Recount *re, int64_t unit, Str groups_json, Str row)
{
    Answers answers = {0};
    int64_t groups[ANSWER_GROUPS_MAX];
    ptrdiff_t n = 0;
    int flag = 0;
    TRY(answer_groups_read(c, groups_json, groups, &n));
    TRY(answer_row_read(c, re->q, row, &answers, &flag));
    if (flag < 0) return OK;
    Counts counts = answer_counts(c->arena, re->q, answers, false);
    if (!re->has_texts) {
        tally_map_count(&re->map, unit, groups, n, counts);
        return OK;
    }
    /* A row does not say that its writer also wrote; its flag does what the count of its answers cannot. */
    Counts own = {.v = NEW(c->arena, Counted, counts.n + 2)};
    own.v[own.n++] = (Counted){0, 0};
    if (flag) own.v[own.n++] = (Counted){0, 1};
    for (ptrdiff_t i = 0; i < counts.n; i++)
        if (counts.v[i].item_id) own.v[own.n++] = counts.v[i];
    tally_map_count(&re->map, unit, groups, n, own);
    return OK;
}

SQL(UNITS, "SELECT DISTINCT unit_id FROM answer WHERE wave_id = $1 ORDER BY unit_id");
SQL(ROWS_OF, "SELECT id, groups, answers FROM answer WHERE wave_id = $1 AND unit_id = $2 AND id > $3 ORDER BY id LIMIT $4");

/* A million rows need the memory of two hundred: the arena is rewound after them. */
static Err recount_some(Ctx *c, Recount *re, int64_t unit, char last[32], int64_t *ret_n)
{
    int64_t n = 0;
    Rows r = db_query(c, ROWS_OF, re->wave, unit, ((Str){last, last[0] ? 32 : 0}), ROWS_AT_ONCE);
    char newest[32] = {0};
    for (; db_next(&r); n++) {
        TRY(recount_row(c, re, unit, db_str(&r, 1), db_str(&r, 2)));
        Str id = db_str(&r, 0);
        for (ptrdiff_t i = 0; i < 32 && i < id.n; i++) newest[i] = id.p[i];
    }
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < 32; i++) last[i] = newest[i]; /* a parameter stays where it is until db_done */
    *ret_n = n;
    return OK;
}

static Err recount_unit(Ctx *c, Recount *re, int64_t unit)
{
    char last[32] = {0};
    for (int64_t n = ROWS_AT_ONCE; n == ROWS_AT_ONCE;) {
        Arena before = *c->arena;
        TRY(recount_some(c, re, unit, last, &n));
        *c->arena = before;
    }
    return OK;
}

SQL(TEXTS, "SELECT unit_id, item_id, count(*) FROM answer_text WHERE wave_id = $1 GROUP BY unit_id, item_id");

static Err recount_texts(Ctx *c, Recount *re)
{
    Rows r = db_query(c, TEXTS, re->wave);
    while (db_next(&r)) tally_map_add(&re->map, (TallyKey){db_i64(&r, 0), db_i64(&r, 1), 0, 1}, db_i64(&r, 2));
    return db_done(&r);
}

/* ---- what is stored against it -------------------------------------------------------------- */

static bool is_text(const Questionnaire *q, int64_t item_id)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++)
        if (q->items.v[i].id.v == item_id) return q->items.v[i].kind == ITEM_TEXT;
    return false;
}

static int64_t dimension_of(const WaveGroups *groups, int64_t id)
{
    for (ptrdiff_t i = 0; i < groups->n; i++) {
        if (groups->v[i].id != id) continue;
        ptrdiff_t first = i; /* the first of a dimension stands for it */
        while (first > 0 && str_eq(groups->v[first - 1].dimension, groups->v[i].dimension)) first--;
        return groups->v[first].id;
    }
    return -1;
}

typedef struct Compared {
    int64_t tallies, differ;
    TallyMap split; /* texts per dimension: group_id is the dimension's first group */
} Compared;

static void compare(const Recount *re, const WaveGroups *groups, const TallyRow *stored, Compared *ret)
{
    ret->tallies++;
    if (stored->group_id && is_text(re->q, stored->item_id)) {
        TallyKey key = {stored->unit_id, stored->item_id, dimension_of(groups, stored->group_id), stored->value};
        tally_map_add(&ret->split, key, stored->n);
        return;
    }
    const TallyRow *own = tally_map_find(&re->map, (TallyKey){stored->unit_id, stored->item_id, stored->group_id, stored->value});
    if (!own || own->n != stored->n) ret->differ++;
}

static void compare_split(const Recount *re, Compared *ret)
{
    for (ptrdiff_t i = 0; i < ret->split.n; i++) {
        const TallyRow *t = &ret->split.v[i];
        const TallyRow *own = tally_map_find(&re->map, (TallyKey){t->unit_id, t->item_id, 0, t->value});
        if (!own || own->n != t->n || t->group_id < 0) ret->differ++;
    }
}

static bool is_stored(const TallyRows *stored, const TallyRow *own)
{
    ptrdiff_t low = 0, high = stored->n;
    const int64_t wanted[] = {own->unit_id, own->item_id, own->group_id, own->value};
    while (low < high) {
        ptrdiff_t at = low + (high - low) / 2;
        const TallyRow *t = &stored->v[at];
        const int64_t has[] = {t->unit_id, t->item_id, t->group_id, t->value};
        ptrdiff_t k = 0;
        while (k < 4 && has[k] == wanted[k]) k++;
        if (k == 4) return true;
        if (has[k] < wanted[k]) low = at + 1;
        else high = at;
    }
    return false;
}

static Err compare_wave(Ctx *c, const Recount *re, int64_t *tallies, int64_t *differ)
{
    TallyRows stored = {0};
    WaveGroups groups = {0};
    Compared all = {.split.arena = c->arena};
    TRY(answer_tallies(c, re->wave, &stored));
    TRY(survey_groups(c, re->wave, &groups));
    for (ptrdiff_t i = 0; i < stored.n; i++) compare(re, &groups, &stored.v[i], &all);
    compare_split(re, &all);
    for (ptrdiff_t i = 0; i < re->map.n; i++)
        if (!is_stored(&stored, &re->map.v[i])) {
            all.tallies++;
            all.differ++;
        }
    *tallies += all.tallies;
    *differ += all.differ;
    return OK;
}

static Err units_with_rows(Ctx *c, WaveId wave, int64_t **ret, ptrdiff_t *ret_n)
{
    ptrdiff_t room = 0;
    Rows r = db_query(c, UNITS, wave);
    while (db_next(&r)) {
        if (*ret_n == room) {
            int64_t *wider = NEW(c->arena, int64_t, room = room ? room * 2 : 64);
            for (ptrdiff_t i = 0; i < *ret_n; i++) wider[i] = (*ret)[i];
            *ret = wider;
        }
        (*ret)[(*ret_n)++] = db_i64(&r, 0);
    }
    return db_done(&r);
}

static Err recount_wave(Ctx *c, WaveId id, QuestionnaireVersionId version, int64_t *tallies, int64_t *differ)
{
    Questionnaire *q = NEW(c->arena, Questionnaire, 1);
    TRY(questionnaire_load(c, version, q));
    int64_t *units = NULL;
    ptrdiff_t n = 0;
    TRY(units_with_rows(c, id, &units, &n));
    Arena keep = arena_keep(c->arena);
    Recount re = {.q = q, .wave = id, .has_texts = answer_has_texts(q), .map.arena = &keep};
    for (ptrdiff_t i = 0; i < n; i++) TRY(recount_unit(c, &re, units[i]));
    TRY(recount_texts(c, &re));
    return compare_wave(c, &re, tallies, differ);
}

SQL(WAVES, "SELECT id, questionnaire_version_id FROM v_survey_wave WHERE id > $1 ORDER BY id LIMIT 1");

Err answer_recount(Ctx *c, int64_t *ret_tallies, int64_t *ret_differ)
{
    int64_t tallies = 0, differ = 0;
    WaveId wave = {0};
    for (;;) {
        QuestionnaireVersionId version = {0};
        Rows r = db_query(c, WAVES, wave);
        bool found = db_next(&r);
        if (found) {
            wave.v = db_i64(&r, 0);
            version.v = db_i64(&r, 1);
        }
        TRY(db_done(&r));
        if (!found) break;
        CtxMark before = ctx_mark(c);
        TRY(recount_wave(c, wave, version, &tallies, &differ));
        ctx_rewind(c, before);
    }
    *ret_tallies = tallies;
    *ret_differ = differ;
    return OK;
}
