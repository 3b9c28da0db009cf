#include "feature/support/support.h"

#include "core/access/access.h"
#include "core/audit/audit.h"

#define QUESTION_COLUMNS                                                                           \
    "q.id, q.version, q.uid, q.subject, q.body, q.answer, p.name, u.name, q.asked_at,"              \
    " coalesce(q.answered_at, 0), q.state"
#define QUESTION_FROM                                                                              \
    " FROM support_question q JOIN v_people_person p ON p.id = q.author_id"                        \
    " JOIN v_organisation_unit u ON u.id = q.unit_id"

static Err state_of(Ctx *c, Str state, bool *ret_is_answered)
{
    *ret_is_answered = str_eq(state, S("answered"));
    if (*ret_is_answered || str_eq(state, S("open"))) return OK;
    return fail(c, E_BROKEN, T("Et spørgsmål har en ukendt tilstand."));
}

static Err question_of_row(Ctx *c, const Rows *r, Question *ret)
{
    Question q = {
        .id = {db_i64(r, 0)},
        .version = {db_i64(r, 1)},
        .uid = db_str(r, 2),
        .subject = db_str(r, 3),
        .body = db_str(r, 4),
        .answer = db_str(r, 5),
        .author = db_str(r, 6),
        .unit = db_str(r, 7),
        .asked_at = {db_i64(r, 8)},
        .answered_at = {db_i64(r, 9)},
    };
    TRY(state_of(c, db_str(r, 10), &q.is_answered));
    *ret = q;
    return OK;
}

static Err page_of(Ctx *c, Rows r, Questions *ret)
{
    Questions all = {.v = NEW(c->arena, Question, SUPPORT_PAGE)};
    while (db_next(&r)) {
        if ((all.more = all.n == SUPPORT_PAGE)) break;
        TRY(question_of_row(c, &r, &all.v[all.n++]));
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(OWN, "SELECT " QUESTION_COLUMNS QUESTION_FROM " WHERE q.author_id = $1 ORDER BY q.asked_at DESC, q.id DESC LIMIT $2");

Err support_own(Ctx *c, Questions *ret)
{
    return page_of(c, db_query(c, OWN, c->viewer, SUPPORT_PAGE + 1), ret);
}

SQL(DESK, "SELECT " QUESTION_COLUMNS QUESTION_FROM
          " WHERE q.state = $1 AND (q.asked_at > $2 OR (q.asked_at = $2 AND q.id > $3))"
          " AND q.unit_id IN (SELECT a.unit_id FROM v_access_unit a WHERE a.object = 'support' AND a.need = 'R'"
          "  AND a.viewer_id = $4 AND a.valid_from <= $5 AND (a.valid_to IS NULL OR a.valid_to >= $5))"
          " ORDER BY q.asked_at, q.id LIMIT $6");

Err support_desk(Ctx *c, bool answered, Instant after_at, SupportId after_id, Questions *ret)
{
    Str state = answered ? S("answered") : S("open");
    return page_of(c, db_query(c, DESK, state, after_at.ms, after_id, c->viewer, c->today, SUPPORT_PAGE + 1), ret);
}

SQL(BY_UID, "SELECT " QUESTION_COLUMNS QUESTION_FROM " WHERE q.uid = $1");

Err support_by_uid(Ctx *c, Str uid, Question *ret)
{
    Questions one = {0};
    TRY(page_of(c, db_query(c, BY_UID, uid), &one));
    if (one.n == 0) return E_NOT_FOUND;
    *ret = one.v[0];
    return OK;
}

SQL(PLACE_BY_UID, "SELECT owner_id, unit_id, id, author_id FROM support_question WHERE uid = $1");

Err support_place(Ctx *c, Str uid, Place *ret)
{
    Place place = {0};
    Rows r = db_query(c, PLACE_BY_UID, uid);
    if (db_next(&r))
        place = (Place){.owner_id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .object_id = db_i64(&r, 2), .author = {db_i64(&r, 3)}};
    TRY(db_done(&r));
    if (!place.object_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

SQL(ASK, "INSERT INTO support_question (owner_id, uid, author_id, unit_id, asked_at, subject, body, state)"
         " SELECT u.owner_id, $1, $2, u.id, $4, $5, $6, 'open' FROM v_organisation_unit u WHERE u.id = $3 RETURNING id");

Err support_ask(Ctx *c, Str subject, Str body, Str *ret_uid)
{
    const Memberships *m = &c->session->memberships;
    int64_t unit = m->n ? m->v[0].unit_id : c->session->owner_id, id = 0;
    Str uid = ctx_uid(c);
    TRY(db_one_i64(c, ASK, &id, uid, c->viewer, unit, c->now.ms, subject, body));
    TRY(audit_add(c, (AuditRow){.owner_id = m->n ? m->v[0].owner_id : c->session->owner_id, .verb = "support.ask",
                                .object = "support", .object_id = id, .unit_id = unit}));
    *ret_uid = uid;
    return OK;
}

/* One guarded UPDATE instead of read-then-write: two at the desk may answer at
   the same moment, and only the first may win. */
SQL(ANSWER, "UPDATE support_question SET state = 'answered', answer = $3, answered_at = $4, answered_by = $5, version = version + 1"
            " WHERE id = $1 AND version = $2 AND state = 'open'");
SQL(PLACE, "SELECT owner_id, unit_id FROM support_question WHERE id = $1");

Err support_answer(Ctx *c, SupportId id, Version seen, Str answer)
{
    int changed = 0;
    TRY(db_exec(c, ANSWER, &changed, id, seen, answer, c->now.ms, c->viewer));
    if (changed == 0)
        return fail(c, E_CONFLICT,
                    T("En anden har besvaret spørgsmålet imens. Dit svar er ikke sendt. Gå tilbage, og kopier det, hvis du vil skrive igen."));
    AuditRow row = {.verb = "support.answer", .object = "support", .object_id = id.v};
    Rows r = db_query(c, PLACE, id);
    if (db_next(&r)) {
        row.owner_id = db_i64(&r, 0);
        row.unit_id = db_i64(&r, 1);
    }
    TRY(db_done(&r));
    return audit_add(c, row);
}
