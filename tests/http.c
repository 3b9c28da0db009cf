#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum { PATH_BYTES = 600, BODY_BYTES = 64 << 20, LOG_INS = 24 };

/* One server for the program: made by the first test that asks, ended by the
   last line of main. A test program has no other state. */
static struct Server {
    bool is_open, is_postgres;
    void (*make)(const char *store, const char *keys); /* NULL: the demonstration region */
    pid_t pid, owner;
    char program[PATH_BYTES], dir[PATH_BYTES], store[PATH_BYTES], keys[PATH_BYTES], base[80];
    CURL *curl;
    struct {
        char login[80];
        Browser browser;
    } known[LOG_INS];
    int known_n;
} server;

__attribute__((format(printf, 1, 2), noreturn)) static void give_up(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("http test: ", stdout);
    vprintf(format, list);
    va_end(list);
    printf("\n0 passed, 1 failed, 0 skipped\n");
    exit(1);
}

__attribute__((format(printf, 2, 3))) static void put(char ret[static PATH_BYTES], const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int n = vsnprintf(ret, PATH_BYTES, format, list);
    va_end(list);
    if (n < 0 || n >= PATH_BYTES) give_up("a path is too long");
}

/* ---- processes ---------------------------------------------------------- */

static pid_t start(char *const *words, const char *log, int *ret_out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) give_up("no pipe");
    fflush(stdout); /* else the child could write it once more */
    pid_t pid = fork();
    if (pid < 0) give_up("no process");
    if (pid > 0) {
        close(ends[1]);
        *ret_out = ends[0];
        return pid;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* no server outlives a test that was killed */
    int errors = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    execv(words[0], words);
    _exit(127);
}

static ptrdiff_t read_all(int from, char *to, ptrdiff_t max, bool one_line)
{
    ptrdiff_t n = 0;
    while (n < max) {
        ssize_t got = read(from, to + n, (size_t)(max - n));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        n += got;
        if (one_line && memchr(to, '\n', (size_t)n)) break;
    }
    return n;
}

static int status_of(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(char *const *words, const char *log, char *to, ptrdiff_t max, ptrdiff_t *ret_n)
{
    int out = -1;
    pid_t pid = start(words, log, &out);
    ptrdiff_t n = read_all(out, to, max, false);
    close(out);
    if (ret_n) *ret_n = n;
    return status_of(pid);
}

static void show_log(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f) return;
    char line[1000];
    while (fgets(line, sizeof line, f)) fputs(line, stdout);
    fclose(f);
}

/* ---- the store ---------------------------------------------------------- */

static void pg_exec(const char *address, const char *sql)
{
    PGconn *pg = PQconnectdb(address);
    PGresult *r = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up("%s: %s", sql, PQerrorMessage(pg));
    PQclear(r);
    PQfinish(pg);
}

static bool pg_has(const char *address, const char *database)
{
    PGconn *pg = PQconnectdb(address);
    const char *values[] = {database};
    PGresult *r = PQexecParams(pg, "SELECT 1 FROM pg_database WHERE datname = $1", 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) give_up("PostgreSQL: %s", PQerrorMessage(pg));
    bool is_there = PQntuples(r) > 0;
    PQclear(r);
    PQfinish(pg);
    return is_there;
}

/* The address with another database: what follows its last '/'. */
static void pg_named(char ret[static PATH_BYTES], const char *address, const char *database)
{
    const char *slash = strrchr(address, '/');
    put(ret, "%.*s/%s", (int)(slash - address), address, database);
}

static void make_demo(const char *store, const char *keys, const char *log)
{
    char out[4096];
    char *words[] = {server.program, "demo", "--store", (char *)(uintptr_t)store, "--keys", (char *)(uintptr_t)keys, NULL};
    int status = run(words, log, out, sizeof out, NULL);
    if (status == 0) return;
    show_log(log);
    give_up("%s demo --store %s ends with status %d", server.program, store, status);
}

static void copy(const char *from, const char *to)
{
    char *words[] = {"/bin/cp", "-a", (char *)(uintptr_t)from, (char *)(uintptr_t)to, NULL};
    char out[100];
    if (run(words, "/dev/null", out, sizeof out, NULL) != 0) give_up("cannot copy %s", from);
}

