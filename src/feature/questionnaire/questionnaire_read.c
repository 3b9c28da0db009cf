/* FORMATS §2 from bytes to memory. Every fault is told with its place and reading
   goes on; whatever was missing is left empty, and nobody gets a questionnaire
   with a fault in it. */
#include <stdlib.h>

#include "base/number.h"
#include "feature/questionnaire/questionnaire_inside.h"
#include "text/json.h"

typedef struct Reader {
    Ctx *c;
    Questionnaire q;
    Codes item_codes, section_codes, score_codes;
} Reader;

/* A code that is well made and new among its like; empty when it is not. */
static Str read_code(Reader *r, const Json *map, ptrdiff_t max, Codes *among, ptrdiff_t place)
{
    Str code = json_text(r->c, map, S("code"), JSON_NEEDED, 1000);
    if (code.n == 0) return code;
    const Json *value = json_find(map, S("code"));
    if (!questionnaire_code_is_good(code, max)) {
        json_problem(r->c, value, TF("En kode er 1–{1} tegn af A–Z a–z 0–9 . _ -", (int64_t)max));
        return (Str){0};
    }
    if (!among || codes_add(among, code, place)) return code;
    json_problem(r->c, value, TF("Koden {1} er brugt før.", code));
    return (Str){0};
}

/* ---- languages and texts ------------------------------------------------------ */

static bool lang_is_good(Str lang)
{
    if (lang.n < 2 || lang.n > 12) return false;
    for (ptrdiff_t i = 0; i < lang.n; i++) {
        char ch = lang.p[i];
        bool is_letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
        if (!is_letter && (ch != '-' || i == 0 || i == lang.n - 1)) return false;
    }
    return true;
}

static ptrdiff_t lang_index(const Questionnaire *q, Str lang)
{
    for (ptrdiff_t i = 0; i < q->languages.n; i++)
        if (str_eq(q->languages.v[i], lang)) return i;
    return -1;
}

static void read_languages(Reader *r, const Json *root)
{
    const Json *list = json_list(r->c, root, S("languages"), JSON_NEEDED, QUESTIONNAIRE_LANGUAGES);
    if (!list) return;
    if (list->n == 0) json_problem(r->c, list, T("Der skal være mindst ét sprog."));
    r->q.languages.v = NEW(r->c->arena, Str, list->n);
    for (ptrdiff_t i = 0; i < list->n; i++) {
        const Json *value = &list->v[i];
        if (!json_is(r->c, value, JSON_IS_TEXT)) continue;
        if (!lang_is_good(value->text))
            json_problem(r->c, value, T("Et sprog skrives med sin kode, for eksempel da eller en."));
        else if (lang_index(&r->q, value->text) >= 0)
            json_problem(r->c, value, T("Sproget står to gange."));
        else
            r->q.languages.v[r->q.languages.n++] = value->text;
    }
}

static void read_text_of(Reader *r, const Json *value, ptrdiff_t max, LangTexts *texts)
{
    if (!json_is(r->c, value, JSON_IS_TEXT)) return;
    if (lang_index(&r->q, value->key) < 0)
        json_problem(r->c, value, TF("Sproget {1} er ikke blandt spørgeskemaets sprog.", value->key));
    else if (str_trim(value->text).n == 0)
        json_problem(r->c, value, T("Her mangler en tekst."));
    else if (str_chars(value->text) > max)
        json_problem(r->c, value, TF("Teksten er for lang. Skriv højst {1} tegn.", (int64_t)max));
    else
        texts->v[texts->n++] = (LangText){value->key, value->text};
}

/* Danish first, then the questionnaire's own order. */
static ptrdiff_t lang_rank(const Questionnaire *q, Str lang)
{
    return str_eq(lang, S("da")) ? -1 : lang_index(q, lang);
}

