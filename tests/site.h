/* A small site behind the real server, for tests of src/web as a client meets it: a
   daemon on loopback, a store and a writer, a gate and routes of its own (site_routes.c),
   and a client without a library, which can say what no library would. */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include <pthread.h>
#include <stdatomic.h>

#include "test.h"
#include "web/web_inside.h"

struct App {
    atomic_int writes, looks, prepared, log_lines;
    atomic_int gate_open; /* 0: writes of /held wait */
    pthread_mutex_t lock;
    char log[8192];
    ptrdiff_t log_n;
};

typedef struct Site {
    Ctx *c;
    Store *store;
    Writer *writer;
    Web *web;
    struct App app;
    char path[64]; /* of the store */
} Site;

/* Cookie s=7 is viewer 7, and its session strong. */
extern const Gate site_gate;
/* What each does, its handlers tell. */
extern const Route site_routes[];

Site *site_open(void);
/* Where the options say nothing: 4 MB a request, 200 connections, any free port. */
Site *site_open_with(WebOptions options, WriterOptions writer);
void site_close(Site *s);
/* What stands behind a server that is closed already. */
void site_close_store(Site *s);
/* One figure of the store. */
int64_t site_count(Site *s, const char *sql);

/* A connection; -1: refused. */
int site_dial(int port);
/* Stops quietly when the server has heard enough. */
void site_say(int fd, Str text);
/* Until the server hangs up; closes. */
Str site_hear(int fd, char *to, ptrdiff_t max);

/* Whole requests on a connection each; the answer as it came, in the site's arena. */
Str site_ask(Site *s, Str request);
Str site_get(Site *s, const char *path);
/* Each header ends with "\r\n". */
Str site_get_with(Site *s, const char *path, const char *headers);
Str site_post(Site *s, const char *path, const char *body);
/* A form, unless the headers name a Content-Type. */
Str site_post_with(Site *s, const char *path, const char *headers, Str body);
/* The request only. */
Str site_post_text(Arena *arena, const char *path, const char *headers, Str body);

/* 0: no answer. */
int site_status(Str answer);
bool site_has(Str answer, Str part);
/* n times the same character. */
Str site_filled(Site *s, char ch, ptrdiff_t n);

#endif
