/* Pages of the waves themselves. */
#include "feature/survey/survey_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/survey/survey_command.h"
#include "feature/survey/survey_demo.h"
#include "feature/survey/survey_edit_web.h"
#include "feature/survey/survey_ends.h"
#include "feature/survey/survey_inside.h"
#include "feature/survey/survey_pages.h"
#include "feature/survey/survey_view.h"
#include "feature/survey/survey.html.h"

extern const Schema survey_schema;

const Scope survey_scope_wave = {"survey wave", survey_place};

static Str wave_path(Ctx *c, const Wave *wave, Str more)
{
    return STR_CAT(c->arena, S("/maaling/"), wave->uid, more);
}

static Err audit_wave(Ctx *c, const char *verb, const Wave *wave, Str detail)
{
    return audit_add(c, (AuditRow){.owner_id = wave->owner.v, .verb = verb, .object = "wave", .object_id = wave->id.v,
                                   .unit_id = wave->reach.v ? wave->reach.v : wave->owner.v, .detail = detail});
}

/* ---- the list ---------------------------------------------------------------- */

/* "Åben" of a wave whose first day is still to come would mislead. */
static Msg state_shown(Ctx *c, const Wave *wave)
{
    if (wave->state == WAVE_AABEN && c->today.day < wave->opens_on.day) return T("Klar til at åbne");
    return survey_state_name(wave->state);
}

static Msg dates_of(const Wave *wave)
{
    if (!wave->closes_on.day) return T("Uden datoer: kun svar fra filer");
    return TF("{1} til {2}", wave->opens_on, wave->closes_on);
}

static bool may_add_at(Ctx *c, const Membership *m)
{
    Place place = {.owner_id = m->owner_id, .unit_id = m->unit_id};
    return access_may(c, NEED_WAVE_WRITE, &place);
}

static Err get_list(Ctx *c)
{
    WaveLines all = {0};
    TRY(survey_list(c, &all));
    WaveListPage page = {.all = {.v = NEW(c->arena, WaveRow, all.n), .n = all.n, .more = all.more},
                         .may_add = access_may(c, NEED_WAVE_WRITE, NULL)};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const Wave *wave = &all.v[i].wave;
        page.all.v[i] = (WaveRow){.uid = wave->uid, .name = wave->name, .owner = all.v[i].owner, .state = state_shown(c, wave),
                                  .when = dates_of(wave)};
    }
    page_survey_list(web_page_begin(c, T("Målinger")), &page);
    return web_page_end(c);
}

/* ---- a new one ----------------------------------------------------------------- */

static const Choice role_choices[] = {
    {S_INIT("personale"), T_INIT("Personale")},
    {S_INIT("leder"), T_INIT("Ledere")},
    {S_INIT("elev"), T_INIT("Elever")},
    {S_INIT("foraelder"), T_INIT("Forældre")},
};
static const Choice depth_choices[] = {
    {S_INIT("skole"), T_INIT("Skolen eller afdelingen (personale, ledere, forældre)")},
    {S_INIT("klasse"), T_INIT("Klassen (elever)")},
};
static const Field new_fields[] = {
    {.name = "questionnaire", .kind = FIELD_CHOICE, .label = T_INIT("Spørgeskema")},
    {.name = "name", .kind = FIELD_TEXT, .label = T_INIT("Målingens navn"), .hint = T_INIT("For eksempel Personale, forår 2026."),
     .min = 1, .max = WAVE_NAME_MAX},
    {.name = "previous", .kind = FIELD_CHOICE, .label = T_INIT("Sammenlignes med"), .optional = true},
    {.name = "open", .kind = FIELD_DATE, .label = T_INIT("Første dag")},
    {.name = "close", .kind = FIELD_DATE, .label = T_INIT("Sidste dag"),
     .hint = T_INIT("Målingen lukker ved dagens slutning. Forvaltningen ser rapporterne 14 dage efter.")},
    {.name = "role", .kind = FIELD_CHOICES, .label = T_INIT("Hvem bliver spurgt?"), .choices = {role_choices, COUNT_OF(role_choices)}},
    {.name = "depth", .kind = FIELD_CHOICE, .label = T_INIT("Hvor hører svarene til?"), .choices = {depth_choices, COUNT_OF(depth_choices)}},
    {.name = "shared", .kind = FIELD_CHECK, .label = T_INIT("Der svares på klassens fælles computere, så intet gemmes på dem"), .optional = true},
    {.name = "single", .kind = FIELD_CHECK, .label = T_INIT("Ét spørgsmål ad gangen (til elever)"), .optional = true},
};
static const Form new_form = {new_fields, COUNT_OF(new_fields)};