static void sort_texts(const Questionnaire *q, LangTexts texts)
{
    for (ptrdiff_t i = 1; i < texts.n; i++)
        for (ptrdiff_t k = i; k > 0 && lang_rank(q, texts.v[k].lang) < lang_rank(q, texts.v[k - 1].lang); k--) {
            LangText held = texts.v[k];
            texts.v[k] = texts.v[k - 1];
            texts.v[k - 1] = held;
        }
}

static LangTexts read_texts(Reader *r, const Json *map, Str key, JsonNeed need, ptrdiff_t max)
{
    LangTexts texts = {0};
    const Json *all = json_map(r->c, map, key, need, QUESTIONNAIRE_LANGUAGES);
    if (!all) return texts;
    if (all->n == 0 && need == JSON_NEEDED) json_problem(r->c, all, T("Her mangler en tekst."));
    texts.v = NEW(r->c->arena, LangText, all->n);
    for (ptrdiff_t i = 0; i < all->n; i++) read_text_of(r, &all->v[i], max, &texts);
    sort_texts(&r->q, texts);
    return texts;
}

/* ---- scales --------------------------------------------------------------------- */

static bool option_is_there(Options options, int64_t v)
{
    for (ptrdiff_t i = 0; i < options.n; i++)
        if (options.v[i].value == v) return true;
    return false;
}

