/* The house's SQL to an engine's, token by token: what both engines read alike
   is copied with its spaces and comments, the rest is a handful of rules.
   Not a parser: whether a statement means anything is for the engines to say
   (sqlcheck asks both). The rules only need tokens and paired parentheses, and
   what they cannot read they refuse, on both engines alike. */
#include "db/sqltext.h"

#include "base/buf.h"
#include "base/number.h"
#include "db/driver.h"

/* ---- tokens ------------------------------------------------------------ */

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static bool is_name_start(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
}

static char at_or_zero(Str s, ptrdiff_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static bool is_space(char ch)
{
    return ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r';
}

/* Index of the first byte that is neither space nor comment; -1 when a
   comment has no end or holds another one (the engines disagree on that). */
static ptrdiff_t skip_gap(Str s, ptrdiff_t i)
{
    for (;;) {
        while (i < s.n && is_space(s.p[i])) i++;
        Str two = str_sub(s, i, i + 2);
        if (str_eq(two, S("--"))) {
            ptrdiff_t end = str_find_char(s, '\n', i);
            i = end < 0 ? s.n : end + 1;
        } else if (str_eq(two, S("/*"))) {
            ptrdiff_t end = str_find(s, S("*/"), i + 2), inner = str_find(s, S("/*"), i + 2);
            if (end < 0 || (inner >= 0 && inner < end)) return -1;
            i = end + 2;
        } else {
            return i;
        }
    }
}

static SqlToken token(Str s, SqlTokenKind kind, ptrdiff_t from, ptrdiff_t to)
{
    return (SqlToken){.kind = kind, .text = str_sub(s, from, to), .at = from, .pair = -1};
}

static SqlToken bad(Str s, ptrdiff_t from, const char *why)
{
    SqlToken t = token(s, SQLTOK_BAD, from, from + 20);
    t.why = why;
    return t;
}

/* from: the opening quote. A quote inside is written twice. */
static ptrdiff_t end_of_quoted(Str s, ptrdiff_t from)
{
    for (ptrdiff_t i = from + 1; i < s.n; i++) {
        if (s.p[i] != '\'') continue;
        if (at_or_zero(s, i + 1) != '\'') return i + 1;
        i++;
    }
    return -1;
}

static SqlToken lex_text(Str s, ptrdiff_t from)
{
    ptrdiff_t end = end_of_quoted(s, from);
    return end < 0 ? bad(s, from, "text without its closing quote") : token(s, SQLTOK_TEXT, from, end);
}

static SqlToken lex_blob(Str s, ptrdiff_t from)
{
    ptrdiff_t i = from + 2;
    while (i < s.n && (is_digit(s.p[i]) || (s.p[i] >= 'a' && s.p[i] <= 'f') || (s.p[i] >= 'A' && s.p[i] <= 'F'))) i++;
    bool whole = at_or_zero(s, i) == '\'' && (i - from) % 2 == 0;
    return whole ? token(s, SQLTOK_BLOB, from, i + 1) : bad(s, from, "x'…' wants pairs of hexadecimal digits");
}

static SqlToken lex_param(Str s, ptrdiff_t from)
{
    ptrdiff_t i = from + 1;
    while (i < s.n && is_digit(s.p[i])) i++;
    int64_t n = 0;
    bool fits = str_i64(str_sub(s, from + 1, i), &n) && n >= 1 && n <= SQL_PARAMS_MAX && s.p[from + 1] != '0';
    if (!fits || is_name_start(at_or_zero(s, i))) return bad(s, from, "parameters are $1 to $24");
    SqlToken t = token(s, SQLTOK_PARAM, from, i);
    t.param = (int)n;
    return t;
}

static SqlToken lex_name(Str s, ptrdiff_t from)
{
    ptrdiff_t i = from;
    while (i < s.n && (is_name_start(s.p[i]) || is_digit(s.p[i]))) i++;
    if (at_or_zero(s, i) == '\'') return bad(s, from, "only x'…' may stand before a quote");
    return token(s, SQLTOK_NAME, from, i);
}

static SqlToken lex_number(Str s, ptrdiff_t from)
{
    ptrdiff_t i = from;
    while (i < s.n && is_digit(s.p[i])) i++;
    if (at_or_zero(s, i) == '.') {
        i++;
        while (i < s.n && is_digit(s.p[i])) i++;
    }
    if (at_or_zero(s, i) == 'e') {
        i += at_or_zero(s, i + 1) == '-' ? 2 : 1;
        while (i < s.n && is_digit(s.p[i])) i++;
    }
    double v = 0;
    if (!str_f64(str_sub(s, from, i), &v) || is_name_start(at_or_zero(s, i)))
        return bad(s, from, "numbers are written 12, 0.5 or 1e3");
    return token(s, SQLTOK_NUMBER, from, i);
}

static SqlToken lex_punct(Str s, ptrdiff_t from)
{
    static const Str known[] = {
        S_INIT("->>"), S_INIT("<="), S_INIT(">="), S_INIT("<>"), S_INIT("||"), S_INIT("<<"), S_INIT(">>"),
        S_INIT("->"), S_INIT("=="), S_INIT("!="), S_INIT("("), S_INIT(")"), S_INIT(","), S_INIT(";"), S_INIT("."),
        S_INIT("="), S_INIT("<"), S_INIT(">"), S_INIT("+"), S_INIT("-"), S_INIT("*"), S_INIT("/"), S_INIT("%"),
        S_INIT("&"), S_INIT("|"), S_INIT("~"),
    };
    for (ptrdiff_t k = 0; k < COUNT_OF(known); k++)
        if (str_eq(str_sub(s, from, from + known[k].n), known[k])) return token(s, SQLTOK_PUNCT, from, from + known[k].n);
    switch (s.p[from]) {
    case '"': case '`': case '[': return bad(s, from, "names are written without quotes");
    case '?': case ':': case '@': case '#': return bad(s, from, "parameters are $1 to $24, casts are CAST(x AS type)");
    default: return bad(s, from, "a character that the subset does not have");
    }
}

static SqlToken lex(Str s, ptrdiff_t from)
{
    ptrdiff_t i = skip_gap(s, from);
    if (i < 0) return bad(s, from, "a comment without its end, or one inside another");
    if (i >= s.n) return token(s, SQLTOK_END, s.n, s.n);
    char ch = s.p[i];
    if (ch == '\'') return lex_text(s, i);
    if (ch == 'x' && at_or_zero(s, i + 1) == '\'') return lex_blob(s, i);
    if (ch == '$') return lex_param(s, i);
    if (is_name_start(ch)) return lex_name(s, i);
    if (is_digit(ch)) return lex_number(s, i);
    return lex_punct(s, i);
}

static ptrdiff_t token_end(const SqlToken *t)
{
    return t->at + t->text.n;
}

/* Fills pair; returns the first parenthesis without partner, or -1. Open ones
   are chained through their pair until they close. */
static ptrdiff_t pair_up(SqlTokens *all)
{
    ptrdiff_t open = -1;
    for (ptrdiff_t i = 0; i < all->n; i++) {
        SqlToken *t = &all->v[i];
        if (sql_is(t, S("("))) {
            t->pair = open;
            open = i;
        } else if (sql_is(t, S(")"))) {
            if (open < 0) return i;
            ptrdiff_t outer = all->v[open].pair;
            all->v[open].pair = i;
            t->pair = open;
            open = outer;
        }
    }
    if (open >= 0) all->v[open].pair = -1;
    return open;
}

SqlTokens sql_tokens(Arena *arena, Str text)
{
    ptrdiff_t n = 0;
    for (SqlToken t = lex(text, 0); t.kind != SQLTOK_END; t = lex(text, token_end(&t))) {
        n++;
        if (t.kind == SQLTOK_BAD) break;
    }
    SqlTokens all = {.v = NEW(arena, SqlToken, n + 1), .n = n, .bad = -1};
    ptrdiff_t from = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        all.v[i] = lex(text, from);
        from = token_end(&all.v[i]);
        if (all.v[i].kind == SQLTOK_BAD) all.bad = i;
    }
    all.v[n] = token(text, SQLTOK_END, text.n, text.n);
    if (all.bad < 0) all.bad = pair_up(&all);
    return all;
}

