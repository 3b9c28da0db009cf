/* A LimeSurvey survey as ours. Groups become sections, arrays matrices, coded
   answers numbered options; what has no counterpart is told in the notes. The
   result goes through questionnaire_parse like any file, so nothing here has to
   look for doubled codes or too many items. */
#include "feature/limesurvey/limesurvey_inside.h"

#include "base/buf.h"
#include "base/number.h"

/* Answers to choose between, with LimeSurvey's codes for them. */
typedef struct LssChoices {
    Strs codes;
    Options options;
    Values agree, disagree, dont_know;
} LssChoices;

/* What a name in a condition stands for. */
typedef struct Named {
    Item *item;
    Strs codes;    /* of its options, in their order */
    int64_t value; /* of a part of a multiple question */
    bool is_part;
} Named;

typedef struct Maker {
    Ctx *c;
    const LssSurvey *s;
    Questionnaire q;
    Strs notes;
    Codes names;
    struct {
        Named *v;
        ptrdiff_t n;
    } named;
    bool has_foreign_words;
} Maker;

enum { NOTES_MAX = 500 };

#define SAY(m, ...) STR_CAT((m)->c->arena, __VA_ARGS__)

static void note(Maker *m, Str what)
{
    if (m->notes.n < NOTES_MAX) m->notes.v[m->notes.n++] = what;
}

static Str number(Maker *m, int64_t n)
{
    Buf b = buf_new(m->c->arena, 24);
    buf_add_i64(&b, n);
    return buf_str(&b);
}

/* ---- kinds of questions --------------------------------------------------------------- */

typedef enum Shape {
    SHAPE_NONE,
    SHAPE_ONE,
    SHAPE_MANY,
    SHAPE_MATRIX,
    SHAPE_NUMBER,
    SHAPE_NUMBERS,
    SHAPE_TEXT,
    SHAPE_TEXTS
} Shape;

typedef struct Word {
    const char *code, *da, *en;
} Word;
enum { WORDS_MAX = 10 };

/* Answers that LimeSurvey has itself; agree, disagree and dont_know are places
   among them, counted from 1, 0 for none. */
typedef struct BuiltIn {
    const char *name;
    Word words[WORDS_MAX];
    int agree, disagree, dont_know;
} BuiltIn;

static const BuiltIn yes_no = {
    "janej", {{"Y", "Ja", "Yes"}, {"N", "Nej", "No"}},
     1, 2, 0
};
static const BuiltIn yes_unsure_no = {
    "ja-usikker-nej", {{"Y", "Ja", "Yes"}, {"U", "Usikker", "Uncertain"}, {"N", "Nej", "No"}},
     1, 3, 2
};
static const BuiltIn more_less = {
    "stigning", {{"I", "Stigning", "Increase"}, {"S", "Uændret", "Same"}, {"D", "Fald", "Decrease"}},
     0, 0, 0
};
static const BuiltIn gender = {
    "koen", {{"F", "Kvinde", "Female"}, {"M", "Mand", "Male"}},
     0, 0, 0
};
static const BuiltIn to_five = {
    "1-5", {{"1", "1", "1"}, {"2", "2", "2"}, {"3", "3", "3"}, {"4", "4", "4"}, {"5", "5", "5"}},
     0, 0, 0
};
static const BuiltIn to_ten = {
    "1-10",
    {{"1", "1", "1"},
      {"2", "2", "2"},
      {"3", "3", "3"},
      {"4", "4", "4"},
      {"5", "5", "5"},
      {"6", "6", "6"},
      {"7", "7", "7"},
      {"8", "8", "8"},
      {"9", "9", "9"},
      {"10", "10", "10"}},
    0,
    0,
    0
};

typedef struct TypeRow {
    char type;
    Shape shape;
    const BuiltIn *words; /* NULL: its own answers */
    const char *lost;     /* what of it has no counterpart; NULL: nothing */
} TypeRow;