static int compare_i64(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Values of `options`, ascending, each once. */
static Values read_values(Reader *r, const Json *list, Options options)
{
    Values values = {0};
    if (!list) return values;
    values.v = NEW(r->c->arena, int64_t, list->n);
    for (ptrdiff_t i = 0; i < list->n; i++) {
        const Json *value = &list->v[i];
        if (!json_is(r->c, value, JSON_IS_INT)) continue;
        if (!option_is_there(options, value->i))
            json_problem(r->c, value, T("Skalaen har ikke den værdi."));
        else if (values_have(values, value->i))
            json_problem(r->c, value, T("Værdien står to gange."));
        else
            values.v[values.n++] = value->i;
    }
    qsort(values.v, (size_t)values.n, sizeof *values.v, compare_i64);
    return values;
}

/* The set named `key`, else `otherwise`. */
static Values read_set(Reader *r, const Json *map, Str key, Options options, Values otherwise)
{
    const Json *list = json_list(r->c, map, key, JSON_OPTIONAL, QUESTIONNAIRE_OPTIONS);
    return list ? read_values(r, list, options) : otherwise;
}

static void check_apart(Reader *r, const Json *map, Values a, Values b)
{
    for (ptrdiff_t i = 0; i < a.n; i++)
        if (values_have(b, a.v[i])) {
            json_problem(r->c, map, TF("Værdien {1} er i to af mængderne agree, disagree og dont_know.", a.v[i]));
            return;
        }
}

static void check_sets(Reader *r, const Json *map, Values agree, Values disagree, Values dont_know)
{
    check_apart(r, map, agree, disagree);
    check_apart(r, map, agree, dont_know);
    check_apart(r, map, disagree, dont_know);
}

static void read_option(Reader *r, const Json *value, Options *options)
{
    if (!json_is(r->c, value, JSON_IS_MAP)) return;
    JSON_KNOWN(r->c, value, S("value"), S("text"));
    int64_t v =
        json_i64(r->c, value, S("value"), JSON_NEEDED, -OPTION_VALUE_MAX, OPTION_VALUE_MAX, OPTION_VALUE_MAX + 1);
    LangTexts text = read_texts(r, value, S("text"), JSON_NEEDED, OPTION_TEXT_MAX);
    if (v > OPTION_VALUE_MAX) return;
    if (option_is_there(*options, v))
        json_problem(r->c, json_find(value, S("value")), TF("Værdien {1} er brugt før i skalaen.", v));
    else
        options->v[options->n++] = (Option){.value = v, .text = text};
}

static void read_scale(Reader *r, const Json *value)
{
    Scale scale = {.code = value->key};
    if (!json_is(r->c, value, JSON_IS_MAP)) return;
    if (!questionnaire_code_is_good(value->key, ITEM_CODE_MAX))
        json_problem(r->c, value, TF("En kode er 1–{1} tegn af A–Z a–z 0–9 . _ -", (int64_t)ITEM_CODE_MAX));
    JSON_KNOWN(r->c, value, S("options"), S("agree"), S("disagree"), S("dont_know"));
    const Json *options = json_list(r->c, value, S("options"), JSON_NEEDED, QUESTIONNAIRE_OPTIONS);
    if (options && options->n == 0) json_problem(r->c, options, T("En skala skal have mindst ét svar."));
    scale.options.v = NEW(r->c->arena, Option, options ? options->n : 0);
    for (ptrdiff_t i = 0; options && i < options->n; i++) read_option(r, &options->v[i], &scale.options);
    scale.agree = read_set(r, value, S("agree"), scale.options, (Values){0});
    scale.disagree = read_set(r, value, S("disagree"), scale.options, (Values){0});
    scale.dont_know = read_set(r, value, S("dont_know"), scale.options, (Values){0});
    check_sets(r, value, scale.agree, scale.disagree, scale.dont_know);
    r->q.scales.v[r->q.scales.n++] = scale;
}

static int compare_scales(const void *a, const void *b)
{
    const Scale *x = a, *y = b;
    return str_cmp(x->code, y->code);
}

static void read_scales(Reader *r, const Json *root)
{
    const Json *all = json_map(r->c, root, S("scales"), JSON_OPTIONAL, QUESTIONNAIRE_ITEMS);
    if (!all) return;
    r->q.scales.v = NEW(r->c->arena, Scale, all->n);
    for (ptrdiff_t i = 0; i < all->n; i++) read_scale(r, &all->v[i]);
    qsort(r->q.scales.v, (size_t)r->q.scales.n, sizeof *r->q.scales.v, compare_scales);
}

static const Scale *scale_by_code(const Questionnaire *q, Str code)
{
    const Scale key = {.code = code};
    if (q->scales.n == 0) return NULL;
    return bsearch(&key, q->scales.v, (size_t)q->scales.n, sizeof key, compare_scales);
}

/* ---- items ---------------------------------------------------------------------- */

static const Item no_item;

static void read_ask_if(Reader *r, const Json *map, Item *item)
{
    const Json *rule = json_map(r->c, map, S("ask_if"), JSON_OPTIONAL, 2);
    if (!rule) return;
    JSON_KNOWN(r->c, rule, S("item"), S("in"));
    Str code = json_text(r->c, rule, S("item"), JSON_NEEDED, ITEM_CODE_MAX);
    const Json *in = json_list(r->c, rule, S("in"), JSON_NEEDED, QUESTIONNAIRE_OPTIONS);
    if (code.n == 0) return;
    ptrdiff_t at = codes_find(&r->item_codes, code);
    const Item *other = at < 0 ? NULL : &r->q.items.v[at];
    const Json *named = json_find(rule, S("item"));
    if (!other || other == item || other == item->matrix) {
        json_problem(r->c, named, TF("Der er intet tidligere spørgsmål med koden {1}.", code));
        return;
    }
    if (other->kind != ITEM_SINGLE && other->kind != ITEM_MULTIPLE) {
        json_problem(r->c, named, T("En betingelse kan kun gælde et spørgsmål med svar at vælge imellem."));
        return;
    }
    item->ask_if = other;
    item->ask_in = read_values(r, in, other->options);
    if (in && in->n == 0) json_problem(r->c, in, T("Her skal stå mindst én værdi."));
}

static void read_same_as(Reader *r, const Json *map, Item *item)
{
    const Json *tie = json_map(r->c, map, S("same_as"), JSON_OPTIONAL, 2);
    if (!tie) return;
    JSON_KNOWN(r->c, tie, S("questionnaire"), S("item"));
    Str questionnaire = json_text(r->c, tie, S("questionnaire"), JSON_NEEDED, QUESTIONNAIRE_CODE_MAX);
    Str code = json_text(r->c, tie, S("item"), JSON_NEEDED, ITEM_CODE_MAX);
    if (questionnaire.n == 0 || code.n == 0) return;
    if (questionnaire_code_is_good(questionnaire, QUESTIONNAIRE_CODE_MAX) && questionnaire_code_is_good(code, ITEM_CODE_MAX))
        item->same_as = STR_CAT(r->c->arena, questionnaire, S("/"), code);
    else
        json_problem(r->c, tie, TF("En kode er 1–{1} tegn af A–Z a–z 0–9 . _ -", (int64_t)ITEM_CODE_MAX));
}

static void read_item_scale(Reader *r, const Json *map, Item *item)
{
    if (!kind_has_scale(item->kind)) {
        const Json *scale = json_find(map, S("scale"));
        if (scale) json_problem(r->c, scale, T("Et tal eller en fri tekst har ingen skala."));
        return;
    }
    Str code = json_text(r->c, map, S("scale"), JSON_NEEDED, ITEM_CODE_MAX);
    if (code.n == 0) return;
    item->scale = scale_by_code(&r->q, code);
    if (!item->scale) json_problem(r->c, json_find(map, S("scale")), TF("Skalaen {1} findes ikke.", code));
}

/* What every item and row can say for itself; `from` says the rest. */
static void read_common(Reader *r, const Json *map, const Item *from, Item *item)
{
    item->text = read_texts(r, map, S("text"), JSON_NEEDED, ITEM_TEXT_MAX);
    item->is_core = json_bool(r->c, map, S("core"), from->is_core);
    item->is_reverse = json_bool(r->c, map, S("reverse"), from->is_reverse);
    item->agree = read_set(r, map, S("agree"), item->options, from->agree);
    item->disagree = read_set(r, map, S("disagree"), item->options, from->disagree);
    item->dont_know = read_set(r, map, S("dont_know"), item->options, from->dont_know);
    check_sets(r, map, item->agree, item->disagree, item->dont_know);
    item->ask_if = from->ask_if;
    item->ask_in = from->ask_in;
    read_ask_if(r, map, item);
    read_same_as(r, map, item);
}

static Item *next_item(Reader *r, const Section *section)
{
    Item *item = &r->q.items.v[r->q.items.n];
    *item = (Item){.position = r->q.items.n++, .section = section->code, .theme = section->theme};
    return item;
}

static void read_row(Reader *r, const Json *map, const Section *section, const Item *matrix)
{
    if (!json_is(r->c, map, JSON_IS_MAP)) return;
    JSON_KNOWN(r->c, map, S("code"), S("text"), S("core"), S("reverse"), S("agree"), S("disagree"), S("dont_know"),
               S("ask_if"), S("same_as"));
    Item *row = next_item(r, section);
    row->kind = ITEM_SINGLE;
    row->matrix = matrix;
    row->scale = matrix->scale;
    row->options = matrix->options;
    row->code = read_code(r, map, ITEM_CODE_MAX, &r->item_codes, row->position);
    read_common(r, map, matrix, row);
}

static void read_rows(Reader *r, const Json *map, const Section *section, const Item *matrix)
{
    const Json *rows = json_list(r->c, map, S("items"), JSON_NEEDED, QUESTIONNAIRE_ITEMS);
    if (rows && rows->n == 0) json_problem(r->c, rows, T("En matrix skal have mindst én række."));
    for (ptrdiff_t i = 0; rows && i < rows->n; i++) read_row(r, &rows->v[i], section, matrix);
}

static void read_item(Reader *r, const Json *map, const Section *section)
{
    if (!json_is(r->c, map, JSON_IS_MAP)) return;
    JSON_KNOWN(r->c, map, S("code"), S("kind"), S("scale"), S("text"), S("core"), S("reverse"), S("agree"),
               S("disagree"), S("dont_know"), S("ask_if"), S("same_as"), S("items"));
    Item *item = next_item(r, section);
    item->kind = ITEM_TEXT;
    Str kind = json_text(r->c, map, S("kind"), JSON_NEEDED, 40);
    bool is_kind = questionnaire_kind_of_code(kind, &item->kind) && item->kind != ITEM_SCORE;
    if (!is_kind) {
        if (kind.n)
            json_problem(r->c, json_find(map, S("kind")), T("Skriv single, multiple, matrix, number eller text."));
        item->kind = ITEM_TEXT;
    }
    item->code = read_code(r, map, ITEM_CODE_MAX, &r->item_codes, item->position);
    if (is_kind) read_item_scale(r, map, item);
    Item from = no_item;
    if (item->scale) {
        item->options = item->scale->options;
        from.agree = item->scale->agree;
        from.disagree = item->scale->disagree;
        from.dont_know = item->scale->dont_know;
    }
    read_common(r, map, &from, item);
    if (item->kind == ITEM_MATRIX)
        read_rows(r, map, section, item);
    else if (is_kind && json_find(map, S("items")))
        json_problem(r->c, json_find(map, S("items")), T("Kun en matrix har rækker."));
}

static void read_section(Reader *r, const Json *map)
{
    if (!json_is(r->c, map, JSON_IS_MAP)) return;
    JSON_KNOWN(r->c, map, S("code"), S("title"), S("theme"), S("items"));
    Section *section = &r->q.sections.v[r->q.sections.n];
    section->code = read_code(r, map, ITEM_CODE_MAX, &r->section_codes, r->q.sections.n);
    section->title = read_texts(r, map, S("title"), JSON_OPTIONAL, QUESTIONNAIRE_TITLE_MAX);
    section->theme = json_text(r->c, map, S("theme"), JSON_OPTIONAL, ITEM_CODE_MAX);
    section->first = r->q.items.n;
    const Json *items = json_list(r->c, map, S("items"), JSON_NEEDED, QUESTIONNAIRE_ITEMS);
    for (ptrdiff_t i = 0; items && i < items->n; i++) read_item(r, &items->v[i], section);
    section->count = r->q.items.n - section->first;
    r->q.sections.n++;
}

static ptrdiff_t length_of(const Json *map, Str key)
{
    const Json *list = json_find(map, key);
    return list && list->kind == JSON_IS_LIST ? list->n : 0;
}

/* Items and rows of the file, so that the array never moves: items point to
   each other. */
static ptrdiff_t count_items(const Json *sections)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t s = 0; sections && s < sections->n; s++) {
        const Json *items = json_find(&sections->v[s], S("items"));
        ptrdiff_t own = length_of(&sections->v[s], S("items"));
        n += own;
        for (ptrdiff_t i = 0; i < own; i++) n += length_of(&items->v[i], S("items"));
    }
    return n;
}

