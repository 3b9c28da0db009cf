/* From what one person answered to a row and its counts. The same functions
   count at storing and at recounting, so what they must agree on stands once. */
#include "feature/answer/answer_inside.h"

#include <string.h>

#include "base/number.h"
#include "db/writer.h"

enum { SCORE_SCALE = 4096, NUMBER_MAX = 9000000 };

static const Given *given_to(Answers answers, const Item *item)
{
    for (ptrdiff_t i = 0; i < answers.n; i++)
        if (answers.v[i].item == item) return &answers.v[i];
    return NULL;
}

static Values values_given(const void *so_far, const Item *item)
{
    const Given *given = given_to(*(const Answers *)so_far, item);
    return given ? given->values : (Values){0};
}

bool answer_is_asked(const Item *item, Answers so_far)
{
    return questionnaire_is_asked(item, values_given, &so_far);
}

static bool is_answerable(const Item *item)
{
    return item->kind != ITEM_MATRIX && item->kind != ITEM_SCORE;
}

bool answer_has_texts(const Questionnaire *q)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++)
        if (q->items.v[i].kind == ITEM_TEXT) return true;
    return false;
}

static bool has_core(const Questionnaire *q)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++)
        if (q->items.v[i].is_core && is_answerable(&q->items.v[i])) return true;
    return false;
}

bool answer_is_complete(const Questionnaire *q, Answers answers)
{
    bool only_core = has_core(q);
    int64_t asked = 0, answered = 0;
    ptrdiff_t at = 0; /* answers are in the questionnaire's order */
    for (ptrdiff_t i = 0; i < q->items.n; i++) {
        const Item *item = &q->items.v[i];
        bool is_given = at < answers.n && answers.v[at].item == item;
        at += is_given;
        if (!is_answerable(item) || (only_core && !item->is_core)) continue;
        answered += is_given;
        asked += is_given || answer_is_asked(item, answers);
    }
    return answers.n > 0 && 2 * answered >= asked;
}

/* ---- values -------------------------------------------------------------------- */

bool answer_has_option(const Item *item, int64_t value)
{
    for (ptrdiff_t i = 0; i < item->options.n; i++)
        if (item->options.v[i].value == value) return true;
    return false;
}

bool answer_number(Str value, char decimal, int64_t *ret)
{
    char text[40];
    double v = 0;
    if (value.n < 1 || value.n >= (ptrdiff_t)sizeof text) return false;
    memcpy(text, value.p, (size_t)value.n);
    for (ptrdiff_t i = 0; i < value.n; i++) {
        if (decimal == ',' && text[i] == '.') return false;
        if (text[i] == ',' && decimal != '.') text[i] = '.';
    }
    if (!str_f64((Str){text, value.n}, &v) || v > NUMBER_MAX || v < -NUMBER_MAX) return false;
    double scaled = v * ANSWER_NUMBER_SCALE;
    *ret = (int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    return true;
}

/* ---- scores ------------------------------------------------------------------- */

/* x' = smallest + largest substantive value − x (FORMATS §2). */
static int64_t reversed(const Item *item, int64_t value)
{
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        int64_t v = item->options.v[i].value;
        if (values_have(item->dont_know, v)) continue;
        least = i64_min(least, v);
        most = i64_max(most, v);
    }
    return least + most - value;
}

bool answer_score(const Score *score, Answers answers, int64_t *ret)
{
    int64_t sum = 0, n = 0;
    for (ptrdiff_t i = 0; i < score->n; i++) {
        const Item *item = score->items[i];
        const Given *given = item->kind == ITEM_SINGLE ? given_to(answers, item) : NULL;
        if (!given || values_have(item->dont_know, given->values.v[0])) continue;
        int64_t value = given->values.v[0];
        sum += item->is_reverse ? reversed(item, value) : value;
        n++;
    }
    /* 1e-9: "half of three" must not hang on the last bit of 0.5 × 3. */
    if (n == 0 || (double)n < score->min_answered * (double)score->n - 1e-9) return false;
    *ret = sum * SCORE_SCALE + n;
    return true;
}

/* ---- counts ------------------------------------------------------------------- */

static void add_count(Counts *counts, int64_t item, int64_t value, bool on_sheet)
{
    counts->v[counts->n++] = (Counted){item, value, on_sheet};
}

static bool is_substantive(const Given *given)
{
    for (ptrdiff_t i = 0; i < given->values.n; i++)
        if (!values_have(given->item->dont_know, given->values.v[i])) return true;
    return false;
}

static void count_given(Counts *counts, const Given *given)
{
    int64_t id = given->item->id.v;
    bool is_choice = given->item->kind != ITEM_NUMBER;
    if (given->item->kind == ITEM_MULTIPLE) add_count(counts, id, is_substantive(given) ? ANSWER_ANY : ANSWER_EXCLUDED, true);
    for (ptrdiff_t i = 0; i < given->values.n; i++) add_count(counts, id, given->values.v[i], is_choice);
}