static const TypeRow types[] = {
    {'L', SHAPE_ONE,     NULL,           NULL                             },
    {'!', SHAPE_ONE,     NULL,           NULL                             },
    {'O', SHAPE_ONE,     NULL,           "its comment field is left out"  },
    {'Y', SHAPE_ONE,     &yes_no,        NULL                             },
    {'G', SHAPE_ONE,     &gender,        NULL                             },
    {'5', SHAPE_ONE,     &to_five,       NULL                             },
    {'M', SHAPE_MANY,    NULL,           NULL                             },
    {'P', SHAPE_MANY,    NULL,           "its comment fields are left out"},
    {'A', SHAPE_MATRIX,  &to_five,       NULL                             },
    {'B', SHAPE_MATRIX,  &to_ten,        NULL                             },
    {'C', SHAPE_MATRIX,  &yes_unsure_no, NULL                             },
    {'E', SHAPE_MATRIX,  &more_less,     NULL                             },
    {'F', SHAPE_MATRIX,  NULL,           NULL                             },
    {'H', SHAPE_MATRIX,  NULL,           NULL                             },
    {'N', SHAPE_NUMBER,  NULL,           NULL                             },
    {'K', SHAPE_NUMBERS, NULL,           NULL                             },
    {'S', SHAPE_TEXT,    NULL,           NULL                             },
    {'T', SHAPE_TEXT,    NULL,           NULL                             },
    {'U', SHAPE_TEXT,    NULL,           NULL                             },
    {'Q', SHAPE_TEXTS,   NULL,           NULL                             },
    {'X', SHAPE_NONE,    NULL,           "a text without an answer"       },
    {'D', SHAPE_NONE,    NULL,           "a date"                         },
    {'R', SHAPE_NONE,    NULL,           "a ranking"                      },
    {':', SHAPE_NONE,    NULL,           "a table of numbers"             },
    {';', SHAPE_NONE,    NULL,           "a table of texts"               },
    {'1', SHAPE_NONE,    NULL,           "a table with two scales"        },
    {'I', SHAPE_NONE,    NULL,           "a choice of language"           },
    {'*', SHAPE_NONE,    NULL,           "an equation"                    },
    {'|', SHAPE_NONE,    NULL,           "an upload of files"             },
};

static const TypeRow *type_of(char type)
{
    static const TypeRow unknown = {' ', SHAPE_NONE, NULL, "a kind that is not known here"};
    for (ptrdiff_t i = 0; i < COUNT_OF(types); i++)
        if (types[i].type == type) return &types[i];
    return &unknown;
}

/* ---- choices ------------------------------------------------------------------------------ */

static LangTexts built_in_text(Maker *m, const Word *word)
{
    LangTexts texts = {.v = NEW(m->c->arena, LangText, m->s->languages.n)};
    for (ptrdiff_t i = 0; i < m->s->languages.n; i++) {
        Str lang = m->s->languages.v[i];
        bool is_danish = str_starts(lang, S("da"));
        bool is_same = str_eq(str_of_z(word->da), str_of_z(word->en)); /* digits */
        if (!is_danish && !is_same && !str_starts(lang, S("en"))) m->has_foreign_words = true;
        texts.v[texts.n++] = (LangText){lang, str_of_z(is_danish ? word->da : word->en)};
    }
    return texts;
}

static Values one_value(Maker *m, int place)
{
    if (place == 0) return (Values){0};
    Values values = {.v = NEW(m->c->arena, int64_t, 1), .n = 1};
    values.v[0] = place;
    return values;
}

static LssChoices built_in(Maker *m, const BuiltIn *b)
{
    LssChoices all = {.codes.v = NEW(m->c->arena, Str, WORDS_MAX), .options.v = NEW(m->c->arena, Option, WORDS_MAX)};
    for (int i = 0; i < WORDS_MAX && b->words[i].code; i++) {
        all.codes.v[all.codes.n++] = str_of_z(b->words[i].code);
        all.options.v[all.options.n++] = (Option){.value = i + 1, .text = built_in_text(m, &b->words[i])};
    }
    all.agree = one_value(m, b->agree);
    all.disagree = one_value(m, b->disagree);
    all.dont_know = one_value(m, b->dont_know);
    return all;
}

