#include "feature/survey/survey_view.h"

#include "base/buf.h"
#include "base/number.h"
#include "feature/survey/survey_inside.h"

#define SEEN(unit, object, day)                                                                              \
    " IN (SELECT a.unit_id FROM v_access_unit a WHERE a.object = " object " AND a.need = 'R' AND a.viewer_id = " unit \
    " AND a.valid_from <= " day " AND (a.valid_to IS NULL OR a.valid_to >= " day "))"

SQL(LIST, "SELECT w.id, o.name FROM wave w JOIN v_organisation_unit o ON o.id = w.owner_id"
          " WHERE coalesce(w.reach_id, w.owner_id)" SEEN("$1", "'wave'", "$2")
          " ORDER BY coalesce(w.opens_on, w.made_on) DESC, w.id DESC LIMIT $3");

Err survey_list(Ctx *c, WaveLines *ret)
{
    WaveLines all = {.v = NEW(c->arena, WaveLine, WAVE_PAGE)};
    Rows r = db_query(c, LIST, c->viewer, c->today, WAVE_PAGE + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == WAVE_PAGE)) break;
        all.v[all.n++] = (WaveLine){.wave.id = {db_i64(&r, 0)}, .owner = db_str(&r, 1)};
    }
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(survey_by_id(c, all.v[i].wave.id, &all.v[i].wave));
    *ret = all;
    return OK;
}

enum { UNDER_WAY = 20 };

SQL(UNDER_WAY_LIST, "SELECT w.id FROM wave w WHERE w.state IN ('kladde', 'aaben', 'lukket', 'kontrolleret') AND w.closes_on IS NOT NULL"
                    " AND coalesce(w.reach_id, w.owner_id)" SEEN("$1", "'wave'", "$2")
                    " ORDER BY CASE WHEN w.state IN ('lukket', 'kontrolleret') THEN 0 ELSE 1 END, w.closes_on NULLS LAST, w.id LIMIT $3");

