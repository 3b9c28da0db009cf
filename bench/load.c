/* Load over HTTP from many clients, each in a closed loop over one connection,
   told as one line of JSON.
     load PORT page PATH              gets PATH, with the cookie of --cookie
     load PORT submit PATH            posts made-up answers of 60 units × 40 items ("s=12&a=0,1,…")
     load PORT respond PATH|@FILE     a whole respondent: gets the page, fills its form as a browser
                                      would (hidden fields as they are, one option of every radio group
                                      and select), posts, until <body data-page="tak">; {n} in PATH is
                                      a running number; of @FILE each line is one path, used once
   Options: --clients 16 --seconds 3 --warmup 0.5 --cookie name=value --cpu PID
   A respondent has cookies of their own for the length of one answer. */
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

enum {
    CLIENTS_MAX = 256,
    SAMPLES = 1 << 20,
    ANSWER_MAX = 4 << 20,
    PAGES_MAX = 40,
    HOPS_MAX = 5,
    GROUPS_MAX = 1024,
    ITEMS = 40,
    OPTIONS = 5,
    UNITS = 60,
};

typedef enum Kind { PAGE, SUBMIT, RESPOND } Kind;

typedef struct Plan {
    Kind kind;
    int port, clients, cpu_pid;
    double seconds, warmup;
    Str path, cookie;
    Str *paths; /* of @FILE */
    ptrdiff_t n_paths;
    double measure_from, until;
    _Atomic int64_t next;
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
    char *bytes;  /* the answer, ANSWER_MAX + 1 of them */
    Str cookies, body, location;
    bool closes; /* the server will hang up */
    int status;
    uint64_t random;
    Samples whole, get, post;
    int64_t failed, received;
    char why[120];
} Client;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(2);
}

static uint32_t dice(Client *c, uint32_t below)
{
    c->random = c->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(c->random >> 33) % below;
}

static bool failed(Client *c, const char *why)
{
    snprintf(c->why, sizeof c->why, "%s (status %d)", why, c->status);
    return false;
}

/* ---- one request -------------------------------------------------------------- */

static bool connect_client(Client *c)
{
    struct sockaddr_in there = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)c->plan->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0) return false;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return connect(c->fd, (struct sockaddr *)&there, sizeof there) == 0;
}

static void hang_up(Client *c)
{
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
}

static bool send_all(Client *c, Str s)
{
    for (ptrdiff_t at = 0; at < s.n;) {
        ssize_t n = send(c->fd, s.p + at, (size_t)(s.n - at), MSG_NOSIGNAL);
        if (n <= 0) return false;
        at += n;
    }
    return true;
}

/* More bytes into c->bytes; false at the end of the line or of the room. */
static bool receive(Client *c, ptrdiff_t *n)
{
    if (*n == ANSWER_MAX) return false;
    ssize_t got = recv(c->fd, c->bytes + *n, (size_t)(ANSWER_MAX - *n), 0);
    if (got <= 0) return false;
    *n += got;
    c->received += got;
    return true;
}

static void keep_cookie(Client *c, Str set)
{
    ptrdiff_t end = str_find_char(set, ';', 0), eq = str_find_char(set, '=', 0);
    Str pair = str_sub(set, 0, end < 0 ? set.n : end), name = str_sub(set, 0, eq + 1), rest = c->cookies, part = {0};
    Str all = str_copy(c->arena, pair);
    while (rest.n > 0 && str_split(&rest, ';', &part)) {
        part = str_trim(part);
        if (!str_starts(part, name)) all = STR_CAT(c->arena, all, S("; "), part);
    }
    c->cookies = all;
}

static bool is_header(Str line, Str name, Str *ret)
{
    if (line.n <= name.n || strncasecmp(line.p, name.p, (size_t)name.n) != 0) return false;
    *ret = str_trim(str_sub(line, name.n, line.n));
    return true;
}

static bool read_head(Client *c, Str head, int64_t *ret_length)
{
    Str line = {0}, value = {0};
    int64_t status = 0;
    *ret_length = -1;
    c->closes = false;
    c->location = S("");
    if (!str_split(&head, '\n', &line) || !str_i64(str_sub(line, 9, 12), &status)) return false;
    c->status = (int)status;
    while (head.n > 0 && str_split(&head, '\n', &line)) {
        line = str_trim(line);
        if (is_header(line, S("content-length:"), &value) && !str_i64(value, ret_length)) return false;
        if (is_header(line, S("set-cookie:"), &value)) keep_cookie(c, value);
        if (is_header(line, S("location:"), &value)) c->location = str_copy(c->arena, value);
        if (is_header(line, S("connection:"), &value)) c->closes = value.n == 5;
    }
    return *ret_length >= 0; /* the servers we measure tell the length of everything */
}

