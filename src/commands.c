/* The commands that belong to no feature. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"
#include "core/access/access.h"
#include "core/access/access_demo.h"
#include "core/access/link.h"
#include "core/backup/backup.h"
#include "feature/answer/answer.h"
#include "feature/code/code_demo.h"
#include "program.h"
#include "version_gen.h"

static Err cannot_tell(Ctx *c, int number)
{
    return fail(c, E_BUSY, msg_verbatim(STR_CAT(c->arena, S("standard output: "), str_of_z(strerrordesc_np(number)))));
}

Err program_print(Ctx *c, Buf *out)
{
    ptrdiff_t at = 0;
    while (at < out->n) {
        ssize_t n = write(STDOUT_FILENO, out->p + at, (size_t)(out->n - at));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EPIPE) return cannot_tell(c, errno);
        if (n <= 0) break;
        at += n;
    }
    out->n = 0;
    return OK;
}

const Schema *const *program_schemas(Ctx *c, int *ret_n)
{
    const Schema **all = NEW(c->arena, const Schema *, feature_count);
    int n = 0;
    for (int i = 0; i < feature_count; i++)
        if (features[i]->schema) all[n++] = features[i]->schema;
    *ret_n = n;
    return all;
}

/* One a thread that reads: web's network threads and workers, two of the job runner,
   and the one that looks around beside them; fewer would let a network thread wait. */
static int readers_needed(const Settings *s)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1) cores = 1;
    return (int)(cores + (s->workers ? s->workers : cores) + 3);
}

static void tell_backup(Ctx *c, Str file)
{
    if (!file.n) return;
    Str line = STR_CAT(c->arena, S("traad: migration: the store as it was is in "), file, S("\n"));
    ssize_t n = write(STDERR_FILENO, line.p, (size_t)line.n);
    (void)n; /* whoever read us has gone */
}

/* Said before anything else: without it the first thing missing would be a key. */
static Err store_is_there(Ctx *c, Str store)
{
    bool is_file = !str_starts(store, S("postgresql://")) && !str_starts(store, S("postgres://"));
    if (!is_file || access(str_z(c->arena, store), F_OK) == 0) return OK;
    return fail(c, E_NOT_FOUND, msg_verbatim(STR_CAT(c->arena, S("there is no store "), store, S("; traad init makes one"))));
}

/* Where keys and store lie unless somebody says otherwise. What cannot be made is told by who needs it. */
static void make_default_folder(const Settings *s)
{
    if (str_starts(s->keys, S("var/")) || str_starts(s->store, S("var/"))) mkdir("var", 0755);
}

Err program_open(Ctx *c, bool make)
{
    const Settings *s = c->app->settings;
    if (make) make_default_folder(s);
    else TRY(store_is_there(c, s->store));
    TRY(secrets_open(c, s->keys, make, &c->app->secrets));
    TRY(store_open(c, s->store, (StoreOptions){.create = make, .readers = readers_needed(s)}, &c->app->store));
    int n = 0;
    bool migrated = false;
    const Schema *const *all = program_schemas(c, &n);
    Str backup = {0};
    Err err = backup_then_migrate(c, all, n, &backup, &migrated);
    tell_backup(c, backup); /* also when the migration failed: it is there */
    TRY(err);
    if (!make && !migrated) return OK;
    TRY(program_open_writer(c));
    return writer_run(c->app->writer, c, "access", access_rules_store);
}

Err program_open_writer(Ctx *c)
{
    if (c->app->writer) return OK;
    return writer_open(c, c->app->store, (WriterOptions){0}, &c->app->writer);
}

void program_close(Ctx *c)
{
    db_read_end(c);
    if (c->app->writer) writer_close(c->app->writer);
    c->app->writer = NULL;
    if (c->app->store) store_close(c->app->store);
    c->app->store = NULL;
    secrets_close(c->app->secrets);
    c->app->secrets = NULL;
}

static Err no_more(Ctx *c, Args args)
{
    if (args.n == 0) return OK;
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unexpected "), args.v[0], S("; see traad help"))));
}

static Err run_init(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    TRY(program_open(c, true));
    bool is_file = store_engine(c->app->store) == ENGINE_SQLITE;
    buf_add(out, S("store "));
    buf_add(out, is_file ? c->app->settings->store : S("in the PostgreSQL database")); /* no password on a screen */
    buf_add(out, S(" is ready\n"));
    return OK;
}

