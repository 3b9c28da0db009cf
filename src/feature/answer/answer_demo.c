/* Answers of the demonstration region: some 1,500 of staff and leaders, 4,500 of
   pupils and 1,000 of parents a spring. What a reader can find in them: teams work
   together better the second spring (sikker in the large ones), fewer see their
   leaders take part, leaders answer more kindly than staff, and schools differ by
   about as much as real ones do. All the rest is noise, on purpose. A wave that is
   under way has a few answers, most of them from some schools. */
#include "feature/answer/answer_demo.h"

#include "base/number.h"
#include "feature/answer/answer_inside.h"

/* ---- chance that is the same every time ---------------------------------------------- */

typedef struct Dice { uint64_t state; } Dice;

/* Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t roll(Dice *d)
{
    uint64_t z = d->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* [0, 1) */
static double share(Dice *d)
{
    return (double)(roll(d) >> 11) / 9007199254740992.0;
}

/* About normal, mean 0, standard deviation 1: four uniforms, variance 4/12. */
static double about_normal(Dice *d)
{
    return (share(d) + share(d) + share(d) + share(d) - 2) * 1.7320508;
}

static Dice dice_of(Str text, int64_t salt)
{
    Dice d = {str_hash(text) ^ (uint64_t)salt * 0xD1B54A32D192ED03u};
    (void)roll(&d);
    return d;
}

/* ---- what they think -------------------------------------------------------------------- */

typedef struct Person {
    const Questionnaire *q;
    bool is_second; /* spring */
    bool is_leader;
    double school, self; /* steps on a scale of five */
    Dice dice;
} Person;

typedef struct Shift { Str theme; double second, leader; } Shift;
static const Shift shifts[] = {
    {S_INIT("samarbejde"), 0.40, 0.15},
    {S_INIT("ledelse"), -0.30, 0.55},
    {S_INIT("praksis"), 0.10, 0.20},
    {S_INIT("elevperspektiv"), 0.0, 0.25},
};

static double shift_of(const Person *p, const Item *item)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(shifts); i++)
        if (str_eq(shifts[i].theme, item->theme)) return (p->is_second ? shifts[i].second : 0) + (p->is_leader ? shifts[i].leader : 0);
    return 0;
}

/* 0 to 1: how far towards the end that is good. */
static double opinion(Person *p, const Item *item)
{
    Dice own = dice_of(item->code, 11);
    double at = 3.45 + 0.35 * about_normal(&own) + shift_of(p, item) + p->school + p->self + 0.75 * about_normal(&p->dice);
    double unit = (at - 1) / 4;
    unit = unit < 0 ? 0 : unit > 0.9999 ? 0.9999 : unit;
    return item->is_reverse ? 0.9999 - unit : unit;
}

/* Substantive values, ascending. */
static Values substantive(Arena *arena, const Item *item)
{
    Values all = {.v = NEW(arena, int64_t, item->options.n)};
    for (ptrdiff_t i = 0; i < item->options.n; i++) {
        int64_t v = item->options.v[i].value;
        if (values_have(item->dont_know, v)) continue;
        ptrdiff_t at = all.n++;
        for (; at > 0 && all.v[at - 1] > v; at--) all.v[at] = all.v[at - 1];
        all.v[at] = v;
    }
    return all;
}

/* Of two options the first is yes. */
static int64_t pick(Person *p, const Item *item, Values all)
{
    double at = opinion(p, item);
    if (all.n == 2) return all.v[share(&p->dice) < at ? 0 : 1];
    return all.v[(ptrdiff_t)(at * (double)all.n)];
}

static const Str wishes[] = {
    S_INIT("Mere fælles tid til at forberede os i teamet."),
    S_INIT("At vi holder fast i det, vi er begyndt på."),
    S_INIT("Flere besøg i hinandens timer."),
    S_INIT("Ro om skemaet, så møderne ikke flyttes."),
    S_INIT("Hjælp tidligere, når et barn ikke trives."),
    S_INIT("Kortere møder med en klar dagsorden."),
    S_INIT("At ledelsen er med, når vi gør status."),
    S_INIT("Færre projekter på samme tid."),
    S_INIT("Et sted, hvor vi kan se, hvad andre skoler har prøvet."),
    S_INIT("At nogen spørger eleverne, før vi ændrer noget."),
};

