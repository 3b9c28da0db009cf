/* Tests over HTTP (STYLE.md §10): the real program on loopback, one server for
   a test program, in front of a copy of the demonstration region.
       HTTP_TEST(support, stranger_is_sent_to_log_in)
       {
           Browser b = test_stranger();
           CHECK_STATUS(test_get(&b, "/support"), 303);
       }
   The engine comes from TRAAD_TEST_ENGINE: "sqlite" (default) or "postgresql",
   which needs TRAAD_TEST_PG (tests/postgres.sh prints it) and is skipped without.
   In a feature's meson.build, after the program is made from <name>_http_test.c
   with http_dep:
       foreach engine : ['sqlite', 'postgresql']
         test('support_http_' + engine, exe, suite: 'http', env: {'TRAAD_TEST_ENGINE': engine}, timeout: 120)
       endforeach
   The program under test is TRAAD_BIN, else ./traad in the build folder.
   Tests of one program share the store: each makes its own rows, or tells what
   it counts on. What a test could not do for reasons of its own ends the
   program with a clear line. The server must end with status 0 at the end, so
   a sanitizer's finding in it fails the program. */
#ifndef TESTS_HTTP_H
#define TESTS_HTTP_H

#include "test.h"

/* Everything a person's browser remembers; copying makes a second window. */
typedef struct Browser {
    char cookies[2048];   /* "name=value; name=value" */
    char nonce_field[40]; /* of the last page that had a form: its hidden field */
    char nonce[200];
} Browser;

/* Texts live until the test ends. */
typedef struct Answer {
    int status;
    Str type;     /* Content-Type */
    Str location; /* Location, empty without */
    Str headers;  /* all of them, as they came */
    Str body;
} Answer;

#define HTTP_TEST(group, claim) TEST(group, claim)

/* Before anything else of the program: its store is not the demonstration region
   but what `make` makes at these empty places, and closes again. */
void test_http_make(void (*make)(const char *store, const char *keys));

/* Nobody signed in, no cookie. */
Browser test_stranger(void);
/* Signs in through the form with a log-in of the demonstration region, once a
   program: later calls share the session. */
Browser test_login(const char *login);
/* The same in a session of its own, with any password; the answer of the form. */
Answer test_sign_in(Browser *b, const char *login, const char *password);

/* Redirects are not followed. path begins with '/'. */
Answer test_get(Browser *b, const char *path);
/* A form's fields, already encoded ("a=1&b=%C3%A6"); the nonce of the last page
   that b saw is added, or of "/" when that one is used up. */
Answer test_post(Browser *b, const char *path, const char *fields);
/* Exactly this body and type, nothing added; for attacks. */
Answer test_post_raw(Browser *b, const char *path, const char *type, Str body);
/* Any method and one more header line ("Name: value") or NULL. */
Answer test_request(Browser *b, const char *method, const char *path, const char *header, Str body);
/* Form encoding of one value, in the test's arena. */
const char *test_encoded(const char *text);
/* What an answer told (Location, an address in a page) and more behind it. */
const char *test_path(Str begins, const char *ends);

/* SQL straight into the store, with the engine's own words; one statement. */
void test_http_sql(const char *sql);
/* First column of the first row; -1 without a row. */
int64_t test_http_i64(const char *sql);
bool test_http_is_postgres(void);
/* The store's address, for `traad …` run beside the server. */
const char *test_http_store(void);
/* Runs the program with these words (last NULL), "--store" and "--keys" added; its exit status. */
int test_traad(Str *ret_stdout, const char *word, ...);
/* "http://127.0.0.1:PORT" */
const char *test_http_base(void);

#define CHECK_STATUS(answer, wanted) test_check_status((answer), (wanted), __FILE__, __LINE__)
#define CHECK_HAS(answer, text) test_check_body((answer), (text), true, __FILE__, __LINE__)
#define CHECK_LACKS(answer, text) test_check_body((answer), (text), false, __FILE__, __LINE__)
/* `traad check`: every check.sql returns no row, tallies recount, chains hold. */
#define CHECK_CLEAN() test_check_clean(__FILE__, __LINE__)

void test_check_status(Answer answer, int wanted, const char *file, int line);
void test_check_body(Answer answer, const char *text, bool wanted, const char *file, int line);
void test_check_clean(const char *file, int line);

#endif