SQL_SCAN(ANY_UNIT, "one look at start", "SELECT count(*) FROM v_organisation_unit");

static Err check_empty(Ctx *c)
{
    int64_t units = 0;
    TRY(db_one_i64(c, ANY_UNIT, &units));
    if (units) return fail(c, E_CONFLICT, msg_verbatim(S("the store has an organisation already; demo wants an empty one")));
    return OK;
}

static Err write_demo(Ctx *c)
{
    const Feature *feature = c->work;
    return feature->demo(c);
}

/* A write for each: tallies are merged when a write ends, and the reports that
   come after them read them. */
static Err write_demos(Ctx *c)
{
    TRY(writer_run(c->app->writer, c, "demo", check_empty));
    for (int i = 0; i < feature_count; i++) {
        if (!features[i]->demo) continue;
        c->work = (void *)(uintptr_t)features[i];
        TRY(writer_run(c->app->writer, c, features[i]->name, write_demo));
    }
    return OK;
}

static void tell_log_ins(Buf *out)
{
    ptrdiff_t n = 0;
    const DemoLogIn *all = access_demo_log_ins(&n);
    buf_add(out, S("log-ins, all with the password " DEMO_PASSWORD ":\n"));
    for (ptrdiff_t i = 0; i < n; i++) {
        buf_add(out, S("  "));
        buf_add(out, str_of_z(all[i].login));
        for (ptrdiff_t k = str_of_z(all[i].login).n; k < 20; k++) buf_add_char(out, ' ');
        buf_add(out, str_of_z(all[i].name));
        buf_add(out, S(", "));
        buf_add(out, str_of_z(all[i].role));
        buf_add(out, S(", "));
        buf_add(out, str_of_z(all[i].unit));
        buf_add_char(out, '\n');
    }
}

/* What can be tried without a log-in, while the demonstration's waves are open. */
static Err tell_codes(Ctx *c, Buf *out)
{
    PlainCodes all = {0};
    TRY(db_read_begin(c, c->app->store));
    TRY(code_demo_list(c, &all));
    if (all.n) buf_add(out, S("codes to answer with, without a log-in:\n"));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const PlainCode *code = &all.v[i];
        const Str words[] = {S("  "), code->code, S("         "), msg_text(c, survey_role_name(code->role)), S(", "), code->unit_name, S(", "),
                             code_address(c, code->code), S("\n")};
        for (ptrdiff_t k = 0; k < COUNT_OF(words); k++) buf_add(out, words[k]);
    }
    return OK;
}

static Err run_demo(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    TRY(program_open(c, true));
    TRY(program_open_writer(c));
    TRY(write_demos(c));
    tell_log_ins(out);
    return tell_codes(c, out);
}

SQL(DEMO_ACCOUNTS, "SELECT count(*) FROM v_access_account WHERE login = $1");

static Err check_demo(Ctx *c)
{
    ptrdiff_t n = 0;
    const DemoLogIn *all = access_demo_log_ins(&n);
    int64_t found = 0;
    TRY(db_read_begin(c, c->app->store));
    TRY(db_one_i64(c, DEMO_ACCOUNTS, &found, str_of_z(all[0].login)));
    db_read_end(c); /* tell_codes has a snapshot of its own */
    if (!found) return fail(c, E_NOT_FOUND, msg_verbatim(S("the store has no demonstration region; traad demo makes one in an empty store")));
    return OK;
}

static Err run_log_ins(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    TRY(check_demo(c));
    tell_log_ins(out);
    return tell_codes(c, out);
}

/* The one line of FORMATS §6, told also when something is wrong. */
static Err tell_recount(Ctx *c, int64_t tallies, int64_t differ, Buf *out)
{
    buf_add_i64(out, tallies);
    buf_add(out, S(" tallies recounted, "));
    buf_add_i64(out, differ);
    buf_add(out, S(" differ\n"));
    return program_print(c, out);
}

static Err run_check(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    int n = 0;
    int64_t bad = 0, tallies = 0, differ = 0;
    const Schema *const *all = program_schemas(c, &n);
    TRY(db_read_begin(c, c->app->store));
    /* First: what reads documents would take a broken rule told before it for its own fault. */
    TRY(answer_recount(c, &tallies, &differ));
    TRY(schema_check(c, all, n, &bad));
    for (int i = 0; i < feature_count; i++)
        if (features[i]->check) TRY(features[i]->check(c, &bad));
    TRY(tell_recount(c, tallies, differ, out));
    if (bad && !c->problems) ctx_problem(c, S("check"), msg_verbatim(S("the store breaks a rule of its own")));
    if (bad) return fail(c, E_CONFLICT, c->problems->what);
    return differ ? fail(c, E_CONFLICT, msg_verbatim(S("tallies differ from the answers they were counted from"))) : OK;
}

