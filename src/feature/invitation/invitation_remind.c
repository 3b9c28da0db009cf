/* The job survey.remind: to those whose code is unused, found with the wave's key
   while sending, and stored nowhere (DESIGN, Anonymity).

   What must outlive a step (how far it is, whom the server refused for now, the
   counts) is one text under the wave's key, always as long. A copy of the store
   shows how many steps there were, and each sends BATCH mails whatever it takes to
   find them, so neither time nor place tells who had answered. As with
   invitations, a write says whom the next step writes to before it does. What is
   counted at the end is rounded down to fives, as response rates are. */
#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"
#include "feature/invitation/invitation_inside.h"

/* Retries come after everybody has had their first; a server that refuses more than
   this for now is waited for. */
enum { LATER_MAX = 150, PROGRESS_BYTES = 4096, SCAN = 500, ROUND_FIVES = 5 };

typedef struct Progress {
    int64_t cursor;            /* id of the last address that is done with in the first round */
    int64_t until;             /* the next step writes to those unused in (cursor, until] … */
    int64_t announced;         /* … so many, when it was looked up */
    int64_t round;             /* 0: the first; then retries */
    int64_t at;                /* in `later`: the next of this round */
    int64_t sent, refused, unsure;
    int64_t later_n, later[LATER_MAX];
} Progress;
enum { FIXED = 9 };

/* ---- keeping it ------------------------------------------------------------------------ */

static Err progress_seal(Ctx *c, const Wave *wave, const Progress *p, Str *ret)
{
    const int64_t fixed[FIXED] = {p->cursor, p->until, p->announced, p->round, p->at, p->sent, p->refused, p->unsure, p->later_n};
    Bytes sealed = {0};
    Buf b = buf_new(c->arena, PROGRESS_BYTES);
    for (ptrdiff_t i = 0; i < FIXED + p->later_n; i++) {
        buf_add_i64(&b, i < FIXED ? fixed[i] : p->later[i - FIXED]);
        buf_add_char(&b, ' ');
    }
    if (b.full) return fail(c, E_BROKEN, T("Udsendelsens tilstand er for lang."));
    while (b.n < PROGRESS_BYTES) buf_add_char(&b, ' ');
    Err err = wave_key_seal(c, c->app->secrets, wave->uid, buf_str(&b), &sealed);
    if (err == E_NOT_FOUND) return fail(c, E_CONFLICT, T("Målingens nøgle findes ikke længere."));
    TRY(err);
    *ret = str_hex(c->arena, sealed.p, sealed.n);
    return OK;
}

static bool read_numbers(Str plain, int64_t *v, ptrdiff_t n)
{
    Str word = {0};
    for (ptrdiff_t i = 0; i < n; i++)
        if (!str_split(&plain, ' ', &word) || !str_i64(word, &v[i])) return false;
    return true;
}

static Err broken(Ctx *c)
{
    return fail(c, E_BROKEN, T("Udsendelsens tilstand kan ikke læses."));
}

static Err progress_open(Ctx *c, const Wave *wave, Str sealed, Progress *ret)
{
    int64_t v[FIXED + LATER_MAX] = {0};
    Progress p = {0};
    Str plain = {0};
    if (!sealed.n) {
        *ret = p;
        return OK;
    }
    unsigned char *raw = NEW(c->arena, unsigned char, sealed.n / 2);
    if (!str_unhex(sealed, raw, sealed.n / 2)) return broken(c);
    TRY(wave_key_unseal(c, c->app->secrets, wave->uid, (Bytes){raw, sealed.n / 2}, &plain));
    if (!read_numbers(plain, v, FIXED) || v[8] < 0 || v[8] > LATER_MAX || !read_numbers(plain, v, FIXED + v[8])) return broken(c);
    p = (Progress){.cursor = v[0], .until = v[1], .announced = v[2], .round = v[3], .at = v[4], .sent = v[5], .refused = v[6], .unsure = v[7],
                   .later_n = v[8]};
    for (int64_t i = 0; i < p.later_n; i++) p.later[i] = v[FIXED + i];
    *ret = p;
    return OK;
}

