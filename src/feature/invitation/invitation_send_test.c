/* Invitations and reminders through the runner to a real SMTP server: what is
   accepted, refused for now and for good, lost on the way, and what a killed
   program leaves behind. */
#include "smtp.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/job/runner.h"
#include "feature/invitation/invitation_inside.h"
#include "place.h"

static const char questionnaire[] =
    "{\"format\":\"traad-questionnaire-1\",\"code\":\"PERS\",\"title\":{\"da\":\"Personale\",\"en\":\"Staff\"},\"languages\":[\"da\",\"en\"],"
    "\"scales\":{\"to\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Nej\",\"en\":\"No\"}},{\"value\":2,\"text\":{\"da\":\"Ja\",\"en\":\"Yes\"}}],"
    "\"agree\":[2],\"disagree\":[1],\"dont_know\":[]}},"
    "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"A\",\"en\":\"A\"},\"theme\":\"samarbejde\",\"items\":["
    "{\"code\":\"Q1\",\"kind\":\"single\",\"scale\":\"to\",\"text\":{\"da\":\"Ja?\",\"en\":\"Yes?\"},\"core\":true}]}],\"scores\":[]}";

typedef struct Fixture {
    Served served;
    SmtpServer *smtp;
    JobRunner *runner;
    Wave wave;
} Fixture;

static Instant now;
static char log_text[4000];

static Instant test_clock(void)
{
    return now;
}

static void keep_line(void *to, Str line)
{
    (void)to;
    size_t n = strlen(log_text);
    snprintf(log_text + n, sizeof log_text - n, "%.*s\n", (int)line.n, line.p);
}

static JobRunner *open_runner(Served *served)
{
    static const JobKind *const tables[] = {invitation_jobs};
    JobRunner *r = NULL;
    CHECK_OK(job_runner_open(served->c, (JobRunnerOptions){.tables = tables, .n_tables = 1, .clock = test_clock, .log = keep_line}, &r));
    return r;
}

static void close_runner(Ctx *c, void *data)
{
    Fixture *f = data;
    (void)c;
    if (f->runner) job_runner_close(f->runner);
}

static Err write_wave(Ctx *c)
{
    Fixture *f = c->work;
    UnitId unit = {0};
    Questionnaire q = {0};
    bool is_new = false;
    TRY(organisation_add(c, (NewUnit){.code = S("S1"), .name = S("Bakkeskolen"), .kind = S("skole"), .parent_code = S("K1"), .valid_from = {19205}}, &unit));
    TRY(organisation_reach_rebuild(c));
    TRY(questionnaire_parse(c, str_of_z(questionnaire), &q));
    TRY(questionnaire_store(c, &q, (UnitId){f->served.owner}, &is_new));
    return survey_add(c, (NewWave){.questionnaire = S("PERS"), .name = S("Forår"), .opens_on = c->today, .closes_on = {c->today.day + 10},
                                   .roles = S("personale")}, &f->wave);
}

static Fixture *fixture(void)
{
    Served served = test_served();
    Fixture *f = NEW(served.c->arena, Fixture, 1);
    f->served = served;
    f->smtp = test_smtp(&f->served);
    f->served.settings->public_address = S("https://traad.example");
    now = f->served.c->now;
    log_text[0] = 0;
    CHECK_OK(test_write(&f->served, write_wave, f));
    f->runner = open_runner(&f->served);
    ctx_at_end(f->served.c, close_runner, f);
    return f;
}

typedef struct Adding {
    Wave *wave;
    Str text;
    AddressList list;
    int64_t fresh;
} Adding;

static Err write_list(Ctx *c)
{
    Adding *a = c->work;
    return address_list_store(c, a->wave, &a->list, false, &a->fresh);
}

static void add(Fixture *f, const char *addresses)
{
    Ctx *c = f->served.c;
    Adding a = {.wave = &f->wave};
    CHECK_OK(db_read_begin(c, c->app->store));
    CHECK_OK(address_list_read(c, &f->wave, str_of_z(addresses), S("S1"), S("personale"), &a.list));
    db_read_end(c);
    CHECK_INT(a.list.refused_n, 0);
    CHECK_OK(test_write(&f->served, write_list, &a));
}