bool sql_is(const SqlToken *t, Str word)
{
    return (t->kind == SQLTOK_NAME || t->kind == SQLTOK_PUNCT) && str_eq(t->text, word);
}

static char lower(char ch)
{
    return ch >= 'A' && ch <= 'Z' ? (char)(ch - 'A' + 'a') : ch;
}

bool sql_is_word(const SqlToken *t, Str word)
{
    if (t->kind != SQLTOK_NAME || t->text.n != word.n) return false;
    for (ptrdiff_t i = 0; i < word.n; i++)
        if (lower(t->text.p[i]) != lower(word.p[i])) return false;
    return true;
}

int sql_line(Str text, ptrdiff_t at)
{
    int line = 1;
    for (ptrdiff_t i = 0; i < at && i < text.n; i++) line += text.p[i] == '\n';
    return line;
}

bool sqltext_split(Str *rest, Str *ret_statement)
{
    SqlToken t = lex(*rest, 0);
    while (sql_is(&t, S(";"))) t = lex(*rest, token_end(&t));
    if (t.kind == SQLTOK_END) return false;
    ptrdiff_t from = t.at, to = token_end(&t);
    /* A bad token belongs to its statement, with all that follows: whoever
       translates it tells what is wrong. */
    while (t.kind != SQLTOK_END && t.kind != SQLTOK_BAD && !sql_is(&t, S(";"))) {
        to = token_end(&t);
        t = lex(*rest, to);
    }
    if (t.kind == SQLTOK_BAD) to = rest->n;
    *ret_statement = str_sub(*rest, from, to);
    *rest = str_sub(*rest, to, rest->n);
    return true;
}

