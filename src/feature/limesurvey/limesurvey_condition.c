/* LimeSurvey's conditions are a language with functions and arithmetic; ours is
   one question and some of its answers. This reads the part that both have:

       list  = term { ("or" | "||") term }
       whole = list | "!" "is_empty" "(" NAME ")"
       term  = "(" list ")" | NAME [".NAOK"] "==" ('"' CODE '"' | NUMBER)        */
#include "feature/limesurvey/limesurvey_inside.h"

enum { CONDITION_TERMS = 64, CONDITION_DEPTH = 16 };

typedef struct Cursor {
    Str s;
    ptrdiff_t at;
    int depth;
    LssCondition *found;
} Cursor;

static void pass_spaces(Cursor *k)
{
    while (k->at < k->s.n &&
           (k->s.p[k->at] == ' ' || k->s.p[k->at] == '\n' || k->s.p[k->at] == '\r' || k->s.p[k->at] == '\t'))
        k->at++;
}

static bool take(Cursor *k, Str token)
{
    pass_spaces(k);
    if (!str_starts(str_sub(k->s, k->at, k->s.n), token)) return false;
    k->at += token.n;
    return true;
}

static bool is_name_char(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_' || ch == '.';
}

static Str take_name(Cursor *k)
{
    pass_spaces(k);
    ptrdiff_t from = k->at;
    while (k->at < k->s.n && is_name_char(k->s.p[k->at])) k->at++;
    return str_sub(k->s, from, k->at);
}

static bool take_code(Cursor *k, Str *ret)
{
    pass_spaces(k);
    char quote = k->at < k->s.n ? k->s.p[k->at] : ' ';
    if (quote != '"' && quote != '\'') {
        *ret = take_name(k);
        double number = 0;
        return str_f64(*ret, &number);
    }
    ptrdiff_t end = str_find_char(k->s, quote, k->at + 1);
    if (end < 0) return false;
    *ret = str_sub(k->s, k->at + 1, end);
    k->at = end + 1;
    return true;
}

static bool take_list(Cursor *k);

static bool take_comparison(Cursor *k)
{
    LssCondition *f = k->found;
    Str name = take_name(k), code = {0};
    if (str_ends(name, S(".NAOK"))) name.n -= 5;
    if (name.n == 0 || !take(k, S("==")) || !take_code(k, &code) || f->names.n == CONDITION_TERMS) return false;
    f->names.v[f->names.n++] = name;
    f->codes.v[f->codes.n++] = code;
    return true;
}

static bool take_term(Cursor *k)
{
    if (!take(k, S("("))) return take_comparison(k);
    if (++k->depth > CONDITION_DEPTH) return false;
    bool is_good = take_list(k) && take(k, S(")"));
    k->depth--;
    return is_good;
}

static bool take_list(Cursor *k)
{
    if (!take_term(k)) return false;
    while (take(k, S("or ")) || take(k, S("or(")) || take(k, S("||"))) {
        if (k->s.p[k->at - 1] == '(') k->at--;
        if (!take_term(k)) return false;
    }
    return true;
}

/* "Answered at all". */
static bool take_any(Cursor *k)
{
    if (!take(k, S("!")) || !take(k, S("is_empty")) || !take(k, S("("))) return false;
    Str name = take_name(k);
    if (str_ends(name, S(".NAOK"))) name.n -= 5;
    k->found->names.v[0] = name;
    k->found->names.n = 1;
    k->found->is_any = true;
    return name.n > 0 && take(k, S(")"));
}

bool limesurvey_condition(Arena *arena, Str relevance, LssCondition *ret)
{
    LssCondition found = {.names.v = NEW(arena, Str, CONDITION_TERMS), .codes.v = NEW(arena, Str, CONDITION_TERMS)};
    Cursor k = {.s = str_trim(relevance), .found = &found};
    bool is_read = str_starts(k.s, S("!")) ? take_any(&k) : take_list(&k);
    if (!is_read) return false;
    pass_spaces(&k);
    if (k.at != k.s.n) return false;
    *ret = found;
    return true;
}
