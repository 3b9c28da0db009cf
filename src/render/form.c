#include "render/form.h"

#include <assert.h>

#include "base/number.h"
#include "render/out.h"
#include "text/da.h"

/* ---- values ------------------------------------------------------------------ */

FormValues form_empty(Ctx *c, const Form *form)
{
    return (FormValues){.form = form, .v = NEW(c->arena, FieldValue, form->n)};
}

static ptrdiff_t field_index(const Form *form, Str name)
{
    for (ptrdiff_t i = 0; i < form->n; i++)
        if (str_eq(str_of_z(form->v[i].name), name)) return i;
    return -1;
}

FieldValue *form_value(FormValues *values, const char *name)
{
    ptrdiff_t i = field_index(values->form, str_of_z(name));
    assert(i >= 0);
    return &values->v[i];
}

void form_set_date(Ctx *c, FieldValue *value, Date d)
{
    Buf b = buf_new(c->arena, 24);
    text_form_date(&b, d);
    value->raw = buf_str(&b);
    value->number = d.day;
    value->given = true;
}

/* ---- checking: each kind answers the problem, empty when there is none --------- */

typedef struct Limits {
    int64_t min, max;
} Limits;
static const Limits usual[] = {
    [FIELD_TEXT] = {1, 200},     [FIELD_LONG_TEXT] = {1, 20000},       [FIELD_EMAIL] = {3, 254},
    [FIELD_PASSWORD] = {1, 1024}, [FIELD_INTEGER] = {INT64_MIN, INT64_MAX}, [FIELD_DATE] = {INT32_MIN, INT32_MAX},
    [FIELD_CHOICE] = {0, 0},     [FIELD_CHOICES] = {0, 0},             [FIELD_CHECK] = {0, 0},
    [FIELD_HIDDEN] = {0, 200},
};

static Limits limits_of(const Field *f)
{
    if (f->min == 0 && f->max == 0) return usual[f->kind];
    return (Limits){f->min, f->max < f->min ? INT64_MAX : f->max};
}

static Str label_of(Ctx *c, const Field *f)
{
    return msg_text(c, f->label);
}

static Msg length_problem(Ctx *c, const Field *f, Str text)
{
    Limits limits = limits_of(f);
    int64_t n = str_chars(text);
    if (n > limits.max) return TF("Skriv højst {1} tegn under »{2}«. Der står {3}.", limits.max, label_of(c, f), n);
    if (n < limits.min) return TF("Skriv mindst {1} tegn under »{2}«.", limits.min, label_of(c, f));
    return (Msg){0};
}

static bool has_control(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F) return true;
    return false;
}

static Msg check_text(Ctx *c, const Field *f, FieldValue *v)
{
    if (has_control(v->raw)) return TF("Skriv »{1}« på én linje.", label_of(c, f));
    return length_problem(c, f, v->raw);
}

static Msg check_long_text(Ctx *c, const Field *f, FieldValue *v)
{
    return length_problem(c, f, v->raw);
}

/* Enough to catch a slip of the hand; the letter that arrives is the proof. */
static bool is_email(Str s)
{
    ptrdiff_t at = str_find_char(s, '@', 0);
    if (at < 1 || str_find_char(s, '@', at + 1) >= 0) return false;
    if (has_control(s) || str_find_char(s, ' ', 0) >= 0) return false;
    Str host = str_sub(s, at + 1, s.n);
    ptrdiff_t dot = str_find_char(host, '.', 0);
    return dot > 0 && host.p[host.n - 1] != '.' && str_find(host, S(".."), 0) < 0;
}

static Msg check_email(Ctx *c, const Field *f, FieldValue *v)
{
    if (!is_email(v->raw)) return TF("Skriv en e-mailadresse under »{1}«, for eksempel navn@kommune.dk.", label_of(c, f));
    return length_problem(c, f, v->raw);
}

