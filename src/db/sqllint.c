/* The rules of doc/sql.md that need nothing but the text. They keep out what
   the two engines read differently, or what one of them does not have; whether
   a statement means anything is for the engines. */
#include "base/number.h"
#include "db/sqlcheck.h"
#include "db/sqltext.h"

void sql_report(SqlReport *report, const SqlDef *def, Str a, Str b, Str c, Str d)
{
    Str file = str_of_z(def->file);
    while (str_starts(file, S("../"))) file = str_sub(file, 3, file.n);
    Buf *out = report->out;
    buf_add(out, file);
    if (def->line > 0) {
        buf_add_char(out, ':');
        buf_add_i64(out, def->line);
    }
    const Str parts[] = {S(": "), str_of_z(def->name), S(": "), a, b, c, d, S("\n")};
    for (ptrdiff_t i = 0; i < COUNT_OF(parts); i++) buf_add(out, parts[i]);
    report->problems++;
}

typedef struct Lint {
    SqlReport *report;
    const SqlDef *def;
    SqlTokens t;
} Lint;

static void tell(Lint *l, ptrdiff_t i, Str why)
{
    sql_report(l->report, l->def, S("\""), l->t.v[i].text, S("\": "), why);
}

static bool is_at(const Lint *l, ptrdiff_t i, Str word)
{
    return i >= 0 && i < l->t.n && sql_is(&l->t.v[i], word);
}

typedef struct Rule {
    Str word, why;
} Rule;

/* In any case; as a bare word, so not inside texts. */
static const Rule words[] = {
    {S_INIT("LIKE"), S_INIT("case and collation differ; compare a folded column, or use substr")},
    {S_INIT("ILIKE"), S_INIT("only PostgreSQL has it")},
    {S_INIT("GLOB"), S_INIT("only SQLite has it")},
    {S_INIT("REGEXP"), S_INIT("only SQLite has it")},
    {S_INIT("SIMILAR"), S_INIT("only PostgreSQL has it")},
    {S_INIT("MATCH"), S_INIT("full-text search lives in a file for each engine")},
    {S_INIT("OFFSET"), S_INIT("lists page by key")},
    {S_INIT("FETCH"), S_INIT("use LIMIT")},
    {S_INIT("COLLATE"), S_INIT("texts are compared as bytes; text/ writes the columns to sort by")},
    {S_INIT("ISNULL"), S_INIT("write IS NULL")},
    {S_INIT("NOTNULL"), S_INIT("write IS NOT NULL")},
    {S_INIT("NATURAL"), S_INIT("name the columns of a join")},
    {S_INIT("LATERAL"), S_INIT("only PostgreSQL has it")},
    {S_INIT("INDEXED"), S_INIT("only SQLite has it")},
    {S_INIT("TRIGGER"), S_INIT("rules stand in C or in CHECK")},
    {S_INIT("PRAGMA"), S_INIT("only db/ configures an engine")},
    {S_INIT("ATTACH"), S_INIT("only db/ configures an engine")},
    {S_INIT("VACUUM"), S_INIT("only db/ configures an engine")},
    {S_INIT("BEGIN"), S_INIT("transactions belong to db/")},
    {S_INIT("COMMIT"), S_INIT("transactions belong to db/")},
    {S_INIT("ROLLBACK"), S_INIT("transactions belong to db/")},
    {S_INIT("SAVEPOINT"), S_INIT("transactions belong to db/")},
    {S_INIT("TEMP"), S_INIT("readers cannot make tables")},
    {S_INIT("TEMPORARY"), S_INIT("readers cannot make tables")},
    {S_INIT("AUTOINCREMENT"), S_INIT("db/ adds it to id INTEGER PRIMARY KEY")},
    {S_INIT("SERIAL"), S_INIT("write id INTEGER PRIMARY KEY")},
    {S_INIT("CURRENT_TIMESTAMP"), S_INIT("the clock is the Ctx's: pass it")},
    {S_INIT("CURRENT_DATE"), S_INIT("the clock is the Ctx's: pass it")},
    {S_INIT("CURRENT_TIME"), S_INIT("the clock is the Ctx's: pass it")},
    {S_INIT("CURRENT_USER"), S_INIT("the viewer is the Ctx's: pass it")},
    {S_INIT("rowid"), S_INIT("use the table's own key")},
    {S_INIT("ctid"), S_INIT("use the table's own key")},
    {S_INIT("sqlite_master"), S_INIT("only db/ looks into an engine")},
};

