#include "feature/answer/answer_inside.h"

typedef struct BulkRow {
    int64_t unit_id;
    Str groups, answers; /* JSON, as stored */
} BulkRow;

struct AnswerBulk {
    WaveId wave;
    const Questionnaire *q;
    TallyMap tallies;
    BulkRow *v;         /* in c->arena since the last flush, as the texts */
    ptrdiff_t n, room;
    TextRow *texts;
    ptrdiff_t texts_n, texts_room;
};

AnswerBulk *answer_bulk_new(Arena *keep, WaveId wave, const Questionnaire *q)
{
    AnswerBulk *bulk = NEW(keep, AnswerBulk, 1);
    *bulk = (AnswerBulk){.wave = wave, .q = q, .tallies.arena = keep};
    return bulk;
}

static void add_row(Arena *arena, AnswerBulk *bulk, BulkRow row)
{
    if (bulk->n == bulk->room) {
        ptrdiff_t room = bulk->room ? bulk->room * 2 : 512;
        BulkRow *v = NEW(arena, BulkRow, room);
        for (ptrdiff_t i = 0; i < bulk->n; i++) v[i] = bulk->v[i];
        bulk->v = v;
        bulk->room = room;
    }
    bulk->v[bulk->n++] = row;
}

static void add_text(Arena *arena, AnswerBulk *bulk, TextRow text)
{
    if (bulk->texts_n == bulk->texts_room) {
        ptrdiff_t room = bulk->texts_room ? bulk->texts_room * 2 : 512;
        TextRow *v = NEW(arena, TextRow, room);
        for (ptrdiff_t i = 0; i < bulk->texts_n; i++) v[i] = bulk->texts[i];
        bulk->texts = v;
        bulk->texts_room = room;
    }
    bulk->texts[bulk->texts_n++] = text;
}

void answer_bulk_add(Ctx *c, AnswerBulk *bulk, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Answers answers)
{
    Str row = answer_row_json(c->arena, answers, answer_is_complete(bulk->q, answers));
    add_row(c->arena, bulk, (BulkRow){unit.v, answer_groups_json(c->arena, groups, n_groups), row});
    for (ptrdiff_t i = 0; i < answers.n; i++)
        if (answers.v[i].item->kind == ITEM_TEXT)
            add_text(c->arena, bulk, (TextRow){unit.v, answers.v[i].item->id.v, answers.v[i].text});
    tally_map_count(&bulk->tallies, unit.v, groups, n_groups, answer_counts(c->arena, bulk->q, answers, true));
}

SQL(STORE_ROWS, "INSERT INTO answer (id, wave_id, unit_id, groups, answers)"
                " SELECT r.id, $1, r.unit_id, r.groups, r.answers"
                " FROM ROWS($2, id TEXT, unit_id INTEGER, groups TEXT, answers TEXT) r WHERE true");

/* Figures, commas and brackets only: nothing in it needs an escape. */
static Str rows_json(Ctx *c, const AnswerBulk *bulk)
{
    enum { AROUND = 90 };
    ptrdiff_t room = 2;
    for (ptrdiff_t i = 0; i < bulk->n; i++) room += AROUND + bulk->v[i].groups.n + bulk->v[i].answers.n;
    Buf b = buf_new(c->arena, room);
    for (ptrdiff_t i = 0; i < bulk->n; i++) {
        buf_add(&b, i ? S(",[\"") : S("[[\""));
        buf_add(&b, ctx_uid(c));
        buf_add(&b, S("\","));
        buf_add_i64(&b, bulk->v[i].unit_id);
        buf_add(&b, S(",\""));
        buf_add(&b, bulk->v[i].groups);
        buf_add(&b, S("\",\""));
        buf_add(&b, bulk->v[i].answers);
        buf_add(&b, S("\"]"));
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

Err answer_bulk_flush(Ctx *c, AnswerBulk *bulk)
{
    if (bulk->n == 0) return OK;
    TRY(db_exec(c, STORE_ROWS, NULL, bulk->wave, rows_json(c, bulk)));
    TRY(answer_texts_store(c, bulk->wave, bulk->texts, bulk->texts_n));
    bulk->v = NULL;
    bulk->texts = NULL;
    bulk->n = bulk->room = bulk->texts_n = bulk->texts_room = 0;
    return OK;
}

void answer_bulk_merge(Ctx *c, const AnswerBulk *bulk)
{
    tally_map_merge(c, bulk->wave, &bulk->tallies);
}
