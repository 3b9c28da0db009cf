/* Load over HTTP from many clients, each in a closed loop over one connection,
   told as one line of JSON.
     load PORT page PATH       gets PATH, with the cookie of --cookie
     load PORT submit PATH     posts made-up answers of 60 units × 40 items ("s=12&a=0,1,…")
     load PORT respond PATHS   a whole respondent: gets the page, fills its form as a browser
                               would (hidden fields as they are, one option of every radio group
                               and select), posts, until <body data-page="tak">
     load PORT send PATHS      the same without the page: its form is read once before the start and
                               then posted over and over, each time with other answers and a nonce
                               of its own; with --acks FILE, FILE tells of every post afterwards
     load PORT again PATHS --acks FILE
                               posts all that FILE tells of once more: how many of those that were
                               acknowledged are known to the server (known), how many not (lost)
   PATHS: a path, in which {n} is a running number; @FILE with a path a line, each used once; or
   %FILE, each used in turn and over and over.
   Options: --clients 16 --seconds 3 --warmup 0.5 --cookie name=value --cpu PID --acks FILE
   A respondent has cookies of their own for the length of one answer. With --acks the end of the
   server is the end of the load, and no fault. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "load/load_inside.h"

enum { PAGES_MAX = 40, ITEMS = 40, OPTIONS = 5, UNITS = 60, NONCE = 32 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

_Noreturn void load_die(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(2);
}

uint32_t load_dice(Client *c, uint32_t below)
{
    c->random = c->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(c->random >> 33) % below;
}

bool load_failed(Client *c, const char *why)
{
    snprintf(c->why, sizeof c->why, "%s (status %d)", why, c->status);
    return false;
}

/* ---- what a client does --------------------------------------------------------------- */

static void keep(Samples *s, double took)
{
    if (s->n < SAMPLES) s->v[s->n++] = took;
}

static bool timed(Client *c, Samples *s, Str path, Str form)
{
    double from = now();
    if (!load_ask(c, path, form)) return false;
    if (from >= c->plan->measure_from) keep(s, now() - from);
    return true;
}

static bool submit(Client *c)
{
    Buf b = buf_new(c->arena, 200);
    buf_add(&b, S("s="));
    buf_add_i64(&b, load_dice(c, UNITS));
    buf_add(&b, S("&a="));
    for (int i = 0; i < ITEMS; i++) {
        if (i) buf_add_char(&b, ',');
        buf_add_char(&b, (char)('0' + load_dice(c, OPTIONS)));
    }
    return timed(c, &c->post, c->plan->path, buf_str(&b));
}

static bool respond(Client *c, Str path)
{
    Form form;
    c->cookies = S("");
    if (!timed(c, &c->get, path, (Str){0})) return false;
    for (int i = 0; i < PAGES_MAX; i++) {
        if (!load_read_form(c, c->arena, c->body, path, &form)) return false;
        if (!timed(c, &c->post, form.path, load_fill(c, &form, S("")))) return false;
        if (load_is_page(c, S("tak"))) return true;
    }
    return load_failed(c, "no thanks after forty pages");
}

/* ---- forms sent over and over ----------------------------------------------------------- */

static Str new_nonce(Client *c)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[NONCE / 2];
    char text[NONCE];
    if (getrandom(random, sizeof random, 0) != sizeof random) load_die("no random bytes");
    for (int i = 0; i < NONCE; i++) text[i] = digits[random[i / 2] >> (i % 2 ? 0 : 4) & 15];
    return str_copy(c->arena, (Str){text, NONCE});
}

/* One line: S(tored) or U(nknown), the form's index, the nonce. */
static void tell_ack(Client *c, bool is_stored, const Form *form, Str nonce)
{
    if (c->plan->acks)
        fprintf(c->plan->acks, "%c %td %.*s\n", is_stored ? 'S' : 'U', form - c->plan->forms, (int)nonce.n, nonce.p);
}

static bool send_form(Client *c)
{
    const Form *form = &c->plan->forms[load_dice(c, (uint32_t)c->plan->n_paths)];
    Str nonce = new_nonce(c);
    double from = now();
    bool is_answered = load_ask_once(c, form->path, load_fill(c, form, nonce), c->plan->acks != NULL);
    bool is_stored = is_answered && c->status == 200 && load_is_page(c, S("tak"));
    if (is_stored || !is_answered) tell_ack(c, is_stored, form, nonce);
    c->is_gone = c->plan->acks && !is_answered;
    if (!is_stored) return load_failed(c, "not acknowledged");
    if (from >= c->plan->measure_from) keep(&c->post, now() - from);
    return true;
}

