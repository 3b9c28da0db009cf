/* traad backup --out FILE, traad restore FILE. */
#include "base/buf.h"
#include "core/backup/backup.h"

static Err wrong_use(Ctx *c, const char *why)
{
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, str_of_z(why), S("; see traad help"))));
}

typedef struct Words {
    Str file, out, key;
} Words;

static Err read_words(Ctx *c, Args args, Words *ret)
{
    Words w = {.key = backup_key_file(c)};
    for (ptrdiff_t i = 0; i < args.n; i++) {
        Str *option = str_eq(args.v[i], S("--out")) ? &w.out : str_eq(args.v[i], S("--key")) ? &w.key : NULL;
        if (!option && (str_starts(args.v[i], S("--")) || w.file.n)) return wrong_use(c, "unexpected words");
        if (option && (i + 1 == args.n || args.v[i + 1].n == 0)) return wrong_use(c, "a file is missing");
        *(option ? option : &w.file) = option ? args.v[++i] : args.v[i];
    }
    *ret = w;
    return OK;
}

static void tell(Buf *out, const char *what, BackupCounts counts, Str where)
{
    buf_add(out, str_of_z(what));
    buf_add_i64(out, counts.rows);
    buf_add(out, S(" rows of "));
    buf_add_i64(out, counts.tables);
    buf_add(out, S(" tables to "));
    buf_add(out, where);
    buf_add_char(out, '\n');
}

static Err run_backup(Ctx *c, Args args, Buf *out)
{
    Words w = {0};
    BackupCounts counts = {0};
    bool key_made = false;
    TRY(read_words(c, args, &w));
    if (w.out.n == 0 || w.file.n) return wrong_use(c, "backup takes --out FILE");
    TRY(backup_make(c, w.out, w.key, &counts, &key_made));
    tell(out, "copied ", counts, w.out);
    if (!key_made) return OK;
    buf_add(out, S("new backup key "));
    buf_add(out, w.key);
    buf_add(out, S(": keep a copy of it apart from the backups; without it none of them can be read\n"));
    return OK;
}

/* A file that is no backup, or a damaged one, is a failure: the words were right. */
static Err failed(Ctx *c, Err err)
{
    return err == E_INVALID && !c->problems ? E_CONFLICT : err;
}

static Err run_restore(Ctx *c, Args args, Buf *out)
{
    Words w = {0};
    BackupCounts counts = {0};
    TRY(read_words(c, args, &w));
    if (w.file.n == 0 || w.out.n) return wrong_use(c, "restore takes FILE");
    TRY(failed(c, backup_restore(c, w.file, w.key, &counts)));
    bool is_file = !str_starts(c->app->settings->store, S("postgres"));
    tell(out, "restored ", counts, is_file ? c->app->settings->store : S("the PostgreSQL database")); /* no password on a screen */
    buf_add(out, S("keys are in no backup: put your copy of the folder "));
    buf_add(out, c->app->settings->keys);
    buf_add(out, S(" in place, or make a new one with traad init\n"));
    return OK;
}

static const Command commands[] = {
    {"backup", "--out FILE [--key FILE]",
     "Copies the store to a new encrypted file, also while serve runs. The key (setting backup-key) is made if missing; keep it apart.",
     true, run_backup},
    {"restore", "FILE [--key FILE]",
     "Makes the store (--store), which must not exist or be an empty PostgreSQL database, from a backup of either engine.",
     false, run_restore},
    {0},
};

const Feature backup_feature = {.name = "backup", .commands = commands};