bool sqltext_next_explicit_id(const SqlTokens *t, ptrdiff_t *at, Str *ret_table)
{
    for (ptrdiff_t i = *at; i + 3 < t->n; i++) {
        const SqlToken *v = &t->v[i];
        if (!sql_is(v, S("INSERT")) || !sql_is(v + 1, S("INTO")) || !sql_is(v + 3, S("("))) continue;
        for (ptrdiff_t k = i + 4; k < v[3].pair; k++) {
            if (!sql_is(&t->v[k], S("id"))) continue;
            *at = v[3].pair;
            *ret_table = v[2].text;
            return true;
        }
    }
    return false;
}

Str sqltext_without_null_tests(Arena *arena, Str house_sql)
{
    SqlTokens t = sql_tokens(arena, house_sql);
    Buf out = buf_new(arena, house_sql.n);
    ptrdiff_t done = 0;
    for (ptrdiff_t i = 0; i + 2 < t.n; i++) {
        const SqlToken *v = &t.v[i];
        if (v->kind != SQLTOK_PARAM || !sql_is(v + 1, S("IS"))) continue;
        const SqlToken *last = sql_is(v + 2, S("NOT")) ? v + 3 : v + 2;
        if (!sql_is(last, S("NULL"))) continue;
        buf_add(&out, str_sub(house_sql, done, v->at));
        buf_add(&out, S("(1 = 1)"));
        done = token_end(last);
    }
    buf_add(&out, str_sub(house_sql, done, house_sql.n));
    return buf_str(&out);
}

uint32_t sqltext_params_used(Str house_sql)
{
    uint32_t used = 0;
    for (SqlToken t = lex(house_sql, 0); t.kind != SQLTOK_END && t.kind != SQLTOK_BAD; t = lex(house_sql, token_end(&t)))
        if (t.kind == SQLTOK_PARAM) used |= 1u << (t.param - 1);
    return used;
}

