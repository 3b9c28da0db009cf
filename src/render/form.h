/* A form is declared once: the same table draws the inputs (form_draw in
   form.html), tells web_form how to parse, and names the problems. */
#ifndef RENDER_FORM_H
#define RENDER_FORM_H

#include "base/ctx.h"

/* ---- declaring ---------------------------------------------------------- */

typedef enum FieldKind {
    FIELD_TEXT = 1,   /* with choices: they are suggested while one writes, and anything else is taken too */
    FIELD_LONG_TEXT,
    FIELD_EMAIL,
    FIELD_PASSWORD,   /* never shown again */
    FIELD_INTEGER,
    FIELD_DATE,       /* written DD-MM-YYYY */
    FIELD_CHOICE,     /* one of choices */
    FIELD_CHOICES,    /* any of choices */
    FIELD_CHECK,      /* one box; must be ticked unless optional */
    FIELD_HIDDEN,
} FieldKind;

typedef struct Choice {
    Str value;
    Msg label;
} Choice;
typedef struct Choices {
    const Choice *v;
    ptrdiff_t n;
} Choices;

typedef struct Field {
    const char *name;  /* of the input */
    FieldKind kind;
    Msg label;
    Msg hint;          /* between label and field */
    bool optional;     /* marked (valgfrit) */
    /* Text: characters; integer: value; date: days. max < min: no upper limit.
       0,0: TEXT 1–200 characters, LONG_TEXT 1–20,000, EMAIL 3–254, PASSWORD
       1–1,024, HIDDEN 0–200; INTEGER and DATE any. */
    int64_t min, max;
    Choices choices;   /* fixed ones; others through FormValues */
    const char *autocomplete;
} Field;

typedef struct Form {
    const Field *v;
    ptrdiff_t n;
} Form;

/* ---- values ------------------------------------------------------------- */

typedef struct FieldValue {
    Str raw;        /* as written; one-line kinds without spaces at the ends */
    int64_t number; /* INTEGER; the day of DATE; 1 for a ticked CHECK */
    Strs many;      /* CHOICES */
    bool given;     /* not left empty */
    Choices choices;/* overrides the declared ones when n > 0 */
    Msg problem;    /* empty: none */
} FieldValue;

/* One value a field of the form, same order. */
typedef struct FormValues {
    const Form *form;
    FieldValue *v;
    Problem *problems; /* also those without a field */
    bool is_fresh;     /* stands beside the form that was sent: what the Ctx was told is not about this one */
} FormValues;

/* Empty values to fill in before drawing a form the first time. */
FormValues form_empty(Ctx *c, const Form *form);
/* By name; a name that the form lacks is a bug and ends the program. */
FieldValue *form_value(FormValues *values, const char *name);
/* Prefill a DATE. */
void form_set_date(Ctx *c, FieldValue *value, Date d);
/* Parses the raw values (already in place: raw, many) into number and given,
   and tells every problem, in the viewer's language, both at its field and to
   the Ctx. E_INVALID when any was told, also earlier in this Ctx. */
MUST Err form_check(Ctx *c, FormValues *values);

/* ---- drawing (form.html) ------------------------------------------------ */
/* A feature's template has
       {% include "render/form.html.h" %}
       <form method="post" action="/support" novalidate>
         {% call form_hidden(p->nonce, p->version) %}
         {% call form_draw(&p->values) %}
   form_draw is the error summary and every field; form_summary and form_field
   draw them apart. A problem told after form_check (by the domain) appears at
   the field it names. */

typedef struct ChoiceView {
    Str id, value;
    Msg label;
    bool is_on;
} ChoiceView;
typedef struct ChoiceViews {
    ChoiceView *v;
    ptrdiff_t n;
} ChoiceViews;

typedef struct FieldView {
    const Field *field;
    Str name, id;          /* id of the input, of the first one in a group */
    Str hint_id, fault_id;
    Str described_by;      /* "hint_id fault_id", as far as they exist */
    Str type, width;       /* of <input>: "text", "email", "password"; class of its width */
    Str autocomplete;
    Str raw;               /* empty for a password */
    Msg problem;
    bool is_wrong, is_ticked;
    bool is_group;         /* radios or boxes in a fieldset */
    bool is_list;          /* more than six choices: a <select> */
    Str suggestions;       /* id of the <datalist> of a TEXT with choices; empty: none */
    bool says_optional;
    ChoiceViews choices;
} FieldView;
typedef struct FieldViews {
    FieldView *v;
    ptrdiff_t n;
} FieldViews;

/* One line of the summary. */
typedef struct ProblemView {
    Str id; /* of the field; empty: of none */
    Msg what;
} ProblemView;
typedef struct ProblemViews {
    ProblemView *v;
    ptrdiff_t n;
} ProblemViews;

FieldViews form_views(Ctx *c, const FormValues *values);
/* The view of one field, for forms that are laid out by hand. */
const FieldView *form_view(Ctx *c, const FormValues *values, const char *name);
ProblemViews form_problems(Ctx *c, const FormValues *values);
/* "Ret to ting, før du sender" */
Msg form_headline(Ctx *c, ptrdiff_t problems);

#endif
