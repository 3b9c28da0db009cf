/* A forgotten password, the whole way: asked for, the program started again, mailed by
   a real SMTP server, and chosen through the link that stands in the mail. */
#include "smtp.h"

#include "base/buf.h"
#include "core/access/link.h"
#include "core/access/throttle.h"
#include "core/account/account_forgot.h"
#include "core/job/runner.h"
#include "core/mail/mail.h"

typedef struct Asking {
    Served *served;
    bool more;
} Asking;

static Err write_account(Ctx *c)
{
    Asking *a = c->work;
    AccountId id = {0};
    TRY(access_account_add(c, (PersonId){a->served->person}, S("anne"), S("$argon2id$old"), &id));
    return people_set(c, (PersonId){a->served->person}, (Version){1}, S("Anne"), S("anne@skole.example"), (Date){0});
}

static Err write_ask(Ctx *c)
{
    return link_ask(c, S("Anne@skole.example"));
}

static Err write_tick(Ctx *c)
{
    Asking *a = c->work;
    return account_forgot_tick(c, &a->more);
}

static void close_runner(Ctx *c, void *data)
{
    (void)c;
    job_runner_close(data);
}

static void no_log(void *to_what, Str line)
{
    (void)to_what;
    (void)line;
}

static Instant at;

static Instant test_clock(void)
{
    return at;
}

static void send_what_waits(Served *served)
{
    static const JobKind *const tables[] = {mail_jobs};
    JobRunner *r = NULL;
    at = served->c->now;
    CHECK_OK(job_runner_open(served->c, (JobRunnerOptions){.tables = tables, .n_tables = 1, .clock = test_clock, .log = no_log}, &r));
    ctx_at_end(served->c, close_runner, r);
    CHECK(job_runner_step(r));
}

/* The token in the mail; lines of quoted-printable put together again. */
static Str token_of(Ctx *c, Str mail)
{
    Buf b = buf_new(c->arena, mail.n);
    for (ptrdiff_t i = 0; i < mail.n; i++) {
        bool is_soft_end = i + 2 < mail.n && mail.p[i] == '=' && mail.p[i + 1] == '\r';
        if (is_soft_end) i += 2;
        else buf_add_char(&b, mail.p[i]);
    }
    Str text = buf_str(&b), front = S("https://traad.example/nulstil/");
    ptrdiff_t from = str_find(text, front, 0);
    CHECK(from > 0);
    return str_sub(text, from + front.n, from + front.n + 64);
}

typedef struct Choosing {
    LinkTarget target;
    Str hash;
} Choosing;

static Err write_choice(Ctx *c)
{
    const Choosing *chosen = c->work;
    return link_use(c, &chosen->target, chosen->hash);
}

static Err open_link(Served *served, Str token, LinkTarget *ret)
{
    CHECK_OK(db_read_begin(served->c, served->c->app->store));
    Err err = link_open(served->c, token, ret);
    db_read_end(served->c);
    return err;
}

TEST(account_forgot_smtp, what_was_asked_for_before_the_program_ended_is_mailed_and_opens_the_account_once)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    Asking a = {.served = &served};
    Choosing chosen = {.hash = S("$argon2id$new")};
    served.settings->public_address = S("https://traad.example");
    CHECK_OK(test_write(&served, write_account, &a));
    CHECK_OK(test_write(&served, write_ask, NULL));
    test_served_again(&served);
    CHECK_OK(test_write(&served, write_tick, &a));
    CHECK(a.more);
    send_what_waits(&served);
    CHECK_INT(test_smtp_to(s, "anne@skole.example"), 1);
    Str token = token_of(served.c, test_smtp_message(s, 1));
    CHECK_OK(open_link(&served, token, &chosen.target));
    CHECK_INT(chosen.target.person.v, served.person);
    CHECK_OK(test_write(&served, write_choice, &chosen));
    CHECK_ERR(test_write(&served, write_choice, &chosen), E_CONFLICT);
    ctx_forgive(served.c);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM account WHERE password_hash = '$argon2id$new'"), 1);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail"), 0);
    test_served_clean(&served);
}

static Err write_try(Ctx *c)
{
    Throttle t = throttle_of(c, S("ask:"), S("anne"), S("192.0.2.7"), "reset.asked");
    TRY(throttle_check(c, &t));
    return throttle_count_now(c, &t);
}

TEST(account_forgot_smtp, how_often_one_has_asked_is_not_forgotten_when_the_program_ends)
{
    Served served = test_served();
    for (int i = 0; i < 5; i++) CHECK_OK(test_write(&served, write_try, NULL));
    test_served_again(&served);
    CHECK_ERR(test_write(&served, write_try, NULL), E_CONFLICT);
    ctx_forgive(served.c);
}