/* The rules look for keywords in capitals. */
static const Str keywords[] = {
    S_INIT("SELECT"), S_INIT("FROM"), S_INIT("WHERE"), S_INIT("AND"), S_INIT("OR"), S_INIT("NOT"), S_INIT("IS"),
    S_INIT("NULL"), S_INIT("IN"), S_INIT("EXISTS"), S_INIT("BETWEEN"), S_INIT("ORDER"), S_INIT("BY"), S_INIT("LIMIT"),
    S_INIT("CASE"), S_INIT("WHEN"), S_INIT("THEN"), S_INIT("ELSE"), S_INIT("END"), S_INIT("INTO"), S_INIT("UPDATE"),
    S_INIT("SET"), S_INIT("DELETE"), S_INIT("VALUES"), S_INIT("JOIN"), S_INIT("LEFT"), S_INIT("ON"), S_INIT("AS"),
    S_INIT("CONFLICT"), S_INIT("RETURNING"), S_INIT("UNION"), S_INIT("HAVING"), S_INIT("DISTINCT"), S_INIT("GROUP"),
    S_INIT("WITH"), S_INIT("VIEW"), S_INIT("TABLE"), S_INIT("INDEX"), S_INIT("REFERENCES"), S_INIT("DESC"), S_INIT("ASC"),
};

static const Rule operators[] = {
    {S_INIT("=="), S_INIT("write =")},
    {S_INIT("!="), S_INIT("write <>")},
    {S_INIT("->"), S_INIT("JSON comes in through ROWS(…) only")},
    {S_INIT("->>"), S_INIT("JSON comes in through ROWS(…) only")},
};

static void lint_words(Lint *l)
{
    for (ptrdiff_t i = 0; i < l->t.n; i++) {
        const SqlToken *t = &l->t.v[i];
        bool is_column = is_at(l, i - 1, S("."));
        /* WITHOUT ROWID is the one place for the word. */
        if (is_at(l, i, S("ROWID")) && is_at(l, i - 1, S("WITHOUT"))) continue;
        for (ptrdiff_t k = 0; k < COUNT_OF(words); k++)
            if (sql_is_word(t, words[k].word) && !is_column) tell(l, i, words[k].why);
        for (ptrdiff_t k = 0; k < COUNT_OF(keywords); k++)
            if (sql_is_word(t, keywords[k]) && !sql_is(t, keywords[k])) tell(l, i, S("keywords are written in capitals"));
        for (ptrdiff_t k = 0; k < COUNT_OF(operators); k++)
            if (t->kind == SQLTOK_PUNCT && str_eq(t->text, operators[k].word)) tell(l, i, operators[k].why);
        if (is_at(l, i, S("INSERT")) && is_at(l, i + 1, S("OR"))) tell(l, i, S("write ON CONFLICT"));
        if (sql_is_word(t, S("REPLACE")) && !is_at(l, i + 1, S("("))) tell(l, i, S("write ON CONFLICT"));
        if (is_at(l, i, S("DISTINCT")) && is_at(l, i + 1, S("ON"))) tell(l, i, S("DISTINCT ON: only PostgreSQL has it"));
    }
}

static bool is_one_of(const SqlToken *t, const Str *list, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (sql_is(t, list[i])) return true;
    return false;
}

static const Str functions[] = {
    S_INIT("count"), S_INIT("sum"), S_INIT("min"), S_INIT("max"), S_INIT("avg"), S_INIT("abs"), S_INIT("length"),
    S_INIT("coalesce"), S_INIT("nullif"), S_INIT("replace"), S_INIT("substr"), S_INIT("instr"), S_INIT("trim"),
    S_INIT("ltrim"), S_INIT("rtrim"), S_INIT("row_number"), S_INIT("rank"), S_INIT("dense_rank"), S_INIT("ntile"),
    S_INIT("lag"), S_INIT("lead"), S_INIT("first_value"), S_INIT("last_value"),
};

/* Capitals that may touch a parenthesis without being a function. */
static const Str before_paren[] = {
    S_INIT("CAST"), S_INIT("ROWS"), S_INIT("VALUES"), S_INIT("IN"), S_INIT("EXISTS"), S_INIT("CHECK"), S_INIT("UNIQUE"),
    S_INIT("KEY"), S_INIT("OVER"), S_INIT("FILTER"), S_INIT("NOT"), S_INIT("AND"), S_INIT("OR"), S_INIT("ON"),
    S_INIT("AS"), S_INIT("BY"), S_INIT("CONFLICT"), S_INIT("WHERE"), S_INIT("WHEN"), S_INIT("THEN"), S_INIT("ELSE"),
    S_INIT("SELECT"), S_INIT("FROM"), S_INIT("JOIN"), S_INIT("USING"), S_INIT("LIMIT"), S_INIT("HAVING"), S_INIT("SET"),
};

