#include "site.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"

enum { ANSWER_MAX = 1 << 20 };

static void log_line(void *to, Str line)
{
    struct App *app = to;
    pthread_mutex_lock(&app->lock);
    if (line.n < (ptrdiff_t)sizeof app->log - app->log_n) {
        memcpy(app->log + app->log_n, line.p, (size_t)line.n);
        app->log_n += line.n;
    }
    pthread_mutex_unlock(&app->lock);
    atomic_fetch_add(&app->log_lines, 1);
}

static void fill_random(void *state, void *bytes, size_t n)
{
    (void)state;
    if (getrandom(bytes, n, 0) != (ssize_t)n) abort();
}

static const Schema schema = {
    .feature = "web",
    .schema_sql = "CREATE TABLE web_note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;"
                  "CREATE TABLE web_look (id INTEGER PRIMARY KEY, what TEXT NOT NULL) STRICT;"
                  "CREATE TABLE web_nonce (id INTEGER PRIMARY KEY, nonce TEXT NOT NULL UNIQUE, location TEXT NOT NULL) STRICT;",
    .check_sql = "",
};

static void remove_store(Site *s)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (ptrdiff_t i = 0; i < COUNT_OF(ends); i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", s->path, ends[i]);
        unlink(path);
    }
}

Site *site_open_with(WebOptions options, WriterOptions writer)
{
    Ctx *c = test_ctx_plain();
    Site *s = NEW(c->arena, Site, 1);
    bool migrated = false;
    s->c = c;
    c->random = (Random){.fill = fill_random};
    pthread_mutex_init(&s->app.lock, NULL);
    atomic_store(&s->app.gate_open, 1);
    snprintf(s->path, sizeof s->path, "/dev/shm/web_test_%d.db", (int)getpid());
    remove_store(s);
    signal(SIGPIPE, SIG_IGN);
    CHECK_OK(store_open(c, str_of_z(s->path), (StoreOptions){.create = true, .readers = 6}, &s->store));
    CHECK_OK(schema_apply(c, s->store, (const Schema *[]){&schema}, 1, &migrated));
    CHECK_OK(writer_open(c, s->store, writer, &s->writer));
    options.listen = S("127.0.0.1:0");
    options.log = log_line;
    options.log_to = &s->app;
    if (options.arena_bytes == 0) options.arena_bytes = 4 << 20;
    if (options.connections_max == 0) options.connections_max = 200;
    CHECK_OK(web_open(c, &site_gate, (const Route *[]){site_routes}, (const char *[]){"prøve"}, 1, s->store, s->writer, &s->app,
                      options, &s->web));
    return s;
}

Site *site_open(void)
{
    return site_open_with((WebOptions){0}, (WriterOptions){0});
}

void site_close_store(Site *s)
{
    writer_close(s->writer);
    store_close(s->store);
    remove_store(s);
}

void site_close(Site *s)
{
    web_close(s->web);
    site_close_store(s);
}

int64_t site_count(Site *s, const char *sql)
{
    int64_t n = -1;
    Ctx c = *s->c;
    c.at_end = NULL;
    c.conn = NULL;
    CHECK_OK(db_read_begin(&c, s->store));
    CHECK_OK(db_test_i64(&c, str_of_z(sql), &n));
    ctx_end(&c);
    return n;
}

/* ---- a client without a library ------------------------------------------------------- */

int site_dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

void site_say(int fd, Str text)
{
    while (text.n > 0) {
        ssize_t n = send(fd, text.p, (size_t)text.n, MSG_NOSIGNAL);
        if (n <= 0) return;
        text = str_sub(text, n, text.n);
    }
}

Str site_hear(int fd, char *to, ptrdiff_t max)
{
    ptrdiff_t n = 0;
    for (ssize_t got; n < max && (got = recv(fd, to + n, (size_t)(max - n), 0)) > 0;) n += got;
    close(fd);
    return (Str){to, n};
}

Str site_ask(Site *s, Str request)
{
    int fd = site_dial(web_port(s->web));
    CHECK(fd >= 0);
    site_say(fd, request);
    return site_hear(fd, arena_take_raw(s->c->arena, ANSWER_MAX), ANSWER_MAX);
}

int site_status(Str answer)
{
    int64_t status = 0;
    if (!str_starts(answer, S("HTTP/1.1 ")) || !str_i64(str_sub(answer, 9, 12), &status)) return 0;
    return (int)status;
}

bool site_has(Str answer, Str part)
{
    return str_find(answer, part, 0) >= 0;
}

Str site_get_with(Site *s, const char *path, const char *headers)
{
    Str parts[] = {S("GET "), str_of_z(path), S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"), str_of_z(headers), S("\r\n")};
    return site_ask(s, str_join(s->c->arena, parts, COUNT_OF(parts)));
}

Str site_get(Site *s, const char *path)
{
    return site_get_with(s, path, "");
}

Str site_post_text(Arena *arena, const char *path, const char *headers, Str body)
{
    char length[64];
    snprintf(length, sizeof length, "Content-Length: %td\r\n\r\n", body.n);
    bool has_type = strstr(headers, "Content-Type") != NULL;
    Str parts[] = {S("POST "), str_of_z(path), S(" HTTP/1.1\r\nHost: t\r\nConnection: close\r\n"), str_of_z(headers),
                   has_type ? S("") : S("Content-Type: application/x-www-form-urlencoded\r\n"), str_of_z(length), body};
    return str_join(arena, parts, COUNT_OF(parts));
}

Str site_post_with(Site *s, const char *path, const char *headers, Str body)
{
    return site_ask(s, site_post_text(s->c->arena, path, headers, body));
}

Str site_post(Site *s, const char *path, const char *body)
{
    return site_post_with(s, path, "", str_of_z(body));
}

Str site_filled(Site *s, char ch, ptrdiff_t n)
{
    char *p = arena_take_raw(s->c->arena, n);
    memset(p, ch, (size_t)n);
    return (Str){p, n};
}
