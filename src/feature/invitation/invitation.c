/* When a wave is mailed: the plan, what is under way, and its end. */
#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/job/job.h"
#include "feature/invitation/invitation_inside.h"

const JobKind invitation_jobs[] = {
    {.name = "survey.invite", .title = T_INIT("Invitationer til en måling"), .prepare = invite_prepare, .write = invite_write,
     .tries_max = 1 << 30, .at_most_once = true},
    {.name = "survey.remind", .title = T_INIT("Påmindelser om en måling"), .prepare = remind_prepare, .write = remind_write,
     .tries_max = 1 << 30, .at_most_once = true}, /* a server may be away for a week-end; the wave's end is theirs */
    {0},
};

/* ---- reading ------------------------------------------------------------------- */

static const Str kinds[] = {S_INIT("invite"), S_INIT("remind")};
static const Str states[] = {S_INIT("planned"), S_INIT("sending"), S_INIT("done"), S_INIT("stopped")};

Str mailing_kind_code(MailingKind kind)
{
    return kinds[kind - 1];
}

bool mailing_kind_parse(Str code, MailingKind *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!str_eq(kinds[i], code)) continue;
        *ret = (MailingKind)(i + 1);
        return true;
    }
    return false;
}

static bool state_parse(Str code, MailingState *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(states); i++) {
        if (!str_eq(states[i], code)) continue;
        *ret = (MailingState)(i + 1);
        return true;
    }
    return false;
}

#define MAILING_COLUMNS "m.id, m.owner_id, m.wave_id, m.kind, m.state, m.on_day, m.job_uid, m.sent_n, m.refused_n, m.unsure_n," \
                        " coalesce(m.progress, '')"

static Err of_row(Ctx *c, const Rows *r, Mailing *ret)
{
    Mailing m = {.id = db_i64(r, 0), .owner_id = db_i64(r, 1), .wave = {db_i64(r, 2)}, .on_day = {(int32_t)db_i64(r, 5)},
                 .job_uid = db_str(r, 6), .sent = db_i64(r, 7), .refused = db_i64(r, 8), .unsure = db_i64(r, 9), .progress = db_str(r, 10)};
    if (!mailing_kind_parse(db_str(r, 3), &m.kind) || !state_parse(db_str(r, 4), &m.state))
        return fail(c, E_BROKEN, T("En udsendelse har en ukendt tilstand."));
    *ret = m;
    return OK;
}

SQL(BY_ID, "SELECT " MAILING_COLUMNS " FROM mailing m WHERE m.id = $1");

Err mailing_by_id(Ctx *c, int64_t id, Mailing *ret)
{
    Mailing m = {0};
    Rows r = db_query(c, BY_ID, id);
    if (db_next(&r)) TRY(of_row(c, &r, &m));
    TRY(db_done(&r));
    if (!m.id) return E_NOT_FOUND;
    *ret = m;
    return OK;
}

SQL(LIST, "SELECT " MAILING_COLUMNS " FROM mailing m WHERE m.wave_id = $1 ORDER BY m.on_day DESC, m.id DESC LIMIT $2");

Err mailing_list(Ctx *c, WaveId wave, Mailings *ret)
{
    Mailings all = {.v = NEW(c->arena, Mailing, MAILINGS_PAGE)};
    Rows r = db_query(c, LIST, wave, MAILINGS_PAGE + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == MAILINGS_PAGE)) break;
        TRY(of_row(c, &r, &all.v[all.n++]));
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(COUNTS, "SELECT state, count(*) FROM invitation WHERE wave_id = $1 GROUP BY state ORDER BY state");

Err address_counts(Ctx *c, WaveId wave, AddressCounts *ret)
{
    AddressCounts n = {0};
    const struct {
        Str state;
        int64_t *to;
    } places[] = {{S("waiting"), &n.waiting}, {S("sending"), &n.waiting}, {S("sent"), &n.sent}, {S("unsure"), &n.unsure},
                  {S("refused"), &n.refused}, {S("returned"), &n.returned}, {S("declined"), &n.declined}};
    Rows r = db_query(c, COUNTS, wave);
    while (db_next(&r))
        for (ptrdiff_t i = 0; i < COUNT_OF(places); i++) {
            if (!str_eq(places[i].state, db_str(&r, 0))) continue;
            *places[i].to += db_i64(&r, 1);
            n.all += db_i64(&r, 1);
        }
    TRY(db_done(&r));
    *ret = n;
    return OK;
}

/* ---- planning ------------------------------------------------------------------ */

Err mailing_possible(Ctx *c, const Wave *wave)
{
    if (!mail_is_on(c)) return fail(c, E_CONFLICT, T("Serveren er ikke sat op til at sende mail. Brug breve eller fælles koder."));
    if (!c->app->settings->public_address.n)
        return fail(c, E_CONFLICT, T("Serverens adresse på nettet er ikke sat op, så linket i mailen ville ikke virke. Spørg kommunens support."));
    return survey_takes_codes(c, wave);
}

