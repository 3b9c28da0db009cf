/* Mail against a real SMTP server (tests/smtp_server.py), from mail_send and
   from the queue through the runner to a stored message. */
#include "served.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/job/runner.h"
#include "core/mail/mail.h"

typedef struct Server {
    pid_t pid;
    int keep;         /* its standard input: it ends when this does */
    char folder[60];
    int port;
} Server;

static void stop(Ctx *c, void *data)
{
    Server *s = data;
    (void)c;
    if (s->keep >= 0) close(s->keep);
    s->keep = -1;
    if (s->pid > 0) waitpid(s->pid, NULL, 0);
    s->pid = 0;
    for (int i = 1; i < 50; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d.eml", s->folder, i);
        unlink(path);
    }
    rmdir(s->folder);
}

static void run_server(const Server *s, const int in[2], const int out[2])
{
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    char script[1000];
    snprintf(script, sizeof script, "%s/tests/smtp_server.py", root ? root : ".");
    dup2(in[0], 0);
    dup2(out[1], 1);
    close(in[1]);
    close(out[0]);
    execl("/usr/bin/python3", "python3", script, s->folder, (char *)NULL);
    _exit(77);
}

static Server *server(Served *served)
{
    Ctx *c = served->c;
    Server *s = NEW(c->arena, Server, 1);
    int in[2], out[2];
    snprintf(s->folder, sizeof s->folder, "/dev/shm/traad-test-smtp-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    CHECK_INT(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
    s->keep = in[1];
    s->pid = fork();
    if (s->pid == 0) run_server(s, in, out);
    ctx_at_end(c, stop, s);
    close(in[0]);
    close(out[1]);
    FILE *answer = fdopen(out[0], "r");
    int got = fscanf(answer, "%d", &s->port);
    fclose(answer);
    if (got != 1) test_skip("python3-aiosmtpd is not installed");
    char *url = NEW(c->arena, char, 60);
    snprintf(url, 60, "smtp://127.0.0.1:%d", s->port);
    served->settings->smtp = str_of_z(url);
    served->settings->mail_from = S("Rød Tråd <traad@fjord.example>");
    return s;
}

static Str message(const Server *s, int n)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%d.eml", s->folder, n);
    return test_file(str_of_z(path));
}

static Mail to(const char *address)
{
    return (Mail){.to = str_of_z(address), .subject = S("Æbler"), .text = S("Hej\n.\nEn linje med kun et punktum."), .lang = LANG_DA};
}

TEST(mail_smtp, a_mail_arrives_as_it_was_written)
{
    Served served = test_served();
    Server *s = server(&served);
    Mailer *mailer = NULL;
    Mail one = to("anne@skole.example"), two = to("bo@skole.example");
    CHECK_OK(mail_open(served.c, &mailer));
    CHECK_OK(mail_send(served.c, mailer, &one));
    CHECK_OK(mail_send(served.c, mailer, &two)); /* on the same line */
    Str m = message(s, 1);
    CHECK(str_starts(m, S("traad@fjord.example > anne@skole.example\r\n")));
    CHECK(str_find(m, S("Subject: =?UTF-8?B?w4ZibGVy?=\r\n"), 0) > 0);
    CHECK(str_find(m, S("\r\n\r\nHej\r\n.\r\nEn linje med kun et punktum.\r\n"), 0) > 0);
    CHECK(str_starts(message(s, 2), S("traad@fjord.example > bo@skole.example\r\n")));
}

TEST(mail_smtp, never_and_later_are_told_apart)
{
    Served served = test_served();
    Server *s = server(&served);
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
    stop(c, s);
    CHECK_ERR(mail_send(c, mailer, &good), E_BUSY);
    CHECK(mail_is_down(mailer));
}

TEST(mail_smtp, without_tls_nothing_goes_where_it_is_asked_for)
{
    Served served = test_served();
    Server *s = server(&served);
    Mailer *mailer = NULL;
    Mail mail = to("anne@skole.example");
    served.settings->smtp_tls = true;
    CHECK_OK(mail_open(served.c, &mailer));
    CHECK_ERR(mail_send(served.c, mailer, &mail), E_BUSY);
    CHECK(message(s, 1).p == NULL);
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
    Server *s = server(&served);
    JobRunner *r = runner(&served);
    Str uid = queue(&served, "anne@skole.example");
    (void)queue(&served, "bo@skole.example");
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail"), 0);
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM job WHERE state = 'done' AND done_n = 2"), 1);
    CHECK(str_find(message(s, 1), STR_CAT(served.c->arena, S("Message-ID: <"), uid, S("@fjord.example>")), 0) > 0);
    CHECK(message(s, 2).p != NULL);
    CHECK(str_find(str_of_z(log_text), S("\"sent\":2,\"later\":0,\"refused\":0"), 0) > 0);
    CHECK(str_find(str_of_z(log_text), S("skole"), 0) < 0);
    test_served_clean(&served);
}

TEST(mail_smtp, one_that_must_wait_does_not_hold_up_the_others)
{
    Served served = test_served();
    Server *s = server(&served);
    JobRunner *r = runner(&served);
    (void)queue(&served, "later@skole.example");
    (void)queue(&served, "refused@skole.example");
    (void)queue(&served, "anne@skole.example");
    CHECK(job_runner_step(r));
    CHECK(message(s, 1).p != NULL);
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
    Server *s = server(&served);
    JobRunner *r = runner(&served);
    stop(served.c, s);
    (void)queue(&served, "anne@skole.example");
    CHECK(job_runner_step(r));
    CHECK_INT(test_figure(&served, "SELECT count(*) FROM mail WHERE state = 'waiting' AND tries = 0"), 1);
    CHECK_INT(test_figure(&served, "SELECT next_at FROM job WHERE state = 'waiting'"), at.ms + 5000);
    test_served_clean(&served);
}
