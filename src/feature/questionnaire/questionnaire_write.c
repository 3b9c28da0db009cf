/* From memory to FORMATS §2, always the same bytes for the same questionnaire:
   keys sorted, no spaces, what is as it would be anyway left out. */
#include "base/number.h"
#include "feature/questionnaire/questionnaire_inside.h"

/* A comma unless this is the first of its list or object. */
static void next(Buf *b)
{
    if (b->n == 0) return;
    char last = b->p[b->n - 1];
    if (last != '{' && last != '[') buf_add_char(b, ',');
}

static void add_key(Buf *b, Str key)
{
    next(b);
    buf_add_json(b, key);
    buf_add_char(b, ':');
}

static void add_text(Buf *b, Str key, Str text)
{
    add_key(b, key);
    buf_add_json(b, text);
}

static void add_texts(Buf *b, Str key, LangTexts texts)
{
    if (texts.n == 0) return;
    add_key(b, key);
    buf_add_char(b, '{');
    Str done = {0};
    for (ptrdiff_t k = 0; k < texts.n; k++) {
        /* The next language in order of code; there are a dozen at most. */
        const LangText *least = NULL;
        for (ptrdiff_t i = 0; i < texts.n; i++) {
            const LangText *t = &texts.v[i];
            if (k && str_cmp(t->lang, done) <= 0) continue;
            if (!least || str_cmp(t->lang, least->lang) < 0) least = t;
        }
        if (!least) break;
        add_text(b, least->lang, least->text);
        done = least->lang;
    }
    buf_add_char(b, '}');
}

static void add_values(Buf *b, Str key, Values values)
{
    add_key(b, key);
    buf_add_char(b, '[');
    for (ptrdiff_t i = 0; i < values.n; i++) {
        next(b);
        buf_add_i64(b, values.v[i]);
    }
    buf_add_char(b, ']');
}

static void add_bool(Buf *b, Str key, bool is, bool otherwise)
{
    if (is == otherwise) return;
    add_key(b, key);
    buf_add(b, is ? S("true") : S("false"));
}

static void add_set(Buf *b, Str key, Values values, Values otherwise)
{
    if (!values_equal(values, otherwise)) add_values(b, key, values);
}

static void add_ask_if(Buf *b, const Item *item, const Item *from)
{
    if (!item->ask_if) return;
    if (item->ask_if == from->ask_if && values_equal(item->ask_in, from->ask_in)) return;
    add_key(b, S("ask_if"));
    buf_add_char(b, '{');
    add_values(b, S("in"), item->ask_in);
    add_text(b, S("item"), item->ask_if->code);
    buf_add_char(b, '}');
}

static void add_same_as(Buf *b, Str same_as)
{
    if (same_as.n == 0) return;
    ptrdiff_t slash = str_find_char(same_as, '/', 0);
    add_key(b, S("same_as"));
    buf_add_char(b, '{');
    add_text(b, S("item"), str_sub(same_as, slash + 1, same_as.n));
    add_text(b, S("questionnaire"), str_sub(same_as, 0, slash));
    buf_add_char(b, '}');
}

/* What an item says when it says nothing: its matrix's, else its scale's. */
static Item inherited(const Item *item)
{
    if (item->matrix) return *item->matrix;
    if (!item->scale) return (Item){0};
    return (Item){.agree = item->scale->agree, .disagree = item->scale->disagree, .dont_know = item->scale->dont_know};
}

static void add_item(Buf *b, const Questionnaire *q, const Item *item)
{
    Item from = inherited(item);
    next(b);
    buf_add_char(b, '{');
    add_set(b, S("agree"), item->agree, from.agree);
    add_ask_if(b, item, &from);
    add_text(b, S("code"), item->code);
    add_bool(b, S("core"), item->is_core, from.is_core);
    add_set(b, S("disagree"), item->disagree, from.disagree);
    add_set(b, S("dont_know"), item->dont_know, from.dont_know);
    if (item->kind == ITEM_MATRIX) {
        add_key(b, S("items"));
        buf_add_char(b, '[');
        for (ptrdiff_t i = item->position + 1; i < q->items.n && q->items.v[i].matrix == item; i++)
            add_item(b, q, &q->items.v[i]);
        buf_add_char(b, ']');
    }
    if (!item->matrix) add_text(b, S("kind"), kind_code(item->kind));
    add_bool(b, S("reverse"), item->is_reverse, from.is_reverse);
    add_same_as(b, item->same_as);
    if (item->scale && !item->matrix) add_text(b, S("scale"), item->scale->code);
    add_texts(b, S("text"), item->text);
    buf_add_char(b, '}');
}

static void add_section(Buf *b, const Questionnaire *q, const Section *section)
{
    next(b);
    buf_add_char(b, '{');
    add_text(b, S("code"), section->code);
    add_key(b, S("items"));
    buf_add_char(b, '[');
    for (ptrdiff_t i = section->first; i < section->first + section->count; i++)
        if (!q->items.v[i].matrix) add_item(b, q, &q->items.v[i]);
    buf_add_char(b, ']');
    if (section->theme.n) add_text(b, S("theme"), section->theme);
    add_texts(b, S("title"), section->title);
    buf_add_char(b, '}');
}