static LangTexts or_code(Maker *m, LangTexts texts, Str code)
{
    if (texts.n) return texts;
    note(m, SAY(m, code, S(": it has no text; its code stands for it")));
    texts.v = NEW(m->c->arena, LangText, 1);
    texts.v[0] = (LangText){m->s->languages.v[0], code.n ? code : S("-")};
    texts.n = 1;
    return texts;
}

/* Codes that are whole numbers stay what they are; else they are numbered from 1. */
static void number_options(LssChoices *all)
{
    bool are_numbers = true;
    for (ptrdiff_t i = 0; i < all->codes.n; i++) {
        int64_t v = 0;
        are_numbers = are_numbers && str_i64(all->codes.v[i], &v) && v > -100000 && v < 100000;
        all->options.v[i].value = v;
    }
    for (ptrdiff_t i = 0; i < all->options.n && !are_numbers; i++) all->options.v[i].value = i + 1;
}

static LssChoices own_answers(Maker *m, const LssQuestion *q)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < m->s->answers.n; i++) n += str_eq(m->s->answers.v[i].qid, q->qid);
    LssChoices all = {.codes.v = NEW(m->c->arena, Str, n), .options.v = NEW(m->c->arena, Option, n)};
    for (ptrdiff_t i = 0; i < m->s->answers.n; i++) {
        const LssAnswer *a = &m->s->answers.v[i];
        if (!str_eq(a->qid, q->qid) || a->scale != 0) continue;
        all.codes.v[all.codes.n++] = a->code;
        all.options.v[all.options.n++].text = or_code(m, a->text, a->code);
    }
    number_options(&all);
    return all;
}

static bool is_sub(const LssQuestion *sub, const LssQuestion *q)
{
    return sub->scale == 0 && str_eq(sub->parent, q->qid);
}

static LssChoices own_parts(Maker *m, const LssQuestion *q)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < m->s->subs.n; i++) n += is_sub(&m->s->subs.v[i], q);
    LssChoices all = {.codes.v = NEW(m->c->arena, Str, n), .options.v = NEW(m->c->arena, Option, n)};
    for (ptrdiff_t i = 0; i < m->s->subs.n; i++) {
        const LssQuestion *sub = &m->s->subs.v[i];
        if (!is_sub(sub, q)) continue;
        all.codes.v[all.codes.n++] = sub->title;
        all.options.v[all.options.n++] = (Option){.value = all.codes.n, .text = or_code(m, sub->text, sub->title)};
    }
    return all;
}

static bool same_choices(const Scale *scale, const LssChoices *all)
{
    if (scale->options.n != all->options.n || !values_equal(scale->agree, all->agree)) return false;
    for (ptrdiff_t i = 0; i < all->options.n; i++) {
        const Option *a = &scale->options.v[i], *b = &all->options.v[i];
        if (a->value != b->value || !lang_texts_equal(a->text, b->text)) return false;
    }
    return true;
}

static const Scale *scale_of(Maker *m, Str name, const LssChoices *all)
{
    for (ptrdiff_t i = 0; i < m->q.scales.n; i++)
        if (same_choices(&m->q.scales.v[i], all)) return &m->q.scales.v[i];
    Scale *scale = &m->q.scales.v[m->q.scales.n++];
    *scale = (Scale){.code = name,
                     .options = all->options,
                     .agree = all->agree,
                     .disagree = all->disagree,
                     .dont_know = all->dont_know};
    return scale;
}

/* ---- items ------------------------------------------------------------------------------------ */

static Str sgqa(Maker *m, const LssQuestion *q, Str sub)
{
    return SAY(m, m->s->sid, S("X"), q->gid, S("X"), q->qid, sub);
}