SQL(START, "UPDATE mailing SET state = 'sending' WHERE id = $1 AND state = 'planned'"
           " AND NOT EXISTS (SELECT 1 FROM mailing o WHERE o.wave_id = $2 AND o.state = 'sending')");
SQL(SET_JOB, "UPDATE mailing SET job_uid = $2 WHERE id = $1");

/* Where another one is under way it stays planned, and the tick comes back to it. */
static Err start(Ctx *c, int64_t id, const Wave *wave, MailingKind kind)
{
    int changed = 0;
    Str uid = {0};
    TRY(db_exec(c, START, &changed, id, wave->id));
    if (changed == 0) return OK;
    Buf args = buf_new(c->arena, 60);
    buf_add(&args, S("{\"mailing\":"));
    buf_add_i64(&args, id);
    buf_add_char(&args, '}');
    TRY(job_add(c, (NewJob){.kind = &invitation_jobs[kind - 1], .args = buf_str(&args), .owner_id = wave->owner.v}, &uid));
    return db_exec(c, SET_JOB, NULL, id, uid);
}

static Err check_day(Ctx *c, const Wave *wave, Date day)
{
    if (day.day < c->today.day) ctx_problem(c, S("day"), T("Vælg en dag fra i dag og frem."));
    else if (day.day < wave->opens_on.day)
        ctx_problem(c, S("day"), TF("Linket i mailen virker først fra {1}. Vælg den dag eller en senere.", wave->opens_on));
    else if (day.day > wave->closes_on.day) ctx_problem(c, S("day"), TF("Målingen slutter {1}. Vælg en dag før.", wave->closes_on));
    return ctx_check(c);
}

static Err check_anybody(Ctx *c, const Wave *wave, MailingKind kind, Date day)
{
    AddressCounts n = {0};
    TRY(address_counts(c, wave->id, &n));
    if (!n.all) return fail(c, E_CONFLICT, T("Der er ingen adresser endnu. Læg dem ind først."));
    if (day.day > c->today.day) return OK;
    if (kind == MAILING_INVITE && !n.waiting) return fail(c, E_CONFLICT, T("Alle på listen har fået deres invitation."));
    if (kind == MAILING_REMIND && !n.sent && !n.unsure)
        return fail(c, E_CONFLICT, T("Ingen har fået en invitation endnu, så der er ingen at minde om den."));
    return OK;
}

/* One reminder a day is enough for anybody, also when two press at once. */
SQL(PLAN, "INSERT INTO mailing (owner_id, wave_id, kind, on_day, state) SELECT w.owner_id, w.id, $1, $3, 'planned' FROM v_survey_wave w"
          " WHERE w.id = $2 AND NOT EXISTS (SELECT 1 FROM mailing m WHERE m.wave_id = $2 AND m.kind = $1 AND m.on_day = $3"
          "  AND (m.kind = 'remind' OR m.state = 'planned'))"
          " AND (SELECT count(*) FROM mailing m WHERE m.wave_id = $2 AND m.state = 'planned') < $4 RETURNING id");

Err mailing_plan(Ctx *c, const Wave *wave, MailingKind kind, Date day)
{
    int64_t id = 0;
    TRY(mailing_possible(c, wave));
    TRY(check_day(c, wave, day));
    TRY(check_anybody(c, wave, kind, day));
    Err err = db_one_i64(c, PLAN, &id, mailing_kind_code(kind), wave->id, day, MAILINGS_PLANNED_MAX);
    if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("Den dag har allerede en udsendelse af den slags, eller der er planlagt for mange."));
    TRY(err);
    if (day.day > c->today.day) return OK;
    if (survey_takes_answers(c, wave) == OK) return start(c, id, wave, kind);
    ctx_forgive(c); /* a draft: the tick begins it once it is open */
    return OK;
}

SQL(DROP, "DELETE FROM mailing WHERE id = $1 AND wave_id = $2 AND state = 'planned'");

Err mailing_drop(Ctx *c, const Wave *wave, int64_t id)
{
    int changed = 0;
    TRY(db_exec(c, DROP, &changed, id, wave->id));
    return changed ? OK : fail(c, E_CONFLICT, T("Udsendelsen er begyndt eller taget af planen."));
}

/* ---- under way ------------------------------------------------------------------ */

SQL(ADD, "UPDATE mailing SET sent_n = sent_n + $3, refused_n = refused_n + $4, unsure_n = unsure_n + $5, state = $2,"
         " progress = CASE WHEN $2 = 'sending' THEN progress END WHERE id = $1 AND state = 'sending'");
SQL(PROGRESS, "UPDATE mailing SET progress = $2 WHERE id = $1 AND state = 'sending'");

Err mailing_add(Ctx *c, int64_t id, MailingState state, const int64_t counts[3])
{
    return db_exec(c, ADD, NULL, id, states[state - 1], counts[0], counts[1], counts[2]);
}