static bool give_one(Arena *arena, Person *p, const Item *item, Given *ret)
{
    Values all = substantive(arena, item);
    *ret = (Given){.item = item, .values = {NEW(arena, int64_t, all.n + 1), 1}};
    double luck = share(&p->dice);
    if (item->kind == ITEM_TEXT) {
        ret->values.n = 0;
        ret->text = wishes[roll(&p->dice) % (uint64_t)COUNT_OF(wishes)];
        return luck < 0.12;
    }
    if (luck < 0.03) return false;
    if (item->kind == ITEM_NUMBER) {
        ret->values.v[0] = (int64_t)(share(&p->dice) * 12) * ANSWER_NUMBER_SCALE / 2;
        return true;
    }
    if (item->kind == ITEM_MULTIPLE) {
        ret->values.n = 0;
        for (ptrdiff_t i = 0; i < all.n; i++)
            if (share(&p->dice) < 0.5 - 0.07 * (double)i) ret->values.v[ret->values.n++] = all.v[i];
        return ret->values.n > 0;
    }
    bool knows_not = item->dont_know.n && luck > 0.96;
    ret->values.v[0] = knows_not ? item->dont_know.v[0] : pick(p, item, all);
    return true;
}

static Answers answers_of(Arena *arena, Person *p)
{
    Answers all = {.v = NEW(arena, Given, p->q->items.n)};
    /* A few stop half-way. */
    ptrdiff_t stops = share(&p->dice) < 0.03 ? p->q->items.n / 3 : p->q->items.n;
    for (ptrdiff_t i = 0; i < stops; i++) {
        const Item *item = &p->q->items.v[i];
        if (item->kind == ITEM_MATRIX || !answer_is_asked(item, all)) continue;
        if (give_one(arena, p, item, &all.v[all.n])) all.n++;
    }
    return all;
}

/* ---- who answers --------------------------------------------------------------------------- */

typedef struct Aim { Str role; int64_t answers; } Aim; /* a spring */
static const Aim aims[] = {{S_INIT("elev"), 4500}, {S_INIT("foraelder"), 1000}, {S_INIT("personale"), 1500}, {S_INIT("leder"), 1500}};

enum { DEMO_GROUPS = 2 };

typedef struct Spring {
    Wave wave;
    Questionnaire q;
    bool is_second;
    bool has_roles;  /* more than one is asked */
    double rate;     /* of the invited */
    double spread;   /* of the rate over the units: the least has (1 - spread) times it, the most (1 + spread) */
} Spring;

SQL(INVITED, "SELECT i.unit_id, u.code, i.role, i.n FROM v_survey_invited i"
             " JOIN v_survey_unit u ON u.wave_id = i.wave_id AND u.unit_id = i.unit_id"
             " WHERE i.wave_id = $1 AND u.is_lowest = 1 ORDER BY u.code, i.role");
SQL(ALL_INVITED, "SELECT CAST(coalesce(sum(i.n), 0) AS INTEGER) FROM v_survey_invited i"
                 " JOIN v_survey_unit u ON u.wave_id = i.wave_id AND u.unit_id = i.unit_id WHERE i.wave_id = $1 AND u.is_lowest = 1");

/* Staff and leaders belong to a part of the school: groups large enough to be shown. */
static const Str parts[] = {S_INIT("indskoling"), S_INIT("mellemtrin"), S_INIT("udskoling")};

static Err add_groups(Ctx *c, const Spring *s, Str role, Dice *of_unit, int64_t *ret_groups)
{
    double at = share(of_unit);
    Str part = parts[at < 0.37 ? 0 : at < 0.70 ? 1 : 2];
    TRY(survey_group(c, s->wave.id, S("rolle"), role, &ret_groups[0]));
    return survey_group(c, s->wave.id, S("afsnit"), part, &ret_groups[1]);
}