/* "--login X" and its like out of the command's words. */
static Err take_option(Ctx *c, Args *args, const char *name, bool needed, Str *ret)
{
    for (ptrdiff_t i = 0; i + 1 < args->n; i++) {
        if (!str_eq(args->v[i], str_of_z(name))) continue;
        *ret = args->v[i + 1];
        Str *left = NEW(c->arena, Str, args->n);
        ptrdiff_t k = 0;
        for (ptrdiff_t j = 0; j < args->n; j++)
            if (j != i && j != i + 1) left[k++] = args->v[j];
        *args = (Args){left, k};
        return OK;
    }
    if (!needed) return OK;
    return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, str_of_z(name), S(" is missing"))));
}

typedef struct NewUser {
    Str login, name, unit, role, hash;
    Link link; /* token empty: none is wanted */
} NewUser;

/* The writer calls write(Ctx *) only, so what it needs hangs on the Ctx. */
static Err write_user(Ctx *c)
{
    const NewUser *user = c->work;
    Unit unit = {0};
    PersonId person = {0};
    AccountId account = {0};
    int64_t membership = 0;
    Err err = organisation_by_code(c, user->unit, &unit);
    if (err == E_NOT_FOUND) return fail(c, err, msg_verbatim(STR_CAT(c->arena, S("no unit has the code "), user->unit)));
    TRY(err);
    TRY(people_add(c, unit.owner, user->name, S(""), &person));
    TRY(people_grant(c, (NewMembership){.person = person, .unit = unit.id, .role = user->role, .valid_from = c->today}, &membership));
    TRY(access_account_add(c, person, user->login, user->hash, &account));
    return user->link.token.n ? link_store(c, person, &user->link) : OK;
}

/* One line from standard input, so that no password stands in a process list. */
static Err read_password(Ctx *c, Str *ret)
{
    Buf b = buf_new(c->arena, 1024);
    for (char ch = 0; !b.full && read(STDIN_FILENO, &ch, 1) == 1 && ch != '\n';) buf_add_char(&b, ch);
    *ret = str_trim(buf_str(&b));
    return str_is_utf8(*ret) ? OK : fail(c, E_INVALID, msg_verbatim(S("the password is not UTF-8")));
}

/* "--invite" out of the command's words. */
static bool take_flag(Ctx *c, Args *args, const char *name)
{
    Str *left = NEW(c->arena, Str, args->n + 1);
    ptrdiff_t k = 0;
    for (ptrdiff_t i = 0; i < args->n; i++)
        if (!str_eq(args->v[i], str_of_z(name))) left[k++] = args->v[i];
    bool found = k < args->n;
    *args = (Args){left, k};
    return found;
}

/* The way in: a password from standard input, or a link that is printed once. */
static Err way_in(Ctx *c, NewUser *user, bool invite)
{
    Str password = {0};
    if (invite) {
        user->link = link_new(c, LINK_INVITATION);
        return OK;
    }
    TRY(read_password(c, &password));
    TRY(access_password_check(c, password, user->login, user->name));
    return secret_password_hash(c, c->app->secrets, password, &user->hash);
}

static Err run_user_add(Ctx *c, Args args, Buf *out)
{
    NewUser *user = NEW(c->arena, NewUser, 1);
    bool invite = take_flag(c, &args, "--invite");
    TRY(take_option(c, &args, "--login", true, &user->login));
    TRY(take_option(c, &args, "--name", true, &user->name));
    TRY(take_option(c, &args, "--unit", true, &user->unit));
    TRY(take_option(c, &args, "--role", true, &user->role));
    TRY(no_more(c, args));
    TRY(way_in(c, user, invite));
    TRY(program_open_writer(c));
    c->work = user;
    TRY(writer_run(c->app->writer, c, "access", write_user));
    buf_add(out, S("user "));
    buf_add(out, user->login);
    buf_add(out, S(" is ready\n"));
    if (invite) {
        buf_add(out, S("invitation, good once and for 14 days: "));
        buf_add(out, user->link.address);
        buf_add_char(out, '\n');
    }
    return OK;
}

