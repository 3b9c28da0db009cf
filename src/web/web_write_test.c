/* What is written: before it is answered, once, by many at the same time, and when the
   writer is full or the server stops. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/number.h"
#include "site.h"

/* ---- posts -------------------------------------------------------------------------------------- */

TEST(web, post_is_stored_before_it_is_answered)
{
    Site *s = site_open();
    Str a = site_post_with(s, "/note", "Cookie: s=7\r\n", S("_nonce=n1&body=hej"));
    CHECK_INT(site_status(a), 303);
    CHECK(site_has(a, S("Location: /plain\r\n")));
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note WHERE body = 'hej'"), 1);
    CHECK_INT(atomic_load(&s->app.prepared), 1);
    site_close(s);
}

TEST(web, slow_write_draws_after_the_commit)
{
    Site *s = site_open();
    CHECK(site_has(site_post(s, "/slow", "body=hej"), S("gemt")));
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 1);
    site_close(s);
}

/* The write is durable; only its page failed. */
TEST(web, what_is_stored_is_never_said_to_be_lost)
{
    static const char *const paths[] = {"/storedfull", "/storedbroken"};
    Site *s = site_open();
    for (int i = 0; i < 2; i++) {
        Str answer = site_post(s, paths[i], "body=hej");
        CHECK_INT(site_status(answer), 500);
        CHECK(site_has(answer, S("er gemt")));
        CHECK(!site_has(answer, S("ikke gemt")));
        CHECK(!site_has(answer, S("Intet er gemt")));
        CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), i + 1);
    }
    site_close(s);
}

TEST(web, a_get_with_a_long_body_is_refused_at_once)
{
    Site *s = site_open();
    CHECK_INT(site_status(site_get_with(s, "/plain", "Content-Length: 999999999999\r\n")), 413);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

TEST(web, a_form_sent_without_tls_is_anothers_where_there_is_tls)
{
    Site *s = site_open_with((WebOptions){.secure_cookies = true}, (WriterOptions){0});
    CHECK_INT(site_status(site_post_with(s, "/note", "Cookie: __Host-s=7\r\nOrigin: http://t\r\n", S("_nonce=n1"))), 403);
    CHECK_INT(site_status(site_post_with(s, "/note", "Cookie: __Host-s=7\r\nOrigin: https://t\r\n", S("_nonce=n1"))), 303);
    site_close(s);
}

TEST(web, forms_of_others_are_refused)
{
    static const struct { const char *headers, *body; } cases[] = {
        {"Cookie: s=7\r\n", "body=uden"},
        {"Cookie: s=7\r\n", "_nonce=falsk"},
        {"Cookie: s=7\r\nOrigin: http://ond.example\r\n", "_nonce=n1"},
        {"Cookie: s=7\r\nOrigin: null\r\n", "_nonce=n1"},
        {"Cookie: s=7\r\nSec-Fetch-Site: cross-site\r\nOrigin: http://t\r\n", "_nonce=n1"},
        {"", "_nonce=n1"},
    };
    Site *s = site_open();
    for (ptrdiff_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(site_status(site_post_with(s, "/note", cases[i].headers, str_of_z(cases[i].body))), 403);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    CHECK_INT(site_status(site_post_with(s, "/note", "Cookie: s=7\r\nOrigin: http://t\r\nSec-Fetch-Site: same-origin\r\n", S("_nonce=n1"))), 303);
    site_close(s);
}

TEST(web, invalid_shows_the_form_again)
{
    Site *s = site_open();
    Str a = site_post(s, "/invalid", "body=min+tekst");
    CHECK_INT(site_status(a), 422);
    CHECK(site_has(a, S("igen: min tekst Skriv noget andet.")));
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    site_close(s);
}

TEST(web, conflict_is_told_and_its_cookies_forgotten)
{
    Site *s = site_open();
    Str a = site_post(s, "/conflict", "body=x");
    CHECK_INT(site_status(a), 409);
    CHECK(site_has(a, S("Nogen var først.")) && !site_has(a, S("Set-Cookie")));
    site_close(s);
}

typedef struct Client {
    int port;
    Str request;
    int status;
    int rounds, wrong;
    pthread_t thread;
} Client;

static void *run_client(void *user)
{
    Client *client = user;
    for (int i = 0; i < client->rounds; i++) {
        char answer[8192];
        int fd = site_dial(client->port);
        if (fd < 0) {
            client->wrong++;
            continue;
        }
        site_say(fd, client->request);
        client->wrong += site_status(site_hear(fd, answer, (ptrdiff_t)sizeof answer)) != client->status;
    }
    return NULL;
}

static int run_clients(Site *s, const Str *requests, const int *statuses, int kinds, int n, int rounds)
{
    Client clients[64] = {0};
    int wrong = 0;
    for (int i = 0; i < n; i++) {
        clients[i] = (Client){.port = web_port(s->web), .request = requests[i % kinds], .status = statuses[i % kinds], .rounds = rounds};
        pthread_create(&clients[i].thread, NULL, run_client, &clients[i]);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(clients[i].thread, NULL);
        wrong += clients[i].wrong;
    }
    return wrong;
}

TEST(web, double_submit_is_written_once)
{
    Site *s = site_open();
    Str request = site_post_text(s->c->arena, "/note", "Cookie: s=7\r\n", S("_nonce=n1&body=en+gang"));
    int status = 303;
    CHECK_INT(run_clients(s, &request, &status, 1, 16, 1), 0);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 1);
    CHECK(site_has(site_ask(s, request), S("Location: /plain\r\n")));
    site_close(s);
}

TEST(web, sixty_four_clients_of_all_kinds)
{
    Site *s = site_open();
    Arena *arena = s->c->arena;
    Str requests[] = {
        site_post_text(arena, "/open", "", S("body=a")), site_post_text(arena, "/slow", "", S("body=b")),
        site_post_text(arena, "/svar/t", "", S("body=c")), site_post_text(arena, "/invalid", "", S("body=d")),
        S("GET /look/1 HTTP/1.1\r\nHost: t\r\nCookie: s=7\r\nConnection: close\r\n\r\n"),
        S("GET /heavy HTTP/1.1\r\nHost: t\r\nCookie: s=7\r\nConnection: close\r\n\r\n"),
        S("GET /plain HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
        S("GET /full HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"),
    };
    int statuses[] = {303, 200, 303, 422, 200, 200, 200, 503};
    CHECK_INT(run_clients(s, requests, statuses, 8, 64, 10), 0);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 240);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_look WHERE what = 'look'"), 80);
    /* The count falls just after the answer may leave. */
    for (int i = 0; i < 400 && web_figures(s->web).parked > 0; i++) usleep(5000);
    CHECK_INT(web_figures(s->web).parked, 0);
    site_close(s);
}

TEST(web, look_is_recorded_before_the_page_leaves)
{
    Site *s = site_open();
    CHECK_INT(site_status(site_get_with(s, "/look/1", "Cookie: s=7\r\n")), 200);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_look WHERE what = 'look'"), 1);
    /* Whose audit row fails is not shown. */
    Str a = site_get_with(s, "/look/0", "Cookie: s=7\r\n");
    CHECK_INT(site_status(a), 500);
    CHECK(!site_has(a, S("en side")));
    site_close(s);
}

TEST(web, refusals_are_recorded)
{
    Site *s = site_open();
    CHECK_INT(site_status(site_get_with(s, "/look/2", "Cookie: s=7\r\n")), 404);
    CHECK_INT(site_status(site_get_with(s, "/look/99", "Cookie: s=7\r\n")), 404);
    CHECK_INT(site_status(site_get_with(s, "/none/1", "Cookie: s=7\r\n")), 403);
    CHECK_INT(site_status(site_get_with(s, "/none/99", "Cookie: s=7\r\n")), 403);
    CHECK_INT(site_status(site_post_with(s, "/thing/2", "Cookie: s=7\r\n", S("_nonce=n1"))), 404);
    CHECK_INT(site_status(site_get(s, "/look/2")), 403);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_look WHERE what = '404'"), 3);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_look WHERE what = '403'"), 2);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 0);
    site_close(s);
}

