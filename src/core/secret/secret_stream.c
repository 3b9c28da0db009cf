#include "core/secret/secret_stream.h"

#include <sodium.h>
#include <string.h>

#include "core/secret/secret_inside.h"

_Static_assert(STREAM_OVERHEAD == crypto_secretstream_xchacha20poly1305_ABYTES, "libsodium's own");
_Static_assert(STREAM_HEAD == crypto_secretstream_xchacha20poly1305_HEADERBYTES, "libsodium's own");
_Static_assert(KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES, "libsodium's own");

struct SecretStream {
    crypto_secretstream_xchacha20poly1305_state state;
};

static Err read_key(Ctx *c, Str key_file, unsigned char key[KEY_BYTES])
{
    Err err = key_file_read(c, key_file, key);
    if (err != E_NOT_FOUND) return err;
    return fail(c, E_NOT_FOUND, msg_verbatim(STR_CAT(c->arena, S("the backup key "), key_file, S(" is missing"))));
}

static Err read_or_make(Ctx *c, Str key_file, bool make, bool *ret_made, unsigned char key[KEY_BYTES])
{
    if (!make) return read_key(c, key_file, key);
    Err err = key_file_read(c, key_file, key);
    if (err != E_NOT_FOUND) return err;
    ctx_random(c, key, KEY_BYTES);
    TRY(key_file_make(c, key_file, key));
    *ret_made = true;
    return OK;
}

Err stream_key_id(Ctx *c, Str key_file, bool make, bool *ret_made, Str *ret_id)
{
    static const unsigned char what[] = "which backup key";
    unsigned char key[KEY_BYTES], id[16];
    if (sodium_init() < 0) return secret_broken(c, key_file, "libsodium does not start");
    TRY(read_or_make(c, key_file, make, ret_made, key));
    crypto_generichash(id, sizeof id, what, sizeof what - 1, key, sizeof key);
    sodium_memzero(key, sizeof key);
    *ret_id = str_hex(c->arena, id, (ptrdiff_t)sizeof id);
    return OK;
}

static void wipe(Ctx *c, void *data)
{
    (void)c;
    sodium_memzero(data, sizeof(SecretStream));
}

static SecretStream *stream_new(Ctx *c)
{
    SecretStream *s = NEW(c->arena, SecretStream, 1);
    ctx_at_end(c, wipe, s);
    return s;
}

Err stream_seal_begin(Ctx *c, Str key_file, void *ret_head, SecretStream **ret)
{
    unsigned char key[KEY_BYTES];
    SecretStream *s = stream_new(c);
    TRY(read_key(c, key_file, key));
    crypto_secretstream_xchacha20poly1305_init_push(&s->state, ret_head, key);
    sodium_memzero(key, sizeof key);
    *ret = s;
    return OK;
}

static const unsigned char *bytes_of(Str s)
{
    return (const unsigned char *)s.p;
}

void stream_seal(SecretStream *s, Str plain, Str also, bool is_last, void *ret)
{
    unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    crypto_secretstream_xchacha20poly1305_push(&s->state, ret, NULL, bytes_of(plain), (unsigned long long)plain.n,
                                               bytes_of(also), (unsigned long long)also.n, tag);
}

Err stream_open_begin(Ctx *c, Str key_file, const void *head, SecretStream **ret)
{
    unsigned char key[KEY_BYTES];
    SecretStream *s = stream_new(c);
    TRY(read_key(c, key_file, key));
    int bad = crypto_secretstream_xchacha20poly1305_init_pull(&s->state, head, key);
    sodium_memzero(key, sizeof key);
    if (bad) return secret_broken(c, key_file, "cannot begin to read");
    *ret = s;
    return OK;
}

bool stream_open(SecretStream *s, Bytes sealed, Str also, void *ret, bool *ret_is_last)
{
    unsigned char tag = 0;
    if (sealed.n < STREAM_OVERHEAD) return false;
    if (crypto_secretstream_xchacha20poly1305_pull(&s->state, ret, NULL, &tag, sealed.p, (unsigned long long)sealed.n,
                                                   bytes_of(also), (unsigned long long)also.n) != 0)
        return false;
    *ret_is_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return true;
}
