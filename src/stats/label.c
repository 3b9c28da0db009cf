#include "stats/label.h"

#include "base/number.h"

static bool response_is_low(LabelResponse r)
{
    return r.invited > 0 && (__int128)r.answered * 100 < (__int128)r.invited * LABEL_LEAST_PERCENT;
}

Label label_of(LabelInput in)
{
    if (!in.comparable) return LABEL_IKKE_SAMMENLIGNELIG;
    if (i64_min(in.n_before, in.n_now) < LABEL_LEAST_N) return LABEL_FAA_SVAR;
    if (response_is_low(in.before) || response_is_low(in.now)) return LABEL_FAA_SVAR;
    bool known = in.before.invited > 0 && in.now.invited > 0;
    return known && in.p_adjusted < 0.05 ? LABEL_SIKKER : LABEL_USIKKER;
}

static const Str codes[] = {
    [LABEL_SIKKER] = S_INIT("sikker"),
    [LABEL_USIKKER] = S_INIT("usikker"),
    [LABEL_FAA_SVAR] = S_INIT("faa_svar"),
    [LABEL_IKKE_SAMMENLIGNELIG] = S_INIT("ikke_sammenlignelig"),
};

Str label_code(Label label)
{
    return codes[label];
}

bool label_parse(Str code, Label *ret)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(codes); i++) {
        if (!str_eq(codes[i], code)) continue;
        *ret = (Label)i;
        return true;
    }
    return false;
}

bool label_markant(TwoShares s)
{
    __int128 d = (__int128)s.x2 * s.n1 - (__int128)s.x1 * s.n2;
    return 10 * (d < 0 ? -d : d) >= (__int128)s.n1 * s.n2;
}
