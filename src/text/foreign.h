/* A text that holds stretches in another language than what is around them, such
   as a question that nobody translated, quoted in an English sentence. Whoever
   hears it needs to know (WCAG 2.1, 3.1.2).
   The stretch is marked inside the text by Unicode's language tags (U+E0001 with
   U+E0020 … U+E007E for the code's letters; U+E0001 U+E007F ends it), so that it
   goes through sentences and tables like any other text. Writers that show text
   take the marks out again (Spoken in render/out.h, render/pdf); one that forgets
   shows nothing strange, for these characters have no shape.
   Road not taken: a list of pieces instead of a text. Every sentence with an
   argument, and everything that holds a sentence, would have to become one. */
#ifndef TEXT_FOREIGN_H
#define TEXT_FOREIGN_H

#include "base/str.h"

enum { FOREIGN_LANG_MAX = 12 }; /* bytes of a code */

/* The text as a stretch in `lang`, 1 to 12 letters, digits and '-'; the text as it is where
   that is no such code. Marks inside it are taken out. */
Str text_foreign(Arena *arena, Str lang, Str text);
/* Without any marks; the same bytes where there are none. */
Str text_bare(Arena *arena, Str text);
bool text_has_foreign(Str text);

typedef struct TextPiece {
    Str text;
    Str lang; /* empty: that of the surroundings */
} TextPiece;
/* Takes the next piece off *rest; false at the end. A stretch may be empty, one
   that does not end goes on to the end, and a mark that is no code we would write
   (somebody typed it) is passed over. */
bool text_piece(Arena *arena, Str *rest, TextPiece *ret);

#endif