static bool read_answer(Client *c)
{
    ptrdiff_t n = 0, end = -1;
    int64_t length = 0;
    while (end < 0) {
        ptrdiff_t from = n > 3 ? n - 3 : 0;
        if (!receive(c, &n)) return false;
        end = str_find((Str){c->bytes, n}, S("\r\n\r\n"), from);
    }
    end += 4;
    if (!read_head(c, (Str){c->bytes, end}, &length) || length > ANSWER_MAX - end) return false;
    while (n < end + length)
        if (!receive(c, &n)) return false;
    c->body = (Str){c->bytes + end, (ptrdiff_t)length};
    if (c->closes) hang_up(c);
    return true;
}

/* form.p == NULL: GET. A line that the server has closed is opened once more. */
static bool ask_once(Client *c, Str path, Str form)
{
    char words[160];
    int n = snprintf(words, sizeof words, " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/html\r\n", c->plan->port);
    Str head = STR_CAT(c->arena, form.p ? S("POST ") : S("GET "), path, ((Str){words, n}));
    if (c->cookies.n) head = STR_CAT(c->arena, head, S("Cookie: "), c->cookies, S("\r\n"));
    if (form.p) {
        n = snprintf(words, sizeof words, "Origin: http://127.0.0.1:%d\r\nContent-Length: %td\r\n", c->plan->port,
                     form.n);
        head = STR_CAT(c->arena, head, ((Str){words, n}), S("Content-Type: application/x-www-form-urlencoded\r\n\r\n"),
                       form);
    } else {
        head = STR_CAT(c->arena, head, S("\r\n"));
    }
    for (int i = 0; i < 2; i++) {
        bool is_fresh = c->fd < 0;
        if (is_fresh && !connect_client(c)) {
            hang_up(c);
            break;
        }
        if (send_all(c, head) && read_answer(c)) return true;
        hang_up(c);
        if (is_fresh) break;
    }
    c->status = 0;
    return failed(c, "no answer");
}

/* With its redirects, as one request of a person. */
static bool ask(Client *c, Str path, Str form)
{
    for (int i = 0; i < HOPS_MAX; i++) {
        if (!ask_once(c, path, form)) return false;
        if (c->status < 300 || c->status > 399 || c->location.n == 0) break;
        path = c->location;
        form = (Str){0};
    }
    return c->status == 200 || failed(c, "refused");
}

/* ---- forms ----------------------------------------------------------------------- */

static Str lower_name(Str tag)
{
    ptrdiff_t n = 0;
    while (n < tag.n && tag.p[n] != ' ' && tag.p[n] != '\n' && tag.p[n] != '>' && tag.p[n] != '/') n++;
    return str_sub(tag, 0, n);
}

/* The value of name="…"; our templates always quote. */
static bool attribute(Str tag, const char *name, Str *ret)
{
    ptrdiff_t n = (ptrdiff_t)strlen(name);
    for (ptrdiff_t at = 0; (at = str_find(tag, (Str){name, n}, at)) >= 0; at += n) {
        bool begins = at > 0 && (tag.p[at - 1] == ' ' || tag.p[at - 1] == '\n');
        if (!begins || at + n + 1 >= tag.n || tag.p[at + n] != '=' || tag.p[at + n + 1] != '"') continue;
        ptrdiff_t end = str_find_char(tag, '"', at + n + 2);
        if (end < 0) return false;
        *ret = str_sub(tag, at + n + 2, end);
        return true;
    }
    return false;
}

static void add_encoded(Buf *b, Str s)
{
    static const struct {
        const char *name;
        char is;
    } entities[] = {
        {"&amp;",  '&' },
        {"&quot;", '"' },
        {"&#39;",  '\''},
        {"&lt;",   '<' },
        {"&gt;",   '>' }
    };
    static const char digits[] = "0123456789ABCDEF";
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        for (size_t k = 0; ch == '&' && k < sizeof entities / sizeof *entities; k++) {
            if (!str_starts(str_sub(s, i, s.n), str_of_z(entities[k].name))) continue;
            ch = (unsigned char)entities[k].is;
            i += (ptrdiff_t)strlen(entities[k].name) - 1;
            break;
        }
        bool is_plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                        (ch && strchr("-_.~", ch));
        if (is_plain) {
            buf_add_char(b, (char)ch);
        } else {
            buf_add_char(b, '%');
            buf_add_char(b, digits[ch >> 4]);
            buf_add_char(b, digits[ch & 15]);
        }
    }
}

