#include "core/command_share.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"

extern char **environ;

enum { SHARES_MAX = 16, WORDS_MAX = 64, LINE_BYTES = 64 << 10, SAID_MAX = 2000 };

Err command_share_read(Ctx *c, Str text, WorkShare *ret)
{
    int64_t at = 0, of = 0;
    Str rest = text, first = {0};
    bool reads = str_split(&rest, '/', &first) && str_i64(first, &at) && str_i64(rest, &of);
    if (!reads || of < 1 || of > SHARES_MAX || at < 1 || at > of)
        return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("--share is K/N with K from 1 to N and N at most 16, not "), text)));
    *ret = (WorkShare){(int)at - 1, (int)of};
    return OK;
}

int command_share_count(ptrdiff_t things, ptrdiff_t least)
{
    cpu_set_t cores;
    int n = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return (int)i64_max(1, i64_min(i64_min(n, SHARES_MAX), things / least));
}

/* ---- our own command line -------------------------------------------------------- */

static Err no_process(Ctx *c, int number)
{
    return fail(c, E_BUSY, msg_verbatim(STR_CAT(c->arena, S("no process for a share of the work: "), str_of_z(strerrordesc_np(number)))));
}

/* Words with a zero byte behind each, as the kernel keeps them. */
static Err read_own_line(Ctx *c, char **ret_words, int *ret_n)
{
    char *line = NEW(c->arena, char, LINE_BYTES);
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return no_process(c, errno);
    ssize_t got = 0, n = 0;
    while (n < LINE_BYTES - 1 && (got = read(fd, line + n, (size_t)(LINE_BYTES - 1 - n))) > 0) n += got;
    close(fd);
    for (ssize_t at = 0; at < n; at++) {
        if (*ret_n == WORDS_MAX) return no_process(c, E2BIG);
        ret_words[(*ret_n)++] = line + at;
        while (line[at]) at++;
    }
    return n == LINE_BYTES - 1 ? no_process(c, E2BIG) : OK;
}

/* ---- running ---------------------------------------------------------------------- */

typedef struct Running {
    pid_t pid;
    int said; /* what it writes to standard error */
    int status;
} Running;

static int start(Running *r, char **words, int n, char *share)
{
    posix_spawn_file_actions_t files;
    char flag[] = "--share";
    char *all[WORDS_MAX + 3];
    for (int i = 0; i < n; i++) all[i] = words[i];
    all[n] = flag;
    all[n + 1] = share;
    all[n + 2] = NULL;
    r->said = memfd_create("said", MFD_CLOEXEC);
    if (r->said < 0) return errno;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, r->said, STDERR_FILENO);
    int error = posix_spawn(&r->pid, "/proc/self/exe", &files, NULL, all, environ);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static void wait_for(Running *r)
{
    while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR) continue;
}

/* "traad: survey report: S1.pdf: no space": the first two parts are said by main for us, too. */
static Err told(Ctx *c, const Running *r)
{
    char text[SAID_MAX];
    ssize_t n = pread(r->said, text, sizeof text, 0);
    Str said = str_trim(str_copy(c->arena, (Str){text, n > 0 ? n : 0}));
    for (int i = 0; i < 2; i++) {
        ptrdiff_t at = str_find(said, S(": "), 0);
        if (at >= 0) said = str_sub(said, at + 2, said.n);
    }
    if (said.n == 0) said = S("a share of the work has ended early");
    return fail(c, E_CONFLICT, msg_verbatim(said));
}

Err command_share_run(Ctx *c, int shares)
{
    char *words[WORDS_MAX] = {NULL};
    Running all[SHARES_MAX] = {{0}};
    char share[SHARES_MAX][24];
    int n = 0, begun = 0, error = 0;
    TRY(read_own_line(c, words, &n));
    for (; begun < shares && !error; begun++) {
        snprintf(share[begun], sizeof share[begun], "%d/%d", begun + 1, shares);
        error = start(&all[begun], words, n, share[begun]);
    }
    Err err = error ? no_process(c, error) : OK;
    for (int i = 0; i < begun; i++) {
        if (all[i].pid > 0) wait_for(&all[i]);
        if (err == OK && all[i].status != 0) err = told(c, &all[i]);
        if (all[i].said >= 0) close(all[i].said);
    }
    return err;
}