int sqltext_params(Str house_sql)
{
    uint32_t used = sqltext_params_used(house_sql);
    int highest = used ? 32 - __builtin_clz(used) : 0;
    return used == (1u << highest) - 1 ? highest : -1;
}

/* ---- translation ------------------------------------------------------- */

typedef struct Translation {
    Ctx *c;
    Engine engine;
    Str text;
    SqlTokens tokens;
    ptrdiff_t done; /* bytes of text that are copied, replaced or dropped */
    Buf out;
} Translation;

typedef struct TypeName {
    Str house, engine[2]; /* by enum Engine */
} TypeName;

static const TypeName types[] = {
    {S_INIT("INTEGER"), {S_INIT("INTEGER"), S_INIT("BIGINT")}},
    {S_INIT("REAL"), {S_INIT("REAL"), S_INIT("DOUBLE PRECISION")}},
    {S_INIT("TEXT"), {S_INIT("TEXT"), S_INIT("TEXT")}},
    {S_INIT("BLOB"), {S_INIT("BLOB"), S_INIT("BYTEA")}},
};

static const TypeName *type_of(const SqlToken *t)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(types); i++)
        if (sql_is(t, types[i].house)) return &types[i];
    return NULL;
}

bool sql_is_type(const SqlToken *t)
{
    return type_of(t) != NULL;
}

static Err refuse(Translation *tr, ptrdiff_t i, Str why)
{
    const SqlToken *t = &tr->tokens.v[i64_min(i, tr->tokens.n)]; /* a rule may look behind the end */
    Buf b = buf_new(tr->c->arena, 400);
    buf_add(&b, S("SQL outside the subset (doc/sql.md), line "));
    buf_add_i64(&b, sql_line(tr->text, t->at));
    buf_add(&b, S(" near \""));
    buf_add(&b, str_sub(t->text, 0, 60));
    buf_add(&b, S("\": "));
    buf_add(&b, why);
    return fail(tr->c, E_BROKEN, msg_verbatim(buf_str(&b)));
}

/* The spaces and comments before token i, and with `text` what stands for it. */
static void put(Translation *tr, ptrdiff_t i, Str text)
{
    const SqlToken *t = &tr->tokens.v[i];
    buf_add(&tr->out, str_sub(tr->text, tr->done, t->at));
    buf_add(&tr->out, text);
    tr->done = token_end(t);
}

static void put_same(Translation *tr, ptrdiff_t i)
{
    put(tr, i, tr->tokens.v[i].text);
}

static void drop(Translation *tr, ptrdiff_t i)
{
    tr->done = token_end(&tr->tokens.v[i]);
}

static bool is_at(const Translation *tr, ptrdiff_t i, Str word)
{
    return i >= 0 && i < tr->tokens.n && sql_is(&tr->tokens.v[i], word);
}

/* Text is compared as bytes on both engines: the database's own collation may
   be Danish, and would sort and even compare differently. */
static const Str AS_BYTES = S_INIT(" COLLATE \"C\"");

static Err emit(Translation *tr, ptrdiff_t from, ptrdiff_t to);

/* ROWS($1, unit_id INTEGER, code TEXT): a table over a JSON array of arrays. */
static void rows_column(Translation *tr, ptrdiff_t index, Str name, const TypeName *type)
{
    Buf *b = &tr->out;
    bool pg = tr->engine == ENGINE_POSTGRES;
    /* SQLite's json gives integers as they are; a CAST would turn a wrong
       text into 0, where the STRICT column refuses it. */
    bool cast = pg || !str_eq(type->house, S("INTEGER"));
    buf_add(b, index > 0 ? S(", ") : S(""));
    buf_add(b, cast ? S("CAST(") : S("("));
    buf_add(b, pg ? S("row_.v_->>") : S("value->>"));
    buf_add_i64(b, index);
    if (cast) {
        buf_add(b, S(" AS "));
        buf_add(b, type->engine[tr->engine]);
    }
    buf_add_char(b, ')');
    if (pg && str_eq(type->house, S("TEXT"))) buf_add(b, AS_BYTES);
    buf_add(b, S(" AS "));
    buf_add(b, name);
}

