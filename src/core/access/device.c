#include "core/access/device.h"

#include "base/buf.h"
#include "core/app.h"

enum { RANDOM = 32, DAY = 8, FRONT = RANDOM + DAY, MAC = 64 };

static Str mac_of(Ctx *c, Str front, Str login_folded)
{
    return secret_mac(c, c->app->secrets, PURPOSE_DEVICE, STR_CAT(c->arena, front, S(":"), login_folded));
}

Str device_new(Ctx *c, Str login_folded)
{
    unsigned char bytes[RANDOM / 2];
    Buf day = buf_new(c->arena, 32);
    ctx_random(c, bytes, sizeof bytes);
    buf_add_padded(&day, c->today.day + DEVICE_DAYS, DAY);
    Str front = STR_CAT(c->arena, str_hex(c->arena, bytes, (ptrdiff_t)sizeof bytes), buf_str(&day));
    return STR_CAT(c->arena, front, mac_of(c, front, login_folded));
}

Str device_of(Ctx *c, Str cookie, Str login_folded)
{
    int64_t last = 0;
    Str front = str_sub(cookie, 0, FRONT);
    if (cookie.n != FRONT + MAC || !secret_equal(str_sub(cookie, FRONT, cookie.n), mac_of(c, front, login_folded))) return S("");
    bool is_fresh = str_i64(str_sub(front, RANDOM, FRONT), &last) && last >= c->today.day;
    return is_fresh ? secret_mac(c, c->app->secrets, PURPOSE_DEVICE, front) : S("");
}
