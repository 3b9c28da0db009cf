/* Mail against a real SMTP server (tests/smtp_server.py), from mail_send and
   from the queue through the runner to a stored message. */
#include "smtp.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/job/runner.h"
#include "core/mail/mail.h"

static Mail to(const char *address)
{
    return (Mail){.to = str_of_z(address), .subject = S("Æbler"), .text = S("Hej\n.\nEn linje med kun et punktum."), .lang = LANG_DA};
}

TEST(mail_smtp, a_mail_arrives_as_it_was_written)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    Mailer *mailer = NULL;
    Mail one = to("anne@skole.example"), two = to("bo@skole.example");
    CHECK_OK(mail_open(served.c, &mailer));
    CHECK_OK(mail_send(served.c, mailer, &one));
    CHECK_OK(mail_send(served.c, mailer, &two)); /* on the same line */
    Str m = test_smtp_message(s, 1);
    CHECK(str_starts(m, S("traad@fjord.example > anne@skole.example\r\n")));
    CHECK(str_find(m, S("Subject: =?UTF-8?B?w4ZibGVy?=\r\n"), 0) > 0);
    CHECK(str_find(m, S("\r\n\r\nHej\r\n.\r\nEn linje med kun et punktum.\r\n"), 0) > 0);
    CHECK(str_starts(test_smtp_message(s, 2), S("traad@fjord.example > bo@skole.example\r\n")));
}

TEST(mail_smtp, never_and_later_are_told_apart)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    Mailer *mailer = NULL;
    Mail never = to("refused@skole.example"), later = to("later@skole.example"), good = to("anne@skole.example");
    Ctx *c = served.c;
    CHECK_OK(mail_open(c, &mailer));
    CHECK_ERR(mail_send(c, mailer, &never), E_INVALID);
    ctx_forgive(c);
    CHECK_ERR(mail_send(c, mailer, &later), E_BUSY);
    CHECK(!mail_is_down(mailer));
    ctx_forgive(c);
    CHECK_OK(mail_send(c, mailer, &good)); /* a refusal does not spoil the line */
    test_smtp_stop(s);
    CHECK_ERR(mail_send(c, mailer, &good), E_BUSY);
    CHECK(mail_is_down(mailer));
}

TEST(mail_smtp, a_line_that_breaks_after_the_whole_mail_leaves_a_doubt_and_one_before_it_none)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    Mailer *mailer = NULL;
    Mail lost = to("lost@skole.example"), broken = to("broken@skole.example"), good = to("anne@skole.example");
    Ctx *c = served.c;
    CHECK_OK(mail_open(c, &mailer));
    CHECK_ERR(mail_send(c, mailer, &lost), E_BUSY);
    CHECK(mail_is_doubtful(mailer));
    CHECK_INT(test_smtp_to(s, "lost@skole.example"), 1); /* taken, and nobody said so */
    ctx_forgive(c);
    CHECK_ERR(mail_send(c, mailer, &broken), E_BUSY);
    CHECK(!mail_is_doubtful(mailer));
    CHECK(mail_is_down(mailer));
    ctx_forgive(c);
    CHECK_OK(mail_send(c, mailer, &good)); /* on a new line */
    CHECK(!mail_is_doubtful(mailer));
}

TEST(mail_smtp, a_mail_says_its_language)
{
    Served served = test_served();
    Mail mail = to("anne@skole.example");
    Str whole = {0};
    mail.language = S("tr");
    CHECK_OK(mail_compose(served.c, S("a@b.dk"), &mail, &whole));
    CHECK(str_find(whole, S("\r\nContent-Language: tr\r\n"), 0) > 0);
    mail.language = S("tr\r\nBcc: x");
    CHECK_ERR(mail_compose(served.c, S("a@b.dk"), &mail, &whole), E_INVALID);
}

TEST(mail_smtp, without_tls_nothing_goes_where_it_is_asked_for)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    Mailer *mailer = NULL;
    Mail mail = to("anne@skole.example");
    served.settings->smtp_tls = true;
    CHECK_OK(mail_open(served.c, &mailer));
    CHECK_ERR(mail_send(served.c, mailer, &mail), E_BUSY);
    CHECK(test_smtp_message(s, 1).p == NULL);
}

typedef struct Queued {
    int64_t owner;
    const Mail *mail;
    Str uid;
} Queued;

static Err write_queue(Ctx *c)
{
    Queued *q = c->work;
    return mail_queue(c, q->owner, q->mail, &q->uid);
}

static Str queue(Served *served, const char *address)
{
    Mail mail = to(address);
    Queued q = {.owner = served->owner, .mail = &mail};
    CHECK_OK(test_write(served, write_queue, &q));
    return q.uid;
}

static void close_runner(Ctx *c, void *data)
{
    (void)c;
    job_runner_close(data);
}

static Instant at;
static char log_text[1000];

static Instant test_clock(void)
{
    return at;
}

static void keep_line(void *to_what, Str line)
{
    (void)to_what;
    snprintf(log_text, sizeof log_text, "%.*s", (int)line.n, line.p);
}

static JobRunner *runner(Served *served)
{
    static const JobKind *const tables[] = {mail_jobs};
    JobRunner *r = NULL;
    at = served->c->now;
    CHECK_OK(job_runner_open(served->c, (JobRunnerOptions){.tables = tables, .n_tables = 1, .clock = test_clock, .log = keep_line}, &r));
    ctx_at_end(served->c, close_runner, r);
    return r;
}

TEST(mail_smtp, the_queue_is_sent_and_forgotten)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    JobRunner *r = runner(&served);
    Str uid = queue(&served, "anne@skole.example");
    (void)queue(&served, "bo@skole.example");
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail"), 0);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM job WHERE state = 'done' AND done_n = 2"), 1);
    CHECK(str_find(test_smtp_message(s, 1), STR_CAT(served.c->arena, S("Message-ID: <"), uid, S("@fjord.example>")), 0) > 0);
    CHECK(test_smtp_message(s, 2).p != NULL);
    CHECK(str_find(str_of_z(log_text), S("\"sent\":2,\"later\":0,\"refused\":0"), 0) > 0);
    CHECK(str_find(str_of_z(log_text), S("skole"), 0) < 0);
    test_served_clean(&served);
}

TEST(mail_smtp, one_that_must_wait_does_not_hold_up_the_others)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    JobRunner *r = runner(&served);
    (void)queue(&served, "later@skole.example");
    (void)queue(&served, "refused@skole.example");
    (void)queue(&served, "anne@skole.example");
    CHECK(job_runner_step(r));
    CHECK(test_smtp_message(s, 1).p != NULL);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail WHERE state = 'refused' AND length(sealed) = 0"), 1);
    CHECK_INT(test_figure(&served, "SELECT next_at FROM mail WHERE state = 'waiting'"), at.ms + 60000);
    CHECK(!job_runner_step(r));
    at.ms += 60000;
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT tries FROM mail WHERE state = 'waiting'"), 2);
    at.ms += (int64_t)MAIL_DAYS * 86400000;
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail WHERE state = 'refused'"), 2);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM job WHERE state = 'done'"), 1);
    test_served_clean(&served);
}

TEST(mail_smtp, a_server_that_is_away_loses_nothing)
{
    Served served = test_served();
    SmtpServer *s = test_smtp(&served);
    JobRunner *r = runner(&served);
    test_smtp_stop(s);
    (void)queue(&served, "anne@skole.example");
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail WHERE state = 'waiting' AND tries = 0"), 1);
    CHECK_INT(test_figure(&served, "SELECT next_at FROM job WHERE state = 'waiting'"), at.ms + 5000);
    test_served_clean(&served);
}
