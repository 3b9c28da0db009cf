#include "core/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

typedef enum SettingKind { SETTING_TEXT, SETTING_ADDRESSES, SETTING_YES, SETTING_INT, SETTING_LISTEN, SETTING_START } SettingKind;

typedef struct SettingDef {
    const char *name;
    SettingKind kind;
    ptrdiff_t at; /* offset in Settings */
    int64_t min, max;
    const char *unit; /* of SETTING_INT, in the plural; of SETTING_START: what it may begin with, separated by '|' */
    const char *help; /* one line, for `traad config keys` */
} SettingDef;

#define AT(field) offsetof(Settings, field)
static const SettingDef defs[] = {
    {"store", SETTING_TEXT, AT(store), 1, 1000, NULL, "file of the SQLite store, or postgresql://USER@HOST/DATABASE; var/traad.db"},
    {"keys", SETTING_TEXT, AT(keys), 1, 1000, NULL, "folder of the keys that are kept out of the store; STORE.keys"},
    {"backup-key", SETTING_TEXT, AT(backup_key), 1, 1000, NULL, "file of the key of backups; STORE.backup-key"},
    {"listen", SETTING_LISTEN, AT(listen), 3, 100, NULL, "ADDRESS:PORT of the pages, behind a proxy that ends TLS; 127.0.0.1:8080"},
    {"public-address", SETTING_START, AT(public_address), 8, 200, "http://|https://", "the address that people write, in mails and letters"},
    {"ops-listen", SETTING_LISTEN, AT(ops_listen), 0, 100, NULL, "ADDRESS:PORT of /healthz and /metrics; empty: none"},
    {"proxies", SETTING_ADDRESSES, AT(proxies), 0, 1000, NULL, "addresses, separated by spaces, whose X-Forwarded-For is believed"},
    {"secure-cookies", SETTING_YES, AT(secure_cookies), 0, 0, NULL, "yes behind TLS; of itself when public-address is https://"},
    {"limit-per-address", SETTING_INT, AT(per_address), 0, 1000000, "connections", "from one address (IPv6: one /64); 64; 0: no limit"},
    {"connections", SETTING_INT, AT(connections), 16, 60000, "connections", "in all; 4000"},
    {"workers", SETTING_INT, AT(workers), 0, 64, "threads", "for searches, reports and passwords; 0: one a core"},
    {"session-hours", SETTING_INT, AT(session_hours), 1, 24, "hours", "until one must sign in again; 10"},
    {"session-idle-minutes", SETTING_INT, AT(session_idle_minutes), 5, 1440, "minutes", "without a page until one must sign in again; 60"},
    {"demand-second", SETTING_YES, AT(demand_second), 0, 0, NULL, "yes: roles that two people give open nothing without a code from an app; no"},
    {"demo", SETTING_YES, AT(is_demo), 0, 0, NULL, "yes: every page says that its people are made up"},
    {"smtp", SETTING_START, AT(smtp), 0, 200, "smtp://|smtps://", "the mail server, smtp://HOST:PORT; empty: no mail is sent"},
    {"smtp-tls", SETTING_YES, AT(smtp_tls), 0, 0, NULL, "yes: no mail without STARTTLS and a certificate that holds"},
    {"smtp-user", SETTING_TEXT, AT(smtp_user), 0, 254, NULL, "log-in at the mail server; empty: none"},
    {"smtp-password", SETTING_TEXT, AT(smtp_password), 0, 1000, NULL, "path of a file (mode 600) whose first line is the password"},
    {"mail-from", SETTING_TEXT, AT(mail_from), 0, 254, NULL, "sender, address or Name <address>"},
};
_Static_assert(COUNT_OF(defs) <= SETTINGS_MAX, "Settings.line has a place for each");

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

