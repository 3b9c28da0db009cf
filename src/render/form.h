/* A form is declared once: the same table draws the inputs (form_draw in
   form.html), tells web_form how to parse, and names the problems. */
#ifndef RENDER_FORM_H
#define RENDER_FORM_H

#include "base/ctx.h"

typedef enum FieldKind {
    FIELD_TEXT = 1,
    FIELD_LONG_TEXT,
    FIELD_EMAIL,
    FIELD_PASSWORD,   /* never shown again */
    FIELD_INTEGER,
    FIELD_DATE,       /* written DD-MM-YYYY */
    FIELD_CHOICE,     /* one of choices */
    FIELD_CHOICES,    /* any of choices */
    FIELD_CHECK,      /* one box */
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
    int64_t min, max;  /* text: characters; integer: value; date: days; 0,0: 1–200 characters for text, no limit else */
    Choices choices;   /* fixed ones; others through FormValues */
    const char *autocomplete;
} Field;

typedef struct Form {
    const Field *v;
    ptrdiff_t n;
} Form;

typedef struct FieldValue {
    Str raw;        /* as written */
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
} FormValues;

/* Empty values to fill in before drawing a form the first time. */
FormValues form_empty(Ctx *c, const Form *form);
/* By name; a name that the form lacks is a bug and ends the program. */
FieldValue *form_value(FormValues *values, const char *name);
/* Parses the raw values (already in place) and tells problems in Danish. */
MUST Err form_check(Ctx *c, FormValues *values);

#endif
