/* One client's line: requests out, answers in. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/load_inside.h"

enum { HOPS_MAX = 5 };

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

void load_hang_up(Client *c)
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
    if (c->closes) load_hang_up(c);
    return true;
}

/* form.p == NULL: GET. A line that the server has closed is opened once more. */
bool load_ask_once(Client *c, Str path, Str form, bool once)
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
            load_hang_up(c);
            break;
        }
        if (send_all(c, head) && read_answer(c)) return true;
        load_hang_up(c);
        if (is_fresh || once) break;
    }
    c->status = 0;
    return load_failed(c, "no answer");
}

/* With its redirects, as one request of a person. */
bool load_ask(Client *c, Str path, Str form)
{
    for (int i = 0; i < HOPS_MAX; i++) {
        if (!load_ask_once(c, path, form, false)) return false;
        if (c->status < 300 || c->status > 399 || c->location.n == 0) break;
        path = c->location;
        form = (Str){0};
    }
    return c->status == 200 || load_failed(c, "refused");
}