Counts answer_counts(Arena *arena, const Questionnaire *q, Answers answers, bool with_texts)
{
    ptrdiff_t room = 2 + q->scores.n;
    for (ptrdiff_t i = 0; i < answers.n; i++) room += answers.v[i].values.n + 1;
    Counts counts = {.v = NEW(arena, Counted, room)};
    if (answers.n == 0) return counts;
    add_count(&counts, 0, 0, false);
    if (answer_is_complete(q, answers)) add_count(&counts, 0, 1, false);
    for (ptrdiff_t i = 0; i < answers.n; i++) {
        if (answers.v[i].item->kind != ITEM_TEXT) count_given(&counts, &answers.v[i]);
        else if (with_texts) add_count(&counts, answers.v[i].item->id.v, 1, false);
    }
    for (ptrdiff_t i = 0; i < q->scores.n; i++) {
        int64_t value = 0;
        if (answer_score(&q->scores.v[i], answers, &value)) add_count(&counts, q->scores.v[i].id.v, value, true);
    }
    return counts;
}

/* ---- rows as stored --------------------------------------------------------------- */

enum { NUMBER_BYTES = 21 };

static void add_values(Buf *b, const Given *given)
{
    if (given->item->kind != ITEM_MULTIPLE) {
        buf_add_i64(b, given->values.v[0]);
        return;
    }
    buf_add_char(b, '[');
    for (ptrdiff_t i = 0; i < given->values.n; i++) {
        if (i) buf_add_char(b, ',');
        buf_add_i64(b, given->values.v[i]);
    }
    buf_add_char(b, ']');
}

