/* Included into every file of ours by the build (-include): the functions that
   we do not call (STYLE §4). The few places that must say so with
   #pragma push_macro or define TRAAD_ALLOW_… beside the reason. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if !defined(TRAAD_ALLOW_LIBC)
#pragma GCC poison strcpy strncpy strcat strncat sprintf vsprintf atoi atol atof strtol strtoul strtoll strtoull
#pragma GCC poison strtok gmtime localtime ctime alloca rand srand system getenv
#endif

#endif
