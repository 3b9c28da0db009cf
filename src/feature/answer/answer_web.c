/* The respondent's way: a code, the questionnaire, thank you. All routes are
   REPLY (doc/decisions/0008): nobody is identified, nothing is logged. */
#include "feature/answer/answer_web.h"

#include "base/number.h"
#include "core/app.h"
#include "core/cache/cache.h"
#include "feature/answer/answer_demo.h"
#include "feature/answer/answer_page.h"
#include "feature/answer/answer.html.h"
#include "feature/code/code.h"
#include "web/assets/assets.h"

extern const Schema answer_schema;

/* ---- one visit -------------------------------------------------------------------------- */

typedef struct Visit {
    AnswerCode code;
    Str plain;              /* as survey_mac takes it */
    const AskForm *form;    /* shared with others: read only */
    const PartViews *blank; /* as the form looks at first, in each of its languages; shared, too */
    Wave wave;
    Str lang;
    Str nonce;
    const Entry *entries;   /* NULL: nothing was answered yet */
    Answers answers;
    ptrdiff_t part;         /* shown */
    Str mark;               /* what is spent with this submission */
    int64_t groups[ANSWER_GROUPS_MAX];
    ptrdiff_t n_groups;
    bool is_used;           /* the write found the mark */
} Visit;

static Href style(void) { return (Href){asset_path("house.css")}; }
static Href script(void) { return (Href){asset_path("house.js")}; }
static Str ui_lang(Ctx *c) { return c->lang == LANG_EN ? S("en") : S("da"); }

static Err draw_told(Ctx *c, int status, ToldPage page)
{
    page.ui_lang = ui_lang(c);
    page.style = style();
    page.script = script();
    page_answer_told(web_bare_begin(c), &page);
    return web_bare_end(c, status);
}

static Err draw_unknown(Ctx *c)
{
    return draw_told(c, 404, (ToldPage){.mark = S("ukendt"), .title = T("Koden findes ikke"),
                                        .lead = T("Se efter, om alle bogstaver er med, og prøv igen."),
                                        .more = T("Virker linket ikke, så spørg den, der sendte det.")});
}

/* The sentence in the Ctx says why: not open yet, closed, its key gone. */
static Err draw_shut(Ctx *c, int status)
{
    Msg why = c->message;
    ctx_forgive(c);
    return draw_told(c, status, (ToldPage){.mark = S("lukket"), .title = T("Der kan ikke svares nu"), .lead = why});
}

static Err draw_used(Ctx *c, int status)
{
    return draw_told(c, status, (ToldPage){.mark = S("brugt"), .title = T("Linket er brugt"),
                                           .lead = T("Hvis det var dig, er dit svar modtaget.")});
}

static Err draw_thanks(Ctx *c)
{
    const Visit *v = c->work;
    ToldPage page = {.mark = S("tak"), .draft_done = v->plain, .title = T("Tak for dit svar"),
                     .lead = T("Dit svar er modtaget. Du kan lukke vinduet.")};
    page.more = v->form->wave.is_shared_device ? T("Luk vinduet, før den næste bruger computeren.")
                                               : T("Når målingen er lukket, laver vi en rapport. Den viser kun tal, når mindst fem har svaret.");
    page.wave = v->form->wave.name;
    page.owner = v->form->owner;
    page.privacy = (Href){STR_CAT(c->arena, S("/s/"), v->plain, S("/persondata"))};
    return draw_told(c, 200, page);
}

/* ---- the questionnaire -------------------------------------------------------------------- */

static const struct { Str code, name; } language_names[] = {
    {S_INIT("da"), S_INIT("Dansk")},        {S_INIT("en"), S_INIT("English")},   {S_INIT("ar"), S_INIT("العربية")},
    {S_INIT("tr"), S_INIT("Türkçe")},       {S_INIT("so"), S_INIT("Soomaali")},  {S_INIT("pl"), S_INIT("Polski")},
    {S_INIT("de"), S_INIT("Deutsch")},      {S_INIT("uk"), S_INIT("Українська")}, {S_INIT("fa"), S_INIT("فارسی")},
    {S_INIT("ur"), S_INIT("اردو")},         {S_INIT("ro"), S_INIT("Română")},    {S_INIT("fo"), S_INIT("Føroyskt")},
    {S_INIT("kl"), S_INIT("Kalaallisut")},
};

static Str language_name(Str code)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(language_names); i++)
        if (str_eq(language_names[i].code, code)) return language_names[i].name;
    return code;
}

static Str own_way(Ctx *c, const Visit *v, Str lang)
{
    Str way = STR_CAT(c->arena, S("/s/"), v->plain);
    return str_eq(lang, v->code.lang) ? way : STR_CAT(c->arena, way, S("?sprog="), lang);
}