static Err fill_choices(Ctx *c, FormValues *values)
{
    CodeNames all = {0};
    WaveLines waves = {0};
    TRY(survey_questionnaires(c, &all));
    TRY(survey_list(c, &waves));
    Choice *one = NEW(c->arena, Choice, all.n), *two = NEW(c->arena, Choice, waves.n + 1);
    for (ptrdiff_t i = 0; i < all.n; i++) one[i] = (Choice){all.v[i], msg_verbatim(all.name[i])};
    two[0] = (Choice){S(""), T("Ingen")};
    for (ptrdiff_t i = 0; i < waves.n; i++) two[i + 1] = (Choice){waves.v[i].wave.name, msg_verbatim(waves.v[i].wave.name)};
    form_value(values, "questionnaire")->choices = (Choices){one, all.n};
    form_value(values, "previous")->choices = (Choices){two, waves.n + 1};
    return OK;
}

static Err draw_new(Ctx *c, FormValues *values)
{
    NewWavePage page = {.values = values, .nonce = access_gate.nonce(c), .has_questionnaire = form_value(values, "questionnaire")->choices.n > 0};
    page_survey_new(web_page_begin(c, T("Ny måling")), &page);
    return web_page_end(c);
}

static Err get_new(Ctx *c)
{
    FormValues values = form_empty(c, &new_form);
    TRY(fill_choices(c, &values));
    return draw_new(c, &values);
}

static Err new_again(Ctx *c)
{
    FormValues *values = c->work;
    values->problems = c->problems;
    return draw_new(c, values);
}

static Err prepare_new(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    c->work = values;
    web_on_invalid(c, new_again);
    return web_form_offered(c, &new_form, fill_choices, values);
}

static Str words(Ctx *c, Strs all)
{
    Str list = S("");
    for (ptrdiff_t i = 0; i < all.n; i++) list = i ? STR_CAT(c->arena, list, S(" "), all.v[i]) : all.v[i];
    return list;
}

static Err owner_for_new(Ctx *c, UnitId *ret)
{
    const Memberships *m = &c->session->memberships;
    for (ptrdiff_t i = 0; i < m->n; i++) {
        if (!may_add_at(c, &m->v[i])) continue;
        *ret = (UnitId){m->v[i].unit_id};
        return OK;
    }
    return E_FORBIDDEN;
}

static Err write_new(Ctx *c)
{
    FormValues *values = c->work;
    Wave wave = {0};
    NewWave n = {
        .questionnaire = form_value(values, "questionnaire")->raw,
        .name = form_value(values, "name")->raw,
        .previous = form_value(values, "previous")->raw,
        .opens_on = {(int32_t)form_value(values, "open")->number},
        .closes_on = {(int32_t)form_value(values, "close")->number},
        .roles = words(c, form_value(values, "role")->many),
        .skips = str_eq(form_value(values, "depth")->raw, S("klasse")) ? S("team ppr udvalg ressourcecenter virtuel")
                                                                      : S("klasse aargang team ppr udvalg ressourcecenter virtuel"),
        .is_shared_device = form_value(values, "shared")->number == 1,
        .has_single_pages = form_value(values, "single")->number == 1,
        .is_draft = true,
    };
    TRY(owner_for_new(c, &n.owner));
    TRY(survey_add(c, n, &wave));
    TRY(audit_wave(c, "wave.add", &wave, S("")));
    return web_redirect(c, wave_path(c, &wave, S("")));
}

/* ---- one wave ------------------------------------------------------------------- */

typedef struct Step {
    WaveState to;
    Str code;
    Msg name, headline, what, button;
    bool is_main;
} Step;

