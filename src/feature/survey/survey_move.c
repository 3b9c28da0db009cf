/* A wave goes from state to state, and what time alone brings about. */
#include "feature/survey/survey_inside.h"

#include "core/app.h"
#include "core/secret/wave_key.h"

SQL(MOVE, "UPDATE wave SET state = $3, version = version + 1 WHERE id = $1 AND state = $2");

typedef struct KeyOfDone {
    Str uid;
} KeyOfDone;

static void destroy_key(Ctx *c, void *data)
{
    Err left = wave_key_destroy(c, c->app->secrets, ((KeyOfDone *)data)->uid);
    (void)left; /* survey_tidy tries again until the file is gone */
}

static Err finish(Ctx *c, const Wave *wave)
{
    KeyOfDone *key = NEW(c->arena, KeyOfDone, 1);
    key->uid = wave->uid;
    for (int i = 0; i < survey_closing_count; i++) TRY(survey_closings[i](c, wave));
    ctx_after_commit(c, destroy_key, key);
    return OK;
}

Err survey_move(Ctx *c, WaveId id, WaveState to)
{
    Wave wave = {0}, after = {0};
    int changed = 0;
    TRY(survey_by_id(c, id, &wave));
    if (!survey_may_move(&wave, to))
        return fail(c, E_CONFLICT, TF("Målingen kan ikke gå fra {1} til {2}.", survey_state_code(wave.state), survey_state_code(to)));
    after = wave;
    after.state = to;
    bool finishes = survey_is_done(&after) && !survey_is_done(&wave);
    /* The last look at the organisation as it is on the closing date. */
    if (finishes) TRY(survey_tree_take(c, id));
    TRY(db_exec(c, MOVE, &changed, id, survey_state_code(wave.state), survey_state_code(to)));
    if (changed == 0) return fail(c, E_CONFLICT, T("En anden har ændret målingen imens. Se den igen."));
    if (finishes) TRY(finish(c, &wave));
    if (to != WAVE_ARKIVERET) return OK;
    for (int i = 0; i < survey_archiving_count; i++) TRY(survey_archivings[i](c, &wave));
    return OK;
}

/* ---- upkeep, about every second -------------------------------------------------- */

/* A wave that cannot be closed (its key is gone, and texts lie sealed under it) or a key that
   cannot be removed must not hold up the others: which is first changes with the second, in
   `$2` and below. */
SQL(DUE, "SELECT id FROM wave WHERE closes_on < $1 AND state IN ('kladde', 'aaben') ORDER BY id * $2 % 101, id LIMIT 1");
SQL(UNTIDY, "SELECT id, uid FROM wave WHERE has_lost_key = 0 AND (state = 'arkiveret'"
            " OR (closes_on IS NOT NULL AND state NOT IN ('kladde', 'aaben'))) ORDER BY id * $1 % 101, id LIMIT 1");
SQL(CLEAR_SPENT, "DELETE FROM spent WHERE wave_id = $1 AND mac IN (SELECT s.mac FROM spent s WHERE s.wave_id = $1 ORDER BY s.mac LIMIT 2000)");
SQL(TIDY, "UPDATE wave SET has_lost_key = 1 WHERE id = $1");

typedef struct Turn {
    int64_t order;      /* 1–100 */
    bool has_done, has_more;
} Turn;

static Err close_due(Ctx *c, Turn *turn)
{
    int64_t id = 0;
    if (turn->has_done) return OK;
    Err err = db_one_i64(c, DUE, &id, c->today, turn->order);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    turn->has_done = turn->has_more = true;
    return survey_move(c, (WaveId){id}, WAVE_LUKKET);
}

static Err clean_up(Ctx *c, Turn *turn)
{
    KeyOfDone *key = NEW(c->arena, KeyOfDone, 1);
    int changed = 0;
    if (turn->has_done) return OK;
    Rows r = db_query(c, UNTIDY, turn->order);
    int64_t id = db_next(&r) ? db_i64(&r, 0) : 0;
    if (id) key->uid = db_str(&r, 1);
    TRY(db_done(&r));
    if (!id) return OK;
    turn->has_done = true;
    if (wave_key_is_there(c, c->app->secrets, key->uid)) {
        ctx_after_commit(c, destroy_key, key);
        return OK;
    }
    /* Without the key the marks mean nothing; they go a few at a time. */
    TRY(db_exec(c, CLEAR_SPENT, &changed, id));
    turn->has_more = true;
    return changed ? OK : db_exec(c, TIDY, NULL, id);
}

Err survey_tidy(Ctx *c, bool *ret_more)
{
    int64_t second = c->now.ms / 1000;
    Turn turn = {.order = second % 100 + 1};
    if (second % 2) TRY(close_due(c, &turn));
    TRY(clean_up(c, &turn));
    TRY(close_due(c, &turn));
    if (turn.has_more) *ret_more = true;
    return OK;
}
