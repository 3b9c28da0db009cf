#include "core/backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/backup/backup_file.h"

#define FORMAT "traad-backup 1\n"

/* ---- where things lie ----------------------------------------------------- */

/* var/traad.db.keys → var/traad.db */
static Str beside_keys(const Settings *s)
{
    return str_ends(s->keys, S(".keys")) ? str_sub(s->keys, 0, s->keys.n - 5) : s->keys;
}

Str backup_key_file(Ctx *c)
{
    const Settings *s = c->app->settings;
    return s->backup_key.n ? s->backup_key : STR_CAT(c->arena, beside_keys(s), S(".backup-key"));
}

static bool is_address(Str store)
{
    return str_starts(store, S("postgresql://")) || str_starts(store, S("postgres://"));
}

/* ---- making --------------------------------------------------------------- */

static Err make_in_snapshot(Ctx *c, Str out, Str key_file, Str key_id, BackupCounts *ret)
{
    Str versions = {0};
    BackupFile *f = NULL;
    TRY(backup_versions(c, &versions));
    Str lines = STR_CAT(c->arena, S(FORMAT "key "), key_id, S("\nmade "), instant_iso(c->arena, c->now), S("\n"), versions);
    TRY(backup_file_make(c, out, key_file, lines, &f));
    TRY(backup_write(c, backup_file_out(f), ret));
    return backup_file_commit(c, f);
}

static const char *mark_file(Ctx *c)
{
    return str_z(c->arena, STR_CAT(c->arena, beside_keys(c->app->settings), S(".backup-made")));
}

/* A file, since the program that backs up is not the one that tells its age. The
   backup stands whether or not it can be made. */
static void mark(Ctx *c)
{
    int fd = open(mark_file(c), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    Str line = STR_CAT(c->arena, instant_iso(c->arena, c->now), S("\n"));
    ssize_t n = write(fd, line.p, (size_t)line.n);
    (void)n;
    close(fd);
}

Instant backup_made_at(Ctx *c)
{
    struct stat st;
    if (stat(mark_file(c), &st) != 0) return (Instant){0};
    return (Instant){(int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000};
}

Err backup_make(Ctx *c, Str out, Str key_file, BackupCounts *ret, bool *ret_key_made)
{
    Str key_id = {0};
    TRY(stream_key_id(c, key_file, true, ret_key_made, &key_id));
    TRY(db_read_begin(c, c->app->store));
    Err err = make_in_snapshot(c, out, key_file, key_id, ret);
    db_read_end(c);
    if (err == OK) mark(c);
    return err;
}

static Str compact(Ctx *c, Str iso)
{
    char *p = arena_take_raw(c->arena, iso.n + 1);
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < iso.n && iso.p[i] != '.'; i++)
        if (iso.p[i] != '-' && iso.p[i] != ':' && iso.p[i] != 'Z') p[n++] = iso.p[i];
    return (Str){p, n};
}

Err backup_before_migration(Ctx *c, const Schema *const *all, int n, Str *ret_out)
{
    const Settings *s = c->app->settings;
    bool is_needed = false, key_made = false;
    BackupCounts counts = {0};
    *ret_out = (Str){0};
    TRY(schema_needs_migration(c, c->app->store, all, n, &is_needed));
    if (!is_needed) return OK;
    Str place = is_address(s->store) ? beside_keys(s) : s->store;
    Str out = STR_CAT(c->arena, place, S(".before-migration-"), compact(c, instant_iso(c->arena, c->now)), S(".backup"));
    TRY(backup_make(c, out, backup_key_file(c), &counts, &key_made));
    *ret_out = out;
    return OK;
}

Err backup_then_migrate(Ctx *c, const Schema *const *all, int n, Str *ret_out, bool *ret_changed)
{
    TRY(backup_before_migration(c, all, n, ret_out));
    return schema_apply(c, c->app->store, all, n, ret_changed);
}

/* ---- restoring -------------------------------------------------------------- */

static const Schema *const *schemas(Ctx *c, int *ret_n)
{
    const Schema **all = NEW(c->arena, const Schema *, feature_count);
    int n = 0;
    for (int i = 0; i < feature_count; i++)
        if (features[i]->schema) all[n++] = features[i]->schema;
    *ret_n = n;
    return all;
}

/* Before a byte is decrypted; the first piece proves these lines. */
static Err check_version(Ctx *c, Str feature, int64_t version)
{
    int n = 0;
    const Schema *const *all = schemas(c, &n);
    for (int i = 0; i < n; i++)
        if (str_eq(str_of_z(all[i]->feature), feature) && version <= all[i]->migration_count + 1) return OK;
    return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, S("the backup is newer than this program: "), feature,
                                                    S("; use the program that made it, or a newer one"))));
}