static LanguageViews languages(Ctx *c, const Visit *v)
{
    const Strs *all = &v->form->q.languages;
    LanguageViews views = {.v = NEW(c->arena, LanguageView, all->n)};
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (!str_eq(all->v[i], v->lang)) views.v[views.n++] = (LanguageView){all->v[i], language_name(all->v[i]), {own_way(c, v, all->v[i])}};
    return views;
}

/* Under the wave's key, and of this form alone: nobody can make up a state or move one. */
static Err state_mac(Ctx *c, const Visit *v, Str state, Str *ret)
{
    return survey_mac(c, &v->wave, SPENT_FORM, STR_CAT(c->arena, S("state\n"), v->nonce, S("\n"), state), ret);
}

static PartViews parts_shown(Ctx *c, const Visit *v)
{
    ptrdiff_t lang = 0;
    if (v->entries) return ask_parts(c, v->form, v->lang, v->entries, v->answers);
    while (!str_eq(v->form->q.languages.v[lang], v->lang)) lang++; /* choose_language took it from there */
    return v->blank[lang];
}

static Err draw_ask(Ctx *c, const Visit *v, int status, Msg faults_head)
{
    AskPage page = ask_page(c, v->form, v->lang, parts_shown(c, v), v->part, v->entries);
    page.languages = languages(c, v);
    page.style = style();
    page.script = script();
    page.action = (Href){own_way(c, v, v->lang)};
    page.privacy = (Href){STR_CAT(c->arena, S("/s/"), v->plain, S("/persondata"))};
    page.draft = v->form->wave.is_shared_device ? S("") : v->plain;
    page.nonce = v->nonce;
    page.faults_head = faults_head;
    if (v->entries) page.state = entries_state(c, v->form, v->entries);
    if (page.state.n) TRY(state_mac(c, v, page.state, &page.state_mac));
    page_answer_ask(web_bare_begin(c), &page);
    return web_bare_end(c, status);
}

/* ---- who comes -------------------------------------------------------------------------------- */

static bool has_word(const Strs *all, Str word)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i], word)) return true;
    return false;
}

static void choose_language(Ctx *c, Visit *v)
{
    Str wanted = web_query(c, "sprog");
    const Strs *all = &v->form->q.languages;
    v->lang = has_word(all, wanted) ? wanted : has_word(all, v->code.lang) ? v->code.lang : all->v[0];
    ask_speak(c, v->lang);
}

typedef struct Made {
    AskForm form;
    PartViews *blank; /* by language */
} Made;

static Err make_form(Ctx *c, void *arg, void **ret)
{
    const Wave *wave = arg;
    Made *made = NEW(c->arena, Made, 1);
    TRY(ask_form_load(c, wave->id, &made->form));
    const Strs *languages = &made->form.q.languages;
    Arena keep = arena_keep(c->arena);
    made->blank = NEW(c->arena, PartViews, languages->n);
    for (ptrdiff_t i = 0; i < languages->n; i++) made->blank[i] = ask_blank_parts(c, &keep, &made->form, languages->v[i]);
    *ret = made;
    return OK;
}

/* A wave's version moves with its state. Who is invited, and so what is promised,
   may change without it: hence a form is a minute old at most. */
static Err find_form(Ctx *c, Visit *v)
{
    void *found = NULL;
    CacheKey key = {"answer form", v->wave.id.v, v->wave.version.v, c->now.ms / 60000};
    TRY(cache_get(c, c->app->cache, key, make_form, &v->wave, &found));
    const Made *made = found;
    v->form = &made->form;
    v->blank = made->blank;
    return OK;
}

/* E_NOT_FOUND: no such code. E_CONFLICT: no answers today, told in the Ctx. */
static Err come(Ctx *c, Visit *v)
{
    TRY(code_find(c, web_path(c, "code"), &v->code));
    v->plain = code_plain(c, web_path(c, "code"));
    TRY(survey_by_id(c, v->code.wave, &v->wave));
    TRY(find_form(c, v));
    choose_language(c, v);
    return survey_takes_answers(c, &v->wave);
}

static Err draw_refused(Ctx *c, Err why, int shut)
{
    if (why == E_NOT_FOUND) return draw_unknown(c);
    if (why == E_CONFLICT) return draw_shut(c, shut);
    return why;
}

/* Single codes only: whether it is used already. */
static Err is_used(Ctx *c, const Visit *v, bool *ret)
{
    Str mac = {0};
    *ret = false;
    if (!str_eq(v->code.kind, S("single"))) return OK;
    TRY(survey_mac(c, &v->wave, SPENT_CODE, v->plain, &mac));
    return survey_spent_find(c, v->code.wave, (Strs){&mac, 1}, ret);
}

