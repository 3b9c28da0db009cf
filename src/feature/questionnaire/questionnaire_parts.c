/* What a questionnaire is made of: codes, kinds, texts in languages, values; one item of
   it, and whether it is asked. */
#include "base/number.h"
#include "feature/questionnaire/questionnaire_inside.h"

/* ---- codes and kinds --------------------------------------------------------------- */

bool questionnaire_code_is_good(Str code, ptrdiff_t max)
{
    if (code.n < 1 || code.n > max) return false;
    for (ptrdiff_t i = 0; i < code.n; i++) {
        char ch = code.p[i];
        bool is_good = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' ||
                       ch == '_' || ch == '-';
        if (!is_good) return false;
    }
    return true;
}

static const struct {
    ItemKind kind;
    Str code;
    bool has_scale;
} kinds[] = {
    {ITEM_SINGLE,   S_INIT("single"),   true },
    {ITEM_MULTIPLE, S_INIT("multiple"), true },
    {ITEM_MATRIX,   S_INIT("matrix"),   true },
    {ITEM_NUMBER,   S_INIT("number"),   false},
    {ITEM_TEXT,     S_INIT("text"),     false},
    {ITEM_SCORE,    S_INIT("score"),    false},
};

Str kind_code(ItemKind kind)
{
    return kinds[kind - 1].code;
}

bool kind_has_scale(ItemKind kind)
{
    return kinds[kind - 1].has_scale;
}

bool questionnaire_kind_of_code(Str code, ItemKind *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!str_eq(kinds[i].code, code)) continue;
        *ret = kinds[i].kind;
        return true;
    }
    return false;
}

/* ---- texts and values -------------------------------------------------------------- */

Str questionnaire_language(Ctx *c, Str lang)
{
    static const struct {
        Str code;
        Msg name;
    } all[] = {
        {S_INIT("da"), T_INIT("dansk")},    {S_INIT("en"), T_INIT("engelsk")}, {S_INIT("ar"), T_INIT("arabisk")}, {S_INIT("tr"), T_INIT("tyrkisk")},
        {S_INIT("so"), T_INIT("somali")},   {S_INIT("pl"), T_INIT("polsk")},   {S_INIT("de"), T_INIT("tysk")},    {S_INIT("uk"), T_INIT("ukrainsk")},
        {S_INIT("fa"), T_INIT("persisk")},  {S_INIT("ur"), T_INIT("urdu")},    {S_INIT("ro"), T_INIT("rumænsk")}, {S_INIT("fo"), T_INIT("færøsk")},
        {S_INIT("kl"), T_INIT("grønlandsk")},
    };
    for (ptrdiff_t i = 0; i < COUNT_OF(all); i++)
        if (str_eq(all[i].code, lang)) return msg_text(c, all[i].name);
    return lang;
}

Str lang_text(LangTexts texts, Str lang)
{
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, lang)) return texts.v[i].text;
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, S("da"))) return texts.v[i].text;
    return texts.n ? texts.v[0].text : (Str){0};
}

bool lang_texts_equal(LangTexts a, LangTexts b)
{
    if (a.n != b.n) return false;
    for (ptrdiff_t i = 0; i < a.n; i++)
        if (!str_eq(a.v[i].lang, b.v[i].lang) || !str_eq(a.v[i].text, b.v[i].text)) return false;
    return true;
}

bool values_have(Values values, int64_t v)
{
    for (ptrdiff_t i = 0; i < values.n; i++)
        if (values.v[i] == v) return true;
    return false;
}

bool values_equal(Values a, Values b)
{
    if (a.n != b.n) return false;
    for (ptrdiff_t i = 0; i < a.n; i++)
        if (a.v[i] != b.v[i]) return false;
    return true;
}

/* ---- items ------------------------------------------------------------------------- */

const Item *questionnaire_item(const Questionnaire *q, Str code)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++)
        if (str_eq(q->items.v[i].code, code)) return &q->items.v[i];
    return NULL;
}

const Score *questionnaire_score(const Questionnaire *q, Str code)
{
    for (ptrdiff_t i = 0; i < q->scores.n; i++)
        if (str_eq(q->scores.v[i].code, code)) return &q->scores.v[i];
    return NULL;
}

static bool holds(const Item *asker, ItemAnswers *answers, const void *from)
{
    if (!asker->ask_if) return true;
    Values chosen = answers(from, asker->ask_if);
    for (ptrdiff_t i = 0; i < chosen.n; i++)
        if (values_have(asker->ask_in, chosen.v[i])) return true;
    return false;
}

bool questionnaire_is_asked(const Item *item, ItemAnswers *answers, const void *from)
{
    return holds(item, answers, from) && (!item->matrix || holds(item->matrix, answers, from));
}