static bool is_lower_name(const SqlToken *t)
{
    return t->kind == SQLTOK_NAME && lower(t->text.p[0]) == t->text.p[0];
}

static Err emit_rows(Translation *tr, ptrdiff_t i)
{
    ptrdiff_t param = i + 2, close = tr->tokens.v[i + 1].pair;
    const SqlToken *v = tr->tokens.v;
    if (v[param].kind != SQLTOK_PARAM) return refuse(tr, param, S("ROWS begins with its parameter: ROWS($1, name TYPE, …)"));
    if (!is_at(tr, close + 1, S("AS")) && !is_lower_name(&v[close + 1]))
        return refuse(tr, close, S("ROWS(…) needs a name behind it: FROM ROWS($1, n INTEGER) r"));
    put(tr, i, S("(SELECT "));
    ptrdiff_t index = 0, at = param + 1;
    for (; is_at(tr, at, S(",")); at += 3, index++) {
        const TypeName *type = type_of(&v[at + 2]);
        if (!is_lower_name(&v[at + 1]) || !type || str_eq(type->house, S("BLOB")))
            return refuse(tr, at + 1, S("a column of ROWS is a name and INTEGER, REAL or TEXT"));
        rows_column(tr, index, v[at + 1].text, type);
    }
    if (at != close || index == 0) return refuse(tr, at, S("ROWS is written ROWS($1, name TYPE, …)"));
    bool pg = tr->engine == ENGINE_POSTGRES;
    buf_add(&tr->out, pg ? S(" FROM jsonb_array_elements(CAST(") : S(" FROM json_each("));
    buf_add(&tr->out, v[param].text);
    buf_add(&tr->out, pg ? S(" AS JSONB)) AS row_ (v_))") : S("))"));
    drop(tr, close);
    return OK;
}

/* substr(x, from, n): PostgreSQL has it for 32-bit numbers only. */
static Err emit_substr(Translation *tr, ptrdiff_t i)
{
    ptrdiff_t close = tr->tokens.v[i + 1].pair, from = i + 2;
    put_same(tr, i);
    put_same(tr, i + 1);
    for (ptrdiff_t at = from, index = 0; at <= close; at++) {
        if (is_at(tr, at, S("("))) at = tr->tokens.v[at].pair;
        if (at != close && !is_at(tr, at, S(","))) continue;
        if (index > 0) buf_add(&tr->out, S(" CAST("));
        TRY(emit(tr, from, at));
        if (index > 0) buf_add(&tr->out, S(" AS INT)"));
        put_same(tr, at);
        from = at + 1;
        index++;
    }
    return OK;
}

static Err check_cast(Translation *tr, ptrdiff_t i)
{
    ptrdiff_t close = tr->tokens.v[i + 1].pair;
    if (is_at(tr, close - 2, S("AS")) && type_of(&tr->tokens.v[close - 1])) return OK;
    return refuse(tr, i, S("a cast is written CAST(x AS INTEGER), REAL, TEXT or BLOB"));
}

/* The first word of a table's element that is a rule and not a column. */
static bool is_table_rule(const SqlToken *t)
{
    static const Str words[] = {S_INIT("CHECK"), S_INIT("UNIQUE"), S_INIT("PRIMARY"), S_INIT("FOREIGN"), S_INIT("CONSTRAINT")};
    for (ptrdiff_t i = 0; i < COUNT_OF(words); i++)
        if (sql_is(t, words[i])) return true;
    return false;
}

