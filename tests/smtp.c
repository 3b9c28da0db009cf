#include "smtp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEPT_MAX = 400 };

void test_smtp_stop(SmtpServer *s)
{
    if (s->keep >= 0) close(s->keep);
    s->keep = -1;
    if (s->pid > 0) waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

static void end(Ctx *c, void *data)
{
    SmtpServer *s = data;
    (void)c;
    test_smtp_stop(s);
    for (int i = 1; i < KEPT_MAX; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d.eml", s->folder, i);
        if (unlink(path) != 0) break;
    }
    rmdir(s->folder);
}

static void run_server(const SmtpServer *s, const int in[2], const int out[2])
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

SmtpServer *test_smtp(Served *served)
{
    Ctx *c = served->c;
    SmtpServer *s = NEW(c->arena, SmtpServer, 1);
    int in[2], out[2];
    snprintf(s->folder, sizeof s->folder, "/dev/shm/traad-test-smtp-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
    CHECK_INT(pipe2(in, O_CLOEXEC) | pipe2(out, O_CLOEXEC), 0);
    s->keep = in[1];
    s->pid = fork();
    if (s->pid == 0) run_server(s, in, out);
    ctx_at_end(c, end, s);
    close(in[0]);
    close(out[1]);
    FILE *answer = fdopen(out[0], "r");
    int got = fscanf(answer, "%d", &s->port);
    fclose(answer);
    if (got != 1) test_skip("python3-aiosmtpd is not installed");
    char *url = NEW(c->arena, char, 60);
    snprintf(url, 60, "smtp://127.0.0.1:%d", s->port);
    served->settings->smtp = str_of_z(url);
    served->settings->smtp_tls = false; /* this server has no certificate */
    served->settings->mail_from = S("Rød Tråd <traad@fjord.example>");
    return s;
}

Str test_smtp_message(const SmtpServer *s, int n)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%d.eml", s->folder, n);
    return test_file(str_of_z(path));
}

int test_smtp_count(const SmtpServer *s)
{
    struct stat st;
    for (int n = 0;; n++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%d.eml", s->folder, n + 1);
        if (stat(path, &st) != 0) return n;
    }
}

int test_smtp_to(const SmtpServer *s, const char *address)
{
    int found = 0;
    for (int n = 1; n <= test_smtp_count(s); n++) {
        Str mail = test_smtp_message(s, n), head = {0};
        (void)str_split(&mail, '\r', &head);
        if (str_ends(head, str_of_z(address))) found++;
    }
    return found;
}