Str answer_row_json(Arena *arena, Answers answers, bool is_complete)
{
    ptrdiff_t room = 16;
    for (ptrdiff_t i = 0; i < answers.n; i++) room += (answers.v[i].values.n + 1) * NUMBER_BYTES + 8;
    Buf b = buf_new(arena, room);
    buf_add_char(&b, '[');
    if (answers.n) buf_add(&b, is_complete ? S("[0,1]") : S("[0,0]"));
    for (ptrdiff_t i = 0; i < answers.n; i++) {
        if (answers.v[i].item->kind == ITEM_TEXT) continue;
        buf_add(&b, S(",["));
        buf_add_i64(&b, answers.v[i].item->id.v);
        buf_add_char(&b, ',');
        add_values(&b, &answers.v[i]);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

Str answer_groups_json(Arena *arena, const int64_t *groups, ptrdiff_t n)
{
    int64_t sorted[ANSWER_GROUPS_MAX];
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t at = i;
        for (; at > 0 && sorted[at - 1] > groups[i]; at--) sorted[at] = sorted[at - 1];
        sorted[at] = groups[i];
    }
    Buf b = buf_new(arena, n * NUMBER_BYTES + 2);
    buf_add_char(&b, '[');
    for (ptrdiff_t i = 0; i < n; i++) {
        if (i) buf_add_char(&b, ',');
        buf_add_i64(&b, sorted[i]);
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

/* ---- and back: the few shapes that stand above, nothing else --------------------- */

static bool skip(Str *s, char ch)
{
    if (s->n == 0 || s->p[0] != ch) return false;
    *s = str_sub(*s, 1, s->n);
    return true;
}

static bool take_number(Str *s, int64_t *ret)
{
    ptrdiff_t n = 0;
    while (n < s->n && (s->p[n] == '-' || (s->p[n] >= '0' && s->p[n] <= '9'))) n++;
    if (!str_i64(str_sub(*s, 0, n), ret)) return false;
    *s = str_sub(*s, n, s->n);
    return true;
}

static bool take_numbers(Arena *arena, Str *s, Values *ret)
{
    Values all = {.v = NEW(arena, int64_t, QUESTIONNAIRE_OPTIONS)};
    do {
        if (all.n == QUESTIONNAIRE_OPTIONS || !take_number(s, &all.v[all.n++])) return false;
    } while (skip(s, ','));
    *ret = all;
    return true;
}

/* From *from on, since rows keep the questionnaire's order. */
static const Item *item_of(const Questionnaire *q, int64_t id, ptrdiff_t *from)
{
    for (; *from < q->items.n; (*from)++)
        if (q->items.v[*from].id.v == id) return &q->items.v[(*from)++];
    return NULL;
}

static bool take_given(Arena *arena, const Questionnaire *q, Str *s, ptrdiff_t *from, Given *ret)
{
    int64_t id = 0;
    Given given = {0};
    if (!skip(s, '[') || !take_number(s, &id) || !skip(s, ',')) return false;
    given.item = item_of(q, id, from);
    if (!given.item) return false;
    bool is_list = skip(s, '[');
    if (is_list != (given.item->kind == ITEM_MULTIPLE)) return false;
    if (!take_numbers(arena, s, &given.values) || (is_list && !skip(s, ']')) || !skip(s, ']')) return false;
    *ret = given;
    return is_list || given.values.n == 1;
}

static bool read_row(Arena *arena, const Questionnaire *q, Str s, Answers *all, int *flag)
{
    if (str_eq(s, S("[]"))) return true;
    if (!str_starts(s, S("[[0,0]")) && !str_starts(s, S("[[0,1]"))) return false;
    *flag = s.p[4] == '1';
    s = str_sub(s, 6, s.n);
    ptrdiff_t from = 0;
    while (skip(&s, ','))
        if (all->n == q->items.n || !take_given(arena, q, &s, &from, &all->v[all->n++])) return false;
    return str_eq(s, S("]"));
}

Err answer_row_read(Ctx *c, const Questionnaire *q, Str json, Answers *ret, int *ret_flag)
{
    Answers all = {.v = NEW(c->arena, Given, q->items.n + 1)};
    int flag = -1;
    if (!read_row(c->arena, q, json, &all, &flag)) return fail(c, E_BROKEN, msg_verbatim(S("an answer row cannot be read")));
    *ret = all;
    *ret_flag = flag;
    return OK;
}

Err answer_groups_read(Ctx *c, Str json, int64_t ret[ANSWER_GROUPS_MAX], ptrdiff_t *ret_n)
{
    Str s = json;
    ptrdiff_t n = 0;
    *ret_n = 0;
    if (str_eq(s, S("[]"))) return OK;
    bool reads = skip(&s, '[');
    do reads = reads && n < ANSWER_GROUPS_MAX && take_number(&s, &ret[n++]);
    while (reads && skip(&s, ','));
    if (!reads || !str_eq(s, S("]"))) return fail(c, E_BROKEN, msg_verbatim(S("the groups of an answer cannot be read")));
    *ret_n = n;
    return OK;
}

/* ---- storing one ------------------------------------------------------------------- */

SQL(STORE, "INSERT INTO answer (id, wave_id, unit_id, groups, answers) VALUES ($1, $2, $3, $4, $5)");
SQL(STORE_MANY, "INSERT INTO answer (id, wave_id, unit_id, groups, answers)"
                " SELECT r.id, r.wave_id, r.unit_id, r.groups, r.answers"
                " FROM ROWS($1, id TEXT, wave_id INTEGER, unit_id INTEGER, groups TEXT, answers TEXT) r WHERE true");

static Err flush_rows(Ctx *c, AppendedRows rows)
{
    return db_rows_write(c, STORE, STORE_MANY, rows);
}
static const AppendSpec stored_rows = {"answer", flush_rows};

static Err store_row(Ctx *c, WaveId wave, UnitId unit, const Questionnaire *q, const int64_t *groups, ptrdiff_t n_groups,
                     Answers answers)
{
    if (n_groups > ANSWER_GROUPS_MAX) return fail(c, E_BROKEN, msg_verbatim(S("an answer has too many groups")));
    Str row = answer_row_json(c->arena, answers, answer_is_complete(q, answers));
    db_append(c, &stored_rows, ctx_uid(c), wave, unit, answer_groups_json(c->arena, groups, n_groups), row);
    return OK;
}

static TextRows texts_of(Ctx *c, UnitId unit, Answers answers)
{
    TextRows texts = {.v = NEW(c->arena, TextRow, answers.n)};
    for (ptrdiff_t i = 0; i < answers.n; i++)
        if (answers.v[i].item->kind == ITEM_TEXT)
            texts.v[texts.n++] = (TextRow){unit.v, answers.v[i].item->id.v, answers.v[i].text};
    return texts;
}

Err answer_store(Ctx *c, WaveId wave, UnitId unit, const Questionnaire *q, const int64_t *groups, ptrdiff_t n_groups, Answers answers)
{
    TRY(store_row(c, wave, unit, q, groups, n_groups, answers));
    TextRows texts = texts_of(c, unit, answers);
    TRY(answer_texts_store(c, wave, texts.v, texts.n));
    answer_counts_merge(c, wave, unit, groups, n_groups, answer_counts(c->arena, q, answers, true));
    return OK;
}

Err answer_store_sealed(Ctx *c, const Wave *wave, UnitId unit, const Questionnaire *q, const int64_t *groups, ptrdiff_t n_groups,
                        Answers answers)
{
    TRY(store_row(c, wave->id, unit, q, groups, n_groups, answers));
    if (answer_has_texts(q)) TRY(answer_texts_seal(c, wave, unit, groups, n_groups, answers));
    answer_counts_merge(c, wave->id, unit, groups, n_groups, answer_counts(c->arena, q, answers, false));
    return OK;
}
