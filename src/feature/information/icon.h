/* The mark as an icon, made at build (tool/icon.py). */
#ifndef FEATURE_INFORMATION_ICON_H
#define FEATURE_INFORMATION_ICON_H

#include "base/str.h"

extern const Str icon_svg;
extern const unsigned char icon_ico[]; /* one picture of 32 × 32 */
extern const ptrdiff_t icon_ico_n;

#endif