static void name_it(Maker *m, Str name, Named what)
{
    if (!codes_add(&m->names, name, m->named.n)) return;
    m->named.v[m->named.n++] = what;
}

static Item *add(Maker *m, ItemKind kind, Str code, LangTexts text)
{
    Item *item = &m->q.items.v[m->q.items.n];
    Str section = m->q.sections.v[m->q.sections.n].code;
    *item = (Item){
        .position = m->q.items.n++, .code = code, .section = section, .kind = kind, .text = or_code(m, text, code)};
    return item;
}

static void give_scale(Maker *m, Item *item, Str name, const LssChoices *all)
{
    item->scale = scale_of(m, name, all);
    item->options = item->scale->options;
    item->agree = item->scale->agree;
    item->disagree = item->scale->disagree;
    item->dont_know = item->scale->dont_know;
}

static Item *add_one(Maker *m, const LssQuestion *q, const TypeRow *type)
{
    LssChoices all = type->words ? built_in(m, type->words) : own_answers(m, q);
    if (all.options.n == 0) {
        note(m, SAY(m, q->title, S(": left out, it has no answers to choose between")));
        return NULL;
    }
    Item *item = add(m, ITEM_SINGLE, q->title, q->text);
    give_scale(m, item, type->words ? str_of_z(type->words->name) : q->title, &all);
    Named named = {.item = item, .codes = all.codes};
    name_it(m, q->title, named);
    name_it(m, sgqa(m, q, S("")), named);
    return item;
}

static Item *add_many(Maker *m, const LssQuestion *q)
{
    LssChoices all = own_parts(m, q);
    if (all.options.n == 0) {
        note(m, SAY(m, q->title, S(": left out, it has no answers to choose between")));
        return NULL;
    }
    Item *item = add(m, ITEM_MULTIPLE, q->title, q->text);
    give_scale(m, item, q->title, &all);
    for (ptrdiff_t i = 0; i < all.codes.n; i++) {
        Named named = {.item = item, .value = all.options.v[i].value, .is_part = true};
        name_it(m, SAY(m, q->title, S("_"), all.codes.v[i]), named);
        name_it(m, sgqa(m, q, all.codes.v[i]), named);
    }
    return item;
}

static Item *add_matrix(Maker *m, const LssQuestion *q, const TypeRow *type)
{
    LssChoices all = type->words ? built_in(m, type->words) : own_answers(m, q);
    LssChoices rows = own_parts(m, q);
    if (all.options.n == 0 || rows.options.n == 0) {
        note(m, SAY(m, q->title, S(": left out, it has no rows or no answers to choose between")));
        return NULL;
    }
    Item *matrix = add(m, ITEM_MATRIX, q->title, q->text);
    give_scale(m, matrix, type->words ? str_of_z(type->words->name) : q->title, &all);
    for (ptrdiff_t i = 0; i < rows.options.n; i++) {
        Item *row = add(m, ITEM_SINGLE, SAY(m, q->title, S("_"), rows.codes.v[i]), rows.options.v[i].text);
        row->matrix = matrix;
        give_scale(m, row, S(""), &all);
        Named named = {.item = row, .codes = all.codes};
        name_it(m, row->code, named);
        name_it(m, sgqa(m, q, rows.codes.v[i]), named);
    }
    return matrix;
}

/* "Question: part", in every language that has both. */
static LangTexts joined(Maker *m, LangTexts question, LangTexts part)
{
    LangTexts texts = {.v = NEW(m->c->arena, LangText, part.n)};
    for (ptrdiff_t i = 0; i < part.n; i++) {
        Str whole = lang_text(question, part.v[i].lang);
        Str text = whole.n ? SAY(m, whole, S(": "), part.v[i].text) : part.v[i].text;
        texts.v[texts.n++] = (LangText){part.v[i].lang, text};
    }
    return texts;
}

/* One item a part: several numbers, several short texts. The first is given back
   only to say that there is one. */