/* ---- who has not answered ----------------------------------------------------------------- */

typedef struct Found {
    Recipient v[BATCH];
    ptrdiff_t n;
    int64_t last;  /* id of the last address looked at */
    bool is_end;   /* there are none behind it */
} Found;

#define TO_REMIND "SELECT v.id, v.sealed, k.sealed, k.lang, u.name FROM invitation v JOIN v_code k ON k.id = v.code_id" \
                  " JOIN v_survey_unit u ON u.wave_id = v.wave_id AND u.unit_id = k.unit_id"

SQL(BEHIND, TO_REMIND " WHERE v.wave_id = $1 AND v.id > $2 AND v.id <= $3 AND v.state IN ('sent', 'unsure') ORDER BY v.id LIMIT $4");
SQL(ONE, TO_REMIND " WHERE v.wave_id = $1 AND v.id = $2 AND v.state IN ('sent', 'unsure')");

static Recipient of_row(const Rows *r)
{
    return (Recipient){.id = db_i64(r, 0), .sealed = db_str(r, 1), .code_sealed = db_str(r, 2), .lang = db_str(r, 3), .unit = db_str(r, 4)};
}

/* Keeps those of v whose code is not among the used ones. */
static Err keep_unused(Ctx *c, const Wave *wave, Recipient *v, ptrdiff_t *n)
{
    ptrdiff_t kept = 0;
    Str *macs = NEW(c->arena, Str, *n);
    bool *used = NEW(c->arena, bool, *n);
    for (ptrdiff_t i = 0; i < *n; i++) {
        Str code = {0};
        TRY(code_unseal(c, wave, v[i].code_sealed, &code));
        TRY(survey_mac(c, wave, SPENT_CODE, code_plain(c, code), &macs[i]));
    }
    TRY(survey_spent_find(c, wave->id, (Strs){macs, *n}, used));
    for (ptrdiff_t i = 0; i < *n; i++)
        if (!used[i]) v[kept++] = v[i];
    *n = kept;
    return OK;
}

/* Looks at the next SCAN addresses behind f->last. */
static Err find_more(Ctx *c, const Wave *wave, int64_t until, Found *f)
{
    Recipient *v = NEW(c->arena, Recipient, SCAN);
    ptrdiff_t n = 0, unused = 0;
    Rows r = db_query(c, BEHIND, wave->id, f->last, until, (int)SCAN);
    while (n < SCAN && db_next(&r)) v[n++] = of_row(&r);
    TRY(db_done(&r));
    f->is_end = n < SCAN;
    if (n) f->last = v[n - 1].id;
    unused = n;
    TRY(keep_unused(c, wave, v, &unused));
    for (ptrdiff_t i = 0; i < unused; i++) {
        f->v[f->n++] = v[i];
        if (f->n < BATCH || i + 1 == unused) continue;
        f->last = v[i].id;
        f->is_end = false;
        break;
    }
    return OK;
}

/* The first BATCH unused in (from, until]. */
static Err find_behind(Ctx *c, const Wave *wave, int64_t from, int64_t until, Found *f)
{
    f->last = from;
    while (!f->is_end && f->n < BATCH) {
        CtxMark mark = ctx_mark(c);
        ptrdiff_t n = f->n;
        TRY(find_more(c, wave, until, f));
        if (f->n == n) ctx_rewind(c, mark); /* thousands may have answered */
    }
    return OK;
}

static Err find_later(Ctx *c, const Wave *wave, const Progress *p, Found *ret)
{
    for (int64_t i = p->at; i < p->at + p->announced; i++) {
        Rows r = db_query(c, ONE, wave->id, p->later[i]);
        if (db_next(&r)) ret->v[ret->n++] = of_row(&r);
        TRY(db_done(&r));
    }
    return keep_unused(c, wave, ret->v, &ret->n);
}

/* ---- a step ----------------------------------------------------------------------------------- */