/* 1250 and, as Danes write it, 1.250. */
static bool parse_integer(Ctx *c, Str s, int64_t *ret)
{
    ptrdiff_t first = str_find_char(s, '.', 0);
    if (first < 0) return str_i64(s, ret);
    ptrdiff_t sign = s.p[0] == '-';
    if (first - sign < 1 || first - sign > 3) return false;
    Buf b = buf_new(c->arena, s.n);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        bool is_point = i >= first && (i - first) % 4 == 0;
        if (is_point != (s.p[i] == '.')) return false;
        if (!is_point) buf_add_char(&b, s.p[i]);
    }
    return (s.n - first) % 4 == 0 && str_i64(buf_str(&b), ret);
}

static Msg check_integer(Ctx *c, const Field *f, FieldValue *v)
{
    Limits limits = limits_of(f);
    if (!parse_integer(c, v->raw, &v->number)) return TF("Skriv et helt tal under »{1}«.", label_of(c, f));
    if (v->number >= limits.min && v->number <= limits.max) return (Msg){0};
    if (limits.max == INT64_MAX) return TF("Skriv mindst {1} under »{2}«.", limits.min, label_of(c, f));
    return TF("Skriv et tal fra {1} til {2} under »{3}«.", limits.min, limits.max, label_of(c, f));
}

static Msg check_date(Ctx *c, const Field *f, FieldValue *v)
{
    Limits limits = limits_of(f);
    Date d = {0};
    if (!date_parse_danish(v->raw, &d))
        return TF("Skriv en dato under »{1}«, for eksempel 14-01-2027.", label_of(c, f));
    v->number = d.day;
    if (d.day >= limits.min && d.day <= limits.max) return (Msg){0};
    Date from = {(int32_t)limits.min}, to = {(int32_t)i64_min(limits.max, INT32_MAX)};
    if (limits.max >= INT32_MAX) return TF("Skriv tidligst {1} under »{2}«.", from, label_of(c, f));
    return TF("Skriv en dato fra {1} til {2} under »{3}«.", from, to, label_of(c, f));
}

static Choices choices_of(const Field *f, const FieldValue *v)
{
    return v->choices.n > 0 ? v->choices : f->choices;
}

static bool is_choice(Choices all, Str value)
{
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (str_eq(all.v[i].value, value)) return true;
    return false;
}

static Msg check_choice(Ctx *c, const Field *f, FieldValue *v)
{
    if (is_choice(choices_of(f, v), v->raw)) return (Msg){0};
    return TF("Vælg en af mulighederne under »{1}«.", label_of(c, f));
}

static Msg check_choices(Ctx *c, const Field *f, FieldValue *v)
{
    for (ptrdiff_t i = 0; i < v->many.n; i++)
        if (!is_choice(choices_of(f, v), v->many.v[i]))
            return TF("Vælg mellem mulighederne under »{1}«.", label_of(c, f));
    return (Msg){0};
}

static Msg check_box(Ctx *c, const Field *f, FieldValue *v)
{
    (void)c;
    (void)f;
    v->number = 1;
    return (Msg){0};
}

static Msg check_hidden(Ctx *c, const Field *f, FieldValue *v)
{
    Limits limits = limits_of(f);
    (void)c;
    if (str_chars(v->raw) <= limits.max) return (Msg){0};
    return T("Noget på siden passer ikke længere. Hent siden igen, og prøv en gang til.");
}

static Msg missing_text(Str label) { return TF("Udfyld »{1}«.", label); }
static Msg missing_date(Str label) { return TF("Skriv en dato under »{1}«, for eksempel 14-01-2027.", label); }
static Msg missing_number(Str label) { return TF("Skriv et helt tal under »{1}«.", label); }
static Msg missing_choice(Str label) { return TF("Vælg noget under »{1}«.", label); }
static Msg missing_tick(Str label) { return TF("Sæt kryds ved »{1}«.", label); }
static Msg missing_hidden(Str label)
{
    (void)label;
    return T("Noget på siden passer ikke længere. Hent siden igen, og prøv en gang til.");
}