static Err answer_unit(Ctx *c, const Spring *s, UnitId unit, Str code, Str role, int64_t invited)
{
    int64_t groups[DEMO_GROUPS] = {0};
    Dice of_unit = dice_of(code, 7), here = dice_of(code, s->is_second ? 29 : 23);
    double school = 0.28 * about_normal(&of_unit), rate = s->rate * (1 - s->spread + 2 * s->spread * share(&here));
    int64_t n = i64_min(invited, (int64_t)((double)invited * rate + 0.5));
    for (int64_t i = 0; i < n; i++) {
        Person p = {.q = &s->q, .is_second = s->is_second, .is_leader = str_eq(role, S("leder")), .school = school};
        p.dice = dice_of(STR_CAT(c->arena, code, role), i * 2 + s->is_second);
        p.self = 0.45 * about_normal(&p.dice);
        if (s->has_roles) TRY(add_groups(c, s, role, &here, groups));
        TRY(answer_store(c, s->wave.id, unit, &s->q, groups, s->has_roles ? DEMO_GROUPS : 0, answers_of(c->arena, &p)));
    }
    return OK;
}

typedef struct Asked { UnitId unit; Str code, role; int64_t n; } Asked;

static Err answer_spring(Ctx *c, const Spring *s)
{
    ptrdiff_t n = 0;
    enum { ASKED_MAX = 4000 };
    Asked *all = NEW(c->arena, Asked, ASKED_MAX);
    Rows r = db_query(c, INVITED, s->wave.id);
    while (n < ASKED_MAX && db_next(&r)) all[n++] = (Asked){{db_i64(&r, 0)}, db_str(&r, 1), db_str(&r, 2), db_i64(&r, 3)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) TRY(answer_unit(c, s, all[i].unit, all[i].code, all[i].role, all[i].n));
    return OK;
}

/* A third of those asked answer before it closes, about as many each day. */
static double rate_under_way(Ctx *c, const Wave *wave)
{
    return 0.33 * (c->today.day - wave->opens_on.day + 1) / (wave->closes_on.day - wave->opens_on.day + 1);
}

static double rate_of(const Wave *wave, int64_t invited)
{
    int64_t aim = 0;
    for (ptrdiff_t i = 0; i < COUNT_OF(aims); i++)
        if (!aim && survey_has_word(wave->roles, aims[i].role)) aim = aims[i].answers;
    double rate = invited ? (double)aim / (double)invited : 0;
    return rate > 0.88 ? 0.88 : rate;
}

SQL(WAVES, "SELECT id FROM v_survey_wave WHERE opens_on IS NOT NULL ORDER BY id LIMIT 40");

Err answer_demo(Ctx *c)
{
    WaveId waves[40];
    ptrdiff_t n = 0;
    Rows r = db_query(c, WAVES);
    while (n < COUNT_OF(waves) && db_next(&r)) waves[n++].v = db_i64(&r, 0);
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) {
        Spring *s = NEW(c->arena, Spring, 1);
        int64_t invited = 0;
        TRY(survey_by_id(c, waves[i], &s->wave));
        TRY(questionnaire_load(c, s->wave.questionnaire, &s->q));
        TRY(db_one_i64(c, ALL_INVITED, &invited, s->wave.id));
        s->is_second = s->wave.previous.v != 0;
        s->has_roles = str_find_char(s->wave.roles, ' ', 0) >= 0;
        bool is_under_way = survey_takes_answers(c, &s->wave) == OK;
        ctx_forgive(c);
        s->rate = is_under_way ? rate_under_way(c, &s->wave) : rate_of(&s->wave, invited);
        s->spread = is_under_way ? 0.9 : 0.15;
        TRY(answer_spring(c, s));
    }
    return OK;
}