/* What people may do here; release is the report's. */
static const Step steps[] = {
    {WAVE_AABEN, S_INIT("aaben"), T_INIT("Åbn målingen"), T_INIT("Åbn målingen"),
     T_INIT("De, der har en kode, kan svare fra målingens første dag til den sidste dags slutning. Spørgsmålene kan ikke ændres bagefter, "
            "for svarene skal kunne sammenlignes."), T_INIT("Åbn målingen"), true},
    {WAVE_LUKKET, S_INIT("lukket"), T_INIT("Luk målingen nu"), T_INIT("Luk målingen nu"),
     T_INIT("Når du lukker, kan ingen svare mere. Nøglen til koderne bliver ødelagt, så ingen bagefter kan se, hvem der har svaret. "
            "Målingen kan ikke åbnes igen."),
     T_INIT("Luk målingen nu"), false},
    {WAVE_KONTROLLERET, S_INIT("kontrolleret"), T_INIT("Gennemgå svarene"), T_INIT("Gennemgå svarene"),
     T_INIT("Er der prøvesvar eller dubletter? Er det rigtigt, at der mangler svar fra nogle skoler? Når svarene er gennemgået, kan rapporterne "
            "frigives til skolerne."), T_INIT("Svarene er gennemgået"), true},
    {WAVE_ARKIVERET, S_INIT("arkiveret"), T_INIT("Arkivér målingen"), T_INIT("Arkivér målingen"),
     T_INIT("Målingen bliver lagt væk. Koderne slettes, og den tager ikke imod flere svar. Rapporter, der er frigivet, bliver stående."),
     T_INIT("Arkivér målingen"), false},
};

static void add_step(StepLinks *all, Str path, Msg name, bool is_main)
{
    all->v[all->n++] = (StepLink){{path}, name, is_main};
}

static StepLinks steps_of(Ctx *c, const Wave *wave)
{
    StepLinks all = {.v = NEW(c->arena, StepLink, COUNT_OF(steps) + 2)};
    if (survey_is_released(wave)) add_step(&all, S("/rapporter"), T("Læs rapporterne"), true);
    if (!access_may(c, NEED_WAVE_DECIDE, web_place(c))) return all;
    if (survey_may_move(wave, WAVE_FRIGIVET_SKOLE)) add_step(&all, wave_path(c, wave, S("/frigiv")), T("Frigiv rapporterne til skolerne"), true);
    for (ptrdiff_t i = 0; i < COUNT_OF(steps); i++) {
        if (!survey_may_move(wave, steps[i].to)) continue;
        if (wave->state == WAVE_KLADDE && steps[i].to == WAVE_LUKKET) continue;
        add_step(&all, wave_path(c, wave, STR_CAT(c->arena, S("/trin/"), steps[i].code)), steps[i].name, steps[i].is_main);
    }
    return all;
}

/* The knots of the way that people follow; what lies between release and archive is the reports'. */
static const struct {
    WaveState state;
    Msg name;
} way[] = {
    {WAVE_KLADDE, T_INIT("Kladde")},           {WAVE_AABEN, T_INIT("Åben for svar")},
    {WAVE_LUKKET, T_INIT("Lukket")},           {WAVE_KONTROLLERET, T_INIT("Gennemgået")},
    {WAVE_FRIGIVET_SKOLE, T_INIT("Frigivet")},
};

static Stages way_of(Ctx *c, const Wave *wave)
{
    Stages all = {.v = NEW(c->arena, Stage, COUNT_OF(way))};
    if (!wave->closes_on.day || wave->state == WAVE_ARKIVERET) return all;
    for (; all.n < COUNT_OF(way); all.n++) {
        bool is_last = all.n + 1 == COUNT_OF(way);
        all.v[all.n] = (Stage){.name = way[all.n].name,
                               .is_done = way[all.n].state < wave->state || (is_last && survey_is_released(wave)),
                               .is_now = way[all.n].state == wave->state && !survey_is_released(wave)};
    }
    return all;
}

static Msg lead_of_open(Ctx *c, const Wave *wave)
{
    if (c->today.day < wave->opens_on.day) return TF("Målingen er klar. Der kan svares fra {1} til og med {2}.", wave->opens_on, wave->closes_on);
    if (c->today.day == wave->closes_on.day) return T("I dag er sidste dag, der kan svares.");
    return TF("Der kan svares til og med {1}.", wave->closes_on);
}

