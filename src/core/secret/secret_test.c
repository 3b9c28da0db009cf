#include "core/secret/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/app.h"
#include "core/secret/secret_stream.h"
#include "store.h"

TEST(secret, what_is_sealed_opens_again_and_only_whole)
{
    Ctx *c = test_store();
    Bytes sealed = secret_seal(c, c->app->secrets, PURPOSE_TOTP, S("hemmelig"));
    Str plain = {0};
    CHECK_OK(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, sealed, &plain));
    CHECK_STR(plain, S("hemmelig"));
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TEST, sealed, &plain), E_BROKEN);
    unsigned char *bytes = (unsigned char *)(uintptr_t)sealed.p;
    bytes[sealed.n - 1] ^= 1;
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, sealed, &plain), E_BROKEN);
    CHECK_ERR(secret_unseal(c, c->app->secrets, PURPOSE_TOTP, (Bytes){bytes, 3}, &plain), E_BROKEN);
}

TEST(secret, a_mac_differs_by_purpose)
{
    Ctx *c = test_store();
    Str a = secret_mac(c, c->app->secrets, PURPOSE_FORM, S("x")), b = secret_mac(c, c->app->secrets, PURPOSE_ADDRESS, S("x"));
    CHECK_INT(a.n, 64);
    CHECK(!str_eq(a, b));
    CHECK_STR(a, secret_mac(c, c->app->secrets, PURPOSE_FORM, S("x")));
}

TEST(secret, passwords_verify_and_empty_hashes_never_do)
{
    Ctx *c = test_store();
    Str hash = {0};
    CHECK_OK(secret_password_hash(c, c->app->secrets, S("tre-ord"), &hash));
    CHECK(str_starts(hash, S("$argon2id$")));
    CHECK(secret_password_is(c, c->app->secrets, hash, S("tre-ord")));
    CHECK(!secret_password_is(c, c->app->secrets, hash, S("tre-ore")));
    CHECK(!secret_password_is(c, c->app->secrets, S(""), S("")));
}

/* What happened under the name in the folder, as inotify tells it: bits of IN_…. */
static uint32_t events_of(int watch, const char *name)
{
    char bytes[4096] __attribute__((aligned(8)));
    uint32_t all = 0;
    ssize_t n = read(watch, bytes, sizeof bytes);
    CHECK(n > 0);
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *e = (const void *)(bytes + at);
        if (e->len && strcmp(e->name, name) == 0) all |= e->mask;
        at += (ssize_t)(sizeof *e + e->len);
    }
    return all;
}

/* A power cut while a key is made must not leave half of one under its name: it
   would be taken for the key, and refused, for ever. */
TEST(secret, a_key_gets_its_name_only_when_it_is_whole)
{
    Ctx *c = test_store();
    char folder[] = "/tmp/traad-key.XXXXXX";
    bool is_made = false;
    Str id = {0}, again = {0};
    CHECK(mkdtemp(folder) != NULL);
    Str path = STR_CAT(c->arena, str_of_z(folder), S("/backup-key"));
    int watch = inotify_init1(IN_CLOEXEC);
    CHECK(inotify_add_watch(watch, folder, IN_CREATE | IN_MOVED_TO | IN_MODIFY) >= 0);
    CHECK_OK(stream_key_id(c, path, true, &is_made, &id));
    CHECK(is_made);
    CHECK_INT(events_of(watch, "backup-key"), IN_MOVED_TO);
    CHECK_OK(stream_key_id(c, path, false, &is_made, &again));
    CHECK_STR(again, id);
    close(watch);
    unlink(str_z(c->arena, path));
    CHECK_INT(rmdir(folder), 0); /* nothing else was left */
}