static Err get_ask(Ctx *c)
{
    Visit *v = NEW(c->arena, Visit, 1);
    bool used = false;
    Err err = come(c, v);
    if (err == OK) err = is_used(c, v, &used);
    if (err != OK) return draw_refused(c, err, 410);
    if (used) return draw_used(c, 410);
    v->nonce = ctx_uid(c);
    return draw_ask(c, v, 200, (Msg){0});
}

static Err get_code(Ctx *c)
{
    Str written = web_query(c, "kode");
    AnswerCode code = {0};
    CodePage page = {.ui_lang = ui_lang(c), .style = style(), .script = script(), .written = written};
    Err err = written.n ? code_find(c, written, &code) : E_NOT_FOUND;
    if (err == OK) return web_redirect(c, STR_CAT(c->arena, S("/s/"), code_plain(c, written)));
    if (err != E_NOT_FOUND) return err;
    page.is_unknown = written.n > 0;
    page_answer_code(web_bare_begin(c), &page);
    return web_bare_end(c, page.is_unknown ? 404 : 200);
}

static Err get_privacy(Ctx *c)
{
    Visit *v = NEW(c->arena, Visit, 1);
    Err err = come(c, v);
    if (err == E_NOT_FOUND) return draw_unknown(c);
    if (err == E_CONFLICT) ctx_forgive(c); /* what became of the answers may be read afterwards, too */
    else TRY(err);
    PrivacyPage page = {
        .ui_lang = ui_lang(c), .style = style(), .script = script(), .back = {own_way(c, v, v->lang)},
        .title = lang_text(v->form->q.title, v->lang), .owner = v->form->owner,
        .wave = survey_name_beside(lang_text(v->form->q.title, S("da")), v->form->wave.name),
        .is_anonymous = v->form->promise.is_anonymous, .why = v->form->promise.why,
    };
    page_answer_privacy(web_bare_begin(c), &page);
    return web_bare_end(c, 200);
}

/* ---- what is sent ---------------------------------------------------------------------------------- */

static bool is_uid(Str s)
{
    unsigned char bytes[16];
    return str_unhex(s, bytes, 16);
}

static Err bad_state(Ctx *c)
{
    return fail(c, E_CONFLICT, T("Svarene fra de tidligere sider passer ikke til dette spørgeskema. Begynd forfra med dit link."));
}

/* What was answered on earlier pages. */
static Err read_state(Ctx *c, const Visit *v, Entry **ret)
{
    Str state = web_field(c, "~state"), mac = {0};
    *ret = NEW(c->arena, Entry, v->form->q.items.n);
    if (state.n == 0) return OK;
    if (state.n > STATE_MAX) return bad_state(c);
    TRY(state_mac(c, v, state, &mac));
    if (!secret_equal(mac, web_field(c, "~mac")) || !entries_of_state(c->arena, v->form, state, *ret)) return bad_state(c);
    return OK;
}

static const Part *part_sent(Ctx *c, const Visit *v)
{
    int64_t n = 0;
    if (!str_i64(web_field(c, "~part"), &n) || n < 1 || n > v->form->parts.n) return NULL;
    return &v->form->parts.v[n - 1];
}

/* The part that a faulty item stands on. */
static ptrdiff_t part_of_fault(const Visit *v)
{
    for (ptrdiff_t i = 0; i < v->form->parts.n; i++) {
        const Part *part = &v->form->parts.v[i];
        for (ptrdiff_t k = part->first; k < part->first + part->count; k++)
            if (!msg_is_empty(v->entries[k].problem)) return i;
    }
    return 0;
}

static bool is_asked_at_all(const Visit *v, const Part *part)
{
    for (ptrdiff_t i = part->first; i < part->first + part->count; i++) {
        const Item *item = &v->form->q.items.v[i];
        if (item->kind != ITEM_MATRIX && !item_is_ruled_out(v->form, item, part->first, v->answers)) return true;
    }
    return false;
}

/* Past parts of which nothing is asked, in the direction one goes. */
static ptrdiff_t part_wanted(const Visit *v, int64_t wanted, const Part *from)
{
    ptrdiff_t at = (ptrdiff_t)i64_max(0, i64_min(wanted, v->form->parts.n) - 1);
    ptrdiff_t step = from && at < from - v->form->parts.v ? -1 : 1;
    while (at > 0 && at + 1 < v->form->parts.n && !is_asked_at_all(v, &v->form->parts.v[at])) at += step;
    return at;
}

static Err draw_faults(Ctx *c, Visit *v, ptrdiff_t problems)
{
    v->part = problems ? part_of_fault(v) : v->part;
    return draw_ask(c, v, 422, problems ? TN("Ret ét svar, før du sender", "Ret {1} svar, før du sender", (int64_t)problems)
                                        : T("Svar på mindst ét spørgsmål, før du sender."));
}

