#include "core/settings.h"

#include "base/buf.h"
#include "base/number.h"

typedef enum SettingKind { SETTING_TEXT, SETTING_WORDS, SETTING_YES, SETTING_INT } SettingKind;

typedef struct SettingDef {
    const char *name;
    SettingKind kind;
    ptrdiff_t at; /* offset in Settings */
    int64_t min, max;
} SettingDef;

static const SettingDef defs[] = {
    {"store", SETTING_TEXT, offsetof(Settings, store), 1, 1000},
    {"keys", SETTING_TEXT, offsetof(Settings, keys), 1, 1000},
    {"backup-key", SETTING_TEXT, offsetof(Settings, backup_key), 1, 1000},
    {"listen", SETTING_TEXT, offsetof(Settings, listen), 3, 100},
    {"public-address", SETTING_TEXT, offsetof(Settings, public_address), 8, 200},
    {"ops-listen", SETTING_TEXT, offsetof(Settings, ops_listen), 0, 100},
    {"proxies", SETTING_WORDS, offsetof(Settings, proxies), 0, 1000},
    {"secure-cookies", SETTING_YES, offsetof(Settings, secure_cookies), 0, 0},
    {"limit-per-address", SETTING_INT, offsetof(Settings, per_address), 0, 1000000},
    {"connections", SETTING_INT, offsetof(Settings, connections), 16, 60000},
    {"workers", SETTING_INT, offsetof(Settings, workers), 0, 64},
    {"session-hours", SETTING_INT, offsetof(Settings, session_hours), 1, 24},
    {"session-idle-minutes", SETTING_INT, offsetof(Settings, session_idle_minutes), 5, 720},
    {"demo", SETTING_YES, offsetof(Settings, is_demo), 0, 0},
    {"smtp", SETTING_TEXT, offsetof(Settings, smtp), 0, 200},
    {"smtp-tls", SETTING_YES, offsetof(Settings, smtp_tls), 0, 0},
    {"smtp-user", SETTING_TEXT, offsetof(Settings, smtp_user), 0, 254},
    {"smtp-password", SETTING_TEXT, offsetof(Settings, smtp_password), 0, 1000},
    {"mail-from", SETTING_TEXT, offsetof(Settings, mail_from), 0, 254},
};

Settings settings_default(void)
{
    return (Settings){
        .store = S("var/traad.db"),
        .listen = S("127.0.0.1:8080"),
        .per_address = 64,
        .connections = 4000,
        .session_hours = 10,
        .session_idle_minutes = 60,
        .smtp_tls = true,
    };
}

static const SettingDef *find_def(Str name)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(defs); i++)
        if (str_eq(name, str_of_z(defs[i].name))) return &defs[i];
    return NULL;
}

static bool read_yes(Str value, bool *ret)
{
    if (str_eq(value, S("yes"))) *ret = true;
    else if (str_eq(value, S("no"))) *ret = false;
    else return false;
    return true;
}

static bool read_words(Ctx *c, Str value, Strs *ret)
{
    Strs words = {.v = NEW(c->arena, Str, value.n + 1)};
    Str rest = value, word = {0};
    while (str_split(&rest, ' ', &word))
        if (word.n) words.v[words.n++] = word;
    *ret = words;
    return true;
}

static bool read_value(Ctx *c, const SettingDef *def, Str value, Settings *settings)
{
    char *at = (char *)settings + def->at;
    int64_t number = 0;
    switch (def->kind) {
    case SETTING_TEXT:
        if (value.n < def->min || value.n > def->max || !str_is_utf8(value) || str_has_zero(value)) return false;
        *(Str *)(void *)at = value;
        return true;
    case SETTING_WORDS: return value.n <= def->max && read_words(c, value, (Strs *)(void *)at);
    case SETTING_YES: return read_yes(value, (bool *)at);
    case SETTING_INT:
        if (!str_i64(value, &number) || number < def->min || number > def->max) return false;
        *(int64_t *)(void *)at = number;
        return true;
    }
    return false;
}

static Msg expected(Ctx *c, const SettingDef *def)
{
    Buf b = buf_new(c->arena, 200);
    buf_add(&b, str_of_z(def->name));
    if (def->kind == SETTING_YES) buf_add(&b, S(" takes yes or no"));
    else {
        buf_add(&b, def->kind == SETTING_INT ? S(" takes a whole number from ") : S(" takes text of a length from "));
        buf_add_i64(&b, def->min);
        buf_add(&b, S(" to "));
        buf_add_i64(&b, def->max);
    }
    return msg_verbatim(buf_str(&b));
}

Err settings_set(Ctx *c, Str name, Str value, Settings *settings)
{
    const SettingDef *def = find_def(name);
    if (!def) return E_NOT_FOUND;
    if (!read_value(c, def, value, settings)) return fail(c, E_INVALID, expected(c, def));
    return OK;
}

static Str place(Ctx *c, Str file, int64_t line)
{
    Buf b = buf_new(c->arena, file.n + 24);
    buf_add(&b, file);
    buf_add_char(&b, ':');
    buf_add_i64(&b, line);
    return buf_str(&b);
}

static void read_line(Ctx *c, Str where, Str line, bool *seen, Settings *settings)
{
    ptrdiff_t hash = str_find_char(line, '#', 0);
    if (hash >= 0) line = str_sub(line, 0, hash);
    line = str_trim(line);
    if (line.n == 0) return;
    ptrdiff_t eq = str_find_char(line, '=', 0);
    if (eq < 0) {
        ctx_problem(c, where, msg_verbatim(S("expected name = value")));
        return;
    }
    Str name = str_trim(str_sub(line, 0, eq)), value = str_trim(str_sub(line, eq + 1, line.n));
    const SettingDef *def = find_def(name);
    if (!def) ctx_problem(c, where, msg_verbatim(STR_CAT(c->arena, S("unknown setting "), name)));
    else if (seen[def - defs]) ctx_problem(c, where, msg_verbatim(STR_CAT(c->arena, name, S(" is set twice"))));
    else if (!read_value(c, def, value, settings)) ctx_problem(c, where, expected(c, def));
    if (def) seen[def - defs] = true;
}

Err settings_read(Ctx *c, Str file, Str text, Settings *settings)
{
    Settings found = *settings;
    bool *seen = NEW(c->arena, bool, COUNT_OF(defs));
    Str rest = text, line = {0};
    for (int64_t n = 1; str_split(&rest, '\n', &line); n++) read_line(c, place(c, file, n), line, seen, &found);
    TRY(ctx_check(c));
    *settings = found;
    return OK;
}
