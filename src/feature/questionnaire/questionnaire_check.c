/* What stands in the way of a launch, and what its maker should know.
   A question is dead when no respondent can ever meet it. Whoever meets it has
   met every question that its condition goes back to, so all conditions on the
   way hold at once. Each says: the answer to one question is in this set. Sets
   for the same question meet; if nothing is left of one, the question is dead.
   As every question on the way was asked and its answers are free otherwise,
   that is the only way to be dead. (Of a question with several answers any may
   be chosen together, so its sets never contradict each other.) */
#include "base/number.h"
#include "feature/questionnaire/questionnaire_inside.h"

typedef struct Checker {
    Ctx *c;
    const Questionnaire *q;
    Findings found;
    ptrdiff_t max;
    int32_t round, *seen; /* by position: the round in which it was met */
    uint64_t *left;       /* by position: options that the conditions of the round leave */
    const Item **way;     /* stack */
} Checker;

_Static_assert(QUESTIONNAIRE_OPTIONS <= 64, "a set of options is one word of bits");

static void find(Checker *k, bool is_error, Str item, Msg what)
{
    if (k->found.n == k->max) return;
    k->found.v[k->found.n++] = (Finding){.is_error = is_error, .item = item, .what = what};
    if (is_error) k->found.errors++;
}

/* ---- conditions -------------------------------------------------------------------- */

static uint64_t bits_of(Options options, Values values)
{
    uint64_t bits = 0;
    for (ptrdiff_t i = 0; i < options.n; i++)
        if (values_have(values, options.v[i].value)) bits |= UINT64_C(1) << i;
    return bits;
}

static uint64_t all_bits(ptrdiff_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* Lays the asker's condition over what is left of the asked question, and puts
   that question on the way when it is new. False: nothing is left. */
static bool lay(Checker *k, const Item *asker, ptrdiff_t *depth)
{
    const Item *asked = asker->ask_if;
    if (!asked) return true;
    uint64_t bits = bits_of(asked->options, asker->ask_in);
    if (k->seen[asked->position] != k->round) {
        k->seen[asked->position] = k->round;
        k->left[asked->position] = all_bits(asked->options.n);
        k->way[(*depth)++] = asked;
    }
    if (asked->kind == ITEM_MULTIPLE) return bits != 0;
    k->left[asked->position] &= bits;
    return k->left[asked->position] != 0;
}

static bool can_be_met(Checker *k, const Item *item)
{
    ptrdiff_t depth = 0;
    k->round++;
    k->way[depth++] = item;
    while (depth > 0) {
        const Item *at = k->way[--depth];
        if (!lay(k, at, &depth)) return false;
        if (at->matrix && !lay(k, at->matrix, &depth)) return false;
    }
    return true;
}

static void check_conditions(Checker *k, const Item *item)
{
    bool is_bound = item->ask_if || (item->matrix && item->matrix->ask_if);
    if (!is_bound) return;
    if (item->ask_if && item->ask_if->position >= item->position)
        find(k, true, item->code, TF("Betingelsen peger frem til {1}, som kommer senere.", item->ask_if->code));
    else if (!can_be_met(k, item))
        find(k, true, item->code,
             T("Ingen kan nå spørgsmålet: betingelserne på vejen til det kan ikke gælde på én gang."));
    else if (item->ask_if && bits_of(item->ask_if->options, item->ask_in) == all_bits(item->ask_if->options.n))
        find(k, false, item->code,
             TF("Betingelsen nævner alle svar på {1}, så den siger kun, at der skal være svaret.", item->ask_if->code));
}

/* ---- the rest ------------------------------------------------------------------------ */

static void check_code(Checker *k, Codes *codes, Str code, ptrdiff_t place)
{
    if (!questionnaire_code_is_good(code, ITEM_CODE_MAX))
        find(k, true, code, T("Koden kan ikke bruges."));
    else if (!codes_add(codes, code, place))
        find(k, true, code, T("Koden er brugt to gange."));
}

static void check_sets(Checker *k, const Item *item)
{
    if (item->kind != ITEM_SINGLE) return;
    if (item->options.n < 2) find(k, false, item->code, T("Der er kun ét svar at vælge."));
    if (item->agree.n == 0)
        find(k, false, item->code, T("Ingen svar tæller som enig, så rapporten viser kun fordelingen, ingen andel."));
    else if (item->disagree.n == 0)
        find(k, false, item->code, T("Skalaen har ingen retning: ingen svar tæller som uenig."));
}

static bool has_lang(LangTexts texts, Str lang)
{
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, lang)) return true;
    return false;
}

static void check_lang(Checker *k, Str code, LangTexts texts, Str lang)
{
    if (texts.n && !has_lang(texts, lang)) find(k, false, code, TF("Teksten mangler på sproget {1}.", lang));
}

static void check_languages(Checker *k, Str lang)
{
    const Questionnaire *q = k->q;
    check_lang(k, S(""), q->title, lang);
    for (ptrdiff_t i = 0; i < q->sections.n; i++) check_lang(k, q->sections.v[i].code, q->sections.v[i].title, lang);
    for (ptrdiff_t i = 0; i < q->items.n; i++) check_lang(k, q->items.v[i].code, q->items.v[i].text, lang);
    for (ptrdiff_t s = 0; s < q->scales.n; s++) {
        const Scale *scale = &q->scales.v[s];
        bool lacks = false;
        for (ptrdiff_t i = 0; i < scale->options.n; i++) lacks = lacks || !has_lang(scale->options.v[i].text, lang);
        if (lacks)
            find(k, false, scale->code,
                 TF("Et eller flere svar på skalaen {1} mangler på sproget {2}.", scale->code, lang));
    }
}

static bool is_answered(const Item *item)
{
    return item->kind != ITEM_MATRIX;
}

static void check_whole(Checker *k)
{
    ptrdiff_t answered = 0;
    for (ptrdiff_t i = 0; i < k->q->items.n; i++) answered += is_answered(&k->q->items.v[i]);
    if (answered == 0) find(k, true, S(""), T("Spørgeskemaet har ingen spørgsmål."));
    for (ptrdiff_t i = 0; i < k->q->sections.n; i++)
        if (k->q->sections.v[i].count == 0) find(k, false, k->q->sections.v[i].code, T("Afsnittet er tomt."));
}

Err questionnaire_check(Ctx *c, const Questionnaire *q, Findings *ret)
{
    Checker k = {
        .c = c,
        .q = q,
        /* Per item: code, condition, two of sets, and one a language; the same room for the rest. */
        .max = (q->items.n + q->sections.n + q->scales.n + q->scores.n + 2) * (4 + q->languages.n),
        .seen = NEW(c->arena, int32_t, q->items.n),
        .left = NEW(c->arena, uint64_t, q->items.n),
        .way = NEW(c->arena, const Item *, q->items.n + 1),
    };
    k.found.v = NEW(c->arena, Finding, k.max);
    Codes codes = codes_new(c->arena, q->items.n + q->scores.n);
    check_whole(&k);
    for (ptrdiff_t i = 0; i < q->items.n; i++) {
        const Item *item = &q->items.v[i];
        check_code(&k, &codes, item->code, i);
        check_conditions(&k, item);
        check_sets(&k, item);
    }
    for (ptrdiff_t i = 0; i < q->scores.n; i++) check_code(&k, &codes, q->scores.v[i].code, i);
    for (ptrdiff_t i = 0; i < q->languages.n; i++) check_languages(&k, q->languages.v[i]);
    *ret = k.found;
    return OK;
}