typedef struct Group {
    Str name, value;
    uint32_t seen;
} Group;

typedef struct Filling {
    Client *c;
    Buf body;
    Group *groups; /* radio groups, and the select we are in */
    ptrdiff_t n;
    Str select; /* its name; empty outside */
} Filling;

static void add_field(Filling *f, Str name, Str value)
{
    if (f->body.n) buf_add_char(&f->body, '&');
    add_encoded(&f->body, name);
    buf_add_char(&f->body, '=');
    add_encoded(&f->body, value);
}

/* One of the values that a group has shown so far, each as likely as the others. */
static void offer(Filling *f, Str name, Str value)
{
    ptrdiff_t i = f->n;
    while (i > 0 && !str_eq(f->groups[i - 1].name, name)) i--;
    if (i == 0) {
        if (f->n == GROUPS_MAX) return;
        f->groups[f->n++] = (Group){.name = name};
        i = f->n;
    }
    Group *g = &f->groups[i - 1];
    if (dice(f->c, ++g->seen) == 0) g->value = value;
}

static void fill_input(Filling *f, Str tag)
{
    Str name = {0}, value = S(""), type = S("text");
    if (!attribute(tag, "name", &name)) return;
    (void)attribute(tag, "value", &value);
    (void)attribute(tag, "type", &type);
    if (str_eq(type, S("radio")))
        offer(f, name, value);
    else if (str_eq(type, S("hidden")) || str_eq(type, S("text")))
        add_field(f, name, value);
}

static void fill_tag(Filling *f, Str tag)
{
    Str name = lower_name(tag), value = {0};
    if (str_eq(name, S("input"))) fill_input(f, tag);
    if (str_eq(name, S("select")) && !attribute(tag, "name", &f->select)) f->select = S("");
    if (str_eq(name, S("option")) && f->select.n && attribute(tag, "value", &value) && value.n)
        offer(f, f->select, value);
    if (str_eq(name, S("textarea")) && attribute(tag, "name", &value)) add_field(f, value, S(""));
}

/* The first form of method post: where it goes and what a person would send. */
static bool fill_form(Client *c, Str page, Str own, Str *ret_path, Str *ret_body)
{
    ptrdiff_t at = 0, end = 0;
    Str tag = {0}, method = {0};
    do {
        at = str_find(page, S("<form"), end);
        if (at < 0) return failed(c, "a page without form");
        end = str_find_char(page, '>', at);
        if (end < 0) return failed(c, "a broken form");
        tag = str_sub(page, at, end);
    } while (!attribute(tag, "method", &method) || !str_eq(method, S("post")));
    if (!attribute(tag, "action", ret_path) || ret_path->n == 0) *ret_path = own;
    *ret_path = str_copy(c->arena, *ret_path);
    ptrdiff_t close_at = str_find(page, S("</form"), end);
    Str inner = str_sub(page, end, close_at < 0 ? page.n : close_at);
    Filling f = {.c = c, .body = buf_new(c->arena, 1 << 20), .groups = NEW(c->arena, Group, GROUPS_MAX)};
    for (at = 0; (at = str_find_char(inner, '<', at)) >= 0; at = end) {
        end = str_find_char(inner, '>', at);
        if (end < 0) break;
        fill_tag(&f, str_sub(inner, at + 1, end));
    }
    for (ptrdiff_t i = 0; i < f.n; i++) add_field(&f, f.groups[i].name, f.groups[i].value);
    *ret_body = buf_str(&f.body);
    return true;
}

/* ---- what a client does --------------------------------------------------------------- */

static void keep(Samples *s, double took)
{
    if (s->n < SAMPLES) s->v[s->n++] = took;
}

static bool timed(Client *c, Samples *s, Str path, Str form)
{
    double from = now();
    if (!ask(c, path, form)) return false;
    if (from >= c->plan->measure_from) keep(s, now() - from);
    return true;
}

static bool submit(Client *c)
{
    Buf b = buf_new(c->arena, 200);
    buf_add(&b, S("s="));
    buf_add_i64(&b, dice(c, UNITS));
    buf_add(&b, S("&a="));
    for (int i = 0; i < ITEMS; i++) {
        if (i) buf_add_char(&b, ',');
        buf_add_char(&b, (char)('0' + dice(c, OPTIONS)));
    }
    return timed(c, &c->post, c->plan->path, buf_str(&b));
}