typedef struct Planning {
    const Wave *wave;
    MailingKind kind;
} Planning;

static Err write_plan(Ctx *c)
{
    const Planning *p = c->work;
    return mailing_plan(c, p->wave, p->kind, c->today);
}

static void plan(Fixture *f, MailingKind kind)
{
    Planning p = {&f->wave, kind};
    CHECK_OK(test_write(&f->served, write_plan, &p));
}

static void run(Fixture *f)
{
    for (int i = 0; i < 60 && job_runner_step(f->runner); i++) continue;
}

static int64_t in_state(const Fixture *f, const char *state)
{
    char sql[100];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM invitation WHERE state = '%s'", state);
    return test_figure(&f->served, sql);
}

static Err write_sql(Ctx *c)
{
    return db_test_exec(c, str_of_z(c->work));
}

static void sql(Fixture *f, const char *text)
{
    CHECK_OK(test_write(&f->served, write_sql, (void *)(uintptr_t)text));
}

/* A day ahead, for the next reminder. */
static void next_day(Fixture *f)
{
    now.ms += 86400000;
    f->served.c->now = now;
    f->served.c->today = date_of_instant_danish(now);
}

/* As answering does it: the mark of the code that was mailed to this address. */
typedef struct Using {
    const Wave *wave;
    const char *address;
} Using;

SQL(CODE_OF, "SELECT k.sealed FROM invitation v JOIN wave_code k ON k.id = v.code_id WHERE v.wave_id = $1 AND v.address_mac = $2");

static Err write_use(Ctx *c)
{
    const Using *u = c->work;
    Str mac = {0}, sealed = {0}, code = {0}, mark = {0};
    bool is_first = false;
    TRY(address_seal(c, u->wave, str_of_z(u->address), &mac, &sealed));
    Rows r = db_query(c, CODE_OF, u->wave->id, mac);
    CHECK(db_next(&r));
    Str stored = db_str(&r, 0);
    TRY(db_done(&r));
    TRY(code_unseal(c, u->wave, stored, &code));
    TRY(survey_mac(c, u->wave, SPENT_CODE, code_plain(c, code), &mark));
    return survey_spend(c, u->wave->id, mark, &is_first);
}

static void use(Fixture *f, const char *address)
{
    Using u = {&f->wave, address};
    CHECK_OK(test_write(&f->served, write_use, &u));
}

/* ---- invitations ---------------------------------------------------------------------- */

TEST(invitation_send, each_gets_one_mail_with_a_code_of_its_own)
{
    Fixture *f = fixture();
    add(f, "anne@skole.example\nbo@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "anne@skole.example"), 1);
    CHECK_INT(test_smtp_to(f->smtp, "bo@skole.example"), 1);
    CHECK(str_find(test_smtp_message(f->smtp, 1), S("https://traad.example/s/"), 0) > 0);
    CHECK(str_find(test_smtp_message(f->smtp, 1), S("https://traad.example/afmeld/"), 0) > 0);
    CHECK_INT(in_state(f, "sent"), 2);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE state = 'done'"), 2);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM job WHERE state = 'done'"), 1);
    test_served_clean(&f->served);
}

TEST(invitation_send, those_laid_in_later_get_theirs_and_nobody_gets_two)
{
    Fixture *f = fixture();
    add(f, "anne@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    add(f, "anne@skole.example\nbo@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "anne@skole.example"), 1);
    CHECK_INT(test_smtp_to(f->smtp, "bo@skole.example"), 1);
}