/* From prepare to write. */
typedef struct Reminding {
    bool is_over;        /* there is nothing to remind of any more */
    Str sealed;          /* what is known now */
    Progress progress;   /* the same, for the counts */
    bool is_done;
    Instant next_at;
} Reminding;

static void drop_later(Progress *p, int64_t id)
{
    int64_t n = 0;
    for (int64_t i = 0; i < p->later_n; i++)
        if (p->later[i] != id) p->later[n++] = p->later[i];
    p->later_n = n;
}

/* Of the first round: who waits for a retry stands in `later`; a list that is full refuses. */
static void account_first(Progress *p, const Recipient *to)
{
    if (to->fate != LATER) return;
    if (p->later_n < LATER_MAX) p->later[p->later_n++] = to->id;
    else p->refused++;
}

static void account_one(Progress *p, const Recipient *to)
{
    if (to->fate == SENT) p->sent++;
    if (to->fate == REFUSED) p->refused++;
    if (to->fate == UNSURE) p->unsure++;
    if (p->round == 0) account_first(p, to);
}

static int64_t reached(const Found *f)
{
    int64_t n = 0;
    while (n < f->n && f->v[n].fate != UNTOUCHED) n++;
    return n;
}

/* Those not reached, for the line broke or the program stops, come first at the next step. */
static void account_behind(Progress *p, const Found *f)
{
    int64_t n = reached(f);
    for (int64_t i = 0; i < n; i++) account_one(p, &f->v[i]);
    p->cursor = n == f->n ? f->last : n ? f->v[n - 1].id : p->cursor;
}

/* A retry that was refused for now once more keeps its place in the list. */
static void account_later(Progress *p, const Found *f)
{
    int64_t ids[BATCH] = {0}, n = reached(f), announced = p->announced;
    for (int64_t i = 0; i < announced; i++) ids[i] = p->later[p->at + i];
    for (int64_t i = 0; i < n; i++) account_one(p, &f->v[i]);
    for (int64_t k = 0; k < announced; k++) {
        bool is_found = false, is_kept = false;
        for (int64_t i = 0; i < f->n; i++)
            if (f->v[i].id == ids[k]) {
                is_found = true;
                is_kept = f->v[i].fate == LATER || f->v[i].fate == UNTOUCHED;
            }
        /* Not found: has answered, or wants no more, since. */
        if (is_found && is_kept) p->at++;
        else drop_later(p, ids[k]);
    }
}

/* The end of a round: the next one, or the end of it all with those that were never taken. */
static bool next_round(Ctx *c, Progress *p, Reminding *work)
{
    int64_t pause_ms = 0;
    if (p->later_n && post_pause(p->round, &pause_ms)) {
        p->round++;
        p->at = 0;
        work->next_at = (Instant){c->now.ms + pause_ms};
        return false;
    }
    p->refused += p->later_n;
    p->later_n = 0;
    return true;
}

/* Says whom the next step writes to. */
static Err announce(Ctx *c, const Wave *wave, Progress *p, Reminding *work)
{
    p->announced = 0;
    p->until = p->cursor;
    if (p->round == 0) {
        Found f = {0};
        TRY(find_behind(c, wave, p->cursor, INT64_MAX, &f));
        p->until = f.last;
        p->announced = f.n;
        if (f.n) return OK;
    } else if (p->at < p->later_n) {
        p->announced = i64_min(BATCH, p->later_n - p->at);
        return OK;
    }
    work->is_done = next_round(c, p, work);
    if (!work->is_done && p->round) p->announced = i64_min(BATCH, p->later_n);
    return OK;
}

static Err read_step(Ctx *c, const JobStep *step, Mailing *m, Wave *wave, bool *ret_is_over)
{
    *ret_is_over = true;
    Err err = mailing_of_step(c, step, m);
    if (err == E_NOT_FOUND || (err == OK && m->state != MAILING_SENDING)) return OK;
    TRY(err);
    TRY(survey_by_id(c, m->wave, wave));
    *ret_is_over = survey_takes_answers(c, wave) != OK;
    ctx_forgive(c);
    return OK;
}

