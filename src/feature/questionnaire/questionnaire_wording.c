/* What makes two questions the same: a hash of all that is asked, and the ties from wave
   to wave (FORMATS §2). */
#include <sodium.h>

#include "base/number.h"
#include "feature/questionnaire/questionnaire_inside.h"

/* ---- the hash ---------------------------------------------------------------------- */

/* Parts are told with their lengths, so that no two lists of parts look alike. */
static void hash_str(crypto_hash_sha256_state *state, Str s)
{
    int64_t n = s.n;
    crypto_hash_sha256_update(state, (const unsigned char *)&n, sizeof n);
    crypto_hash_sha256_update(state, (const unsigned char *)s.p, (unsigned long long)s.n);
}

static void hash_i64(crypto_hash_sha256_state *state, int64_t v)
{
    crypto_hash_sha256_update(state, (const unsigned char *)&v, sizeof v);
}

static void hash_texts(crypto_hash_sha256_state *state, LangTexts texts)
{
    hash_i64(state, texts.n);
    for (ptrdiff_t i = 0; i < texts.n; i++) {
        hash_str(state, texts.v[i].lang);
        hash_str(state, texts.v[i].text);
    }
}

static void hash_values(crypto_hash_sha256_state *state, Values values)
{
    hash_i64(state, values.n);
    for (ptrdiff_t i = 0; i < values.n; i++) hash_i64(state, values.v[i]);
}

static Str hash_end(Ctx *c, crypto_hash_sha256_state *state)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(state, digest);
    return str_hex(c->arena, digest, (ptrdiff_t)sizeof digest);
}

static Str wording_of(Ctx *c, const Item *item)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    hash_i64(&state, item->kind);
    hash_texts(&state, item->matrix ? item->matrix->text : (LangTexts){0});
    hash_texts(&state, item->text);
    hash_i64(&state, item->options.n);
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        hash_i64(&state, item->options.v[i].value);
        hash_texts(&state, item->options.v[i].text);
    }
    hash_values(&state, item->agree);
    hash_values(&state, item->disagree);
    hash_values(&state, item->dont_know);
    return hash_end(c, &state);
}

static Str wording_of_score(Ctx *c, const Score *score)
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    hash_texts(&state, score->title);
    hash_i64(&state, (int64_t)(score->min_answered * 1e9));
    for (ptrdiff_t i = 0; i < score->n; i++) {
        hash_str(&state, score->items[i]->wording);
        hash_i64(&state, score->items[i]->is_reverse);
    }
    return hash_end(c, &state);
}

void wordings_fill(Ctx *c, Questionnaire *q)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++) q->items.v[i].wording = wording_of(c, &q->items.v[i]);
    for (ptrdiff_t i = 0; i < q->scores.n; i++) q->scores.v[i].wording = wording_of_score(c, &q->scores.v[i]);
}

/* ---- ties to an earlier wave ------------------------------------------------------ */

static const LangText *in_lang(LangTexts texts, Str lang)
{
    for (ptrdiff_t i = 0; i < texts.n; i++)
        if (str_eq(texts.v[i].lang, lang)) return &texts.v[i];
    return NULL;
}

/* Equal in every language that both have, the first one of `a` among them. */
static bool same_words(LangTexts a, LangTexts b)
{
    if (a.n == 0 || b.n == 0) return a.n == b.n;
    if (!in_lang(b, a.v[0].lang)) return false;
    for (ptrdiff_t i = 0; i < a.n; i++) {
        const LangText *other = in_lang(b, a.v[i].lang);
        if (other && !str_eq(other->text, a.v[i].text)) return false;
    }
    return true;
}

static bool same_options(Options a, Options b)
{
    if (a.n != b.n) return false;
    for (ptrdiff_t i = 0; i < a.n; i++)
        if (a.v[i].value != b.v[i].value || !same_words(a.v[i].text, b.v[i].text)) return false;
    return true;
}

static bool same_wording(const Item *a, const Item *b)
{
    if (str_eq(a->wording, b->wording)) return true;
    if (a->kind != b->kind || !a->matrix != !b->matrix) return false;
    if (a->matrix && !same_words(a->matrix->text, b->matrix->text)) return false;
    return same_words(a->text, b->text) && same_options(a->options, b->options) && values_equal(a->agree, b->agree) &&
           values_equal(a->disagree, b->disagree) && values_equal(a->dont_know, b->dont_know);
}

Tie questionnaire_tie(const Questionnaire *now, const Item *item, const Questionnaire *before, const Item **ret_before)
{
    (void)now;
    ptrdiff_t slash = str_find_char(item->same_as, '/', 0);
    *ret_before = NULL;
    if (slash > 0 && str_eq(str_sub(item->same_as, 0, slash), before->code)) {
        *ret_before = questionnaire_item(before, str_sub(item->same_as, slash + 1, item->same_as.n));
        if (*ret_before) return (*ret_before)->kind == item->kind ? TIE_SAME : TIE_CHANGED;
    }
    *ret_before = questionnaire_item(before, item->code);
    if (!*ret_before) return TIE_NEW;
    return same_wording(item, *ret_before) ? TIE_SAME : TIE_CHANGED;
}

static bool score_holds(const Score *score, const Item *item, bool is_reverse)
{
    for (ptrdiff_t i = 0; i < score->n; i++)
        if (score->items[i] == item) return item->is_reverse == is_reverse;
    return false;
}

static bool same_parts(const Questionnaire *now, const Score *score, const Questionnaire *before, const Score *old)
{
    if (old->n != score->n || old->min_answered < score->min_answered || old->min_answered > score->min_answered)
        return false;
    for (ptrdiff_t i = 0; i < score->n; i++) {
        const Item *part = NULL;
        if (questionnaire_tie(now, score->items[i], before, &part) != TIE_SAME) return false;
        if (!score_holds(old, part, score->items[i]->is_reverse)) return false;
    }
    return true;
}

Tie questionnaire_tie_score(const Questionnaire *now, const Score *score, const Questionnaire *before,
                            const Score **ret_before)
{
    *ret_before = questionnaire_score(before, score->code);
    if (!*ret_before) return TIE_NEW;
    return same_parts(now, score, before, *ret_before) ? TIE_SAME : TIE_CHANGED;
}