Err mailing_progress(Ctx *c, int64_t id, Str sealed)
{
    return db_exec(c, PROGRESS, NULL, id, sealed);
}

/* Enough for every wave of a region; those not begun today are found again in a second. */
enum { DUE_MAX = 50, MORNING_H = 7 };

/* What is planned for drafts waits, and must not take the places of what can begin. */
SQL(DUE, "SELECT " MAILING_COLUMNS " FROM mailing m JOIN v_survey_wave w ON w.id = m.wave_id"
         " WHERE m.state = $1 AND m.on_day <= $2 AND w.state = 'aaben' ORDER BY m.on_day, m.id LIMIT $3");

static Err read_due(Ctx *c, MailingState state, Mailing v[DUE_MAX], ptrdiff_t *ret_n)
{
    ptrdiff_t n = 0;
    Rows r = db_query(c, DUE, states[state - 1], c->today, (int)DUE_MAX);
    while (n < DUE_MAX && db_next(&r)) TRY(of_row(c, &r, &v[n++]));
    *ret_n = n;
    return db_done(&r);
}

/* A mail in the night is a mail that angers. */
static bool is_morning(const Ctx *c)
{
    int64_t minutes = c->now.ms / 60000 + date_danish_offset(c->now);
    return minutes % 1440 >= MORNING_H * 60;
}

static Err start_due(Ctx *c)
{
    Mailing v[DUE_MAX];
    ptrdiff_t n = 0;
    if (!is_morning(c) || !mail_is_on(c)) return OK;
    TRY(read_due(c, MAILING_PLANNED, v, &n));
    for (ptrdiff_t i = 0; i < n; i++) {
        Wave wave = {0};
        TRY(survey_by_id(c, v[i].wave, &wave));
        if (survey_takes_answers(c, &wave) == OK) TRY(start(c, v[i].id, &wave, v[i].kind));
        ctx_forgive(c);
    }
    return OK;
}

SQL(DOUBT, "UPDATE invitation SET state = 'unsure' WHERE wave_id = $1 AND state = 'sending'");

/* A job that failed for good leaves its mailing behind. */
static Err end_failed(Ctx *c)
{
    Mailing v[DUE_MAX];
    ptrdiff_t n = 0;
    TRY(read_due(c, MAILING_SENDING, v, &n));
    for (ptrdiff_t i = 0; i < n; i++) {
        Job job = {0};
        int doubts = 0;
        Err err = job_by_uid(c, v[i].job_uid, &job);
        if (err != OK && err != E_NOT_FOUND) return err;
        if (err == OK && job.state != JOB_FAILED) continue;
        if (v[i].kind == MAILING_INVITE) TRY(db_exec(c, DOUBT, &doubts, v[i].wave));
        TRY(mailing_add(c, v[i].id, MAILING_STOPPED, (int64_t[3]){0, 0, doubts}));
    }
    return OK;
}

Err mailing_tick(Ctx *c, bool *ret_more)
{
    *ret_more = false;
    TRY(start_due(c));
    return end_failed(c);
}

/* ---- the end --------------------------------------------------------------------- */

SQL(FORGET, "DELETE FROM invitation WHERE wave_id = $1");
SQL(FORGET_MENDED, "DELETE FROM invitation_mended WHERE wave_id = $1");
SQL(STOP, "UPDATE mailing SET state = 'stopped', progress = NULL WHERE wave_id = $1 AND state = 'sending'");
SQL(UNPLAN, "DELETE FROM mailing WHERE wave_id = $1 AND state = 'planned'");

Err invitation_settle(Ctx *c, const Wave *wave)
{
    TRY(db_exec(c, FORGET, NULL, wave->id));
    TRY(db_exec(c, FORGET_MENDED, NULL, wave->id));
    TRY(db_exec(c, UNPLAN, NULL, wave->id));
    return db_exec(c, STOP, NULL, wave->id);
}

SQL_SCAN(EXPIRE, "addresses are there for open waves only", "DELETE FROM invitation WHERE wave_id IN"
         " (SELECT w.id FROM v_survey_wave w WHERE w.state NOT IN ('kladde', 'aaben'))");

SQL_SCAN(EXPIRE_MENDED, "a few of each open wave", "DELETE FROM invitation_mended WHERE wave_id IN"
         " (SELECT w.id FROM v_survey_wave w WHERE w.state NOT IN ('kladde', 'aaben'))");

Err invitation_expire(Ctx *c, int64_t *ret_rows)
{
    int rows = 0, mended = 0;
    TRY(db_exec(c, EXPIRE, &rows));
    TRY(db_exec(c, EXPIRE_MENDED, &mended));
    *ret_rows = rows + mended;
    return OK;
}

SQL(DECLINE, "UPDATE invitation SET state = 'declined' WHERE code_id = $1");

Err invitation_decline(Ctx *c, Str code)
{
    AnswerCode found = {0};
    TRY(code_find(c, code, &found));
    return db_exec(c, DECLINE, NULL, found.id);
}
