/* What people write. A text must not lead to the rest of its writer's answers,
   also not through the order in which the store or its log wrote them; so in an
   open wave it lies sealed under the wave's key (doc/decisions/0016). */
#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"
#include "feature/answer/answer_inside.h"

SQL(STORE_TEXTS, "INSERT INTO answer_text (id, wave_id, unit_id, item_id, body)"
                 " SELECT r.id, $1, r.unit_id, r.item_id, r.body"
                 " FROM ROWS($2, id TEXT, unit_id INTEGER, item_id INTEGER, body TEXT) r WHERE true");

enum { TEXT_ROW_BYTES = 100, TEXTS_AT_ONCE = 500 };

static Err store_some(Ctx *c, WaveId wave, const TextRow *rows, ptrdiff_t n)
{
    ptrdiff_t room = 2;
    for (ptrdiff_t i = 0; i < n; i++) room += TEXT_ROW_BYTES + rows[i].body.n * 6; /* \u00XX at worst */
    Buf b = buf_new(c->arena, room);
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(&b, i ? S(",[\"") : S("[[\""));
        buf_add(&b, ctx_uid(c));
        buf_add(&b, S("\","));
        buf_add_i64(&b, rows[i].unit_id);
        buf_add_char(&b, ',');
        buf_add_i64(&b, rows[i].item_id);
        buf_add_char(&b, ',');
        buf_add_json(&b, rows[i].body);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return db_exec(c, STORE_TEXTS, NULL, wave, buf_str(&b));
}

Err answer_texts_store(Ctx *c, WaveId wave, const TextRow *rows, ptrdiff_t n)
{
    for (ptrdiff_t at = 0; at < n; at += TEXTS_AT_ONCE) {
        Arena before = *c->arena;
        TRY(store_some(c, wave, rows + at, i64_min(n - at, TEXTS_AT_ONCE)));
        *c->arena = before;
    }
    return OK;
}

/* ---- sealing --------------------------------------------------------------------------------
   Inside: "unit groups-JSON\n", then for each text "item length\n" and its bytes,
   then spaces up to one size for all. A few sizes would be too many: of a school
   where one person wrote much, the long text that can be read after closing
   leads to the one large row, and so to the answers it was stored with. */

enum { SEALED_BYTES = 8192, HEAD_BYTES = 60 + ANSWER_GROUPS_MAX * 21, TEXT_HEAD_BYTES = 50 };

bool answer_texts_fit(Answers answers)
{
    ptrdiff_t room = HEAD_BYTES;
    for (ptrdiff_t i = 0; i < answers.n; i++)
        if (answers.v[i].item->kind == ITEM_TEXT) room += answers.v[i].text.n + TEXT_HEAD_BYTES;
    return room <= SEALED_BYTES;
}

static Str sealed_plain(Ctx *c, UnitId unit, Str groups, Answers answers)
{
    Buf b = buf_new(c->arena, SEALED_BYTES);
    buf_add_i64(&b, unit.v);
    buf_add_char(&b, ' ');
    buf_add(&b, groups);
    buf_add_char(&b, '\n');
    for (ptrdiff_t i = 0; i < answers.n; i++) {
        if (answers.v[i].item->kind != ITEM_TEXT) continue;
        buf_add_i64(&b, answers.v[i].item->id.v);
        buf_add_char(&b, ' ');
        buf_add_i64(&b, answers.v[i].text.n);
        buf_add_char(&b, '\n');
        buf_add(&b, answers.v[i].text);
    }
    while (b.n < b.max) buf_add_char(&b, ' ');
    return buf_str(&b);
}

SQL(SEAL, "INSERT INTO answer_sealed (id, wave_id, sealed) VALUES ($1, $2, $3)");

Err answer_texts_seal(Ctx *c, const Wave *wave, UnitId unit, const int64_t *groups, ptrdiff_t n_groups, Answers answers)
{
    Bytes sealed = {0};
    if (!answer_texts_fit(answers)) return fail(c, E_TOO_LARGE, T("Der er ikke plads til så meget tekst. Skriv lidt kortere."));
    Str plain = sealed_plain(c, unit, answer_groups_json(c->arena, groups, n_groups), answers);
    Err err = wave_key_seal(c, c->app->secrets, wave->uid, plain, &sealed);
    if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("Målingen er lukket. Der kan ikke længere svares."));
    TRY(err);
    return db_exec(c, SEAL, NULL, ctx_uid(c), wave->id, sealed);
}

