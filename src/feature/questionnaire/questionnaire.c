/* Versions in the store. A version is its document (FORMATS §2, canonical) and,
   for tallies and reports, its items as rows. */
#include "feature/questionnaire/questionnaire_inside.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/audit/audit.h"

/* ---- reading ------------------------------------------------------------------------ */

SQL(ITEM_IDS, "SELECT position, id FROM item WHERE version_id = $1 ORDER BY position");

/* Positions are those of items, then of scores. */
static Err fill_ids(Ctx *c, Questionnaire *q)
{
    ptrdiff_t found = 0;
    Rows r = db_query(c, ITEM_IDS, q->version_id);
    while (db_next(&r)) {
        int64_t at = db_i64(&r, 0);
        if (at < 0 || at >= q->items.n + q->scores.n) continue;
        if (at < q->items.n)
            q->items.v[at].id = (ItemId){db_i64(&r, 1)};
        else
            q->scores.v[at - q->items.n].id = (ItemId){db_i64(&r, 1)};
        found++;
    }
    TRY(db_done(&r));
    if (found == q->items.n + q->scores.n) return OK;
    return fail(c, E_BROKEN, T("Et spørgeskemas spørgsmål passer ikke til dets tekst."));
}

typedef struct Stored {
    QuestionnaireId id;
    QuestionnaireVersionId version_id;
    Version version;
    int64_t number;
    Str document;
} Stored;

static Err read_stored(Rows r, Stored *ret)
{
    Stored s = {0};
    if (db_next(&r))
        s = (Stored){.id = {db_i64(&r, 0)},
                     .version_id = {db_i64(&r, 1)},
                     .version = {db_i64(&r, 2)},
                     .number = db_i64(&r, 3),
                     .document = db_str(&r, 4)};
    TRY(db_done(&r));
    if (!s.id.v) return E_NOT_FOUND;
    *ret = s;
    return OK;
}

/* What we stored ourselves can be read, or the store is broken. */
static Err open_stored(Ctx *c, const Stored *s, Questionnaire *ret)
{
    Questionnaire q = {0};
    if (questionnaire_parse(c, s->document, &q) != OK) {
        ctx_forgive(c);
        return fail(c, E_BROKEN, T("Et gemt spørgeskema kan ikke læses."));
    }
    q.id = s->id;
    q.version_id = s->version_id;
    q.version = s->version;
    q.number = s->number;
    TRY(fill_ids(c, &q));
    *ret = q;
    return OK;
}

#define STORED_COLUMNS                                   \
    "SELECT q.id, v.id, q.version, v.number, v.document" \
    " FROM questionnaire q JOIN questionnaire_version v ON v.questionnaire_id = q.id"

SQL(NEWEST, STORED_COLUMNS " WHERE q.code = $1 ORDER BY v.number DESC LIMIT 1");
SQL(BY_VERSION, STORED_COLUMNS " WHERE v.id = $1");

Err questionnaire_newest(Ctx *c, Str code, Questionnaire *ret)
{
    Stored s = {0};
    TRY(read_stored(db_query(c, NEWEST, code), &s));
    return open_stored(c, &s, ret);
}

Err questionnaire_load(Ctx *c, QuestionnaireVersionId id, Questionnaire *ret)
{
    Stored s = {0};
    TRY(read_stored(db_query(c, BY_VERSION, id), &s));
    return open_stored(c, &s, ret);
}

/* Whoever owns it; without an owner it lies with the first root there is. */
#define LIES_AT "coalesce(q.owner_id, (SELECT min(u.id) FROM v_organisation_unit u WHERE u.parent_id IS NULL))"

SQL(LIST,
    "SELECT q.code, v.title, v.number, v.made_at FROM questionnaire q"
    " JOIN questionnaire_version v ON v.questionnaire_id = q.id"
    "  AND v.number = (SELECT max(w.number) FROM questionnaire_version w WHERE w.questionnaire_id = q.id)"
    " WHERE " LIES_AT " IN (SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'questionnaire' AND a.need = 'R'"
    "  AND a.viewer_id = $1 AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2))"
    " ORDER BY q.code LIMIT $3");

Err questionnaire_list(Ctx *c, QuestionnaireLines *ret)
{
    QuestionnaireLines all = {.v = NEW(c->arena, QuestionnaireLine, QUESTIONNAIRE_PAGE)};
    Rows r = db_query(c, LIST, c->viewer, c->today, QUESTIONNAIRE_PAGE + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == QUESTIONNAIRE_PAGE)) break;
        all.v[all.n++] = (QuestionnaireLine){
            .code = db_str(&r, 0), .title = db_str(&r, 1), .number = db_i64(&r, 2), .made_at = {db_i64(&r, 3)}};
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(PLACE, "SELECT q.id, coalesce(" LIES_AT ", 0) FROM questionnaire q WHERE q.code = $1");