/* What has come of it, and what comes next. */
static Msg lead_of(Ctx *c, const Wave *wave)
{
    if (wave->state == WAVE_ARKIVERET) return T("Målingen er lagt væk. Rapporter, der er frigivet, bliver stående.");
    if (survey_is_released(wave)) return T("Rapporterne er frigivet til skolerne.");
    if (!wave->closes_on.day) return T("Målingen har ingen datoer. Den tager imod svar fra filer, til den bliver arkiveret.");
    if (wave->state == WAVE_AABEN && c->today.day <= wave->closes_on.day) return lead_of_open(c, wave);
    if (wave->state == WAVE_KLADDE && c->today.day <= wave->closes_on.day)
        return TF("Ingen kan svare endnu. Der kan svares fra {1} til og med {2}, når målingen er åbnet.", wave->opens_on, wave->closes_on);
    if (wave->state == WAVE_LUKKET) return T("Målingen er lukket. Næste skridt er at gennemgå svarene, så rapporterne kan frigives.");
    if (wave->state == WAVE_KONTROLLERET) return T("Svarene er gennemgået. Næste skridt er at frigive rapporterne til skolerne.");
    return TF("Målingen er lukket. Der kunne svares til og med {1}.", wave->closes_on);
}

typedef struct Seen {
    WaveUnits units;
    int64_t *answered;
    bool *rates, *codes;
    ptrdiff_t under; /* -1: the top */
} Seen;

/* Directly under the chosen one; at the top: what has nothing above it that is seen. */
static bool is_shown(const Seen *s, ptrdiff_t i)
{
    const WaveUnit *unit = &s->units.v[i];
    if (!s->rates[i] && !s->codes[i]) return false;
    if (s->under >= 0) return unit->parent == s->under;
    return unit->parent < 0 || (!s->rates[unit->parent] && !s->codes[unit->parent]);
}

/* A list of one is a detour: what lies under it is shown instead. -1: there are several, or it is a school. */
static ptrdiff_t lone_top(const Seen *s)
{
    ptrdiff_t top = -1;
    for (ptrdiff_t i = 0; i < s->units.n; i++) {
        if (!is_shown(s, i)) continue;
        if (top >= 0 || s->units.v[i].is_lowest) return -1;
        top = i;
    }
    return top;
}

static UnitRow unit_row(Ctx *c, const Wave *wave, const Seen *s, ptrdiff_t i)
{
    const WaveUnit *unit = &s->units.v[i];
    UnitRow row = {.code = unit->code, .name = unit->name, .kind = unit->kind, .answered = T("–")};
    if (s->rates[i] && wave->state == WAVE_AABEN) row.answered = survey_answered_words(s->answered[i], unit->invited);
    if (unit->is_lowest && s->codes[i] && wave->closes_on.day && !survey_is_done(wave))
        row.codes = (Href){STR_CAT(c->arena, S("/koder/"), wave->uid, S("-"), unit->code)};
    if (!unit->is_lowest) row.below = (Href){wave_path(c, wave, STR_CAT(c->arena, S("?under="), unit->code))};
    return row;
}

/* Unknown for one is unknown for all: then no rate can be told. */
static void tell_invited(Ctx *c, const WaveUnits *units, WavePage *page)
{
    int64_t n = 0, lacking = 0;
    for (ptrdiff_t i = 0; i < units->n; i++) {
        if (!units->v[i].is_lowest) continue;
        if (units->v[i].invited < 0) lacking++;
        else n += units->v[i].invited;
    }
    page->lacks_invited = lacking > 0;
    page->invited_told = lacking ? TN("Antallet mangler for {1} enhed.", "Antallet mangler for {1} enheder.", lacking)
                                 : TN("{1} er inviteret.", "{1} er inviteret.", n);
    page->invited = (Href){wave_path(c, &page->wave, S("/inviterede"))};
}

