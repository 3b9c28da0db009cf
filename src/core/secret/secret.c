#include "core/secret/secret_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASHES_AT_ONCE = 2, ARGON_OPS = 2, ARGON_BYTES = 19 << 20 };

Err secret_broken(Ctx *c, Str path, const char *what)
{
    return fail(c, E_BROKEN, msg_verbatim(STR_CAT(c->arena, S("keys: "), path, S(": "), str_of_z(what))));
}

Err key_folder_sync(Ctx *c, Str path)
{
    ptrdiff_t slash = path.n;
    while (slash > 0 && path.p[slash - 1] != '/') slash--;
    Str folder = slash > 0 ? str_sub(path, 0, slash) : S(".");
    int fd = open(str_z(c->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return secret_broken(c, folder, strerrordesc_np(errno));
    int bad = fsync(fd);
    close(fd);
    return bad ? secret_broken(c, folder, "could not be synced") : OK;
}

/* False, with errno, when not all of it is on the disk. */
static bool write_key(int fd, const unsigned char key[KEY_BYTES])
{
    ssize_t n = write(fd, key, KEY_BYTES);
    if (n >= 0 && n < KEY_BYTES) errno = ENOSPC;
    return n == KEY_BYTES && fsync(fd) == 0;
}

Err key_file_make(Ctx *c, Str path, unsigned char key[KEY_BYTES])
{
    unsigned char odd[4];
    randombytes_buf(odd, sizeof odd); /* not the Ctx's: a test's sequence stays what it is */
    const char *part = str_z(c->arena, STR_CAT(c->arena, path, S(".part-"), str_hex(c->arena, odd, (ptrdiff_t)sizeof odd)));
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return secret_broken(c, path, strerrordesc_np(errno));
    bool is_made = write_key(fd, key) && renameat2(AT_FDCWD, part, AT_FDCWD, str_z(c->arena, path), RENAME_NOREPLACE) == 0;
    int why = errno;
    close(fd);
    if (is_made) return key_folder_sync(c, path);
    unlink(part);
    return secret_broken(c, path, strerrordesc_np(why));
}

Err key_file_read(Ctx *c, Str path, unsigned char key[KEY_BYTES])
{
    int fd = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? E_NOT_FOUND : secret_broken(c, path, strerror(errno));
    struct stat st;
    unsigned char more = 0;
    bool whole = fstat(fd, &st) == 0 && read(fd, key, KEY_BYTES) == KEY_BYTES && read(fd, &more, 1) == 0;
    close(fd);
    if (!whole) return secret_broken(c, path, "is not a key file of 32 bytes");
    if (st.st_mode & 077) return secret_broken(c, path, "may be read by others; chmod 600");
    return OK;
}

static Err master_key(Ctx *c, Str folder, bool create, unsigned char key[KEY_BYTES])
{
    Str path = STR_CAT(c->arena, folder, S("/master.key"));
    Err err = key_file_read(c, path, key);
    if (err != E_NOT_FOUND) return err;
    if (!create) return secret_broken(c, path, "is missing");
    if (mkdir(str_z(c->arena, folder), 0700) != 0 && errno != EEXIST) return secret_broken(c, folder, strerror(errno));
    TRY(key_folder_sync(c, folder)); /* the folder's own name */
    randombytes_buf(key, KEY_BYTES);
    return key_file_make(c, path, key);
}

Err secrets_open(Ctx *c, Str folder, bool create, Secrets **ret)
{
    if (sodium_init() < 0) return secret_broken(c, folder, "libsodium does not start");
    Secrets *s = sodium_malloc(sizeof *s);
    if (!s) return secret_broken(c, folder, "no locked memory");
    memset(s, 0, sizeof *s);
    if (folder.n > SECRET_FOLDER_MAX) {
        sodium_free(s);
        return secret_broken(c, folder, "the name of the folder is too long");
    }
    memcpy(s->folder, folder.p, (size_t)folder.n);
    s->folder_n = folder.n;
    Err err = master_key(c, folder, create, s->master);
    if (err != OK) {
        sodium_free(s);
        return err;
    }
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->slot_free, NULL);
    s->slots = HASHES_AT_ONCE;
    *ret = s;
    return OK;
}

void secrets_close(Secrets *s)
{
    if (!s) return;
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->slot_free);
    sodium_free(s);
}

static void purpose_key(const Secrets *s, Purpose purpose, unsigned char key[KEY_BYTES])
{
    crypto_kdf_derive_from_key(key, KEY_BYTES, (uint64_t)purpose, "traadkey", s->master);
}

