#include "feature/release/release_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"
#include "core/audit/audit.h"
#include "core/job/job.h"
#include "feature/release/release.h"
#include "feature/release/release_pages.h"
#include "feature/release/release.html.h"

static Str wave_path(Ctx *c, const Wave *wave, Str more)
{
    return STR_CAT(c->arena, S("/maaling/"), wave->uid, more);
}

/* ---- the page ------------------------------------------------------------------ */

/* Only what somebody has looked through is released. */
static const struct {
    WaveState state;
    Msg why_not;
    Str next;
    Msg next_name;
} not_now[] = {
    {WAVE_KLADDE, T_INIT("Målingen er en kladde. Den skal åbnes, besvares og lukkes, før der er noget at frigive."), S_INIT(""),
     T_INIT("Gå til målingen")},
    {WAVE_AABEN, T_INIT("Målingen er stadig åben. Rapporterne kan frigives, når den er lukket, og svarene er gennemgået."), S_INIT(""),
     T_INIT("Gå til målingen")},
    {WAVE_LUKKET, T_INIT("Svarene skal gennemgås, før rapporterne frigives."), S_INIT("/trin/kontrolleret"), T_INIT("Gennemgå svarene")},
    {WAVE_ARKIVERET, T_INIT("Målingen er arkiveret og kan ikke frigives igen."), S_INIT(""), T_INIT("Gå til målingen")},
};

static void say_why_not(Ctx *c, ReleasePage *page)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(not_now); i++) {
        if (not_now[i].state != page->wave.state) continue;
        page->why_not = not_now[i].why_not;
        page->next = (Href){wave_path(c, &page->wave, not_now[i].next)};
        page->next_name = not_now[i].next_name;
        return;
    }
    if (page->wave.state == WAVE_KONTROLLERET) return;
    page->why_not = T("Rapporterne er frigivet.");
    page->next = (Href){S("/rapporter")};
    page->next_name = T("Læs rapporterne");
}

SQL(ENOUGH, "SELECT count(*) FROM v_answer_tally t WHERE t.wave_id = $1 AND t.item_id = 0 AND t.group_id = 0 AND t.value = 1 AND t.n >= $2");

static Err get_ask(Ctx *c)
{
    ReleasePage page = {.nonce = access_gate.nonce(c)};
    TRY(survey_by_uid(c, web_path(c, "uid"), &page.wave));
    TRY(db_one_i64(c, ENOUGH, &page.schools, page.wave.id, (int64_t)SURVEY_FEW));
    page.back = (Href){wave_path(c, &page.wave, S(""))};
    page.action = (Href){wave_path(c, &page.wave, S("/frigiv"))};
    page.from_when = page.wave.releases_on.day > c->today.day
                         ? TF("Forvaltningen ser skolernes rapporter fra {1}, også hvis skolen ikke har læst sin.", page.wave.releases_on)
                         : T("Forvaltningen ser skolernes rapporter fra i dag.");
    say_why_not(c, &page);
    page_release_ask(web_page_begin(c, T("Frigiv rapporterne")), &page);
    return web_page_end(c);
}

/* ---- the button ---------------------------------------------------------------- */

/* Counting and hiding for a region takes seconds: a job does it, and its page tells how it went. */
static Err write_ask(Ctx *c)
{
    Wave wave = {0};
    Version seen = {0};
    Str job = {0};
    TRY(web_form_version(c, &seen));
    TRY(survey_by_uid(c, web_path(c, "uid"), &wave));
    if (wave.state != WAVE_KONTROLLERET || wave.version.v != seen.v)
        return fail(c, E_CONFLICT, T("En anden har ændret målingen imens. Se den igen."));
    TRY(job_add(c, (NewJob){.kind = &release_jobs[0], .args = wave.uid, .owner_id = wave.owner.v}, &job));
    TRY(audit_add(c, (AuditRow){.owner_id = wave.owner.v, .verb = "wave.release", .object = "wave", .object_id = wave.id.v,
                                .unit_id = wave.reach.v ? wave.reach.v : wave.owner.v}));
    return web_redirect(c, job_href(c, job));
}

/* ---- the work ------------------------------------------------------------------ */

static Err prepare_job(Ctx *c, JobStep *step)
{
    Wave *wave = NEW(c->arena, Wave, 1);
    Prepared *prepared = NULL;
    TRY(db_read_begin(c, c->app->store));
    TRY(survey_by_uid(c, step->args, wave));
    TRY(release_prepare(c, wave, (UnitId){0}, &prepared));
    db_read_end(c);
    step->work = prepared;
    return OK;
}

static Err write_job(Ctx *c, JobStep *step)
{
    TRY(release_publish(c, step->work));
    step->is_done = true;
    return OK;
}

const JobKind release_jobs[] = {
    {.name = "release", .title = T_INIT("Rapporter til skolerne"), .prepare = prepare_job, .write = write_job, .tries_max = 4,
     .leads_to = "/rapporter", .leads_to_name = T_INIT("Læs rapporterne")},
    {0},
};

const Route release_routes[] = {
    {GET,  "/maaling/:uid/frigiv", NEED_WAVE_DECIDE, &survey_scope_wave, PLAIN, .get = get_ask},
    {POST, "/maaling/:uid/frigiv", NEED_WAVE_DECIDE, &survey_scope_wave, WRITE, .write = write_ask},
    {0},
};

const Door release_doors[] = {{ROOM_DATA, "/maalinger", {{0}}, NEED_WAVE_READ}, {0}};