TEST(invitation_send, refused_for_now_is_tried_again_and_refused_for_good_is_told)
{
    Fixture *f = fixture();
    add(f, "once@skole.example\nrefused@skole.example\nanne@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    CHECK_INT(in_state(f, "sent"), 1);
    CHECK_INT(in_state(f, "refused"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT next_at FROM invitation WHERE state = 'waiting'"), now.ms + 60000);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE state = 'sending'"), 1);
    now.ms += 60000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "once@skole.example"), 1);
    CHECK_INT(in_state(f, "sent"), 2);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n * 100 + refused_n FROM mailing WHERE state = 'done'"), 201);
}

TEST(invitation_send, refused_for_now_for_ever_ends_as_refused)
{
    Fixture *f = fixture();
    add(f, "later@skole.example\n");
    plan(f, MAILING_INVITE);
    for (int i = 0; i < 40; i++) {
        run(f);
        now.ms += 6 * 3600000;
    }
    CHECK_INT(in_state(f, "refused"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE state = 'done' AND refused_n = 1"), 1);
}

TEST(invitation_send, a_server_that_is_away_loses_nothing_and_is_waited_for)
{
    Fixture *f = fixture();
    add(f, "anne@skole.example\n");
    plan(f, MAILING_INVITE);
    Str there = f->served.settings->smtp;
    f->served.settings->smtp = S("smtp://127.0.0.1:1");
    run(f);
    CHECK_INT(in_state(f, "sending"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT next_at FROM job WHERE state = 'waiting' AND broken_off = 0"), now.ms + 5000);
    f->served.settings->smtp = there;
    now.ms += 5000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "anne@skole.example"), 1);
    CHECK_INT(in_state(f, "sent"), 1);
}

TEST(invitation_send, a_line_lost_after_the_mail_is_a_doubt_that_a_person_settles)
{
    Fixture *f = fixture();
    add(f, "lost@skole.example\nanne@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    now.ms += 86400000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "lost@skole.example"), 1); /* never again by itself */
    CHECK_INT(test_smtp_to(f->smtp, "anne@skole.example"), 1);
    CHECK_INT(in_state(f, "unsure"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT unsure_n FROM mailing"), 1);
}

TEST(invitation_send, a_line_lost_before_the_mail_is_taken_up_again)
{
    Fixture *f = fixture();
    add(f, "anne@skole.example\nbroken@skole.example\n");
    plan(f, MAILING_INVITE);
    run(f);
    CHECK_INT(in_state(f, "sent"), 1);
    CHECK_INT(in_state(f, "unsure"), 0);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE state = 'sending'"), 1);
}

/* A second process does the steps and is killed while the server holds the mail. */
static void kill_while_sending(Fixture *f, int mails_before)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    Served *s = &f->served;
    job_runner_close(f->runner);
    f->runner = NULL;
    place_writer_close(s->c->app->writer);
    place_close(s->c->app->store);
    pid_t child = fork();
    if (child == 0) {
        s->c->app->store = place_open(s->where, (StoreOptions){0});
        s->c->app->writer = place_writer(s->c->app->store, (WriterOptions){0});
        JobRunner *r = open_runner(s);
        while (job_runner_step(r)) continue;
        _exit(0);
    }
    for (int i = 0; i < 500 && test_smtp_count(f->smtp) <= mails_before; i++) nanosleep(&pause, NULL);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
    s->c->app->store = place_open(s->where, (StoreOptions){0});
    s->c->app->writer = place_writer(s->c->app->store, (WriterOptions){0});
    f->runner = open_runner(s);
}

TEST(invitation_send, a_program_killed_between_the_mail_and_its_record_sends_it_once)
{
    Fixture *f = fixture();
    add(f, "slow@skole.example\nanne@skole.example\n");
    plan(f, MAILING_INVITE);
    kill_while_sending(f, 0);
    add(f, "bo@skole.example\n");
    run(f);
    now.ms += 86400000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "slow@skole.example"), 1);
    CHECK_INT(in_state(f, "unsure"), 2); /* both of the batch; nobody can know */
    CHECK_INT(in_state(f, "sent"), 1);   /* and the others got theirs */
    CHECK_INT(test_smtp_to(f->smtp, "bo@skole.example"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n * 100 + unsure_n FROM mailing WHERE state = 'done'"), 102);
    test_served_clean(&f->served);
}

/* ---- reminders --------------------------------------------------------------------------- */

static const char six[] = "a1@skole.example\na2@skole.example\na3@skole.example\na4@skole.example\na5@skole.example\na6@skole.example\n";

static Fixture *invited(const char *addresses)
{
    Fixture *f = fixture();
    add(f, addresses);
    plan(f, MAILING_INVITE);
    run(f);
    next_day(f);
    return f;
}

TEST(invitation_remind, only_unused_codes_are_reminded_and_nothing_tells_which)
{
    Fixture *f = invited(six);
    use(f, "a2@skole.example");
    plan(f, MAILING_REMIND);
    run(f);
    CHECK_INT(test_smtp_count(f->smtp), 11);
    CHECK_INT(test_smtp_to(f->smtp, "a2@skole.example"), 1);
    CHECK_INT(test_smtp_to(f->smtp, "a3@skole.example"), 2);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE kind = 'remind' AND state = 'done'"), 5);
    CHECK_INT(in_state(f, "sent"), 6); /* as before */
    CHECK(str_find(str_of_z(log_text), S("skole"), 0) < 0);
    CHECK(str_find(str_of_z(log_text), S("\"sent_at_least\":5"), 0) > 0);
    test_served_clean(&f->served);
}

TEST(invitation_remind, counts_are_rounded_down_to_fives)
{
    Fixture *f = invited(six);
    use(f, "a1@skole.example");
    use(f, "a2@skole.example");
    plan(f, MAILING_REMIND);
    run(f);
    CHECK_INT(test_smtp_count(f->smtp), 10);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE kind = 'remind'"), 0);
    CHECK_INT(test_figure(&f->served, "SELECT done_n FROM job WHERE kind = 'survey.remind'"), 0);
}

TEST(invitation_remind, refused_for_now_is_tried_again_in_a_round_of_its_own)
{
    Fixture *f = invited("a1@skole.example\na2@skole.example\nbo@skole.example\n");
    add(f, "once@skole.example\nlater@skole.example\n");
    /* As if both had been invited. */
    CHECK_INT(in_state(f, "waiting"), 2);
    sql(f, "UPDATE invitation SET state = 'sent'");
    plan(f, MAILING_REMIND);
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "once@skole.example"), 0);
    CHECK_INT(test_smtp_to(f->smtp, "bo@skole.example"), 2);
    use(f, "later@skole.example"); /* answers meanwhile: no more tries */
    now.ms += 60000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "once@skole.example"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE kind = 'remind' AND state = 'done'"), 1);
    CHECK_INT(test_smtp_to(f->smtp, "bo@skole.example"), 2);
}

TEST(invitation_remind, many_are_reminded_in_batches_each_once)
{
    Fixture *f = fixture();
    Buf b = buf_new(f->served.c->arena, 4000);
    for (int i = 0; i < 47; i++) {
        buf_add(&b, S("p"));
        buf_add_i64(&b, i);
        buf_add(&b, S("@skole.example\n"));
    }
    add(f, str_z(f->served.c->arena, buf_str(&b)));
    sql(f, "UPDATE invitation SET state = 'sent'");
    for (int i = 5; i < 40; i++) {
        char address[40];
        snprintf(address, sizeof address, "p%d@skole.example", i);
        use(f, address);
    }
    plan(f, MAILING_REMIND);
    run(f);
    CHECK_INT(test_smtp_count(f->smtp), 12);
    CHECK_INT(test_smtp_to(f->smtp, "p46@skole.example"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE kind = 'remind' AND state = 'done'"), 10);
}

TEST(invitation_remind, a_program_killed_while_reminding_reminds_nobody_twice)
{
    Fixture *f = fixture();
    add(f, "a1@skole.example\nslow@skole.example\n");
    sql(f, "UPDATE invitation SET state = 'sent'");
    plan(f, MAILING_REMIND);
    kill_while_sending(f, 1);
    run(f);
    now.ms += 86400000;
    run(f);
    CHECK_INT(test_smtp_to(f->smtp, "a1@skole.example"), 1);
    CHECK_INT(test_smtp_to(f->smtp, "slow@skole.example"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE state = 'done' AND progress IS NULL"), 1);
    test_served_clean(&f->served);
}

/* Takes every reader as soon as the first mail has come, and keeps them longer than
   anybody waits for one. */
static void *take_readers(void *data)
{
    enum { READERS = 4 };
    const Fixture *f = data;
    const struct timespec look = {.tv_nsec = 1000000}, hold = {.tv_sec = 2};
    ArenaRange range = arena_range_open(1 << 20);
    Arena arenas[READERS];
    Ctx c[READERS];
    for (int i = 0; i < 5000 && test_smtp_count(f->smtp) == 0; i++) nanosleep(&look, NULL);
    for (int i = 0; i < READERS; i++) {
        arenas[i] = arena_of((ArenaRange){range.base + (i << 18), 1 << 18}, NULL);
        ctx_init(&c[i], &arenas[i], now, f->served.c->random);
        CHECK_OK(db_read_begin(&c[i], f->served.c->app->store));
    }
    nanosleep(&hold, NULL);
    for (int i = 0; i < READERS; i++) ctx_end(&c[i]);
    arena_range_close(range);
    return NULL;
}

TEST(invitation_remind, a_store_too_busy_to_be_read_after_the_mails_reminds_nobody_twice)
{
    Fixture *f = fixture();
    pthread_t other;
    Buf b = buf_new(f->served.c->arena, 4000);
    for (int i = 0; i < BATCH; i++) {
        buf_add(&b, S("p"));
        buf_add_i64(&b, i);
        buf_add(&b, S("@skole.example\n"));
    }
    add(f, str_z(f->served.c->arena, buf_str(&b)));
    sql(f, "UPDATE invitation SET state = 'sent'");
    plan(f, MAILING_REMIND);
    CHECK(job_runner_step(f->runner)); /* announces */
    CHECK_INT(pthread_create(&other, NULL, take_readers, f), 0);
    CHECK(job_runner_step(f->runner));
    CHECK_INT(pthread_join(other, NULL), 0);
    now.ms += 86400000;
    run(f);
    CHECK_INT(test_smtp_count(f->smtp), BATCH);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE kind = 'remind' AND state = 'done'"), BATCH);
}

TEST(invitation_remind, what_is_kept_between_two_steps_has_always_the_same_length)
{
    Fixture *f = invited(six);
    plan(f, MAILING_REMIND);
    CHECK(job_runner_step(f->runner));
    int64_t first = test_figure(&f->served, "SELECT length(progress) FROM mailing WHERE kind = 'remind'");
    CHECK(first > 8000);
    sql(f, "UPDATE job SET next_at = 0");
    CHECK(job_runner_step(f->runner));
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE progress IS NOT NULL AND length(progress) <> 8272"), 0);
    CHECK_INT(first, 8272);
}

static Err write_close(Ctx *c)
{
    const Fixture *f = c->work;
    return survey_move(c, f->wave.id, WAVE_LUKKET);
}

TEST(invitation_remind, closing_the_wave_stops_it_and_deletes_every_address)
{
    Fixture *f = invited(six);
    plan(f, MAILING_REMIND);
    CHECK(job_runner_step(f->runner));
    CHECK_OK(test_write(&f->served, write_close, f));
    run(f);
    CHECK_INT(test_smtp_count(f->smtp), 6);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM invitation"), 0);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM mailing WHERE kind = 'remind' AND state = 'stopped' AND progress IS NULL"), 1);
    CHECK_INT(test_figure(&f->served, "SELECT sent_n FROM mailing WHERE kind = 'invite'"), 6);
    CHECK_INT(test_figure(&f->served, "SELECT count(*) FROM job WHERE state IN ('waiting', 'running')"), 0);
    test_served_clean(&f->served);
}