Str secret_mac(Ctx *c, const Secrets *s, Purpose purpose, Str text)
{
    unsigned char key[KEY_BYTES], mac[32];
    purpose_key(s, purpose, key);
    crypto_generichash(mac, sizeof mac, (const unsigned char *)text.p, (unsigned long long)text.n, key, sizeof key);
    sodium_memzero(key, sizeof key);
    return str_hex(c->arena, mac, (ptrdiff_t)sizeof mac);
}

Str secret_hash(Ctx *c, Str text)
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text.p, (unsigned long long)text.n, NULL, 0);
    return str_hex(c->arena, hash, (ptrdiff_t)sizeof hash);
}

bool secret_equal(Str a, Str b)
{
    return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, (size_t)a.n) == 0);
}

enum { NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES };

Bytes key_seal(Ctx *c, const unsigned char key[KEY_BYTES], Str plain)
{
    unsigned char *out = NEW(c->arena, unsigned char, NONCE_BYTES + plain.n + TAG_BYTES);
    ctx_random(c, out, NONCE_BYTES);
    unsigned long long n = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, &n, (const unsigned char *)plain.p,
                                               (unsigned long long)plain.n, NULL, 0, NULL, out, key);
    return (Bytes){out, NONCE_BYTES + (ptrdiff_t)n};
}

Err key_unseal(Ctx *c, const unsigned char key[KEY_BYTES], Bytes sealed, Str *ret)
{
    const unsigned char *in = sealed.p;
    if (sealed.n < NONCE_BYTES + TAG_BYTES) return fail(c, E_BROKEN, T("En forseglet værdi kan ikke læses."));
    char *out = arena_take_raw(c->arena, sealed.n);
    unsigned long long n = 0;
    int bad = crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)out, &n, NULL, in + NONCE_BYTES,
                                                         (unsigned long long)(sealed.n - NONCE_BYTES), NULL, 0, in, key);
    if (bad) return fail(c, E_BROKEN, T("En forseglet værdi kan ikke læses."));
    *ret = (Str){out, (ptrdiff_t)n};
    return OK;
}

Bytes secret_seal(Ctx *c, const Secrets *s, Purpose purpose, Str plain)
{
    unsigned char key[KEY_BYTES];
    purpose_key(s, purpose, key);
    Bytes sealed = key_seal(c, key, plain);
    sodium_memzero(key, sizeof key);
    return sealed;
}

Err secret_unseal(Ctx *c, const Secrets *s, Purpose purpose, Bytes sealed, Str *ret)
{
    unsigned char key[KEY_BYTES];
    purpose_key(s, purpose, key);
    Err err = key_unseal(c, key, sealed, ret);
    sodium_memzero(key, sizeof key);
    return err;
}

static void slot_take(Secrets *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->slots == 0) pthread_cond_wait(&s->slot_free, &s->lock);
    s->slots--;
    pthread_mutex_unlock(&s->lock);
}

static void slot_give(Secrets *s)
{
    pthread_mutex_lock(&s->lock);
    s->slots++;
    pthread_cond_signal(&s->slot_free);
    pthread_mutex_unlock(&s->lock);
}

Err secret_password_hash(Ctx *c, Secrets *s, Str password, Str *ret)
{
    char out[crypto_pwhash_STRBYTES];
    slot_take(s);
    int bad = crypto_pwhash_str(out, password.p, (unsigned long long)password.n, ARGON_OPS, ARGON_BYTES);
    slot_give(s);
    if (bad) return fail(c, E_BUSY, T("Der er travlt lige nu, så vi nåede det ikke. Intet er gemt. Prøv igen om lidt."));
    *ret = str_copy(c->arena, str_of_z(out));
    return OK;
}

/* Work of the same size as a real check, so that time does not tell which
   accounts exist. */
static void spend_a_hash(Str password)
{
    unsigned char out[32], salt[crypto_pwhash_SALTBYTES] = {0};
    int bad = crypto_pwhash(out, sizeof out, password.p, (unsigned long long)password.n, salt, ARGON_OPS, ARGON_BYTES,
                            crypto_pwhash_ALG_ARGON2ID13);
    (void)bad;
}

bool secret_password_is(Ctx *c, Secrets *s, Str hash, Str password)
{
    bool is = false;
    const char *z = str_z(c->arena, hash); /* before the slot: a full arena jumps away */
    slot_take(s);
    if (hash.n == 0 || hash.n >= crypto_pwhash_STRBYTES) spend_a_hash(password);
    else is = crypto_pwhash_str_verify(z, password.p, (unsigned long long)password.n) == 0;
    slot_give(s);
    return is;
}
