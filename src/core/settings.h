/* The one settings file: lines "name = value", '#' begins a comment. Secrets
   come by file only (their settings name a path). Unknown names, doubled names
   and bad values are errors with their line: `traad config check` and start-up
   tell all of them. Command-line options win over the file. */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include "base/buf.h"
#include "base/ctx.h"

enum { SETTINGS_MAX = 32 };
typedef struct Settings {
    Str store;             /* store: file or postgresql://… ; var/traad.db */
    Str keys;              /* keys: folder of the key files; beside the store: STORE.keys */
    Str backup_key;        /* backup-key: file of the key of backups; beside the keys: STORE.backup-key */
    Str listen;            /* listen: address:port ; 127.0.0.1:8080 */
    Str public_address;    /* public-address: https://… as people write it, in mails and letters */
    Str ops_listen;        /* ops-listen: /healthz and /metrics ; empty: none */
    Strs proxies;          /* proxies: addresses, space-separated */
    bool secure_cookies;   /* secure-cookies: yes/no ; yes when public-address is https */
    int64_t per_address;   /* limit-per-address: connections ; 64; 0: none */
    int64_t connections;   /* connections ; 4000 */
    int64_t workers;       /* workers ; 0: one a core */
    int64_t session_hours; /* session-hours: after so long one signs in anew, whatever one does ; 10 */
    int64_t session_idle_minutes; /* session-idle-minutes: after so long without a page ; 60 */
    bool demand_second;    /* demand-second: yes/no ; no. yes: who has a role that takes two people to give sees
                              nothing but their own account until they have set up a code from an app */
    bool is_demo;          /* demo: yes/no ; says on every page that the people are made up */
    Str smtp;              /* smtp: smtp://host:port or smtps://… ; empty: no mail is sent */
    bool smtp_tls;         /* smtp-tls: yes/no ; yes, so no mail without STARTTLS and a certificate that holds.
                              no: for a mail server on the same machine */
    Str smtp_user;         /* smtp-user ; empty: no log-in. With one, TLS is needed */
    Str smtp_password;     /* smtp-password: path of a file whose first line it is */
    Str mail_from;         /* mail-from: address, or "Name <address>" */
    Str file;              /* that settings_read read last; empty: none */
    int64_t line[SETTINGS_MAX]; /* where each stands in it; 0: not there */
} Settings;

/* Defaults, with strings that live as long as the program. */
Settings settings_default(void);
/* Reads `text` over *settings. Every problem is told through ctx_problem with
   "FILE:LINE" as its field; E_INVALID then, *settings untouched. */
MUST Err settings_read(Ctx *c, Str file, Str text, Settings *settings);
/* What only the system can tell, before serving: files with secrets exist where they
   must, are read by their owner alone, and what belongs together is there. Problems
   as settings_read tells them. */
MUST Err settings_check(Ctx *c, const Settings *settings);
/* Every setting, one a line: its name, what it is, its default and unit. */
void settings_tell(Buf *out);
/* Whether a word of the command line is "--" and the name of a setting. */
bool settings_has(Str word);
/* One option by name, as `--name value` on the command line. E_NOT_FOUND: no such setting. */
MUST Err settings_set(Ctx *c, Str name, Str value, Settings *settings);

#endif
