/* What the log's codes are called on pages. Rows keep their codes: a word may be
   made better, a sealed row may not. */
#ifndef CORE_AUDIT_AUDIT_WORDS_H
#define CORE_AUDIT_AUDIT_WORDS_H

#include "base/msg.h"

typedef struct AuditWord {
    const char *code; /* of AuditRow.verb or .object */
    Msg words;
} AuditWord;
/* In the order of the list to choose from; ended by a row without code. */
extern const AuditWord audit_verbs[];

/* The code itself when the program has no words for it, as for what an older
   version has written. */
Msg audit_verb_words(Str code);
Msg audit_object_words(Str code);

#endif