static Err check_line(Ctx *c, Str line, Str key_id)
{
    Str rest = line, word = {0}, value = {0}, number = {0};
    int64_t version = 0;
    (void)str_split(&rest, ' ', &word);
    (void)str_split(&rest, ' ', &value);
    if (str_eq(word, S("key")) && !str_eq(value, key_id))
        return fail(c, E_INVALID, msg_verbatim(S("the backup was made with another key")));
    if (!str_eq(word, S("schema"))) return OK;
    if (!str_split(&rest, ' ', &number) || !str_i64(number, &version))
        return fail(c, E_INVALID, msg_verbatim(S("the backup's first lines are damaged")));
    return check_version(c, value, version);
}

static Err check_lines(Ctx *c, Str lines, Str key_file)
{
    Str rest = lines, line = {0}, key_id = {0};
    bool made = false;
    if (!str_starts(lines, S(FORMAT)))
        return fail(c, E_CONFLICT, msg_verbatim(S("the backup is of a format that this program does not know")));
    TRY(stream_key_id(c, key_file, false, &made, &key_id));
    while (str_split(&rest, '\n', &line)) TRY(check_line(c, line, key_id));
    return OK;
}

/* Every rule that a store can be held against, in the transaction that fills it. */
static Err verify(Ctx *c)
{
    int n = 0;
    int64_t bad = 0;
    const Schema *const *all = schemas(c, &n);
    TRY(schema_check(c, all, n, &bad));
    for (int i = 0; i < feature_count; i++)
        if (features[i]->check) TRY(features[i]->check(c, &bad));
    if (!bad) return OK;
    return fail(c, E_CONFLICT, c->problems ? c->problems->what : msg_verbatim(S("the backup breaks a rule of the house")));
}

static Err fill(Ctx *c, Str where, BackupFile *f, BackupCounts *ret)
{
    int n = 0;
    Store *store = NULL;
    const Schema *const *all = schemas(c, &n);
    TRY(store_open(c, where, (StoreOptions){.create = true, .readers = 1}, &store));
    Err err = backup_read(c, store, backup_file_in(f), all, n, verify, ret);
    store_close(store);
    return err;
}

static bool exists(Ctx *c, Str path, Str ending)
{
    return access(str_z(c->arena, STR_CAT(c->arena, path, ending)), F_OK) == 0;
}

static void remove_files(Ctx *c, Str path)
{
    static const Str endings[] = {S_INIT(""), S_INIT("-wal"), S_INIT("-shm")};
    for (int i = 0; i < 3; i++) unlink(str_z(c->arena, STR_CAT(c->arena, path, endings[i])));
}

/* A log that was left without its store would be played into the new one. */
static Err must_be_free(Ctx *c, Str store)
{
    static const Str endings[] = {S_INIT(""), S_INIT("-wal"), S_INIT("-journal")};
    for (int i = 0; i < 3; i++)
        if (exists(c, store, endings[i]))
            return fail(c, E_CONFLICT, msg_verbatim(STR_CAT(c->arena, store, endings[i], S(" exists; a backup is restored into a new store"))));
    return OK;
}

/* Under a passing name until all of it has been proved. */
static Err restore_file(Ctx *c, BackupFile *f, BackupCounts *ret)
{
    Str store = c->app->settings->store;
    TRY(must_be_free(c, store));
    Str passing = STR_CAT(c->arena, store, S(".restoring-"), str_sub(ctx_uid(c), 0, 8));
    Err err = fill(c, passing, f, ret);
    if (err == OK && exists(c, passing, S("-wal"))) err = backup_broken(c, passing, EBUSY);
    if (err == OK) err = backup_put_in_place(c, passing, store);
    if (err != OK) remove_files(c, passing);
    return err;
}

Err backup_restore(Ctx *c, Str in, Str key_file, BackupCounts *ret)
{
    BackupFile *f = NULL;
    Str lines = {0};
    TRY(backup_file_open(c, in, &f, &lines));
    TRY(check_lines(c, lines, key_file));
    TRY(backup_file_unlock(c, f, key_file));
    return is_address(c->app->settings->store) ? fill(c, c->app->settings->store, f, ret) : restore_file(c, f, ret);
}
