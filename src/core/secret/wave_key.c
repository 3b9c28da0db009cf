#include "core/secret/wave_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "core/secret/secret_inside.h"

enum { UID_CHARS = 32, USE_MAC = 1, USE_SEAL = 2 };

/* The uid comes from the database: nothing but digits may become a path. */
static Err path_of(Ctx *c, const Secrets *s, Str uid, Str *ret)
{
    unsigned char raw[UID_CHARS / 2];
    if (!str_unhex(uid, raw, UID_CHARS / 2)) return secret_broken(c, uid, "is not the uid of a wave");
    *ret = STR_CAT(c->arena, (Str){s->folder, s->folder_n}, S("/wave-"), uid, S(".key"));
    return OK;
}

static bool is_file(Ctx *c, Str path)
{
    return access(str_z(c->arena, path), F_OK) == 0;
}

static WaveKey *kept(Secrets *s, Str uid)
{
    for (int i = 0; i < WAVE_KEYS_KEPT; i++)
        if (memcmp(s->waves[i].uid, uid.p, UID_CHARS) == 0) return &s->waves[i];
    return NULL;
}

static void forget(Secrets *s, Str uid)
{
    pthread_mutex_lock(&s->lock);
    WaveKey *key = kept(s, uid);
    if (key) sodium_memzero(key, sizeof *key);
    pthread_mutex_unlock(&s->lock);
}

static void keep(Secrets *s, Str uid, const unsigned char key[KEY_BYTES])
{
    pthread_mutex_lock(&s->lock);
    WaveKey *place = kept(s, uid);
    if (!place) {
        place = &s->waves[s->wave_next];
        s->wave_next = (s->wave_next + 1) % WAVE_KEYS_KEPT;
    }
    memcpy(place->uid, uid.p, UID_CHARS);
    memcpy(place->key, key, KEY_BYTES);
    pthread_mutex_unlock(&s->lock);
}

static bool take_kept(Secrets *s, Str uid, unsigned char key[KEY_BYTES])
{
    pthread_mutex_lock(&s->lock);
    const WaveKey *place = kept(s, uid);
    if (place) memcpy(key, place->key, KEY_BYTES);
    pthread_mutex_unlock(&s->lock);
    return place != NULL;
}

/* The key for one use of it. */
static Err key_for(Ctx *c, Secrets *s, Str uid, int use, unsigned char ret_key[KEY_BYTES])
{
    Str path = {0};
    unsigned char key[KEY_BYTES];
    TRY(path_of(c, s, uid, &path));
    if (!is_file(c, path)) {
        forget(s, uid);
        return E_NOT_FOUND;
    }
    if (!take_kept(s, uid, key)) {
        TRY(key_file_read(c, path, key));
        keep(s, uid, key);
    }
    crypto_kdf_derive_from_key(ret_key, KEY_BYTES, (uint64_t)use, "wave-key", key);
    sodium_memzero(key, sizeof key);
    return OK;
}

Err wave_key_make(Ctx *c, Secrets *s, Str uid)
{
    Str path = {0};
    unsigned char key[KEY_BYTES];
    TRY(path_of(c, s, uid, &path));
    ctx_random(c, key, KEY_BYTES);
    TRY(key_file_make(c, path, key));
    keep(s, uid, key);
    sodium_memzero(key, sizeof key);
    return OK;
}

bool wave_key_is_there(Ctx *c, const Secrets *s, Str uid)
{
    Str path = {0};
    return path_of(c, s, uid, &path) == OK && is_file(c, path);
}

static Err overwrite(Ctx *c, Str path)
{
    unsigned char nothing[KEY_BYTES];
    randombytes_buf(nothing, sizeof nothing);
    int fd = open(str_z(c->arena, path), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? E_NOT_FOUND : secret_broken(c, path, strerrordesc_np(errno));
    ssize_t n = write(fd, nothing, sizeof nothing);
    int bad = fsync(fd);
    close(fd);
    return n == KEY_BYTES && !bad ? OK : secret_broken(c, path, "could not be overwritten");
}

Err wave_key_destroy(Ctx *c, Secrets *s, Str uid)
{
    Str path = {0};
    TRY(path_of(c, s, uid, &path));
    forget(s, uid);
    Err err = overwrite(c, path);
    if (err == E_NOT_FOUND) return OK;
    /* Gone is gone: it is removed also where overwriting failed. */
    if (unlink(str_z(c->arena, path)) != 0 && errno != ENOENT) return secret_broken(c, path, strerrordesc_np(errno));
    Err synced = key_folder_sync(c, path);
    return err != OK ? err : synced;
}

Err wave_key_mac(Ctx *c, Secrets *s, Str uid, Str text, Str *ret)
{
    unsigned char key[KEY_BYTES], mac[32];
    TRY(key_for(c, s, uid, USE_MAC, key));
    crypto_generichash(mac, sizeof mac, (const unsigned char *)text.p, (unsigned long long)text.n, key, sizeof key);
    sodium_memzero(key, sizeof key);
    *ret = str_hex(c->arena, mac, (ptrdiff_t)sizeof mac);
    return OK;
}

Err wave_key_seal(Ctx *c, Secrets *s, Str uid, Str plain, Bytes *ret)
{
    unsigned char key[KEY_BYTES];
    TRY(key_for(c, s, uid, USE_SEAL, key));
    *ret = key_seal(c, key, plain);
    sodium_memzero(key, sizeof key);
    return OK;
}

Err wave_key_unseal(Ctx *c, Secrets *s, Str uid, Bytes sealed, Str *ret)
{
    unsigned char key[KEY_BYTES];
    TRY(key_for(c, s, uid, USE_SEAL, key));
    Err err = key_unseal(c, key, sealed, ret);
    sodium_memzero(key, sizeof key);
    return err;
}