static Err fill_units(Ctx *c, WavePage *page)
{
    Seen s = {.under = -1};
    const Wave *wave = &page->wave;
    TRY(survey_units(c, wave->id, &s.units));
    TRY(survey_answered(c, wave->id, &s.units, &s.answered));
    TRY(survey_visible(c, wave->id, &s.units, S("response_rate"), &s.rates));
    TRY(survey_visible(c, wave->id, &s.units, S("wave_codes"), &s.codes));
    if (access_may(c, NEED_WAVE_WRITE, web_place(c)) && !survey_is_done(wave)) tell_invited(c, &s.units, page);
    Str under = web_query(c, "under");
    for (ptrdiff_t i = 0; i < s.units.n && under.n; i++)
        if (str_eq(s.units.v[i].code, under)) s.under = i;
    bool is_chosen = s.under >= 0;
    if (!is_chosen) s.under = lone_top(&s);
    page->units.v = NEW(c->arena, UnitRow, s.units.n);
    for (ptrdiff_t i = 0; i < s.units.n; i++)
        if (is_shown(&s, i)) page->units.v[page->units.n++] = unit_row(c, wave, &s, i);
    page->where = s.under < 0 ? T("Enheder") : TF("Enheder under {1}", s.units.v[s.under].name);
    if (is_chosen) page->up = (Href){wave_path(c, wave, S(""))};
    return OK;
}

static Err this_wave(Ctx *c, Wave *ret)
{
    return survey_by_uid(c, web_path(c, "uid"), ret);
}

static Err check_of(Ctx *c, const Wave *wave, Findings *ret)
{
    Questionnaire q = {0};
    TRY(questionnaire_load(c, wave->questionnaire, &q));
    return questionnaire_check(c, &q, ret);
}

static Str role_words(Ctx *c, Str roles)
{
    Buf b = buf_new(c->arena, 200);
    Str role = {0};
    for (bool is_first = true; str_split(&roles, ' ', &role); is_first = false) {
        if (!is_first) buf_add(&b, S(", "));
        buf_add(&b, msg_text(c, survey_role_name(role)));
    }
    return buf_str(&b);
}

/* What the wave was set up with, and its questionnaire. */
static Err fill_facts(Ctx *c, WavePage *page)
{
    const Wave *wave = &page->wave;
    Questionnaire q = {0};
    Wave before = {0};
    TRY(questionnaire_load(c, wave->questionnaire, &q));
    page->questionnaire_title = lang_text(q.title, c->lang == LANG_EN ? S("en") : S("da"));
    if (access_may(c, NEED_QUESTIONNAIRE_READ, NULL)) page->questionnaire = (Href){STR_CAT(c->arena, S("/sporgeskemaer/"), q.code)};
    if (page->is_draft) TRY(questionnaire_check(c, &q, &page->findings));
    page->asked = msg_verbatim(role_words(c, wave->roles));
    page->dates = dates_of(wave);
    if (wave->releases_on.day > c->today.day && wave->state != WAVE_ARKIVERET) page->seen_from = TF("Fra {1}", wave->releases_on);
    if (wave->previous.v) TRY(survey_by_id(c, wave->previous, &before));
    page->previous = before.name;
    return OK;
}

static Err get_wave(Ctx *c)
{
    WavePage page = {0};
    Promise promise = {0};
    TRY(this_wave(c, &page.wave));
    TRY(survey_promise(c, &page.wave, &promise));
    page.state = state_shown(c, &page.wave);
    page.lead = lead_of(c, &page.wave);
    page.way = way_of(c, &page.wave);
    page.promise = promise.is_anonymous ? T("Anonymt.") : T("Fortroligt.");
    page.promise_why = promise.why;
    page.steps = steps_of(c, &page.wave);
    page.is_draft = page.wave.state == WAVE_KLADDE;
    page.has_rates = page.wave.state == WAVE_AABEN;
    page.has_codes = page.wave.closes_on.day && !survey_is_done(&page.wave) && access_may(c, NEED_WAVE_CODES_READ, NULL);
    page.shows_units = page.has_rates || page.has_codes;
    if (survey_may_edit(&page.wave) && access_may(c, NEED_WAVE_WRITE, web_place(c))) page.edit = (Href){wave_path(c, &page.wave, S("/ret"))};
    TRY(fill_facts(c, &page));
    if (page.wave.closes_on.day && access_may(c, NEED_WAVE_MAIL_READ, web_place(c))) page.mail = (Href){wave_path(c, &page.wave, S("/mail"))};
    TRY(fill_units(c, &page));
    page_survey_wave(web_page_begin(c, msg_verbatim(page.wave.name)), &page);
    return web_page_end(c);
}

/* ---- steps ----------------------------------------------------------------------- */

static const Step *step_asked(Ctx *c)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(steps); i++)
        if (str_eq(steps[i].code, web_path(c, "til"))) return &steps[i];
    return NULL;
}