static void read_sections(Reader *r, const Json *root)
{
    const Json *all = json_list(r->c, root, S("sections"), JSON_NEEDED, QUESTIONNAIRE_ITEMS);
    ptrdiff_t n = count_items(all);
    if (n > QUESTIONNAIRE_ITEMS) {
        json_problem(r->c, all, TF("Spørgeskemaet har for mange spørgsmål. Der må højst være {1}.", QUESTIONNAIRE_ITEMS));
        return;
    }
    r->item_codes = codes_new(r->c->arena, n);
    r->section_codes = codes_new(r->c->arena, all ? all->n : 0);
    r->q.items.v = NEW(r->c->arena, Item, n);
    r->q.sections.v = NEW(r->c->arena, Section, all ? all->n : 0);
    for (ptrdiff_t i = 0; all && i < all->n; i++) read_section(r, &all->v[i]);
}

/* ---- scores ---------------------------------------------------------------------- */

static bool score_has(const Score *score, const Item *item)
{
    for (ptrdiff_t i = 0; i < score->n; i++)
        if (score->items[i] == item) return true;
    return false;
}

static void read_score_item(Reader *r, const Json *value, Score *score)
{
    if (!json_is(r->c, value, JSON_IS_TEXT)) return;
    ptrdiff_t at = codes_find(&r->item_codes, value->text);
    const Item *item = at < 0 ? NULL : &r->q.items.v[at];
    if (!item)
        json_problem(r->c, value, TF("Der er intet spørgsmål med koden {1}.", value->text));
    else if (item->kind != ITEM_SINGLE)
        json_problem(r->c, value, T("Et samlet mål regnes kun af spørgsmål med ét svar på en skala."));
    else if (score_has(score, item))
        json_problem(r->c, value, T("Spørgsmålet står to gange."));
    else
        score->items[score->n++] = item;
}