static Item *add_parts(Maker *m, const LssQuestion *q, ItemKind kind)
{
    LssChoices parts = own_parts(m, q);
    ptrdiff_t first = m->q.items.n;
    for (ptrdiff_t i = 0; i < parts.options.n; i++)
        add(m, kind, SAY(m, q->title, S("_"), parts.codes.v[i]), joined(m, q->text, parts.options.v[i].text));
    if (parts.options.n) return &m->q.items.v[first];
    note(m, SAY(m, q->title, S(": left out, it has no parts")));
    return NULL;
}

static Item *add_shape(Maker *m, const LssQuestion *q, const TypeRow *type)
{
    switch (type->shape) {
    case SHAPE_NONE: note(m, SAY(m, q->title, S(": left out, it is "), str_of_z(type->lost))); return NULL;
    case SHAPE_ONE: return add_one(m, q, type);
    case SHAPE_MANY: return add_many(m, q);
    case SHAPE_MATRIX: return add_matrix(m, q, type);
    case SHAPE_NUMBER: return add(m, ITEM_NUMBER, q->title, q->text);
    case SHAPE_NUMBERS: return add_parts(m, q, ITEM_NUMBER);
    case SHAPE_TEXT: return add(m, ITEM_TEXT, q->title, q->text);
    case SHAPE_TEXTS: return add_parts(m, q, ITEM_TEXT);
    }
    return NULL;
}

/* ---- conditions ---------------------------------------------------------------------------------- */

static bool value_of(const Named *named, Str code, int64_t *ret)
{
    if (named->is_part) {
        *ret = named->value;
        return str_eq(code, S("Y"));
    }
    for (ptrdiff_t i = 0; i < named->codes.n; i++) {
        if (!str_eq(named->codes.v[i], code)) continue;
        *ret = named->item->options.v[i].value;
        return true;
    }
    return false;
}

/* Answered at all: any of its options. */
static bool translate_any(Maker *m, Str name, const Item *before, const Item **ret_item, Values *ret_in)
{
    ptrdiff_t at = codes_find(&m->names, name);
    const Named *named = at < 0 ? NULL : &m->named.v[at];
    if (!named || named->is_part || named->item->position >= before->position) return false;
    Values in = {.v = NEW(m->c->arena, int64_t, named->item->options.n)};
    for (ptrdiff_t i = 0; i < named->item->options.n; i++) in.v[in.n++] = named->item->options.v[i].value;
    *ret_item = named->item;
    *ret_in = in;
    return true;
}

/* All comparisons must be about one earlier item. */
static bool translate(Maker *m, Str relevance, const Item *before, const Item **ret_item, Values *ret_in)
{
    LssCondition rule = {0};
    if (!limesurvey_condition(m->c->arena, relevance, &rule)) return false;
    if (rule.is_any) return translate_any(m, rule.names.v[0], before, ret_item, ret_in);
    const Item *item = NULL;
    Values in = {.v = NEW(m->c->arena, int64_t, rule.names.n)};
    for (ptrdiff_t i = 0; i < rule.names.n; i++) {
        ptrdiff_t at = codes_find(&m->names, rule.names.v[i]);
        const Named *named = at < 0 ? NULL : &m->named.v[at];
        int64_t value = 0;
        if (!named || named->item->position >= before->position || (item && item != named->item)) return false;
        if (!value_of(named, rule.codes.v[i], &value)) return false;
        item = named->item;
        if (!values_have(in, value)) in.v[in.n++] = value;
    }
    *ret_item = item;
    *ret_in = in;
    return true;
}

static bool is_condition(Str relevance)
{
    Str rule = str_trim(relevance);
    return rule.n > 0 && !str_eq(rule, S("1"));
}