typedef struct KindRule {
    Msg (*check)(Ctx *c, const Field *f, FieldValue *v); /* of a value that is given */
    Msg (*missing)(Str label);
    bool trims;
} KindRule;
static const KindRule kind_rules[] = {
    [FIELD_TEXT] = {check_text, missing_text, true},
    [FIELD_LONG_TEXT] = {check_long_text, missing_text, false},
    [FIELD_EMAIL] = {check_email, missing_text, true},
    [FIELD_PASSWORD] = {check_text, missing_text, false},
    [FIELD_INTEGER] = {check_integer, missing_number, true},
    [FIELD_DATE] = {check_date, missing_date, true},
    [FIELD_CHOICE] = {check_choice, missing_choice, false},
    [FIELD_CHOICES] = {check_choices, missing_choice, false},
    [FIELD_CHECK] = {check_box, missing_tick, false},
    [FIELD_HIDDEN] = {check_hidden, missing_hidden, false},
};

static const KindRule *rule_of(const Field *f)
{
    assert(f->kind >= FIELD_TEXT && f->kind <= FIELD_HIDDEN);
    return &kind_rules[f->kind];
}

/* A password may be spaces; elsewhere spaces alone are nothing. */
static bool is_given(const Field *f, const FieldValue *v)
{
    if (f->kind == FIELD_CHOICES) return v->many.n > 0;
    if (f->kind == FIELD_PASSWORD) return v->raw.n > 0;
    return str_trim(v->raw).n > 0;
}

static Msg check_field(Ctx *c, const Field *f, FieldValue *v)
{
    const KindRule *rule = rule_of(f);
    if (rule->trims) v->raw = str_trim(v->raw);
    v->given = is_given(f, v);
    v->number = 0;
    if (v->given) return rule->check(c, f, v);
    return f->optional ? (Msg){0} : rule->missing(label_of(c, f));
}

Err form_check(Ctx *c, FormValues *values)
{
    for (ptrdiff_t i = 0; i < values->form->n; i++) {
        const Field *f = &values->form->v[i];
        FieldValue *v = &values->v[i];
        v->problem = check_field(c, f, v);
        if (!msg_is_empty(v->problem)) ctx_problem(c, str_of_z(f->name), v->problem);
    }
    values->problems = c->problems;
    return ctx_check(c);
}

/* ---- drawing ------------------------------------------------------------------------ */

enum { RADIOS_AT_MOST = 6 };

static const Problem *problems_of(Ctx *c, const FormValues *values)
{
    if (values->is_fresh) return NULL;
    return values->problems ? values->problems : c->problems;
}

static Msg problem_of(Ctx *c, const FormValues *values, ptrdiff_t i)
{
    if (!msg_is_empty(values->v[i].problem)) return values->v[i].problem;
    Str name = str_of_z(values->form->v[i].name);
    for (const Problem *p = problems_of(c, values); p; p = p->next)
        if (str_eq(p->field, name)) return p->what;
    return (Msg){0};
}

static bool is_on(const Field *f, const FieldValue *v, Str value)
{
    if (f->kind == FIELD_CHOICE) return str_eq(v->raw, value);
    for (ptrdiff_t i = 0; i < v->many.n; i++)
        if (str_eq(v->many.v[i], value)) return true;
    return false;
}

static ChoiceViews choice_views(Ctx *c, const Field *f, const FieldValue *v, Str id)
{
    Choices all = choices_of(f, v);
    ChoiceViews views = {.v = NEW(c->arena, ChoiceView, all.n), .n = all.n};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        Buf number = buf_new(c->arena, 24);
        buf_add_i64(&number, i);
        /* The first bears the field's own id: links from the summary lead to it. */
        views.v[i] = (ChoiceView){.id = i ? STR_CAT(c->arena, id, S("-"), buf_str(&number)) : id,
                                  .value = all.v[i].value,
                                  .label = all.v[i].label,
                                  .is_on = is_on(f, v, all.v[i].value)};
    }
    return views;
}