Err survey_under_way(Ctx *c, Waves *ret)
{
    Waves all = {.v = NEW(c->arena, Wave, UNDER_WAY)};
    WaveId ids[UNDER_WAY];
    Rows r = db_query(c, UNDER_WAY_LIST, c->viewer, c->today, UNDER_WAY);
    while (all.n < UNDER_WAY && db_next(&r)) ids[all.n++] = (WaveId){db_i64(&r, 0)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(survey_by_id(c, ids[i], &all.v[i]));
    *ret = all;
    return OK;
}

SQL(PLACE, "SELECT owner_id, coalesce(reach_id, owner_id), id FROM wave WHERE uid = $1");

Err survey_place(Ctx *c, Str uid, Place *ret)
{
    Place place = {0};
    Rows r = db_query(c, PLACE, uid);
    if (db_next(&r)) place = (Place){.owner_id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .object_id = db_i64(&r, 2)};
    TRY(db_done(&r));
    if (!place.object_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

/* Ordered as survey_units orders, so that the two walk side by side. */
SQL(ANSWERED, "SELECT u.unit_id, t.n FROM wave_unit u JOIN v_answer_tally t ON t.wave_id = u.wave_id AND t.unit_id = u.unit_id"
              " AND t.item_id = 0 AND t.group_id = 0 AND t.value = 1 WHERE u.wave_id = $1 ORDER BY u.depth, u.name_sort, u.unit_id");

/* In steps, and not under the least. */
static int64_t told(int64_t n)
{
    return n < SURVEY_FEW ? -1 : n - n % SURVEY_FEW;
}

Msg survey_answered_words(int64_t answered, int64_t invited)
{
    if (answered < 0 && invited >= SURVEY_FEW) return TF("færre end 5 af {1}", invited);
    if (answered < 0) return T("færre end 5");
    if (invited < SURVEY_FEW) return TF("mindst {1}", answered);
    return TF("mindst {1} af {2}", answered, invited);
}

Err survey_answered(Ctx *c, WaveId id, const WaveUnits *units, int64_t **ret)
{
    int64_t *n = NEW(c->arena, int64_t, units->n);
    ptrdiff_t at = 0;
    Rows r = db_query(c, ANSWERED, id);
    while (db_next(&r)) {
        while (at < units->n && units->v[at].id.v != db_i64(&r, 0)) at++;
        if (at < units->n) n[at] = db_i64(&r, 1);
    }
    TRY(db_done(&r));
    for (ptrdiff_t i = units->n - 1; i >= 0; i--)
        if (units->v[i].parent >= 0) n[units->v[i].parent] += n[i];
    for (ptrdiff_t i = 0; i < units->n; i++) n[i] = told(n[i]);
    *ret = n;
    return OK;
}

SQL(VISIBLE, "SELECT u.unit_id FROM wave_unit u WHERE u.wave_id = $1 AND u.unit_id" SEEN("$2", "$3", "$4")
             " ORDER BY u.depth, u.name_sort, u.unit_id");

SQL(OWN_TOP, "SELECT u.unit_id, u.name FROM wave_unit u WHERE u.wave_id = $1 AND u.unit_id" SEEN("$2", "'response_rate'", "$3")
             " ORDER BY u.depth, u.name_sort, u.unit_id LIMIT 1");
/* Answered and invited at and below one unit, as survey_answered and survey_units sum them for the whole tree. */
SQL(ANSWERED_BELOW, "WITH RECURSIVE below (id, is_lowest) AS (SELECT u.unit_id, u.is_lowest FROM wave_unit u WHERE u.wave_id = $1 AND u.unit_id = $2"
                    " UNION ALL SELECT k.unit_id, k.is_lowest FROM below b JOIN wave_unit k ON k.wave_id = $1 AND k.parent_id = b.id)"
                    " SELECT CAST(coalesce(sum(x.answered), 0) AS INTEGER),"
                    " CASE WHEN max(CASE WHEN x.is_lowest = 1 AND x.invited IS NULL THEN 1 ELSE 0 END) = 1 THEN -1"
                    " ELSE CAST(coalesce(sum(x.invited), 0) AS INTEGER) END"
                    " FROM (SELECT (SELECT t.n FROM v_answer_tally t WHERE t.wave_id = $1 AND t.unit_id = b.id AND t.item_id = 0"
                    " AND t.group_id = 0 AND t.value = 1) AS answered,"
                    " " SURVEY_INVITED("$1", "b.id") " AS invited, b.is_lowest FROM below b) x");

static Err sum_below(Ctx *c, WaveId id, int64_t unit, int64_t *ret_answered, int64_t *ret_invited)
{
    Rows r = db_query(c, ANSWERED_BELOW, id, unit);
    if (db_next(&r)) {
        *ret_answered = db_i64(&r, 0);
        *ret_invited = db_i64(&r, 1);
    }
    return db_done(&r);
}

Err survey_answered_own(Ctx *c, WaveId id, Str *ret_unit, Msg *ret)
{
    Rows r = db_query(c, OWN_TOP, id, c->viewer, c->today);
    bool found = db_next(&r);
    int64_t unit = found ? db_i64(&r, 0) : 0, answered = 0, invited = 0;
    Str name = found ? db_str(&r, 1) : S("");
    TRY(db_done(&r));
    if (!found) return E_NOT_FOUND;
    TRY(sum_below(c, id, unit, &answered, &invited));
    *ret_unit = name;
    *ret = survey_answered_words(told(answered), invited);
    return OK;
}

Err survey_visible(Ctx *c, WaveId id, const WaveUnits *units, Str object, bool **ret)
{
    bool *seen = NEW(c->arena, bool, units->n);
    ptrdiff_t at = 0;
    Rows r = db_query(c, VISIBLE, id, c->viewer, object, c->today);
    while (db_next(&r)) {
        while (at < units->n && units->v[at].id.v != db_i64(&r, 0)) at++;
        if (at < units->n) seen[at] = true;
    }
    TRY(db_done(&r));
    *ret = seen;
    return OK;
}

Err survey_questionnaires(Ctx *c, CodeNames *ret)
{
    QuestionnaireLines lines = {0};
    TRY(questionnaire_list(c, &lines));
    CodeNames all = {.v = NEW(c->arena, Str, lines.n), .name = NEW(c->arena, Str, lines.n), .n = lines.n};
    for (ptrdiff_t i = 0; i < lines.n; i++) {
        all.v[i] = lines.v[i].code;
        all.name[i] = lines.v[i].title;
    }
    *ret = all;
    return OK;
}

SQL(INVITED, "SELECT u.code, coalesce(i.role, ''), i.n, u.name, CASE WHEN u.unit_id" SEEN("$2", "'wave_codes'", "$3") " THEN 1 ELSE 0 END"
             " FROM wave_unit u"
             " LEFT JOIN wave_invited i ON u.wave_id = i.wave_id AND u.unit_id = i.unit_id"
             " WHERE u.wave_id = $1 AND u.is_lowest = 1 ORDER BY u.depth, u.name_sort, u.unit_id, i.role NULLS FIRST");

/* n < 0: not known. The name is there for people; reading passes over it. */
static void invited_line(Buf *b, Str code, Str role, int64_t n, Str name)
{
    buf_add(b, code);
    buf_add_char(b, ';');
    buf_add(b, role);
    buf_add_char(b, ';');
    if (n >= 0) buf_add_i64(b, n);
    buf_add_char(b, ';');
    for (ptrdiff_t i = 0; i < name.n; i++) buf_add_char(b, name.p[i] == ';' || name.p[i] == '"' || name.p[i] == '\n' ? ' ' : name.p[i]);
    buf_add_char(b, '\n');
}

Err survey_invited_text(Ctx *c, const Wave *wave, Str *ret)
{
    Buf b = buf_new(c->arena, SURVEY_INVITED_BYTES);
    buf_add(&b, S("enhed;rolle;antal;navn\n"));
    Rows r = db_query(c, INVITED, wave->id, c->viewer, c->today);
    while (db_next(&r)) {
        bool is_set = !db_is_null(&r, 2), is_seen = db_i64(&r, 4) == 1;
        Str roles = is_set || !is_seen ? S("") : wave->roles, role = db_str(&r, 1);
        if (is_set) invited_line(&b, db_str(&r, 0), role, db_i64(&r, 2), is_seen ? db_str(&r, 3) : S(""));
        while (roles.n && str_split(&roles, ' ', &role)) invited_line(&b, db_str(&r, 0), role, -1, db_str(&r, 3));
    }
    TRY(db_done(&r));
    *ret = buf_str(&b);
    return OK;
}