static void read_score(Reader *r, const Json *map)
{
    if (!json_is(r->c, map, JSON_IS_MAP)) return;
    JSON_KNOWN(r->c, map, S("code"), S("title"), S("items"), S("min_answered"));
    Score *score = &r->q.scores.v[r->q.scores.n++];
    score->code = read_code(r, map, ITEM_CODE_MAX, &r->score_codes, 0);
    if (score->code.n && codes_find(&r->item_codes, score->code) >= 0)
        json_problem(r->c, json_find(map, S("code")), TF("Koden {1} er brugt før.", score->code));
    score->title = read_texts(r, map, S("title"), JSON_OPTIONAL, QUESTIONNAIRE_TITLE_MAX);
    score->min_answered = json_f64(r->c, map, S("min_answered"), JSON_OPTIONAL, 0, 1, 0.5);
    const Json *items = json_list(r->c, map, S("items"), JSON_NEEDED, QUESTIONNAIRE_ITEMS);
    if (items && items->n == 0) json_problem(r->c, items, T("Et samlet mål skal have mindst ét spørgsmål."));
    score->items = NEW(r->c->arena, const Item *, items ? items->n : 0);
    for (ptrdiff_t i = 0; items && i < items->n; i++) read_score_item(r, &items->v[i], score);
}

