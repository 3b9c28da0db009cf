/* Keys by which names are ordered and found. Both engines compare them as
   bytes, since neither knows Danish: features store them in columns
   name_sort and name_fold beside the name.
   Latin letters only (Latin-1 and Latin Extended-A, composed or with combining
   marks); other scripts keep their bytes and stand last. */
#ifndef TEXT_NAME_H
#define TEXT_NAME_H

#include "base/str.h"

/* Danish alphabetical order: … x y z æ ø å, aa as å, ä as æ, ö as ø, ü as y,
   other accents and case ignored; spaces, hyphens and slashes are one space
   and stand first, points and apostrophes nothing (but what they part is no aa). Equal keys are possible:
   order by id after it.
   Source: Retskrivningsordbogen § 5, Dansk Standard DS 377. The first
   character is a–z, or '{' '|' '}' for æ ø å. At most s.n bytes. */
Str text_name_sort(Arena *arena, Str name);
/* The same equivalences written in letters, for finding: "Ålborg", "AALBORG"
   and "aalborg" are "ålborg", "André" is "andre". At most s.n bytes. */
Str text_name_fold(Arena *arena, Str name);
/* Lower case and nothing else: Latin, Greek and Cyrillic letters. */
Str text_lower(Arena *arena, Str s);

#endif
