/* A bare submit server: POST /s with "s=12&a=0,1,…" (40 answers 0-4) over
   libmicrohttpd, answered 200 only after the COMMIT that holds it.
     bare_submit PORT THREADS FOLDER suspend|block group|one
   suspend: the connection is parked, the writer resumes it after the COMMIT.
   block:   the handler waits on a thread of the pool, so at most THREADS
            submissions are ever under way. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "baseline/bare_store.h"

enum { BODY_MAX = 1024, UNITS = 60 };

typedef struct Server {
    BareWriter writer;
    bool blocks;
} Server;

typedef struct Request {
    Submission submission;
    bool is_given, is_large;
    size_t n;
    char body[BODY_MAX];
} Request;

static enum MHD_Result say(struct MHD_Connection *connection, unsigned status, const char *text)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_queue_response(connection, status, r);
    MHD_destroy_response(r);
    return result;
}

static bool parse(Request *r)
{
    r->body[r->n] = 0;
    const char *unit = strstr(r->body, "s="), *a = strstr(r->body, "a=");
    if (!unit || !a || sscanf(unit, "s=%d", &r->submission.unit) != 1) return false;
    if (r->submission.unit < 0 || r->submission.unit >= UNITS) return false;
    a += 2;
    for (int i = 0; i < BARE_ITEMS; i++, a += 2) {
        if (a[0] < '0' || a[0] >= '0' + BARE_OPTIONS || (i < BARE_ITEMS - 1 && a[1] != ',')) return false;
        r->submission.answer[i] = (unsigned char)(a[0] - '0');
    }
    return true;
}

static void resume(Submission *s)
{
    MHD_resume_connection(s->user);
}

static enum MHD_Result submit(Server *server, struct MHD_Connection *connection, Request *r)
{
    if (r->is_large) return say(connection, 413, "stor");
    if (!parse(r)) return say(connection, 400, "fejl");
    r->is_given = true;
    r->submission.user = connection;
    if (server->blocks) {
        pthread_cond_init(&r->submission.wake, NULL);
        bare_writer_store(&server->writer, &r->submission);
        return say(connection, 200, "gemt");
    }
    r->submission.stored = resume;
    MHD_suspend_connection(connection);
    bare_writer_give(&server->writer, &r->submission);
    return MHD_YES;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *n, void **state)
{
    (void)url, (void)method, (void)version;
    Request *r = *state;
    if (!r) {
        *state = calloc(1, sizeof *r);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*n > 0) {
        if (r->n + *n >= BODY_MAX)
            r->is_large = true;
        else
            memcpy(r->body + r->n, data, *n), r->n += *n;
        *n = 0;
        return MHD_YES;
    }
    if (r->is_given) return say(connection, 200, "gemt");
    return submit(user, connection, r);
}

static void on_end(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)user, (void)connection, (void)why;
    free(*state);
    *state = NULL;
}

int main(int argc, char **argv)
{
    static Server server; /* style: the program's whole state */
    if (argc != 6) bare_die("usage: bare_submit PORT THREADS FOLDER suspend|block group|one", NULL);
    int port = bare_number(argv, 1, 1, 65535), threads = bare_number(argv, 2, 1, 64);
    server.blocks = strcmp(argv[4], "block") == 0;
    if (!server.blocks && strcmp(argv[4], "suspend") != 0) bare_die("suspend or block", NULL);
    bare_writer_open(&server.writer, argv[3], "bare_submit", bare_mode(argv[5]), UNITS);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)port, NULL, NULL,
                         on_request, &server, MHD_OPTION_SOCK_ADDR, &here, MHD_OPTION_THREAD_POOL_SIZE,
                         (unsigned)threads, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
    if (!daemon) bare_die("the port is taken", NULL);
    printf("listening on http://127.0.0.1:%d\n", port);
    fflush(stdout);
    pause();
    return 0;
}
