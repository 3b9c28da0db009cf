/* The mark as an icon for /favicon.ico, made at build (tool/icon.py); pages name the
   asset mark.svg. */
#ifndef FEATURE_INFORMATION_ICON_H
#define FEATURE_INFORMATION_ICON_H

#include <stddef.h>

extern const unsigned char icon_ico[]; /* one picture of 32 × 32 */
extern const ptrdiff_t icon_ico_n;

#endif
