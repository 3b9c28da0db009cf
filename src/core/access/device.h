/* Devices that an account was used on. Wrong tries slow an account and a network, and
   anybody can make them: a pupil who writes a head teacher's log-in and any password,
   time and again, would keep the whole school out. So a device where somebody has signed
   in carries a cookie for that log-in, and its tries are counted by themselves: what
   strangers do does not slow it, and whoever steals it guesses no faster than they do.

   The cookie is a random number, its last day, and a MAC over both and the log-in: it
   names nobody, and nothing is stored of it. It goes to the log-in pages alone.
   Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies. */
#ifndef CORE_ACCESS_DEVICE_H
#define CORE_ACCESS_DEVICE_H

#include "base/ctx.h"

enum { DEVICE_DAYS = 180 };

/* A cookie for this device and log-in, at a sign-in that was right in every part. */
Str device_new(Ctx *c, Str login_folded);
/* What counts this device's tries with that log-in: 64 hexadecimal digits; empty
   unless the cookie is ours, for this log-in, and not too old. */
Str device_of(Ctx *c, Str cookie, Str login_folded);

#endif