enum { LACKING_SHOWN = 40 };

/* Lowest units with fewer than five answers: their reports will have no numbers.
   Only those whose rate is the viewer's to see. */
static Err fill_lacking(Ctx *c, StepPage *page)
{
    WaveUnits units = {0};
    int64_t *answered = NULL;
    bool *seen = NULL;
    TRY(survey_units(c, page->wave.id, &units));
    TRY(survey_answered(c, page->wave.id, &units, &answered));
    TRY(survey_visible(c, page->wave.id, &units, S("response_rate"), &seen));
    page->lacking = (Strs){.v = NEW(c->arena, Str, LACKING_SHOWN)};
    page->shows_lacking = true;
    for (ptrdiff_t i = 0; i < units.n; i++) {
        if (!units.v[i].is_lowest || !seen[i] || answered[i] >= 0) continue;
        if (page->lacking.n == LACKING_SHOWN) page->lacking_more++;
        else page->lacking.v[page->lacking.n++] = units.v[i].name;
    }
    return OK;
}

static Err get_step(Ctx *c)
{
    const Step *step = step_asked(c);
    StepPage page = {.nonce = access_gate.nonce(c)};
    if (!step) return E_NOT_FOUND;
    TRY(this_wave(c, &page.wave));
    if (!survey_may_move(&page.wave, step->to)) return fail(c, E_CONFLICT, T("Det trin er målingen ikke nået til, eller det er taget."));
    if (step->to == WAVE_AABEN) TRY(check_of(c, &page.wave, &page.findings));
    page.is_stopped = page.findings.errors > 0;
    page.headline = step->headline;
    page.what = step->what;
    page.button = step->button;
    if (step->to == WAVE_KONTROLLERET) TRY(fill_lacking(c, &page));
    page.back = (Href){wave_path(c, &page.wave, S(""))};
    page.action = (Href){wave_path(c, &page.wave, STR_CAT(c->arena, S("/trin/"), step->code))};
    page_survey_step(web_page_begin(c, step->headline), &page);
    return web_page_end(c);
}

static Err prepare_step(Ctx *c)
{
    const Step *step = step_asked(c);
    Wave wave = {0};
    Findings findings = {0};
    if (!step) return E_NOT_FOUND;
    TRY(this_wave(c, &wave));
    if (step->to == WAVE_AABEN) TRY(check_of(c, &wave, &findings));
    if (findings.errors)
        return fail(c, E_CONFLICT, T("Målingen kan ikke åbnes med det spørgeskema, den blev lavet med. Ret spørgeskemaet, og lav en ny måling."));
    return OK;
}

static Err write_step(Ctx *c)
{
    const Step *step = step_asked(c);
    Wave wave = {0};
    Version seen = {0};
    TRY(web_form_version(c, &seen));
    TRY(this_wave(c, &wave));
    if (seen.v != wave.version.v) return fail(c, E_CONFLICT, T("En anden har ændret målingen imens. Se den igen."));
    TRY(survey_move(c, wave.id, step->to));
    TRY(audit_wave(c, "wave.move", &wave, step->code));
    return web_redirect(c, wave_path(c, &wave, S("")));
}

/* ---- invited ------------------------------------------------------------------------ */

static const Field invited_fields[] = {
    {.name = "tal", .kind = FIELD_LONG_TEXT, .label = T_INIT("Enhed, rolle og antal"),
     .hint = T_INIT("Skriv antallet efter rollen på hver linje. Linjer uden antal bliver sprunget over. Du kan også kopiere fra et regneark."),
     .min = 1, .max = SURVEY_INVITED_BYTES},
};
static const Form invited_form = {invited_fields, COUNT_OF(invited_fields)};

typedef struct InvitedWork {
    FormValues values;
    Version seen; /* of the wave, when the numbers were shown */
} InvitedWork;

static Err draw_invited(Ctx *c, InvitedPage *page)
{
    page->nonce = access_gate.nonce(c);
    page->was_saved = str_eq(web_query(c, "gemt"), S("1"));
    page->action = (Href){wave_path(c, &page->wave, S("/inviterede"))};
    page_survey_invited(web_page_begin(c, T("Inviterede")), page);
    return web_page_end(c);
}