static Err run_config_check(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args)); /* a fault in the file's own words has stopped us before this */
    TRY(settings_check(c, c->app->settings));
    buf_add(out, S("settings are fine\n"));
    return OK;
}

static Err run_config_keys(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    settings_tell(out);
    return OK;
}

static Err run_version(Ctx *c, Args args, Buf *out)
{
    TRY(no_more(c, args));
    buf_add(out, S("traad " TRAAD_VERSION "\n"));
    return OK;
}

const Command program_commands[] = {
    {"init", "", "Makes an empty store with the newest schema, and its keys.", false, run_init},
    {"demo", "", "Makes the demonstration region in an empty store (and the store, if it is missing).", false, run_demo},
    {"demo log-ins", "", "Prints the log-ins of the demonstration region, and codes to answer with while its waves are open.", true, run_log_ins},
    {"serve", "", "Serves pages until it is told to stop (SIGTERM, SIGINT).", true, program_serve},
    {"check", "", "Holds the store against its own rules; exit 1 when one is broken. May run while serve does.", true, run_check},
    {"user add", "--login L --name N --unit CODE --role ROLE [--invite]",
     "Adds a person with an account; the password is read from standard input, or with --invite chosen through"
     " the link that is printed.", true, run_user_add},
    {"config check", "", "Reads the settings (--config FILE) and tells every fault in them.", false, run_config_check},
    {"config keys", "", "Tells every setting: what it is, its default and unit.", false, run_config_keys},
    {"help", "[COMMAND]", "Tells every command, or one; so does --help behind a command.", false, program_help},
    {"--version", "", "Tells the version of the program.", false, run_version},
    {0},
};

/* ---- finding and telling commands ------------------------------------------ */

static ptrdiff_t words_of(const Command *command, Args args)
{
    Str rest = str_of_z(command->name), word = {0};
    ptrdiff_t n = 0;
    while (str_split(&rest, ' ', &word)) {
        if (n >= args.n || !str_eq(args.v[n], word)) return 0;
        n++;
    }
    return n;
}

static const Command *longest(const Command *list, Args args, const Command *best, ptrdiff_t *words)
{
    for (; list && list->name; list++) {
        ptrdiff_t n = words_of(list, args);
        if (n <= *words) continue;
        *words = n;
        best = list;
    }
    return best;
}

const Command *program_find(Args args, ptrdiff_t *ret_words)
{
    *ret_words = 0;
    const Command *best = longest(program_commands, args, NULL, ret_words);
    for (int i = 0; i < feature_count; i++) best = longest(features[i]->commands, args, best, ret_words);
    return best;
}

static void tell_command(Buf *out, const Command *command)
{
    buf_add(out, S("traad "));
    buf_add(out, str_of_z(command->name));
    if (command->usage[0]) buf_add_char(out, ' ');
    buf_add(out, str_of_z(command->usage));
    buf_add(out, S("\n    "));
    buf_add(out, str_of_z(command->help));
    buf_add_char(out, '\n');
}

/* The command itself, and those whose names go on from there: "survey" is all of "survey …". */
static bool is_named(const Command *command, Str words)
{
    Str name = str_of_z(command->name);
    return str_starts(name, words) && (words.n == 0 || name.n == words.n || name.p[words.n] == ' ');
}

static bool tell_named(Buf *out, const Command *commands, Str words)
{
    bool found = false;
    for (const Command *p = commands; p && p->name; p++) {
        if (!is_named(p, words)) continue;
        tell_command(out, p);
        found = true;
    }
    return found;
}

static Str joined(Ctx *c, Args args)
{
    Str words = {0};
    for (ptrdiff_t i = 0; i < args.n; i++) words = i ? STR_CAT(c->arena, words, S(" "), args.v[i]) : args.v[0];
    return words;
}

Err program_help(Ctx *c, Args args, Buf *out)
{
    Str words = joined(c, args);
    bool found = tell_named(out, program_commands, words);
    for (int i = 0; i < feature_count; i++) found = tell_named(out, features[i]->commands, words) || found;
    if (!found) return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("unknown command "), words)));
    if (args.n == 0) buf_add(out, S("\nEvery command takes --config FILE and any setting as --name value, --store among them.\n"));
    return OK;
}