static void add_scale(Buf *b, const Scale *scale)
{
    add_key(b, scale->code);
    buf_add_char(b, '{');
    add_set(b, S("agree"), scale->agree, (Values){0});
    add_set(b, S("disagree"), scale->disagree, (Values){0});
    add_set(b, S("dont_know"), scale->dont_know, (Values){0});
    add_key(b, S("options"));
    buf_add_char(b, '[');
    for (ptrdiff_t i = 0; i < scale->options.n; i++) {
        next(b);
        buf_add_char(b, '{');
        add_texts(b, S("text"), scale->options.v[i].text);
        add_key(b, S("value"));
        buf_add_i64(b, scale->options.v[i].value);
        buf_add_char(b, '}');
    }
    buf_add(b, S("]}"));
}

static void add_score(Buf *b, const Score *score)
{
    next(b);
    buf_add_char(b, '{');
    add_text(b, S("code"), score->code);
    add_key(b, S("items"));
    buf_add_char(b, '[');
    for (ptrdiff_t i = 0; i < score->n; i++) {
        next(b);
        buf_add_json(b, score->items[i]->code);
    }
    buf_add_char(b, ']');
    add_key(b, S("min_answered"));
    buf_add_f64(b, score->min_answered);
    add_texts(b, S("title"), score->title);
    buf_add_char(b, '}');
}

static void add_languages(Buf *b, Strs languages)
{
    add_key(b, S("languages"));
    buf_add_char(b, '[');
    for (ptrdiff_t i = 0; i < languages.n; i++) {
        next(b);
        buf_add_json(b, languages.v[i]);
    }
    buf_add_char(b, ']');
}

/* An upper bound of what is written: escapes make a byte at most six, a value has
   at most eight digits and a comma, and no item, option or section has 400 bytes
   of keys. */
enum { ESCAPED = 6, VALUE_BYTES = 10, FRAME_BYTES = 400 };

static ptrdiff_t room_of_texts(LangTexts texts)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < texts.n; i++) n += ESCAPED * (texts.v[i].lang.n + texts.v[i].text.n) + 8;
    return n;
}

static ptrdiff_t room_of_values(ptrdiff_t agree, ptrdiff_t disagree, ptrdiff_t dont_know)
{
    return VALUE_BYTES * (agree + disagree + dont_know);
}

static ptrdiff_t room_of_item(const Item *item)
{
    ptrdiff_t codes = item->code.n + item->same_as.n + (item->scale ? item->scale->code.n : 0) +
                      (item->ask_if ? item->ask_if->code.n : 0);
    return FRAME_BYTES + ESCAPED * codes + room_of_texts(item->text) + VALUE_BYTES * item->ask_in.n +
           room_of_values(item->agree.n, item->disagree.n, item->dont_know.n);
}

static ptrdiff_t room_of_scale(const Scale *scale)
{
    ptrdiff_t n =
        FRAME_BYTES + ESCAPED * scale->code.n + room_of_values(scale->agree.n, scale->disagree.n, scale->dont_know.n);
    for (ptrdiff_t i = 0; i < scale->options.n; i++) n += FRAME_BYTES + room_of_texts(scale->options.v[i].text);
    return n;
}

static ptrdiff_t room_of(const Questionnaire *q)
{
    ptrdiff_t n = FRAME_BYTES + ESCAPED * q->code.n + room_of_texts(q->title);
    for (ptrdiff_t i = 0; i < q->languages.n; i++) n += ESCAPED * q->languages.v[i].n + 8;
    for (ptrdiff_t i = 0; i < q->items.n; i++) n += room_of_item(&q->items.v[i]);
    for (ptrdiff_t i = 0; i < q->scales.n; i++) n += room_of_scale(&q->scales.v[i]);
    for (ptrdiff_t i = 0; i < q->sections.n; i++) {
        const Section *s = &q->sections.v[i];
        n += FRAME_BYTES + ESCAPED * (s->code.n + s->theme.n) + room_of_texts(s->title);
    }
    for (ptrdiff_t i = 0; i < q->scores.n; i++) {
        const Score *s = &q->scores.v[i];
        n += FRAME_BYTES + ESCAPED * s->code.n + room_of_texts(s->title);
        for (ptrdiff_t k = 0; k < s->n; k++) n += ESCAPED * s->items[k]->code.n + 4;
    }
    return n;
}

Str questionnaire_json(Ctx *c, const Questionnaire *q)
{
    Buf b = buf_new(c->arena, room_of(q));
    buf_add_char(&b, '{');
    add_text(&b, S("code"), q->code);
    add_text(&b, S("format"), S("traad-questionnaire-1"));
    add_languages(&b, q->languages);
    add_key(&b, S("scales"));
    buf_add_char(&b, '{');
    for (ptrdiff_t i = 0; i < q->scales.n; i++) add_scale(&b, &q->scales.v[i]);
    buf_add_char(&b, '}');
    add_key(&b, S("scores"));
    buf_add_char(&b, '[');
    for (ptrdiff_t i = 0; i < q->scores.n; i++) add_score(&b, &q->scores.v[i]);
    buf_add_char(&b, ']');
    add_key(&b, S("sections"));
    buf_add_char(&b, '[');
    for (ptrdiff_t i = 0; i < q->sections.n; i++) add_section(&b, q, &q->sections.v[i]);
    buf_add_char(&b, ']');
    add_texts(&b, S("title"), q->title);
    buf_add_char(&b, '}');
    return buf_str(&b);
}