static bool respond(Client *c, Str path)
{
    Str next = {0}, body = {0};
    c->cookies = S("");
    if (!timed(c, &c->get, path, (Str){0})) return false;
    for (int i = 0; i < PAGES_MAX; i++) {
        if (!fill_form(c, c->body, path, &next, &body)) return false;
        if (!timed(c, &c->post, next, body)) return false;
        if (str_find(c->body, S("<body data-page=\"tak\""), 0) >= 0) return true;
    }
    return failed(c, "no thanks after forty pages");
}

/* False when no path is left. */
static bool next_path(Client *c, Str *ret)
{
    int64_t n = atomic_fetch_add(&c->plan->next, 1);
    if (c->plan->paths) {
        if (n < c->plan->n_paths) *ret = c->plan->paths[n];
        return n < c->plan->n_paths;
    }
    ptrdiff_t at = str_find(c->plan->path, S("{n}"), 0);
    *ret = c->plan->path;
    if (at < 0) return true;
    char digits[24];
    int digits_n = snprintf(digits, sizeof digits, "%lld", (long long)n);
    *ret = STR_CAT(c->arena, str_sub(*ret, 0, at), ((Str){digits, digits_n}), str_sub(*ret, at + 3, ret->n));
    return true;
}

static bool work_once(Client *c, Str path)
{
    switch (c->plan->kind) {
    case PAGE: c->cookies = c->plan->cookie; return timed(c, &c->get, path, (Str){0});
    case SUBMIT: return submit(c);
    case RESPOND: return respond(c, path);
    }
    return false;
}

static void *work(void *data)
{
    Client *c = data;
    ArenaRange range = arena_range_open(16 << 20);
    Str path = {0};
    while (now() < c->plan->until) {
        Arena arena = arena_of(range, NULL);
        c->arena = &arena;
        double from = now();
        if (!next_path(c, &path)) break;
        bool is_done = work_once(c, path);
        if (from < c->plan->measure_from) continue;
        if (is_done)
            keep(&c->whole, now() - from);
        else
            c->failed++;
    }
    hang_up(c);
    arena_range_close(range);
    return NULL;
}

/* ---- telling --------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell_samples(const char *name, Client *all, int n, Samples (*of)(Client *c))
{
    static const double marks[] = {0.5, 0.95, 0.99};
    ptrdiff_t sum = 0;
    for (int i = 0; i < n; i++) sum += of(&all[i]).n;
    double *v = malloc(sizeof(double) * (size_t)(sum + 1)); /* style: bench only */
    if (!v) die("no memory");
    sum = 0;
    for (int i = 0; i < n; i++) {
        Samples s = of(&all[i]);
        memcpy(v + sum, s.v, sizeof(double) * (size_t)s.n);
        sum += s.n;
    }
    qsort(v, (size_t)sum, sizeof *v, by_size);
    printf(", \"%s\": {\"n\": %td", name, sum);
    for (int i = 0; sum > 0 && i < 3; i++)
        printf(", \"p%.0f_ms\": %.3f", marks[i] * 100, v[(ptrdiff_t)(marks[i] * (double)(sum - 1) + 0.5)] * 1e3);
    if (sum > 0) printf(", \"max_ms\": %.3f", v[sum - 1] * 1e3);
    printf("}");
    free(v);
}

static Samples whole_of(Client *c)
{
    return c->whole;
}
static Samples get_of(Client *c)
{
    return c->get;
}
static Samples post_of(Client *c)
{
    return c->post;
}

/* Seconds of CPU that a process has used; 0 without one. */
static double cpu_of(int pid)
{
    char name[64], line[1024] = "";
    unsigned long user = 0, kernel = 0;
    if (!pid) return 0;
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) die("no such process");
    if (!fgets(line, sizeof line, f)) die("/proc says nothing");
    fclose(f);
    const char *rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        die("/proc is strange");
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static void tell(Plan *plan, Client *all, double took, double cpu)
{
    int64_t failures = 0, bytes = 0, done = 0;
    const char *why = "";
    for (int i = 0; i < plan->clients; i++) {
        done += all[i].whole.n;
        failures += all[i].failed;
        bytes += all[i].received;
        if (all[i].why[0]) why = all[i].why;
    }
    printf(
        "{\"clients\": %d, \"seconds\": %.2f, \"completed\": %lld, \"failed\": %lld, \"per_s\": %.1f, \"received\": %lld",
        plan->clients, took, (long long)done, (long long)failures, (double)done / took, (long long)bytes);
    tell_samples("whole", all, plan->clients, whole_of);
    tell_samples("get", all, plan->clients, get_of);
    tell_samples("post", all, plan->clients, post_of);
    if (plan->cpu_pid) printf(", \"cpu_ms_each\": %.4f", done ? cpu * 1e3 / (double)done : 0);
    printf(", \"last_fault\": \"%s\"}\n", why);
}

