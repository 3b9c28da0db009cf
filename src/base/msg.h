/* A sentence for people, in Danish, that the writer (render/) translates by
   the viewer's language. Its own type, so that text without T() cannot reach
   a page unseen. "{1}" … "{4}" in the text stand for the arguments.
       T("Siden findes ikke.")
       TF("Linje {1} er ikke læst: {2}", line, reason)
       TN("{1} svar", "{1} svar", n)      singular and plural; {1} is n
       TC("knap", "Send")                 the same Danish word, another English one
   tool/ collects the texts for po/en.po by these four names. */
#ifndef BASE_MSG_H
#define BASE_MSG_H

#include "base/date.h"
#include "base/str.h"

typedef struct MsgArg {
    enum { ARG_NONE, ARG_INT, ARG_STR, ARG_DATE } kind;
    int64_t i; /* ARG_INT, or the day of ARG_DATE */
    Str s;
} MsgArg;

enum { MSG_ARGS = 4 };

typedef struct Msg {
    Str text;    /* Danish, also the key of the translation */
    Str plural;  /* empty unless TN */
    Str context; /* empty unless TC */
    MsgArg arg[MSG_ARGS];
} Msg;

static inline MsgArg msg_arg_int(int64_t v) { return (MsgArg){.kind = ARG_INT, .i = v}; }
static inline MsgArg msg_arg_str(Str s) { return (MsgArg){.kind = ARG_STR, .s = s}; }
static inline MsgArg msg_arg_date(Date d) { return (MsgArg){.kind = ARG_DATE, .i = d.day}; }

#define MSG_ARG(x)              \
    _Generic((x),               \
        Str: msg_arg_str,       \
        Date: msg_arg_date,     \
        default: msg_arg_int)(x)

#define T(da) ((Msg){.text = S(da)})
#define T_INIT(da) {.text = S_INIT(da)} /* for static tables */
#define TC(ctx, da) ((Msg){.text = S(da), .context = S(ctx)})
#define TN(one, many, count) ((Msg){.text = S(one), .plural = S(many), .arg = {msg_arg_int(count)}})

#define TF_1(da, a) ((Msg){.text = S(da), .arg = {MSG_ARG(a)}})
#define TF_2(da, a, b) ((Msg){.text = S(da), .arg = {MSG_ARG(a), MSG_ARG(b)}})
#define TF_3(da, a, b, c) ((Msg){.text = S(da), .arg = {MSG_ARG(a), MSG_ARG(b), MSG_ARG(c)}})
#define TF_4(da, a, b, c, d) ((Msg){.text = S(da), .arg = {MSG_ARG(a), MSG_ARG(b), MSG_ARG(c), MSG_ARG(d)}})
#define TF_PICK(_1, _2, _3, _4, name, ...) name
#define TF(da, ...) TF_PICK(__VA_ARGS__, TF_4, TF_3, TF_2, TF_1)(da, __VA_ARGS__)

/* Text that a person or a file wrote: shown as it is, in every language. */
static inline Msg msg_verbatim(Str s) { return (Msg){.text = S("{1}"), .arg = {{.kind = ARG_STR, .s = s}}}; }
/* Such a text, whatever its words. */
static inline bool msg_is_verbatim(Msg m) { return m.text.n == 3 && m.text.p[0] == '{' && m.text.p[1] == '1' && m.text.p[2] == '}'; }
static inline bool msg_is_empty(Msg m) { return m.text.n == 0; }

#endif