static Err check_columns(Translation *tr, ptrdiff_t open)
{
    const SqlToken *v = tr->tokens.v;
    bool starts = true;
    for (ptrdiff_t i = open + 1; i < v[open].pair; i++) {
        if (starts && !is_table_rule(&v[i]) && (!is_lower_name(&v[i]) || !type_of(&v[i + 1])))
            return refuse(tr, i, S("a column is a name in small letters and INTEGER, REAL, TEXT or BLOB"));
        starts = is_at(tr, i, S(","));
        if (is_at(tr, i, S("("))) i = v[i].pair;
    }
    return OK;
}

/* Behind the table's parenthesis: STRICT, alone or with WITHOUT ROWID. */
static Err table_options(Translation *tr, ptrdiff_t close, ptrdiff_t *ret_end)
{
    ptrdiff_t i = close + 1;
    bool strict = false;
    while (i < tr->tokens.n && !is_at(tr, i, S(";"))) {
        if (is_at(tr, i, S("STRICT"))) strict = true;
        else if (!is_at(tr, i, S("WITHOUT")) && !is_at(tr, i, S("ROWID")) && !is_at(tr, i, S(",")))
            return refuse(tr, i, S("behind a table stands STRICT or STRICT, WITHOUT ROWID"));
        i++;
    }
    if (!strict) return refuse(tr, close, S("every table is STRICT"));
    *ret_end = i;
    return OK;
}

/* i: CREATE. Emits up to the statement's end and moves *next there. */
static Err emit_table(Translation *tr, ptrdiff_t i, ptrdiff_t *next)
{
    ptrdiff_t name = i + 2, end = 0;
    if (is_at(tr, name, S("IF"))) name += 3; /* NOT EXISTS */
    if (!is_at(tr, name + 1, S("(")) || !is_lower_name(&tr->tokens.v[name]))
        return refuse(tr, name, S("a table is written CREATE TABLE name (…) STRICT"));
    ptrdiff_t close = tr->tokens.v[name + 1].pair;
    TRY(check_columns(tr, name + 1));
    TRY(table_options(tr, close, &end));
    for (ptrdiff_t k = i; k < name + 1; k++) put_same(tr, k);
    TRY(emit(tr, name + 1, close + 1));
    for (ptrdiff_t k = close + 1; k < end; k++) {
        if (tr->engine == ENGINE_SQLITE) put_same(tr, k);
        else drop(tr, k);
    }
    *next = end;
    return OK;
}

/* `id INTEGER PRIMARY KEY` is the row id that is never used again. */
static bool is_row_id(const Translation *tr, ptrdiff_t i)
{
    return is_at(tr, i - 1, S("id")) && is_at(tr, i + 1, S("PRIMARY")) && is_at(tr, i + 2, S("KEY"));
}

static void emit_type(Translation *tr, ptrdiff_t i, const TypeName *type)
{
    bool pg = tr->engine == ENGINE_POSTGRES;
    put(tr, i, type->engine[tr->engine]);
    if (pg && str_eq(type->house, S("TEXT")) && !is_at(tr, i - 1, S("AS"))) buf_add(&tr->out, AS_BYTES);
    if (!str_eq(type->house, S("INTEGER")) || !is_row_id(tr, i)) return;
    if (pg) buf_add(&tr->out, S(" GENERATED BY DEFAULT AS IDENTITY"));
}

static void emit_blob(Translation *tr, ptrdiff_t i)
{
    Str digits = str_sub(tr->tokens.v[i].text, 2, tr->tokens.v[i].text.n - 1);
    put(tr, i, S("CAST('\\x"));
    buf_add(&tr->out, digits);
    buf_add(&tr->out, S("' AS BYTEA)"));
}

/* Words that the rules look for, so that another spelling would slip by. */
static bool is_misspelt(const SqlToken *t)
{
    static const Str words[] = {S_INIT("CREATE"), S_INIT("CAST"), S_INIT("PRIMARY"), S_INIT("STRICT"),
                                S_INIT("WITHOUT"), S_INIT("ROWID"), S_INIT("INTEGER"), S_INIT("INSERT"), S_INIT("ALTER")};
    for (ptrdiff_t i = 0; i < COUNT_OF(words); i++)
        if (sql_is_word(t, words[i]) && !sql_is(t, words[i])) return true;
    return false;
}