/* The items of one question, from `first` to the last. */
static void bind(Maker *m, Str title, Str relevance, Item *first)
{
    const Item *asked = NULL;
    Values in = {0};
    if (!is_condition(relevance)) return;
    if (!translate(m, relevance, first, &asked, &in)) {
        note(m, SAY(m, title, S(": asked of everybody, because its condition cannot be said here: "),
                    str_sub(relevance, 0, 200)));
        return;
    }
    for (Item *item = first; item < m->q.items.v + m->q.items.n; item++) {
        item->ask_if = asked;
        item->ask_in = in;
    }
}

/* ---- the whole -------------------------------------------------------------------------------------- */

static void add_question(Maker *m, const LssGroup *group, const LssQuestion *q)
{
    const TypeRow *type = type_of(q->type);
    Item *first = add_shape(m, q, type);
    if (!first) return;
    if (type->lost) note(m, SAY(m, q->title, S(": "), str_of_z(type->lost)));
    if (q->has_other) note(m, SAY(m, q->title, S(": the free answer \"other\" is left out")));
    /* One condition an item: its own goes before its group's, which then is told. */
    bool own = is_condition(q->relevance), of_group = is_condition(group->relevance);
    if (own && of_group)
        note(m, SAY(m, q->title, S(": the condition of its group is left out: "), str_sub(group->relevance, 0, 200)));
    bind(m, q->title, own ? q->relevance : group->relevance, first);
}

static void add_group(Maker *m, const LssGroup *group)
{
    Section *section = &m->q.sections.v[m->q.sections.n];
    *section = (Section){.code = SAY(m, S("G"), group->gid), .title = group->name, .first = m->q.items.n};
    for (ptrdiff_t i = 0; i < m->s->questions.n; i++)
        if (str_eq(m->s->questions.v[i].gid, group->gid)) add_question(m, group, &m->s->questions.v[i]);
    section->count = m->q.items.n - section->first;
    if (section->count)
        m->q.sections.n++;
    else
        note(m, SAY(m, section->code, S(": left out, none of its questions can be asked here")));
}

static void tell_losses(Maker *m)
{
    if (m->s->stripped) note(m, SAY(m, S("markup is taken out of "), number(m, m->s->stripped), S(" texts")));
    if (m->s->cut) note(m, SAY(m, number(m, m->s->cut), S(" texts were too long and are cut")));
    if (m->has_foreign_words)
        note(m, S("LimeSurvey's own answers (yes, no …) are in English also in the other languages"));
}

static Maker maker_of(Ctx *c, const LssSurvey *s)
{
    ptrdiff_t n = s->questions.n + s->subs.n;
    Maker m = {.c = c, .s = s, .notes.v = NEW(c->arena, Str, NOTES_MAX)};
    m.names = codes_new(c->arena, 2 * n);
    m.named.v = NEW(c->arena, Named, 2 * n);
    m.q = (Questionnaire){.code = SAY(&m, S("LS"), s->sid), .languages = s->languages, .title = s->title};
    m.q.items.v = NEW(c->arena, Item, n);
    m.q.sections.v = NEW(c->arena, Section, s->groups.n + 1);
    m.q.scales.v = NEW(c->arena, Scale, s->questions.n);
    return m;
}

Err limesurvey_questionnaire(Ctx *c, Str xml, Str *ret_json, Strs *ret_notes)
{
    LssSurvey s = {0};
    TRY(limesurvey_read(c, xml, &s));
    if (s.questions.n > QUESTIONNAIRE_ITEMS || s.groups.n > QUESTIONNAIRE_ITEMS)
        return fail(c, E_INVALID, TF("Spørgeskemaet har for mange spørgsmål. Der må højst være {1}.", QUESTIONNAIRE_ITEMS));
    Maker m = maker_of(c, &s);
    m.q.title = or_code(&m, s.title, m.q.code);
    for (ptrdiff_t i = 0; i < s.groups.n; i++) add_group(&m, &s.groups.v[i]);
    tell_losses(&m);
    *ret_json = questionnaire_json(c, &m.q);
    *ret_notes = m.notes;
    return OK;
}

const Feature limesurvey_feature = {.name = "limesurvey"};
