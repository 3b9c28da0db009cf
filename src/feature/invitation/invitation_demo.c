/* The demonstration's staff wave of spring 2026 was asked by mail: what stays of
   that once a wave is over are the days and the numbers. Nothing is sent. */
#include "feature/invitation/invitation_demo.h"

#include "base/number.h"
#include "feature/invitation/invitation_inside.h"

SQL(STAFF_WAVE, "SELECT w.id FROM v_survey_wave w WHERE w.roles = 'personale leder' AND w.closes_on < $1"
                " ORDER BY w.opens_on DESC NULLS LAST, w.id LIMIT 1");
SQL(INVITED, "SELECT CAST(coalesce(sum(i.n), 0) AS INTEGER) FROM v_survey_invited i WHERE i.wave_id = $1");
SQL(ADD, "INSERT INTO mailing (owner_id, wave_id, kind, on_day, state, sent_n, refused_n) VALUES ($1, $2, $3, $4, 'done', $5, $6)");

/* Days after the opening, and of a hundred invited how many got it. */
static const struct {
    MailingKind kind;
    int32_t after_days;
    int64_t of_hundred, refused_of_thousand;
} mailings[] = {{MAILING_INVITE, 0, 100, 6}, {MAILING_REMIND, 14, 52, 0}, {MAILING_REMIND, 31, 33, 0}};

Err invitation_demo(Ctx *c)
{
    Wave wave = {0};
    int64_t id = 0, invited = 0;
    Err err = db_one_i64(c, STAFF_WAVE, &id, c->today);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    TRY(survey_by_id(c, (WaveId){id}, &wave));
    TRY(db_one_i64(c, INVITED, &invited, id));
    for (ptrdiff_t i = 0; i < COUNT_OF(mailings); i++) {
        int64_t refused = invited * mailings[i].refused_of_thousand / 1000, sent = invited * mailings[i].of_hundred / 100 - refused;
        if (mailings[i].kind == MAILING_REMIND) sent -= sent % 5;
        Date day = {wave.opens_on.day + mailings[i].after_days};
        TRY(db_exec(c, ADD, NULL, wave.owner, id, mailing_kind_code(mailings[i].kind), day, sent, refused));
    }
    return OK;
}