/* One token that PostgreSQL reads differently, or that both engines share. */
static Err emit_plain(Translation *tr, ptrdiff_t i)
{
    const SqlToken *t = &tr->tokens.v[i];
    const TypeName *type = type_of(t);
    bool pg = tr->engine == ENGINE_POSTGRES;
    if (is_misspelt(t)) return refuse(tr, i, S("keywords are written in capitals"));
    if (type) {
        emit_type(tr, i, type);
        return OK;
    }
    if (pg && t->kind == SQLTOK_BLOB) {
        emit_blob(tr, i);
        return OK;
    }
    bool is_call = is_at(tr, i + 1, S("("));
    put(tr, i, pg && is_call && sql_is(t, S("instr")) ? S("strpos") : t->text);
    if (pg && is_at(tr, i, S(")")) && is_at(tr, i - 1, S("TEXT")) && is_at(tr, i - 2, S("AS"))) buf_add(&tr->out, AS_BYTES);
    if (!pg && is_at(tr, i, S("KEY")) && is_at(tr, i - 1, S("PRIMARY")) && is_row_id(tr, i - 2) && is_at(tr, i - 2, S("INTEGER")))
        buf_add(&tr->out, S(" AUTOINCREMENT"));
    return OK;
}

static Err check_added_column(Translation *tr, ptrdiff_t i)
{
    if (!is_at(tr, i + 1, S("COLUMN")) || !is_lower_name(&tr->tokens.v[i + 2]) || !type_of(&tr->tokens.v[i + 3]))
        return refuse(tr, i, S("a column is added with ALTER TABLE t ADD COLUMN name TYPE"));
    return OK;
}

static Err emit(Translation *tr, ptrdiff_t from, ptrdiff_t to)
{
    for (ptrdiff_t i = from; i < to; i++) {
        bool is_call = is_at(tr, i + 1, S("("));
        if (is_at(tr, i, S("CREATE")) && is_at(tr, i + 1, S("TABLE"))) {
            ptrdiff_t next = 0;
            TRY(emit_table(tr, i, &next));
            i = next - 1;
        } else if (is_at(tr, i, S("ROWS")) && is_call) {
            TRY(emit_rows(tr, i));
            i = tr->tokens.v[i + 1].pair;
        } else if (is_at(tr, i, S("substr")) && is_call && tr->engine == ENGINE_POSTGRES) {
            TRY(emit_substr(tr, i));
            i = tr->tokens.v[i + 1].pair;
        } else {
            if (is_at(tr, i, S("CAST")) && is_call) TRY(check_cast(tr, i));
            if (is_at(tr, i, S("ADD"))) TRY(check_added_column(tr, i));
            TRY(emit_plain(tr, i));
        }
    }
    return OK;
}

Err sqltext_translate(Ctx *c, Engine engine, Str house_sql, Str *ret)
{
    /* The longest growth of a token is a column of ROWS, ten bytes to ninety. */
    Translation tr = {.c = c, .engine = engine, .text = house_sql, .out = buf_new(c->arena, house_sql.n * 12 + 256)};
    tr.tokens = sql_tokens(c->arena, house_sql);
    if (tr.tokens.bad >= 0) {
        const char *why = tr.tokens.v[tr.tokens.bad].why;
        return refuse(&tr, tr.tokens.bad, why ? str_of_z(why) : S("a parenthesis without its other one"));
    }
    TRY(emit(&tr, 0, tr.tokens.n));
    buf_add(&tr.out, str_sub(tr.text, tr.done, tr.text.n));
    if (tr.out.full) return refuse(&tr, 0, S("the statement grows too long"));
    *ret = buf_str(&tr.out);
    return OK;
}
