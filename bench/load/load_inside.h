/* What the parts of the load share: a client, its line, and forms filled as a
   browser would. */
#ifndef BENCH_LOAD_INSIDE_H
#define BENCH_LOAD_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/number.h"

enum {
    CLIENTS_MAX = 256,
    SAMPLES = 1 << 20,
    ANSWER_MAX = 4 << 20,
    PATHS_MAX = 1 << 20,
    GROUPS_MAX = 1024,
};

typedef enum Kind { PAGE, SUBMIT, RESPOND, SEND, AGAIN } Kind;

/* A form that is sent many times: what stays, and what is chosen each time. */
typedef struct Group {
    Str name;
    Str *values; /* "name=value", encoded */
    ptrdiff_t n, room;
} Group;
typedef struct Form {
    Str path;
    Str fixed;       /* fields as they stand, encoded, without the nonce */
    bool has_nonce;  /* a field ~nonce */
    Group *groups;   /* radio groups and selects */
    ptrdiff_t n;
} Form;

typedef struct Plan {
    Kind kind;
    int port, clients, cpu_pid;
    double seconds, warmup;
    Str path, cookie;
    Str *paths;      /* of @FILE or %FILE */
    ptrdiff_t n_paths;
    bool is_cycle;   /* %FILE: over and over */
    Form *forms;     /* SEND: of each path */
    const char *acks_name;
    FILE *acks;      /* SEND: what was sent, and whether it was acknowledged */
    Str *again;      /* AGAIN: the lines of it */
    ptrdiff_t n_again;
    double measure_from, until;
    _Atomic int64_t next, lost, was_known;
} Plan;

typedef struct Samples {
    double *v; /* seconds */
    ptrdiff_t n;
} Samples;

typedef struct Client {
    pthread_t thread;
    Plan *plan;
    int fd;
    Arena *arena; /* of this round of the loop */
    char *bytes;  /* the answer, ANSWER_MAX of them */
    Str cookies, body, location;
    bool closes;  /* the server will hang up */
    bool is_gone; /* SEND with acks: it has hung up for good */
    int status;
    uint64_t random;
    Samples whole, get, post;
    int64_t failed, received;
    char why[120];
} Client;

_Noreturn void load_die(const char *what);
uint32_t load_dice(Client *c, uint32_t below);
/* Always false. */
bool load_failed(Client *c, const char *why);

/* One request without its redirects; form.p == NULL: GET. A line that the
   server has closed is opened once more; with `once` a POST is never repeated. */
bool load_ask_once(Client *c, Str path, Str form, bool once);
/* With its redirects, as one request of a person; true for 200. */
bool load_ask(Client *c, Str path, Str form);
void load_hang_up(Client *c);

/* The first form of method post on the page; own: where it stands. Lives in arena. */
bool load_read_form(Client *c, Arena *arena, Str page, Str own, Form *ret);
/* One option of every group, each as likely as the others; a nonce of our own
   if one is given, else the page's. */
Str load_fill(Client *c, const Form *form, Str nonce);
/* <body data-page="MARK" */
bool load_is_page(const Client *c, Str mark);

#endif