/* line: of the acknowledgements. What is known is not stored again, and the page says so. */
static bool send_again(Client *c, Str line)
{
    Str kind = {0}, index = {0};
    int64_t at = 0;
    if (!str_split(&line, ' ', &kind) || !str_split(&line, ' ', &index) || !str_i64(index, &at) || at >= c->plan->n_paths)
        load_die("the acknowledgements cannot be read");
    const Form *form = &c->plan->forms[at];
    if (!load_ask_once(c, form->path, load_fill(c, form, line), false)) return false;
    bool is_known = c->status == 409 && load_is_page(c, S("modtaget")), is_new = c->status == 200 && load_is_page(c, S("tak"));
    if (!is_known && !is_new) return load_failed(c, "neither stored nor known");
    if (str_eq(kind, S("S"))) atomic_fetch_add(is_known ? &c->plan->was_known : &c->plan->lost, 1);
    return true;
}

/* ---- the loop ------------------------------------------------------------------------------- */

/* False when no path is left. */
static bool next_path(Client *c, Str *ret)
{
    Plan *plan = c->plan;
    int64_t n = atomic_fetch_add(&plan->next, 1);
    const Str *lines = plan->kind == AGAIN ? plan->again : plan->paths;
    ptrdiff_t n_lines = plan->kind == AGAIN ? plan->n_again : plan->n_paths;
    if (lines) {
        if (plan->is_cycle && plan->kind != AGAIN) n %= n_lines;
        if (n < n_lines) *ret = lines[n];
        return n < n_lines;
    }
    ptrdiff_t at = str_find(plan->path, S("{n}"), 0);
    *ret = plan->path;
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
    case SEND: return send_form(c);
    case AGAIN: return send_again(c, path);
    }
    return false;
}

static void *work(void *data)
{
    Client *c = data;
    ArenaRange range = arena_range_open(16 << 20);
    Str path = {0};
    while (!c->is_gone && now() < c->plan->until) {
        Arena arena = arena_of(range, NULL);
        c->arena = &arena;
        double from = now();
        if (!next_path(c, &path)) break;
        bool is_done = work_once(c, path);
        if (from < c->plan->measure_from || c->is_gone) continue;
        if (is_done) keep(&c->whole, now() - from);
        else c->failed++;
    }
    load_hang_up(c);
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
    if (!v) load_die("no memory");
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
    if (!f) load_die("no such process");
    if (!fgets(line, sizeof line, f)) load_die("/proc says nothing");
    fclose(f);
    const char *rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        load_die("/proc is strange");
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
    if (plan->kind == AGAIN) printf(", \"known\": %lld, \"lost\": %lld", (long long)plan->was_known, (long long)plan->lost);
    printf(", \"last_fault\": \"%s\"}\n", why);
}

/* ---- the start ---------------------------------------------------------------------------- */

static Str *read_lines(Arena *arena, const char *name, ptrdiff_t *ret_n)
{
    FILE *f = fopen(name, "r");
    char line[2000];
    if (!f) load_die("a file of lines is not there");
    Str *lines = NEW(arena, Str, PATHS_MAX);
    for (*ret_n = 0; *ret_n < PATHS_MAX && fgets(line, sizeof line, f); (*ret_n)++)
        lines[*ret_n] = str_copy(arena, str_trim(str_of_z(line)));
    fclose(f);
    return lines;
}

static void read_option(Plan *plan, Str name, const char *value)
{
    int64_t n = 0;
    bool is_number = str_i64(str_of_z(value), &n) && n >= 0;
    if (str_eq(name, S("--clients")) && is_number && n >= 1 && n <= CLIENTS_MAX) plan->clients = (int)n;
    else if (str_eq(name, S("--cpu")) && is_number) plan->cpu_pid = (int)n;
    else if (str_eq(name, S("--cookie"))) plan->cookie = str_of_z(value);
    else if (str_eq(name, S("--acks"))) plan->acks_name = value;
    else if (str_eq(name, S("--seconds")) && str_f64(str_of_z(value), &plan->seconds)) return;
    else if (str_eq(name, S("--warmup")) && str_f64(str_of_z(value), &plan->warmup)) return;
    else load_die("an option is wrong; see the head of bench/load/load.c");
}

static void read_paths(Plan *plan, Arena *arena)
{
    bool is_file = plan->path.n > 1 && (plan->path.p[0] == '@' || plan->path.p[0] == '%');
    plan->is_cycle = is_file && plan->path.p[0] == '%';
    if (is_file) plan->paths = read_lines(arena, str_z(arena, str_sub(plan->path, 1, plan->path.n)), &plan->n_paths);
    if (is_file && plan->n_paths == 0) load_die("no paths");
    if (is_file || plan->kind < SEND) return;
    plan->paths = NEW(arena, Str, 1);
    plan->paths[plan->n_paths++] = plan->path;
}