/* An empty place, which the test program itself fills before anybody serves it. */
static void make_store(void)
{
    put(server.keys, "%s/keys", server.dir);
    if (server.is_postgres) {
        const char *pg = getenv("TRAAD_TEST_PG");
        char mine[PATH_BYTES], sql[PATH_BYTES];
        put(mine, "traad_http_%d", (int)getpid());
        put(sql, "CREATE DATABASE %s", mine);
        pg_exec(pg, sql);
        pg_named(server.store, pg, mine);
    } else {
        put(server.store, "%s/traad.db", server.dir);
    }
    server.make(server.store, server.keys);
}

/* A demonstration region costs seconds, a copy of one milliseconds: the first
   program of a run makes it (under a lock), the others copy. */
static void open_store(const char *shared)
{
    char lock[PATH_BYTES], ready[PATH_BYTES], keys[PATH_BYTES], whole[PATH_BYTES], log[PATH_BYTES], mine[PATH_BYTES];
    const char *engine = server.is_postgres ? "pg" : "sqlite";
    put(lock, "%s/lock-%s", shared, engine);
    put(ready, "%s/ready-%s", shared, engine);
    put(keys, "%s/keys-%s", shared, engine);
    put(log, "%s/demo-%s.log", shared, engine);
    int held = open(lock, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (held < 0 || flock(held, LOCK_EX) != 0) give_up("cannot lock %s", lock);
    const char *pg = getenv("TRAAD_TEST_PG");
    if (server.is_postgres) pg_named(whole, pg, "traad_demo");
    else put(whole, "%s/demo.db", shared);
    if (access(ready, F_OK) != 0 || (server.is_postgres && !pg_has(pg, "traad_demo"))) {
        if (server.is_postgres && !pg_has(pg, "traad_demo")) pg_exec(pg, "CREATE DATABASE traad_demo");
        make_demo(whole, keys, log);
        close(open(ready, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    }
    put(server.keys, "%s/keys", server.dir);
    copy(keys, server.keys);
    if (server.is_postgres) {
        char sql[PATH_BYTES];
        put(mine, "traad_http_%d", (int)getpid());
        put(sql, "CREATE DATABASE %s TEMPLATE traad_demo", mine);
        pg_exec(pg, sql);
        pg_named(server.store, pg, mine);
    } else {
        put(server.store, "%s/traad.db", server.dir);
        copy(whole, server.store);
    }
    close(held);
}

/* ---- the server ---------------------------------------------------------- */

static void serve(void)
{
    char log[PATH_BYTES], line[300] = "";
    put(log, "%s/server.log", server.dir);
    char *words[] = {server.program, "serve", "--listen", "127.0.0.1:0", "--store", server.store, "--keys", server.keys, NULL};
    int out = -1;
    server.pid = start(words, log, &out);
    ptrdiff_t n = read_all(out, line, sizeof line - 1, true);
    close(out);
    line[n] = 0;
    const char *at = strstr(line, "http://");
    if (!at) {
        show_log(log);
        give_up("the server does not tell where it listens: “%s”", line);
    }
    put(log, "%.*s", (int)strcspn(at, " \r\n\t"), at);
    if (strlen(log) >= sizeof server.base) give_up("a strange address: %s", log);
    memcpy(server.base, log, strlen(log) + 1);
}

/* Runs at exit: the server's own end is part of the test. */
static void stop(void)
{
    if (!server.is_open || server.owner != getpid()) return;
    server.is_open = false;
    kill(server.pid, SIGTERM);
    int status = status_of(server.pid);
    char log[PATH_BYTES];
    put(log, "%s/server.log", server.dir);
    if (status != 0) {
        show_log(log);
        printf("the server ended with status %d\n0 passed, 1 failed, 0 skipped\n", status);
    }
    curl_easy_cleanup(server.curl);
    if (server.is_postgres) {
        char sql[PATH_BYTES];
        put(sql, "DROP DATABASE IF EXISTS %s", strrchr(server.store, '/') + 1);
        pg_exec(getenv("TRAAD_TEST_PG"), sql);
    }
    char *words[] = {"/bin/rm", "-rf", server.dir, NULL};
    char out[100];
    (void)run(words, "/dev/null", out, sizeof out, NULL);
    fflush(stdout);
    if (status != 0) _exit(1);
}

static void need_server(void)
{
    if (server.is_open) return;
    const char *engine = getenv("TRAAD_TEST_ENGINE"), *program = getenv("TRAAD_BIN"), *shared = getenv("TRAAD_TEST_DIR");
    server.is_postgres = engine && strcmp(engine, "postgresql") == 0;
    if (engine && !server.is_postgres && strcmp(engine, "sqlite") != 0) give_up("no engine is called %s", engine);
    if (server.is_postgres && !getenv("TRAAD_TEST_PG")) test_skip("TRAAD_TEST_PG is not set (tests/postgres.sh)");
    put(server.program, "%s", program ? program : "./traad");
    if (access(server.program, X_OK) != 0) give_up("%s is not there; build it first", server.program);
    put(server.dir, "%s/traad-http.XXXXXX", shared ? shared : "/tmp");
    if (!mkdtemp(server.dir)) give_up("cannot make %s", server.dir);
    if (server.make) make_store();
    else open_store(shared ? shared : server.dir);
    serve();
    curl_global_init(CURL_GLOBAL_DEFAULT);
    server.curl = curl_easy_init();
    if (!server.curl) give_up("no curl");
    server.owner = getpid();
    server.is_open = true;
    atexit(stop);
}

void test_http_make(void (*make)(const char *store, const char *keys))
{
    if (!server.is_open) server.make = make;
}

const char *test_http_base(void)
{
    need_server();
    return server.base;
}

const char *test_http_store(void)
{
    need_server();
    return server.store;
}

bool test_http_is_postgres(void)
{
    need_server();
    return server.is_postgres;
}

int test_traad(Str *ret_stdout, const char *word, ...)
{
    need_server();
    char *words[32] = {server.program};
    int n = 1;
    va_list list;
    va_start(list, word);
    for (const char *w = word; w && n < 26; w = va_arg(list, const char *)) words[n++] = (char *)(uintptr_t)w;
    va_end(list);
    words[n++] = "--store";
    words[n++] = server.store;
    words[n++] = "--keys";
    words[n] = server.keys;
    char log[PATH_BYTES];
    put(log, "%s/command.log", server.dir);
    ptrdiff_t max = 1 << 20;
    char *out = arena_take_raw(test_ctx_plain()->arena, max);
    Str said = {out, 0};
    int status = run(words, log, out, max, &said.n);
    if (ret_stdout) *ret_stdout = said;
    return status;
}

/* ---- requests ------------------------------------------------------------ */

/* Bytes as they come; curl calls back, so it is C memory and not the arena. */
typedef struct Bytes {
    char *p;
    size_t n;
} Bytes;

static size_t take(char *p, size_t size, size_t n, void *state)
{
    Bytes *b = state;
    size_t more = size * n;
    if (b->n + more > BODY_BYTES) return 0;
    char *grown = realloc(b->p, b->n + more + 1);
    if (!grown) return 0;
    b->p = grown;
    memcpy(b->p + b->n, p, more);
    b->n += more;
    return more;
}

static Str kept(Bytes b)
{
    Str s = str_copy(test_ctx_plain()->arena, (Str){b.p ? b.p : "", (ptrdiff_t)b.n});
    free(b.p);
    return s;
}

/* Value of the first header called `name` at or after *at, which moves past it. */
static bool header(Str all, const char *name, ptrdiff_t *at, Str *ret)
{
    Str rest = str_sub(all, *at, all.n), line = {0};
    size_t n = strlen(name);
    while (rest.n > 0 && str_split(&rest, '\n', &line)) {
        *at = rest.n >= 0 ? all.n - rest.n : all.n;
        if ((size_t)line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0) continue;
        *ret = str_trim(str_sub(line, (ptrdiff_t)n + 1, line.n));
        return true;
    }
    return false;
}

/* "name=value; Path=…" replaces the cookie of that name; an empty value removes it. */
static void remember(Browser *b, Str set)
{
    ptrdiff_t end = str_find_char(set, ';', 0), eq = str_find_char(set, '=', 0);
    Str pair = str_sub(set, 0, end < 0 ? set.n : end), name = str_sub(set, 0, eq), rest = str_of_z(b->cookies), part = {0};
    Buf left = buf_new(test_ctx_plain()->arena, (ptrdiff_t)sizeof b->cookies);
    while (rest.n > 0 && str_split(&rest, ';', &part)) {
        part = str_trim(part);
        if (str_starts(part, name) && part.n > name.n && part.p[name.n] == '=') continue;
        if (left.n) buf_add(&left, S("; "));
        buf_add(&left, part);
    }
    if (pair.n > eq + 1) {
        if (left.n) buf_add(&left, S("; "));
        buf_add(&left, pair);
    }
    Str all = buf_str(&left);
    if (all.n >= (ptrdiff_t)sizeof b->cookies) give_up("the cookies are too long");
    memcpy(b->cookies, all.p, (size_t)all.n);
    b->cookies[all.n] = 0;
}

static Str attribute(Str tag, const char *name)
{
    Arena *arena = test_ctx_plain()->arena;
    Str head = STR_CAT(arena, str_of_z(name), S("=\""));
    ptrdiff_t at = str_find(tag, head, 0);
    if (at < 0) return (Str){"", 0};
    ptrdiff_t end = str_find_char(tag, '"', at + head.n);
    return end < 0 ? (Str){"", 0} : str_sub(tag, at + head.n, end);
}

static void keep_text(char *to, size_t max, Str s)
{
    if ((size_t)s.n >= max) give_up("too long: %.*s", (int)s.n, s.p);
    memcpy(to, s.p, (size_t)s.n);
    to[s.n] = 0;
}

/* The first hidden field of the page whose name ends in "nonce". */
static void find_nonce(Browser *b, Str body)
{
    for (ptrdiff_t at = 0; (at = str_find(body, S("<input"), at)) >= 0; at++) {
        ptrdiff_t end = str_find_char(body, '>', at);
        Str tag = str_sub(body, at, end < 0 ? body.n : end);
        Str name = attribute(tag, "name");
        if (!str_ends(name, S("nonce"))) continue;
        keep_text(b->nonce_field, sizeof b->nonce_field, name);
        keep_text(b->nonce, sizeof b->nonce, attribute(tag, "value"));
        return;
    }
}

Answer test_request(Browser *b, const char *method, const char *path, const char *line, Str body)
{
    need_server();
    CURL *curl = server.curl;
    char url[PATH_BYTES];
    put(url, "%s%s", server.base, path);
    curl_easy_reset(curl);
    Bytes head = {0}, text = {0};
    struct curl_slist *lines = curl_slist_append(NULL, "Expect:");
    lines = curl_slist_append(lines, "Sec-Fetch-Site: same-origin");
    if (line) lines = curl_slist_append(lines, line);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &text);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
    if (b->cookies[0]) curl_easy_setopt(curl, CURLOPT_COOKIE, b->cookies);
    if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.n ? body.p : "");
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(lines);
    /* A server may refuse a body before it has read it: then its answer counts. */
    if (code != CURLE_OK && !(status && code == CURLE_SEND_ERROR)) give_up("%s %s: %s", method, path, curl_easy_strerror(code));
    Answer a = {.status = (int)status, .headers = kept(head), .body = kept(text)};
    ptrdiff_t at = 0;
    Str cookie = {0};
    (void)header(a.headers, "Content-Type", &at, &a.type);
    at = 0;
    (void)header(a.headers, "Location", &at, &a.location);
    for (at = 0; header(a.headers, "Set-Cookie", &at, &cookie);) remember(b, cookie);
    if (str_starts(a.type, S("text/html"))) find_nonce(b, a.body);
    return a;
}

Answer test_get(Browser *b, const char *path)
{
    return test_request(b, "GET", path, NULL, (Str){"", 0});
}

Answer test_post_raw(Browser *b, const char *path, const char *type, Str body)
{
    return test_request(b, "POST", path, str_z(test_ctx_plain()->arena, STR_CAT(test_ctx_plain()->arena, S("Content-Type: "), str_of_z(type))), body);
}

Answer test_post(Browser *b, const char *path, const char *fields)
{
    Arena *arena = test_ctx_plain()->arena;
    if (!b->nonce[0]) (void)test_get(b, "/");
    Str body = str_of_z(fields);
    if (b->nonce[0])
        body = STR_CAT(arena, str_of_z(b->nonce_field), S("="), str_of_z(test_encoded(b->nonce)), S("&"), body);
    b->nonce[0] = 0; /* a nonce counts once */
    return test_post_raw(b, path, "application/x-www-form-urlencoded", body);
}

const char *test_encoded(const char *text)
{
    need_server();
    char *escaped = curl_easy_escape(server.curl, text, 0);
    const char *mine = str_z(test_ctx_plain()->arena, str_of_z(escaped));
    curl_free(escaped);
    return mine;
}

const char *test_path(Str begins, const char *ends)
{
    Arena *arena = test_ctx_plain()->arena;
    return str_z(arena, STR_CAT(arena, begins, str_of_z(ends)));
}

/* ---- people -------------------------------------------------------------- */

Browser test_stranger(void)
{
    need_server();
    return (Browser){0};
}

Answer test_sign_in(Browser *b, const char *login, const char *password)
{
    Arena *arena = test_ctx_plain()->arena;
    (void)test_get(b, "/log-ind");
    Str fields = STR_CAT(arena, S("login="), str_of_z(test_encoded(login)), S("&password="), str_of_z(test_encoded(password)));
    return test_post_raw(b, "/log-ind", "application/x-www-form-urlencoded", fields);
}

Browser test_login(const char *login)
{
    need_server();
    for (int i = 0; i < server.known_n; i++)
        if (strcmp(server.known[i].login, login) == 0) return server.known[i].browser;
    Browser b = {0};
    Answer a = test_sign_in(&b, login, "tre-ord-til-demo");
    if (a.status != 303 || !b.cookies[0]) give_up("%s cannot sign in: status %d", login, a.status);
    if (server.known_n < LOG_INS && strlen(login) < sizeof server.known[0].login) {
        keep_text(server.known[server.known_n].login, sizeof server.known[0].login, str_of_z(login));
        server.known[server.known_n++].browser = b;
    }
    return b;
}

/* ---- straight into the store ---------------------------------------------- */

static int64_t sqlite_i64(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    if (sqlite3_open(server.store, &db) != SQLITE_OK || sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
        sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        give_up("%s: %s", sql, sqlite3_errmsg(db));
    int code = sqlite3_step(st);
    if (code != SQLITE_ROW && code != SQLITE_DONE) give_up("%s: %s", sql, sqlite3_errmsg(db));
    int64_t found = code == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return found;
}

static int64_t postgres_i64(const char *sql)
{
    PGconn *pg = PQconnectdb(server.store);
    PGresult *r = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up("%s: %s", sql, PQerrorMessage(pg));
    int64_t found = -1;
    if (status == PGRES_TUPLES_OK && PQntuples(r) > 0 && !str_i64(str_of_z(PQgetvalue(r, 0, 0)), &found))
        give_up("%s: not a whole number", sql);
    PQclear(r);
    PQfinish(pg);
    return found;
}

int64_t test_http_i64(const char *sql)
{
    need_server();
    return server.is_postgres ? postgres_i64(sql) : sqlite_i64(sql);
}

void test_http_sql(const char *sql)
{
    (void)test_http_i64(sql);
}

/* ---- checks ---------------------------------------------------------------- */

static void show(Answer a)
{
    print_error("status %d\n%.*s%.*s\n", a.status, (int)a.headers.n, a.headers.p, (int)(a.body.n < 3000 ? a.body.n : 3000), a.body.p);
}

void test_check_status(Answer answer, int wanted, const char *file, int line)
{
    if (answer.status == wanted) return;
    show(answer);
    _fail(file, line);
}

void test_check_body(Answer answer, const char *text, bool wanted, const char *file, int line)
{
    if ((str_find(answer.body, str_of_z(text), 0) >= 0) == wanted) return;
    print_error("“%s” is %sthere\n", text, wanted ? "not " : "");
    show(answer);
    _fail(file, line);
}

void test_check_clean(const char *file, int line)
{
    Str said = {0};
    if (test_traad(&said, "check", (const char *)NULL) == 0) return;
    print_error("traad check: %.*s\n", (int)said.n, said.p);
    _fail(file, line);
}