static bool has_comma(const Lint *l, ptrdiff_t open)
{
    for (ptrdiff_t i = open + 1; i < l->t.v[open].pair; i++) {
        if (is_at(l, i, S("("))) i = l->t.v[i].pair;
        else if (is_at(l, i, S(","))) return true;
    }
    return false;
}

/* A name that touches its parenthesis is a call; tables keep a space. */
static void lint_functions(Lint *l)
{
    for (ptrdiff_t i = 0; i + 1 < l->t.n; i++) {
        const SqlToken *t = &l->t.v[i];
        bool touches = t->kind == SQLTOK_NAME && is_at(l, i + 1, S("(")) && t[1].at == t->at + t->text.n;
        if (!touches || is_one_of(t, before_paren, COUNT_OF(before_paren))) continue;
        if (!is_one_of(t, functions, COUNT_OF(functions)))
            tell(l, i, S("is no function of the subset, in small letters (a table keeps a space before its parenthesis)"));
        if ((sql_is(t, S("min")) || sql_is(t, S("max"))) && has_comma(l, i + 1))
            tell(l, i, S("of several values is a CASE"));
    }
}

/* `a IS b` is SQLite's alone. */
static void lint_is(Lint *l)
{
    for (ptrdiff_t i = 0; i < l->t.n; i++) {
        if (!is_at(l, i, S("IS"))) continue;
        ptrdiff_t next = is_at(l, i + 1, S("NOT")) ? i + 2 : i + 1;
        bool fine = is_at(l, next, S("NULL")) || (is_at(l, next, S("DISTINCT")) && is_at(l, next + 1, S("FROM")));
        if (!fine) tell(l, i, S("stands before [NOT] NULL or [NOT] DISTINCT FROM only"));
    }
}

static const Str truths[] = {
    S_INIT("="), S_INIT("<>"), S_INIT("<"), S_INIT(">"), S_INIT("<="), S_INIT(">="), S_INIT("AND"), S_INIT("OR"),
    S_INIT("NOT"), S_INIT("IS"), S_INIT("IN"), S_INIT("EXISTS"), S_INIT("BETWEEN"), S_INIT("true"), S_INIT("false"),
};

static ptrdiff_t end_of_case(const Lint *l, ptrdiff_t i)
{
    int depth = 0;
    for (; i < l->t.n; i++) {
        if (is_at(l, i, S("CASE"))) depth++;
        if (is_at(l, i, S("END")) && --depth == 0) return i;
    }
    return i;
}

/* From behind SELECT to its FROM, or what else ends the list. */
static void lint_select_list(Lint *l, ptrdiff_t i)
{
    static const Str ends[] = {S_INIT("FROM"), S_INIT(")"), S_INIT(";"), S_INIT("UNION"), S_INIT("EXCEPT"),
                               S_INIT("INTERSECT"), S_INIT("WHERE"), S_INIT("ORDER"), S_INIT("LIMIT")};
    for (; i < l->t.n && !is_one_of(&l->t.v[i], ends, COUNT_OF(ends)); i++) {
        const SqlToken *t = &l->t.v[i];
        if (is_one_of(t, truths, COUNT_OF(truths)))
            tell(l, i, S("makes a boolean column: write CASE WHEN … THEN 1 ELSE 0 END"));
        if (is_at(l, i + 1, S("(")) && (sql_is(t, S("sum")) || sql_is(t, S("avg"))))
            tell(l, i, S("has another type on each engine: write CAST(sum(x) AS INTEGER) or REAL"));
        if (is_at(l, i, S("("))) i = t->pair;
        else if (is_at(l, i, S("CASE"))) i = end_of_case(l, i);
    }
}

void sql_lint(SqlReport *report, const SqlDef *def, Arena scratch)
{
    Lint l = {.report = report, .def = def, .t = sql_tokens(&scratch, str_of_z(def->text))};
    if (l.t.bad >= 0) return; /* the translator tells */
    lint_words(&l);
    lint_functions(&l);
    lint_is(&l);
    for (ptrdiff_t i = 0; i < l.t.n; i++)
        if (is_at(&l, i, S("SELECT"))) lint_select_list(&l, i + 1);
}
