/* The house's SQL as tokens, for the translator (sqltext.c), the drivers and
   sqlcheck. What the subset allows is doc/sql.md. Private to db/. */
#ifndef DB_SQLTEXT_H
#define DB_SQLTEXT_H

#include "base/str.h"

enum { SQL_PARAMS_MAX = 24 };

typedef enum SqlTokenKind {
    SQLTOK_END = 0,
    SQLTOK_NAME,   /* keyword or identifier */
    SQLTOK_NUMBER, /* 12, 0.5, 1e3; no sign */
    SQLTOK_TEXT,   /* '…' with its quotes */
    SQLTOK_BLOB,   /* x'…' */
    SQLTOK_PARAM,  /* $n, 1 … SQL_PARAMS_MAX */
    SQLTOK_PUNCT,  /* an operator, comma, parenthesis, semicolon */
    SQLTOK_BAD,    /* nothing of the subset; why says so */
} SqlTokenKind;

typedef struct SqlToken {
    SqlTokenKind kind;
    Str text;
    ptrdiff_t at;    /* byte offset of text in the source */
    ptrdiff_t pair;  /* of '(' and ')': index of the other one; else -1 */
    int param;       /* of SQLTOK_PARAM */
    const char *why; /* of SQLTOK_BAD: English, static */
} SqlToken;

typedef struct SqlTokens {
    SqlToken *v; /* v[n] is an SQLTOK_END behind the last one */
    ptrdiff_t n;
    ptrdiff_t bad; /* index of the first bad token or unpaired parenthesis, else -1 */
} SqlTokens;

/* All tokens; spaces and comments are the gaps between them. On a bad token
   the list ends with it. */
SqlTokens sql_tokens(Arena *arena, Str text);
/* Spelt exactly so: keywords of the subset are written in capitals. */
bool sql_is(const SqlToken *t, Str word);
/* A bare name in any case. */
bool sql_is_word(const SqlToken *t, Str word);
/* One of INTEGER, REAL, TEXT, BLOB. */
bool sql_is_type(const SqlToken *t);
/* 1-based line of a byte offset. */
int sql_line(Str text, ptrdiff_t at);

/* Takes the next statement off *rest, without its semicolon; false when only
   spaces and comments are left. */
bool sqltext_split(Str *rest, Str *ret_statement);

/* The statement with every `$n IS [NOT] NULL` as `(1 = 1)`: PostgreSQL cannot
   learn a parameter's type there, and then forgets to look elsewhere. For
   asking about types, never for running. */
Str sqltext_without_null_tests(Arena *arena, Str house_sql);

/* Bit n-1 is set when $n occurs; up to the first bad token. */
uint32_t sqltext_params_used(Str house_sql);

/* The table of the next "INSERT INTO t (… id …)" at or after token *at, and
   moves *at behind it: PostgreSQL's id sequence must then be moved too. */
bool sqltext_next_explicit_id(const SqlTokens *t, ptrdiff_t *at, Str *ret_table);

#endif