/* ---- the start ---------------------------------------------------------------------------- */

static void read_paths(Plan *plan, Arena *arena)
{
    FILE *f = fopen(str_z(arena, str_sub(plan->path, 1, plan->path.n)), "r");
    char line[2000];
    if (!f) die("the file of paths is not there");
    plan->paths = NEW(arena, Str, 1 << 20);
    while (plan->n_paths < 1 << 20 && fgets(line, sizeof line, f))
        plan->paths[plan->n_paths++] = str_copy(arena, str_trim(str_of_z(line)));
    fclose(f);
}

static void read_option(Plan *plan, Str name, const char *value)
{
    int64_t n = 0;
    bool is_number = str_i64(str_of_z(value), &n) && n >= 0;
    if (str_eq(name, S("--clients")) && is_number && n >= 1 && n <= CLIENTS_MAX)
        plan->clients = (int)n;
    else if (str_eq(name, S("--cpu")) && is_number)
        plan->cpu_pid = (int)n;
    else if (str_eq(name, S("--cookie")))
        plan->cookie = str_of_z(value);
    else if (str_eq(name, S("--seconds")) && str_f64(str_of_z(value), &plan->seconds))
        return;
    else if (str_eq(name, S("--warmup")) && str_f64(str_of_z(value), &plan->warmup))
        return;
    else
        die("an option is wrong; see the head of bench/load.c");
}

static Plan read_plan(int argc, char **argv, Arena *arena)
{
    static const char *const kinds[] = {[PAGE] = "page", [SUBMIT] = "submit", [RESPOND] = "respond"};
    Plan plan = {.clients = 16, .seconds = 3, .warmup = 0.5};
    int64_t port = 0;
    if (argc < 4 || argc % 2 || !str_i64(str_of_z(argv[1]), &port))
        die("usage: load PORT page|submit|respond PATH [--option value …]");
    plan.port = (int)port;
    while (plan.kind <= RESPOND && strcmp(kinds[plan.kind], argv[2]) != 0) plan.kind++;
    if (plan.kind > RESPOND) die("page, submit or respond");
    plan.path = str_of_z(argv[3]);
    for (int i = 4; i < argc; i += 2) read_option(&plan, str_of_z(argv[i]), argv[i + 1]);
    if (plan.path.n > 1 && plan.path.p[0] == '@') read_paths(&plan, arena);
    return plan;
}

static void start_client(Client *c, Plan *plan, int i)
{
    *c = (Client){.plan = plan, .fd = -1, .random = 0x9E3779B97F4A7C15u * (uint64_t)(i + 1)};
    Samples *all[] = {&c->whole, &c->get, &c->post};
    for (int k = 0; k < 3; k++) {
        all[k]->v = malloc(sizeof(double) * SAMPLES); /* style: touched only as far as it is used */
        if (!all[k]->v) die("no memory");
    }
    c->bytes = malloc(ANSWER_MAX); /* style: bench only */
    if (!c->bytes || pthread_create(&c->thread, NULL, work, c) != 0) die("no thread");
}

static void sleep_until(double when)
{
    double left = when - now();
    if (left <= 0) return;
    struct timespec t = {(time_t)left, (long)((left - floor(left)) * 1e9)};
    nanosleep(&t, NULL);
}

int main(int argc, char **argv)
{
    static Client all[CLIENTS_MAX]; /* style: the program's whole state */
    ArenaRange range = arena_range_open(256 << 20);
    Arena arena = arena_of(range, NULL);
    Plan plan = read_plan(argc, argv, &arena);
    plan.measure_from = now() + plan.warmup;
    plan.until = plan.measure_from + plan.seconds;
    for (int i = 0; i < plan.clients; i++) start_client(&all[i], &plan, i);
    sleep_until(plan.measure_from);
    double cpu = cpu_of(plan.cpu_pid);
    if (!plan.paths) sleep_until(plan.until);
    double cpu_end = plan.paths ? 0 : cpu_of(plan.cpu_pid), end = now();
    for (int i = 0; i < plan.clients; i++) pthread_join(all[i].thread, NULL);
    if (plan.paths) { /* they may have been used up before the time was */
        cpu_end = cpu_of(plan.cpu_pid);
        end = now();
    }
    tell(&plan, all, end - plan.measure_from, cpu_end - cpu);
    return 0;
}