TEST(web, respondent_is_nobody)
{
    Site *s = site_open();
    Str a = site_get_with(s, "/svar/t", "Cookie: s=7\r\n");
    CHECK(site_has(a, S("ukendt")) && site_has(a, S("Referrer-Policy: no-referrer")) && site_has(a, S("Cache-Control: no-store")));
    CHECK_INT(site_status(site_post_with(s, "/svar/t", "Cookie: s=7\r\nOrigin: null\r\n", S("body=svar"))), 303);
    CHECK_INT(atomic_load(&s->app.log_lines), 0);
    site_close(s);
}

static void *call_stop(void *user)
{
    Site *s = user;
    web_close(s->web);
    return NULL;
}

TEST(web, full_writer_queue_is_told)
{
    Site *s = site_open_with((WebOptions){0}, (WriterOptions){.queue_max = 1});
    Str held = site_post_text(s->c->arena, "/held", "", S("body=holdt"));
    int fd[2];
    char answer[4096];
    atomic_store(&s->app.gate_open, 0);
    fd[0] = site_dial(web_port(s->web));
    site_say(fd[0], held);
    usleep(100000);
    fd[1] = site_dial(web_port(s->web));
    site_say(fd[1], held);
    usleep(100000);
    Str a = site_post(s, "/open", "body=for+meget");
    CHECK_INT(site_status(a), 503);
    CHECK(site_has(a, S("Retry-After: ")));
    atomic_store(&s->app.gate_open, 1);
    for (int i = 0; i < 2; i++) CHECK_INT(site_status(site_hear(fd[i], answer, (ptrdiff_t)sizeof answer)), 303);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 2);
    site_close(s);
}

TEST(web, client_that_hangs_up_while_parked_does_no_harm)
{
    Site *s = site_open();
    atomic_store(&s->app.gate_open, 0);
    for (int i = 0; i < 8; i++) {
        int fd = site_dial(web_port(s->web));
        site_say(fd, site_post_text(s->c->arena, "/held", "", S("body=borte")));
        usleep(20000);
        close(fd);
    }
    CHECK_INT(web_figures(s->web).parked, 8);
    atomic_store(&s->app.gate_open, 1);
    for (int i = 0; i < 400 && web_figures(s->web).requests > 0; i++) usleep(5000);
    CHECK_INT(web_figures(s->web).requests, 0);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 8);
    CHECK_INT(site_status(site_get(s, "/plain")), 200);
    site_close(s);
}

TEST(web, stopping_waits_for_what_is_parked)
{
    Site *s = site_open();
    pthread_t closer;
    char answer[4096];
    atomic_store(&s->app.gate_open, 0);
    int fd = site_dial(web_port(s->web));
    site_say(fd, site_post_text(s->c->arena, "/held", "", S("body=sidste")));
    usleep(100000);
    CHECK_INT(web_figures(s->web).parked, 1);
    pthread_create(&closer, NULL, call_stop, s);
    usleep(100000);
    atomic_store(&s->app.gate_open, 1);
    CHECK_INT(site_status(site_hear(fd, answer, (ptrdiff_t)sizeof answer)), 303);
    pthread_join(closer, NULL);
    CHECK_INT(site_count(s, "SELECT count(*) FROM web_note"), 1);
    site_close_store(s);
}