static Str input_type(FieldKind kind)
{
    if (kind == FIELD_EMAIL) return S("email");
    return kind == FIELD_PASSWORD ? S("password") : S("text");
}

static Str input_width(const Field *f)
{
    if (f->kind == FIELD_DATE || f->kind == FIELD_INTEGER) return S("input-width-s");
    return f->kind == FIELD_TEXT && f->max > 0 && f->max <= 20 ? S("input-width-m") : S("");
}

static Str described_by(Ctx *c, const FieldView *view)
{
    bool has_hint = !msg_is_empty(view->field->hint);
    if (has_hint && view->is_wrong) return STR_CAT(c->arena, view->hint_id, S(" "), view->fault_id);
    if (has_hint) return view->hint_id;
    return view->is_wrong ? view->fault_id : S("");
}

static FieldView view_of(Ctx *c, const FormValues *values, ptrdiff_t i)
{
    const Field *f = &values->form->v[i];
    const FieldValue *v = &values->v[i];
    FieldView view = {.field = f, .name = str_of_z(f->name), .problem = problem_of(c, values, i)};
    view.id = STR_CAT(c->arena, S("f-"), view.name);
    view.hint_id = STR_CAT(c->arena, view.id, S("-hint"));
    view.fault_id = STR_CAT(c->arena, view.id, S("-fault"));
    view.is_wrong = !msg_is_empty(view.problem);
    view.described_by = described_by(c, &view);
    view.type = input_type(f->kind);
    view.width = input_width(f);
    view.autocomplete = f->autocomplete ? str_of_z(f->autocomplete) : S("");
    view.raw = f->kind == FIELD_PASSWORD ? S("") : v->raw;
    view.is_ticked = str_trim(v->raw).n > 0;
    view.choices = choice_views(c, f, v, view.id);
    view.is_list = f->kind == FIELD_CHOICE && view.choices.n > RADIOS_AT_MOST;
    if (f->kind == FIELD_TEXT && view.choices.n) view.suggestions = STR_CAT(c->arena, view.id, S("-list"));
    view.is_group = f->kind == FIELD_CHOICES || (f->kind == FIELD_CHOICE && !view.is_list);
    view.says_optional = f->optional;
    return view;
}

FieldViews form_views(Ctx *c, const FormValues *values)
{
    FieldViews views = {.v = NEW(c->arena, FieldView, values->form->n), .n = values->form->n};
    for (ptrdiff_t i = 0; i < views.n; i++) views.v[i] = view_of(c, values, i);
    return views;
}

const FieldView *form_view(Ctx *c, const FormValues *values, const char *name)
{
    ptrdiff_t i = field_index(values->form, str_of_z(name));
    assert(i >= 0);
    FieldView *view = NEW(c->arena, FieldView, 1);
    *view = view_of(c, values, i);
    return view;
}

/* A hidden field cannot be gone to. */
static Str problem_link(Ctx *c, const FormValues *values, Str field)
{
    ptrdiff_t i = field_index(values->form, field);
    bool is_seen = i >= 0 && values->form->v[i].kind != FIELD_HIDDEN;
    return is_seen ? STR_CAT(c->arena, S("f-"), field) : S("");
}

ProblemViews form_problems(Ctx *c, const FormValues *values)
{
    ptrdiff_t n = 0;
    for (const Problem *p = problems_of(c, values); p; p = p->next) n++;
    ProblemViews views = {.v = NEW(c->arena, ProblemView, n)};
    for (const Problem *p = problems_of(c, values); p; p = p->next)
        views.v[views.n++] = (ProblemView){.id = problem_link(c, values, p->field), .what = p->what};
    return views;
}

Msg form_headline(Ctx *c, ptrdiff_t problems)
{
    if (problems == 1) return T("Ret én ting, før du sender");
    Str word = text_number_word(c->lang, problems);
    if (word.n == 0) return TF("Ret {1} ting, før du sender", problems);
    return TF("Ret {1} ting, før du sender", word);
}