Err questionnaire_place(Ctx *c, Str code, Place *ret)
{
    Place place = {0};
    Rows r = db_query(c, PLACE, code);
    if (db_next(&r)) place = (Place){.object_id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .owner_id = db_i64(&r, 1)};
    TRY(db_done(&r));
    if (!place.object_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

SQL(WAVES, "SELECT count(*) FROM v_survey_wave w JOIN questionnaire_version v ON v.id = w.questionnaire_version_id"
           " WHERE v.questionnaire_id = $1");

Err questionnaire_waves(Ctx *c, QuestionnaireId id, int64_t *ret)
{
    return db_one_i64(c, WAVES, ret, id);
}

/* ---- storing -------------------------------------------------------------------------- */

static void add_cell(Buf *b, Str text)
{
    buf_add_char(b, ',');
    buf_add_json(b, text);
}

static void add_item_row(Buf *b, const Item *item)
{
    if (item->position) buf_add_char(b, ',');
    buf_add_char(b, '[');
    buf_add_i64(b, item->position);
    add_cell(b, item->code);
    add_cell(b, item->section);
    add_cell(b, item->theme);
    add_cell(b, kind_code(item->kind));
    buf_add(b, item->is_core ? S(",1") : S(",0"));
    add_cell(b, item->wording);
    add_cell(b, item->same_as);
    buf_add_char(b, ']');
}

static Str item_rows(Ctx *c, const Questionnaire *q)
{
    /* Codes are short and need no escapes; a theme may be 64 characters of any kind. */
    Buf b = buf_new(c->arena, 1000 * (q->items.n + q->scores.n + 1));
    buf_add_char(&b, '[');
    for (ptrdiff_t i = 0; i < q->items.n; i++) add_item_row(&b, &q->items.v[i]);
    for (ptrdiff_t i = 0; i < q->scores.n; i++) {
        const Score *score = &q->scores.v[i];
        Item row = {.position = q->items.n + i, .code = score->code, .kind = ITEM_SCORE, .wording = score->wording};
        add_item_row(&b, &row);
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

SQL(ADD_ITEMS,
    "INSERT INTO item (version_id, position, code, section, theme, kind, is_core, wording, same_as)"
    " SELECT $1, r.position, r.code, r.section, r.theme, r.kind, r.is_core, r.wording, r.same_as"
    " FROM ROWS($2, position INTEGER, code TEXT, section TEXT, theme TEXT, kind TEXT, is_core INTEGER, wording TEXT,"
    " same_as TEXT) r ORDER BY r.position");
SQL(ADD_VERSION, "INSERT INTO questionnaire_version (questionnaire_id, number, made_at, title, document)"
                 " VALUES ($1, $2, $3, $4, $5) RETURNING id");

static Err add_version(Ctx *c, Questionnaire *q, Str document)
{
    TRY(db_one_i64(c, ADD_VERSION, &q->version_id.v, q->id, q->number, c->now.ms, lang_text(q->title, S("da")),
                   document));
    TRY(db_exec(c, ADD_ITEMS, NULL, q->version_id, item_rows(c, q)));
    TRY(fill_ids(c, q));
    return OK;
}

SQL(ADD, "INSERT INTO questionnaire (owner_id, code) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING RETURNING id");
SQL(GROW, "UPDATE questionnaire SET version = version + 1 WHERE id = $1 AND version = $2");
SQL(OWN, "UPDATE questionnaire SET owner_id = $2 WHERE id = $1 AND owner_id IS NULL");
SQL(OWNER, "SELECT coalesce(owner_id, 0) FROM questionnaire WHERE id = $1");

static Err lost(Ctx *c)
{
    return fail(c, E_CONFLICT, T("En anden har ændret spørgeskemaet imens."));
}

static Err store_first(Ctx *c, Questionnaire *q, UnitId owner)
{
    Err err = db_one_i64(c, ADD, &q->id.v, DB_IF(owner.v != 0, owner), q->code);
    if (err == E_NOT_FOUND) return lost(c);
    TRY(err);
    q->version = (Version){1};
    q->number = 1;
    return OK;
}

static Err store_next(Ctx *c, Questionnaire *q, const Stored *old)
{
    int changed = 0;
    TRY(db_exec(c, GROW, &changed, old->id, old->version));
    if (changed == 0) return lost(c);
    q->version = (Version){old->version.v + 1};
    q->number = old->number + 1;
    return OK;
}

static Err tell_audit(Ctx *c, const Questionnaire *q)
{
    int64_t owner = 0;
    TRY(db_one_i64(c, OWNER, &owner, q->id));
    if (!owner) return OK; /* nobody's audit yet: a command in a store without an organisation */
    return audit_add(c, (AuditRow){.owner_id = owner,
                                   .verb = "questionnaire.store",
                                   .object = "questionnaire",
                                   .object_id = q->id.v,
                                   .unit_id = owner,
                                   .detail = q->code});
}

Err questionnaire_store_seen(Ctx *c, Questionnaire *q, UnitId owner, Version seen, bool *ret_is_new)
{
    Stored old = {0};
    Str document = questionnaire_json(c, q);
    Err err = read_stored(db_query(c, NEWEST, q->code), &old);
    bool is_first = err == E_NOT_FOUND;
    if (!is_first) TRY(err);
    bool is_as_seen = seen.v == 0 || (is_first ? seen.v == -1 : seen.v == old.version.v);
    if (!is_as_seen) return lost(c);
    q->id = old.id;
    q->version = old.version;
    q->number = old.number;
    q->version_id = old.version_id;
    *ret_is_new = is_first || !str_eq(old.document, document);
    if (!is_first && owner.v) TRY(db_exec(c, OWN, NULL, old.id, owner));
    if (!*ret_is_new) return fill_ids(c, q);
    if (is_first)
        TRY(store_first(c, q, owner));
    else
        TRY(store_next(c, q, &old));
    TRY(add_version(c, q, document));
    return tell_audit(c, q);
}

Err questionnaire_store(Ctx *c, Questionnaire *q, UnitId owner, bool *ret_is_new)
{
    return questionnaire_store_seen(c, q, owner, (Version){0}, ret_is_new);
}