static Err get_invited(Ctx *c)
{
    InvitedPage page = {0};
    FormValues values = form_empty(c, &invited_form);
    TRY(this_wave(c, &page.wave));
    TRY(survey_invited_text(c, &page.wave, &form_value(&values, "tal")->raw));
    page.values = &values;
    page.version = page.wave.version;
    return draw_invited(c, &page);
}

static Err invited_again(Ctx *c)
{
    InvitedWork *work = c->work;
    InvitedPage page = {.values = &work->values, .version = work->seen};
    TRY(this_wave(c, &page.wave));
    work->values.problems = c->problems;
    return draw_invited(c, &page);
}

/* With the version that stands now: sent again, mine count. A wave that is over has no form to draw. */
static Err invited_too_late(Ctx *c)
{
    InvitedWork *work = c->work;
    InvitedPage page = {.values = &work->values, .conflict = c->message};
    TRY(this_wave(c, &page.wave));
    if (survey_takes_import(c, &page.wave) != OK) return E_CONFLICT;
    TRY(survey_invited_text(c, &page.wave, &page.theirs));
    page.version = page.wave.version;
    return draw_invited(c, &page);
}

static Err prepare_invited(Ctx *c)
{
    InvitedWork *work = NEW(c->arena, InvitedWork, 1);
    c->work = work;
    web_on_invalid(c, invited_again);
    web_on_conflict(c, invited_too_late);
    TRY(web_form(c, &invited_form, &work->values));
    return web_form_version(c, &work->seen);
}

static Err write_invited(Ctx *c)
{
    InvitedWork *work = c->work;
    Wave wave = {0};
    TRY(this_wave(c, &wave));
    TRY(survey_takes_import(c, &wave));
    TRY(survey_touch(c, wave.id, work->seen));
    TRY(survey_invited_read(c, &wave, form_value(&work->values, "tal")->raw));
    TRY(audit_wave(c, "wave.invited", &wave, S("")));
    return web_redirect(c, wave_path(c, &wave, S("/inviterede?gemt=1")));
}

/* ---- the feature ---------------------------------------------------------------------- */

static const Route routes[] = {
    {GET,  "/maalinger",                NEED_WAVE_READ,        SCOPE_NONE,          PLAIN, .get = get_list},
    {GET,  "/maalinger/ny",             NEED_WAVE_WRITE,       SCOPE_NONE,          PLAIN, .get = get_new},
    {POST, "/maalinger/ny",             NEED_WAVE_WRITE,       SCOPE_NONE,          WRITE, .prepare = prepare_new, .write = write_new},
    {GET,  "/maaling/:uid",             NEED_WAVE_READ,        &survey_scope_wave,         HEAVY, .get = get_wave},
    {GET,  "/maaling/:uid/ret",         NEED_WAVE_WRITE,       &survey_scope_wave,         PLAIN, .get = survey_get_edit},
    {POST, "/maaling/:uid/ret",         NEED_WAVE_WRITE,       &survey_scope_wave,         WRITE, .prepare = survey_prepare_edit,
     .write = survey_write_edit},
    {GET,  "/maaling/:uid/trin/:til",   NEED_WAVE_DECIDE,      &survey_scope_wave,         HEAVY, .get = get_step},
    {POST, "/maaling/:uid/trin/:til",   NEED_WAVE_DECIDE,      &survey_scope_wave,         SLOW_WRITE, .prepare = prepare_step, .write = write_step},
    {GET,  "/maaling/:uid/inviterede",  NEED_WAVE_WRITE,       &survey_scope_wave,         PLAIN, .get = get_invited},
    {POST, "/maaling/:uid/inviterede",  NEED_WAVE_WRITE,       &survey_scope_wave,         WRITE, .prepare = prepare_invited, .write = write_invited,
     .body_max = 1 << 20},
    {0},
};

static const Door doors[] = {
    {ROOM_DATA, "/maalinger", T_INIT("Målinger"), NEED_WAVE_READ, .place = 2},
    {0},
};

const Feature survey_feature = {.name = "survey", .help = "/vejledning/skoleleder#maalinger",
                                .schema = &survey_schema, .routes = routes, .commands = survey_commands,
                                .loose_ends = survey_loose_ends,
                                .comings = survey_comings, .tick = survey_tidy, .doors = doors, .demo = survey_demo};
