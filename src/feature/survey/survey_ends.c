/* The loose ends of waves: what stands still until somebody takes the next step. */
#include "feature/survey/survey_ends.h"

#include "base/number.h"
#include "core/access/access.h"
#include "feature/survey/survey_view.h"

enum { SOON_DAYS = 7, OPENS_SOON_DAYS = 14 };

typedef struct End {
    WaveState state;
    const Need *need;
    int cost;
    Msg headline, about, waiting, button, strip; /* headline and about: {1} the wave, {2} its day */
    Str more;                                    /* behind the wave's own path */
} End;

/* A wave has at most one of each state that the viewer may do something about. */
static const End ends[] = {
    {WAVE_KLADDE, NEED_WAVE_DECIDE, 4, T_INIT("Åbn målingen {1}"), T_INIT("Skal åbne {2}"),
     T_INIT("Ingen kan svare, før den er åbnet, heller ikke med en kode."), T_INIT("Gør målingen klar"), T_INIT("Målingen er ikke åbnet"),
     S_INIT("")},
    {WAVE_AABEN, NEED_RESPONSE_RATE_READ, 3, T_INIT("Se, hvor mange der mangler at svare i {1}"), T_INIT("Lukker {2}"),
     T_INIT("Når målingen er lukket, kan ingen svare mere."), T_INIT("Se svarene"), T_INIT("Målingen lukker snart"), S_INIT("#enheder")},
    {WAVE_LUKKET, NEED_WAVE_DECIDE, 2, T_INIT("Gennemgå svarene i {1}"), T_INIT("Lukkede {2}"),
     T_INIT("Skolerne får ingen rapport, før svarene er gennemgået."), T_INIT("Gennemgå svarene"), T_INIT("Svarene er ikke gennemgået"),
     S_INIT("/trin/kontrolleret")},
    {WAVE_KONTROLLERET, NEED_WAVE_DECIDE, 2, T_INIT("Frigiv rapporterne for {1}"), T_INIT("Lukkede {2}"),
     T_INIT("Skolerne venter på at kunne læse, hvad svarene viser."), T_INIT("Frigiv rapporterne"), T_INIT("Rapporterne er ikke frigivet"),
     S_INIT("/frigiv")},
};

static bool is_time(Ctx *c, const Wave *wave)
{
    if (wave->state == WAVE_KLADDE) return wave->opens_on.day <= c->today.day + OPENS_SOON_DAYS && c->today.day <= wave->closes_on.day;
    if (wave->state == WAVE_AABEN) return wave->opens_on.day <= c->today.day && wave->closes_on.day <= c->today.day + SOON_DAYS;
    return true;
}

/* Of a region's wave a school has its own part: rates and codes are asked there. */
static Err may_at(Ctx *c, const Wave *wave, const Need *need, bool *ret)
{
    Place place = {0};
    TRY(survey_place(c, wave->uid, &place));
    *ret = access_may(c, need, wave->state == WAVE_AABEN ? NULL : &place);
    return OK;
}

static Msg filled(Msg text, const Wave *wave, Date day)
{
    text.arg[0] = msg_arg_str(wave->name);
    text.arg[1] = msg_arg_date(day);
    return text;
}

/* "Lukker 28. november 2026. Strandmarkskolen: mindst 35 af 104 har svaret." */
static Err with_rate(Ctx *c, const Wave *wave, Msg *about)
{
    Str unit = {0};
    Msg answered = {0};
    Err err = survey_answered_own(c, wave->id, &unit, &answered);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    *about = TF("Lukker {1}. {2}: {3} har svaret.", wave->closes_on, unit, msg_text(c, answered));
    return OK;
}

static Err add(Ctx *c, const Wave *wave, const End *e, LooseEnd **list)
{
    Date day = wave->state == WAVE_KLADDE ? wave->opens_on : wave->closes_on;
    bool was_early = e->state >= WAVE_LUKKET && c->today.day < wave->closes_on.day;
    LooseEnd *end = NEW(c->arena, LooseEnd, 1);
    *end = (LooseEnd){
        .cost = e->cost,
        .due = wave->state == WAVE_KLADDE || wave->state == WAVE_AABEN ? day : (Date){0},
        .headline = filled(e->headline, wave, day),
        .about = was_early ? T("Lukket før tiden") : filled(e->about, wave, day),
        .waiting = e->waiting,
        .button = e->button,
        .href = STR_CAT(c->arena, S("/maaling/"), wave->uid, e->more),
        .knots_done = 1,
        .strip = e->strip,
        .next = *list,
    };
    if (e->state == WAVE_AABEN) TRY(with_rate(c, wave, &end->about));
    *list = end;
    return OK;
}

Err survey_loose_ends(Ctx *c, LooseEnd **list)
{
    Waves all = {0};
    if (!access_may(c, NEED_WAVE_READ, NULL)) return OK;
    TRY(survey_under_way(c, &all));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const Wave *wave = &all.v[i];
        for (ptrdiff_t k = 0; k < COUNT_OF(ends); k++) {
            bool may = false;
            if (ends[k].state != wave->state || !is_time(c, wave)) continue;
            TRY(may_at(c, wave, ends[k].need, &may));
            if (may) TRY(add(c, wave, &ends[k], list));
        }
    }
    return OK;
}

static void add_coming(Ctx *c, const Wave *wave, Date day, Msg what, Coming **list)
{
    Coming *e = NEW(c->arena, Coming, 1);
    if (day.day < c->today.day) return;
    *e = (Coming){.day = day, .what = what, .href = STR_CAT(c->arena, S("/maaling/"), wave->uid), .next = *list};
    *list = e;
}

Err survey_comings(Ctx *c, Coming **list)
{
    Waves all = {0};
    if (!access_may(c, NEED_WAVE_READ, NULL)) return OK;
    TRY(survey_under_way(c, &all));
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const Wave *wave = &all.v[i];
        if (wave->state == WAVE_AABEN) add_coming(c, wave, wave->opens_on, TF("{1} åbner", wave->name), list);
        if (wave->state == WAVE_AABEN) add_coming(c, wave, wave->closes_on, TF("{1} lukker", wave->name), list);
        if (wave->state == WAVE_LUKKET || wave->state == WAVE_KONTROLLERET)
            add_coming(c, wave, wave->releases_on, TF("Forvaltningen kan læse rapporterne for {1}", wave->name), list);
    }
    return OK;
}