/* The dimension rolle, where the wave asks more than one. */
static void find_groups(Visit *v)
{
    if (str_find_char(v->form->wave.roles, ' ', 0) < 0) return;
    for (ptrdiff_t i = 0; i < v->form->groups.n; i++) {
        const WaveGroup *g = &v->form->groups.v[i];
        if (str_eq(g->dimension, S("rolle")) && str_eq(g->code, v->code.role)) v->groups[v->n_groups++] = g->id;
    }
}

/* A link that works once is marked by itself, a form of an open one by its nonce. */
static Err find_mark(Ctx *c, Visit *v)
{
    bool is_single = str_eq(v->code.kind, S("single"));
    find_groups(v);
    return survey_mac(c, &v->wave, is_single ? SPENT_CODE : SPENT_FORM, is_single ? v->plain : v->nonce, &v->mark);
}

static Err draw_conflict(Ctx *c)
{
    const Visit *v = c->work;
    if (!v || !v->is_used) return draw_shut(c, 409);
    ctx_forgive(c);
    if (str_eq(v->code.kind, S("single"))) return draw_used(c, 409);
    return draw_told(c, 409, (ToldPage){.mark = S("modtaget"), .draft_done = v->plain, .title = T("Svaret er allerede modtaget"),
                                        .lead = T("Det blev sendt to gange og tæller én gang. Du behøver ikke gøre mere.")});
}

static Err read_visit(Ctx *c, Visit *v, ptrdiff_t *ret_problems)
{
    Entry *state = NULL;
    v->nonce = web_field(c, "~nonce");
    if (v->nonce.n == 0) v->nonce = ctx_uid(c);
    if (!is_uid(v->nonce)) return bad_state(c);
    TRY(read_state(c, v, &state));
    const Part *part = part_sent(c, v);
    Entry *entries = entries_read(c, v->form, part, state);
    v->entries = entries;
    v->part = part ? part - v->form->parts.v : 0;
    v->answers = entries_answers(c, v->form, entries, ret_problems);
    return OK;
}

static Err prepare_answer(Ctx *c)
{
    Visit *v = NEW(c->arena, Visit, 1);
    ptrdiff_t problems = 0;
    int64_t wanted = 0;
    c->work = v;
    Err err = come(c, v);
    if (err == OK) err = read_visit(c, v, &problems);
    if (err != OK) return draw_refused(c, err, 409);
    if (str_i64(web_field(c, "~til"), &wanted)) {
        v->part = part_wanted(v, wanted, part_sent(c, v));
        for (ptrdiff_t i = 0; i < v->form->q.items.n; i++) ((Entry *)v->entries)[i].problem = (Msg){0};
        return draw_ask(c, v, 200, (Msg){0});
    }
    if (problems || v->answers.n == 0) return draw_faults(c, v, problems);
    web_on_conflict(c, draw_conflict);
    err = find_mark(c, v);
    return err == OK ? OK : draw_refused(c, err, 409);
}

static Err write_answer(Ctx *c)
{
    Visit *v = c->work;
    const Wave *wave = &v->wave;
    bool is_first = false;
    TRY(survey_takes_answers(c, wave));
    TRY(survey_spend(c, wave->id, v->mark, &is_first));
    v->is_used = !is_first;
    if (!is_first) return fail(c, E_CONFLICT, T("Linket er brugt. Hvis det var dig, er dit svar modtaget."));
    int64_t groups[ANSWER_GROUPS_MAX];
    ptrdiff_t n = v->n_groups;
    for (ptrdiff_t i = 0; i < n; i++) groups[i] = v->groups[i];
    if (n == 0 && str_find_char(wave->roles, ' ', 0) >= 0) TRY(survey_group(c, wave->id, S("rolle"), v->code.role, &groups[n++]));
    return answer_store_sealed(c, wave, v->code.unit, &v->form->q, groups, n, v->answers);
}

static const Route routes[] = {
    {GET,  "/s",                  NEED_PUBLIC, SCOPE_NONE, REPLY, .get = get_code},
    {GET,  "/s/:code",            NEED_PUBLIC, SCOPE_NONE, REPLY, .get = get_ask},
    {GET,  "/s/:code/persondata", NEED_PUBLIC, SCOPE_NONE, REPLY, .get = get_privacy},
    {POST, "/s/:code",            NEED_PUBLIC, SCOPE_NONE, REPLY, .prepare = prepare_answer, .write = write_answer,
     .finish = draw_thanks, .body_max = 1 << 20},
    {0},
};

const Feature answer_feature = {.name = "answer", .schema = &answer_schema, .routes = routes,
                               .demo = answer_demo};