/* ---- settling ----------------------------------------------------------------------------------- */

typedef struct Opened {
    TextRow *v;
    ptrdiff_t n, room;
} Opened;

static void opened_add(Arena *arena, Opened *all, TextRow row)
{
    if (all->n == all->room) {
        ptrdiff_t room = all->room ? all->room * 2 : 256;
        TextRow *v = NEW(arena, TextRow, room);
        for (ptrdiff_t i = 0; i < all->n; i++) v[i] = all->v[i];
        all->v = v;
        all->room = room;
    }
    all->v[all->n++] = row;
}

static bool take_text(Str *rest, TextRow *ret)
{
    Str line = {0}, number = {0};
    int64_t length = 0;
    if (!str_split(rest, '\n', &line) || !str_split(&line, ' ', &number)) return false;
    if (!str_i64(number, &ret->item_id) || !str_i64(line, &length) || length < 1 || length > rest->n) return false;
    ret->body = str_sub(*rest, 0, length);
    *rest = str_sub(*rest, length, rest->n);
    return true;
}

static Err open_one(Ctx *c, const Wave *wave, Str plain, Arena *keep, Opened *all)
{
    Str head = {0}, unit = {0};
    TextRow row = {0};
    int64_t groups[ANSWER_GROUPS_MAX];
    ptrdiff_t n_groups = 0;
    bool reads = str_split(&plain, '\n', &head) && str_split(&head, ' ', &unit) && str_i64(unit, &row.unit_id);
    if (!reads) return fail(c, E_BROKEN, msg_verbatim(S("a sealed text cannot be read")));
    TRY(answer_groups_read(c, head, groups, &n_groups));
    while (plain.n > 0 && plain.p[0] != ' ') {
        if (!take_text(&plain, &row)) return fail(c, E_BROKEN, msg_verbatim(S("a sealed text cannot be read")));
        opened_add(keep, all, (TextRow){row.unit_id, row.item_id, str_copy(keep, row.body)});
        answer_counts_merge(c, wave->id, (UnitId){row.unit_id}, groups, n_groups, (Counts){&(Counted){row.item_id, 1}, 1});
    }
    return OK;
}

/* Fisher and Yates. The remainder's bias is below 2^-40 for any list that fits. */
static void mix(Ctx *c, Opened *all)
{
    for (ptrdiff_t i = all->n - 1; i > 0; i--) {
        uint64_t chance = 0;
        ctx_random(c, &chance, sizeof chance);
        ptrdiff_t at = (ptrdiff_t)(chance % (uint64_t)(i + 1));
        TextRow row = all->v[i];
        all->v[i] = all->v[at];
        all->v[at] = row;
    }
}

SQL(SEALED, "SELECT sealed FROM answer_sealed WHERE wave_id = $1 ORDER BY id");
SQL(UNSEALED, "DELETE FROM answer_sealed WHERE wave_id = $1");

static Err unseal_one(Ctx *c, const Wave *wave, Bytes sealed, Arena *keep, Opened *all)
{
    Str plain = {0};
    Err err = wave_key_unseal(c, c->app->secrets, wave->uid, sealed, &plain);
    if (err == E_NOT_FOUND) return fail(c, E_BROKEN, msg_verbatim(S("the wave's key is gone, and sealed texts are left")));
    TRY(err);
    return open_one(c, wave, plain, keep, all);
}

static Err open_all(Ctx *c, const Wave *wave, Arena *keep, Opened *all)
{
    Err err = OK;
    Rows r = db_query(c, SEALED, wave->id);
    while (err == OK && db_next(&r)) {
        Arena before = *c->arena;
        err = unseal_one(c, wave, db_bytes(&r, 0), keep, all);
        if (err == OK) *c->arena = before; /* else it has a sentence */
    }
    Err end = db_done(&r);
    return err != OK ? err : end;
}

/* Kept are the texts alone: sealed, each respondent's take 8 KB, written or not, and
   who closes a wave on a page has a request's memory. */
Err answer_texts_settle(Ctx *c, const Wave *wave)
{
    Arena whole = *c->arena, keep = arena_keep(c->arena);
    Opened all = {0};
    TRY(open_all(c, wave, &keep, &all));
    mix(c, &all);
    TRY(answer_texts_store(c, wave->id, all.v, all.n));
    *c->arena = whole;
    return db_exec(c, UNSEALED, NULL, wave->id);
}