/* Reads whom the last write announced. */
static Err read_announced(Ctx *c, const Wave *wave, const Progress *p, Found *ret)
{
    if (p->announced == 0) return OK;
    if (p->round) return find_later(c, wave, p, ret);
    TRY(find_behind(c, wave, p->cursor, p->until, ret));
    if (ret->is_end) ret->last = p->until;
    return OK;
}

/* Those written to a moment ago would be written to again if this step failed now,
   so a store that cannot be read is left to the next step, which writes to nobody. */
static Err look_ahead(Ctx *c, const Wave *wave, Reminding *work, bool has_sent)
{
    Progress *p = &work->progress;
    Err err = db_read_begin(c, c->app->store);
    if (err == OK) err = announce(c, wave, p, work);
    db_read_end(c);
    if (err == OK || !has_sent) return err;
    ctx_forgive(c);
    p->announced = 0;
    p->until = p->cursor;
    return OK;
}

static Err go_on(Ctx *c, const Mailing *m, const Wave *wave, Reminding *work)
{
    Found f = {0};
    Post *post = NULL;
    Progress *p = &work->progress;
    TRY(progress_open(c, wave, m->progress, p));
    TRY(read_announced(c, wave, p, &f));
    TRY(post_open(c, wave, MAILING_REMIND, &post));
    db_read_end(c);
    TRY(post_send(c, post, f.v, f.n));
    if (p->announced && p->round) account_later(p, &f);
    else if (p->announced) account_behind(p, &f);
    TRY(look_ahead(c, wave, work, f.n > 0));
    return progress_seal(c, wave, p, &work->sealed);
}

Err remind_prepare(Ctx *c, JobStep *step)
{
    Reminding *work = NEW(c->arena, Reminding, 1);
    Mailing m = {0};
    Wave wave = {0};
    step->work = work;
    TRY(db_read_begin(c, c->app->store));
    TRY(read_step(c, step, &m, &wave, &work->is_over));
    if (!work->is_over) return go_on(c, &m, &wave, work);
    db_read_end(c);
    return OK;
}

/* ---- storing it ----------------------------------------------------------------------------------- */

/* The program died while it sent: those announced may or may not have been reached. */
static Err step_over(Ctx *c, const Mailing *m, const Wave *wave, Reminding *work)
{
    Progress *p = &work->progress;
    TRY(progress_open(c, wave, m->progress, p));
    p->unsure += p->announced;
    if (p->round)
        for (int64_t i = p->announced; i > 0; i--) drop_later(p, p->later[p->at]);
    else p->cursor = p->until;
    p->until = p->cursor;
    p->announced = 0;
    return progress_seal(c, wave, p, &work->sealed);
}

static int64_t fives(int64_t n)
{
    return n - n % ROUND_FIVES;
}

static Err end(Ctx *c, const Mailing *m, JobStep *step, const Progress *p, MailingState state)
{
    step->is_done = true;
    step->figures[0] = (JobFigure){"sent_at_least", fives(p->sent)};
    step->figures[1] = (JobFigure){"refused_at_least", fives(p->refused)};
    return mailing_add(c, m->id, state, (int64_t[3]){fives(p->sent), fives(p->refused), fives(p->unsure)});
}

Err remind_write(Ctx *c, JobStep *step)
{
    Reminding own = {0}, *work = step->work;
    Mailing m = {0};
    Wave wave = {0};
    bool is_over = false;
    TRY(read_step(c, step, &m, &wave, &is_over));
    step->is_done = !m.id || m.state != MAILING_SENDING;
    if (step->is_done) return OK;
    if (!work) {
        work = &own;
        TRY(step_over(c, &m, &wave, work));
    }
    if (is_over || work->is_over || work->is_done) return end(c, &m, step, &work->progress, work->is_done ? MAILING_DONE : MAILING_STOPPED);
    step->next_at = work->next_at;
    return mailing_progress(c, m.id, work->sealed);
}