static Plan read_plan(int argc, char **argv, Arena *arena)
{
    static const char *const kinds[] = {
        [PAGE] = "page", [SUBMIT] = "submit", [RESPOND] = "respond", [SEND] = "send", [AGAIN] = "again"};
    Plan plan = {.clients = 16, .seconds = 3, .warmup = 0.5};
    int64_t port = 0;
    if (argc < 4 || argc % 2 || !str_i64(str_of_z(argv[1]), &port))
        load_die("usage: load PORT page|submit|respond|send|again PATHS [--option value …]");
    plan.port = (int)port;
    while (plan.kind <= AGAIN && strcmp(kinds[plan.kind], argv[2]) != 0) plan.kind++;
    if (plan.kind > AGAIN) load_die("page, submit, respond, send or again");
    plan.path = str_of_z(argv[3]);
    for (int i = 4; i < argc; i += 2) read_option(&plan, str_of_z(argv[i]), argv[i + 1]);
    read_paths(&plan, arena);
    if (plan.kind == AGAIN && !plan.acks_name) load_die("again needs --acks");
    if (plan.kind == AGAIN) plan.again = read_lines(arena, plan.acks_name, &plan.n_again);
    if (plan.kind == SEND && plan.acks_name && !(plan.acks = fopen(plan.acks_name, "w"))) load_die("--acks cannot be written");
    return plan;
}

static void init_client(Client *c, Plan *plan, int i)
{
    *c = (Client){.plan = plan, .fd = -1, .random = 0x9E3779B97F4A7C15u * (uint64_t)(i + 1)};
    c->bytes = malloc(ANSWER_MAX); /* style: bench only */
    if (!c->bytes) load_die("no memory");
}

/* Every form once, before the clients start; they live in arena. */
static void read_forms(Plan *plan, Arena *arena)
{
    Client c;
    ArenaRange range = arena_range_open(16 << 20);
    init_client(&c, plan, 0);
    plan->forms = NEW(arena, Form, plan->n_paths);
    for (ptrdiff_t i = 0; i < plan->n_paths; i++) {
        Arena scratch = arena_of(range, NULL);
        c.arena = &scratch;
        c.cookies = S("");
        bool is_read = load_ask(&c, plan->paths[i], (Str){0}) && load_read_form(&c, arena, c.body, plan->paths[i], &plan->forms[i]);
        if (!is_read) load_die(c.why);
        if (!plan->forms[i].has_nonce) load_die("a form without a nonce cannot be sent twice");
    }
    load_hang_up(&c);
    free(c.bytes);
    arena_range_close(range);
}

static void start_client(Client *c, Plan *plan, int i)
{
    init_client(c, plan, i);
    Samples *all[] = {&c->whole, &c->get, &c->post};
    for (int k = 0; k < 3; k++) {
        all[k]->v = malloc(sizeof(double) * SAMPLES); /* style: touched only as far as it is used */
        if (!all[k]->v) load_die("no memory");
    }
    if (pthread_create(&c->thread, NULL, work, c) != 0) load_die("no thread");
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
    ArenaRange range = arena_range_open((ptrdiff_t)1 << 30);
    Arena arena = arena_of(range, NULL);
    Plan plan = read_plan(argc, argv, &arena);
    bool may_end_early = (plan.paths && !plan.is_cycle && plan.kind == RESPOND) || plan.kind == AGAIN || plan.acks;
    if (plan.kind >= SEND) read_forms(&plan, &arena);
    plan.measure_from = now() + plan.warmup;
    plan.until = plan.measure_from + plan.seconds;
    for (int i = 0; i < plan.clients; i++) start_client(&all[i], &plan, i);
    sleep_until(plan.measure_from);
    double cpu = cpu_of(plan.cpu_pid);
    if (!may_end_early) sleep_until(plan.until);
    double cpu_end = may_end_early ? 0 : cpu_of(plan.cpu_pid), end = now();
    for (int i = 0; i < plan.clients; i++) pthread_join(all[i].thread, NULL);
    if (may_end_early) {
        cpu_end = plan.acks ? 0 : cpu_of(plan.cpu_pid);
        end = now();
    }
    if (plan.acks && fclose(plan.acks) != 0) load_die("--acks cannot be written");
    tell(&plan, all, end - plan.measure_from, cpu_end - cpu);
    return 0;
}