static bool is_address(Str word)
{
    char text[INET6_ADDRSTRLEN] = "", address[16];
    if (word.n >= (ptrdiff_t)sizeof text || str_has_zero(word)) return false;
    memcpy(text, word.p, (size_t)word.n);
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* A name or a network would never be met: every client would be taken for the proxy. */
static bool read_addresses(Ctx *c, Str value, Strs *ret)
{
    Strs all = {.v = NEW(c->arena, Str, value.n + 1)};
    Str rest = value, word = {0};
    while (str_split(&rest, ' ', &word)) {
        if (word.n == 0) continue;
        if (!is_address(word)) return false;
        all.v[all.n++] = word;
    }
    *ret = all;
    return true;
}

static bool is_text(const SettingDef *def, Str value)
{
    return value.n >= def->min && value.n <= def->max && str_is_utf8(value) && !str_has_zero(value);
}

/* Letters of an address and a port; whether it can be listened on shows when it is tried. */
static bool is_listen(Str value)
{
    ptrdiff_t colon = value.n;
    int64_t port = 0;
    while (colon > 0 && value.p[colon - 1] != ':') colon--;
    if (colon < 2 || !str_i64(str_sub(value, colon, value.n), &port) || port < 0 || port > 65535) return false;
    for (ptrdiff_t i = 0; i < colon - 1; i++)
        if (str_find_char(S("0123456789abcdefABCDEF.:[]"), value.p[i], 0) < 0) return false;
    return true;
}

static bool begins(Str value, Str starts)
{
    Str start = {0};
    while (str_split(&starts, '|', &start))
        if (str_starts(value, start) && value.n > start.n) return true;
    return false;
}

static bool read_value(Ctx *c, const SettingDef *def, Str value, Settings *settings)
{
    char *at = (char *)settings + def->at;
    int64_t number = 0;
    switch (def->kind) {
    case SETTING_TEXT:
        if (!is_text(def, value)) return false;
        *(Str *)(void *)at = value;
        return true;
    case SETTING_ADDRESSES: return value.n <= def->max && read_addresses(c, value, (Strs *)(void *)at);
    case SETTING_LISTEN:
        if (!is_text(def, value) || (value.n && !is_listen(value))) return false;
        *(Str *)(void *)at = value;
        return true;
    case SETTING_START:
        if (!is_text(def, value) || (value.n && !begins(value, str_of_z(def->unit)))) return false;
        *(Str *)(void *)at = value;
        return true;
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
    Buf b = buf_new(c->arena, 300);
    buf_add(&b, str_of_z(def->name));
    switch (def->kind) {
    case SETTING_YES: buf_add(&b, S(" takes yes or no")); break;
    case SETTING_LISTEN: buf_add(&b, S(" takes an address and a port, as 127.0.0.1:8080 or [::1]:8080")); break;
    case SETTING_START:
        buf_add(&b, S(" takes an address that begins with "));
        buf_add(&b, str_of_z(def->unit));
        break;
    case SETTING_INT:
        buf_add(&b, S(" takes a whole number of "));
        buf_add(&b, str_of_z(def->unit));
        break;
    case SETTING_ADDRESSES: buf_add(&b, S(" takes addresses as 10.0.0.7 or ::1, separated by spaces; no names and no networks")); break;
    case SETTING_TEXT: buf_add(&b, S(" takes text of a length")); break;
    }
    if (def->kind == SETTING_INT || def->kind == SETTING_TEXT) {
        buf_add(&b, S(" from "));
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

static void read_line(Ctx *c, Str file, int64_t n, Str line, Settings *settings)
{
    ptrdiff_t hash = str_find_char(line, '#', 0);
    if (hash >= 0) line = str_sub(line, 0, hash);
    line = str_trim(line);
    if (line.n == 0) return;
    ptrdiff_t eq = str_find_char(line, '=', 0);
    Str where = place(c, file, n);
    if (eq < 0) {
        ctx_problem(c, where, msg_verbatim(S("expected name = value")));
        return;
    }
    Str name = str_trim(str_sub(line, 0, eq)), value = str_trim(str_sub(line, eq + 1, line.n));
    const SettingDef *def = find_def(name);
    if (!def) ctx_problem(c, where, msg_verbatim(STR_CAT(c->arena, S("unknown setting "), name)));
    else if (settings->line[def - defs]) ctx_problem(c, where, msg_verbatim(STR_CAT(c->arena, name, S(" is set twice"))));
    else if (!read_value(c, def, value, settings)) ctx_problem(c, where, expected(c, def));
    if (def) settings->line[def - defs] = n;
}

Err settings_read(Ctx *c, Str file, Str text, Settings *settings)
{
    Settings found = *settings;
    Str rest = text, line = {0};
    found.file = file;
    for (ptrdiff_t i = 0; i < SETTINGS_MAX; i++) found.line[i] = 0;
    for (int64_t n = 1; str_split(&rest, '\n', &line); n++) read_line(c, file, n, line, &found);
    TRY(ctx_check(c));
    *settings = found;
    return OK;
}

bool settings_has(Str word)
{
    return str_starts(word, S("--")) && find_def(str_sub(word, 2, word.n));
}

void settings_tell(Buf *out)
{
    enum { NAME_WIDTH = 22 };
    for (ptrdiff_t i = 0; i < COUNT_OF(defs); i++) {
        buf_add(out, str_of_z(defs[i].name));
        for (ptrdiff_t k = str_of_z(defs[i].name).n; k < NAME_WIDTH; k++) buf_add_char(out, ' ');
        buf_add(out, str_of_z(defs[i].help));
        if (defs[i].kind == SETTING_INT) {
            buf_add(out, S(" ("));
            buf_add(out, str_of_z(defs[i].unit));
            buf_add_char(out, ')');
        }
        buf_add_char(out, '\n');
    }
}

/* ---- what only the system can tell --------------------------------------------- */

/* "FILE:LINE" of a setting, or its name when it came from elsewhere. */
static Str where_of(Ctx *c, const Settings *s, const char *name)
{
    const SettingDef *def = find_def(str_of_z(name));
    int64_t line = def ? s->line[def - defs] : 0;
    return line ? place(c, s->file, line) : str_of_z(name);
}

typedef enum Secrecy { MUST_EXIST, MAY_BE_MADE } Secrecy;

static void check_secret(Ctx *c, const Settings *s, const char *name, Str path, Secrecy secrecy)
{
    struct stat st;
    if (!path.n) return;
    const char *file = str_z(c->arena, path);
    if (stat(file, &st) != 0) {
        if (secrecy == MAY_BE_MADE && errno == ENOENT) return;
        ctx_problem(c, where_of(c, s, name), msg_verbatim(STR_CAT(c->arena, str_of_z(name), S(": "), path, S(" cannot be read"))));
    } else if (st.st_mode & 077) {
        ctx_problem(c, where_of(c, s, name), msg_verbatim(STR_CAT(c->arena, str_of_z(name), S(": "), path, S(" may be read by others; chmod 600"))));
    } else if (access(file, R_OK) != 0) {
        ctx_problem(c, where_of(c, s, name), msg_verbatim(STR_CAT(c->arena, str_of_z(name), S(": "), path, S(" cannot be read"))));
    }
}

Err settings_check(Ctx *c, const Settings *s)
{
    check_secret(c, s, "smtp-password", s->smtp_password, MUST_EXIST);
    check_secret(c, s, "backup-key", s->backup_key, MAY_BE_MADE);
    if (s->keys.n) check_secret(c, s, "keys", STR_CAT(c->arena, s->keys, S("/master.key")), MAY_BE_MADE);
    if (s->smtp_user.n && !s->smtp_password.n)
        ctx_problem(c, where_of(c, s, "smtp-user"), msg_verbatim(S("smtp-user without smtp-password")));
    if (s->smtp.n && str_find_char(s->mail_from, '@', 0) < 1)
        ctx_problem(c, where_of(c, s, "smtp"), msg_verbatim(S("smtp without mail-from: mails need a sender")));
    return ctx_check(c);
}