enum { SCORES_MAX = 200 };

static void read_scores(Reader *r, const Json *root)
{
    const Json *all = json_list(r->c, root, S("scores"), JSON_OPTIONAL, SCORES_MAX);
    r->score_codes = codes_new(r->c->arena, all ? all->n : 0);
    r->q.scores.v = NEW(r->c->arena, Score, all ? all->n : 0);
    for (ptrdiff_t i = 0; all && i < all->n; i++) read_score(r, &all->v[i]);
}

Err questionnaire_parse(Ctx *c, Str json, Questionnaire *ret)
{
    const Json *root = NULL;
    Reader r = {.c = c, .item_codes = codes_new(c->arena, 0)};
    TRY(json_read(c, json, QUESTIONNAIRE_BYTES, &root));
    if (!json_is(c, root, JSON_IS_MAP)) return ctx_check(c);
    JSON_KNOWN(c, root, S("format"), S("code"), S("title"), S("languages"), S("scales"), S("sections"), S("scores"));
    Str format = json_text(c, root, S("format"), JSON_NEEDED, 100);
    if (format.n && !str_eq(format, S("traad-questionnaire-1")))
        json_problem(c, json_find(root, S("format")), T("Formatet skal være traad-questionnaire-1."));
    r.q.code = read_code(&r, root, QUESTIONNAIRE_CODE_MAX, NULL, 0);
    read_languages(&r, root);
    r.q.title = read_texts(&r, root, S("title"), JSON_NEEDED, QUESTIONNAIRE_TITLE_MAX);
    read_scales(&r, root);
    read_sections(&r, root);
    read_scores(&r, root);
    TRY(ctx_check(c));
    wordings_fill(c, &r.q);
    *ret = r.q;
    return OK;
}

Err questionnaire_as_json(Ctx *c, Str name, Str *text, Strs *ret_notes)
{
    for (int i = 0; i < questionnaire_reader_count; i++)
        if (str_ends(name, questionnaire_readers[i].ending)) return questionnaire_readers[i].to_json(c, *text, text, ret_notes);
    return OK;
}
