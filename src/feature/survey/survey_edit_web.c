#include "feature/survey/survey_edit_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/survey/survey_inside.h"
#include "feature/survey/survey_pages.h"
#include "feature/survey/survey.html.h"
#include "text/da.h"

static const Field fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .label = T_INIT("Målingens navn"), .min = 1, .max = WAVE_NAME_MAX},
    {.name = "open", .kind = FIELD_DATE, .label = T_INIT("Første dag")},
    {.name = "close", .kind = FIELD_DATE, .label = T_INIT("Sidste dag"), .hint = T_INIT("Målingen lukker ved dagens slutning.")},
};
static const Form edit_form = {fields, COUNT_OF(fields)};

typedef struct EditWork {
    FormValues values;
    Version seen;
} EditWork;

static Err this_wave(Ctx *c, Wave *ret)
{
    return survey_by_uid(c, web_path(c, "uid"), ret);
}

static Str path(Ctx *c, const Wave *wave, Str more)
{
    return STR_CAT(c->arena, S("/maaling/"), wave->uid, more);
}

static Str written(Ctx *c, Date d)
{
    Buf b = buf_new(c->arena, 20);
    text_form_date(&b, d);
    return buf_str(&b);
}

static Err draw(Ctx *c, const Wave *wave, FormValues *values, Version version, Msg conflict)
{
    EditWavePage page = {.wave = *wave, .values = values, .version = version, .conflict = conflict, .nonce = access_gate.nonce(c)};
    page.action = (Href){path(c, wave, S("/ret"))};
    page.back = (Href){path(c, wave, S(""))};
    page_survey_edit(web_page_begin(c, T("Ret en måling")), &page);
    return web_page_end(c);
}

Err survey_get_edit(Ctx *c)
{
    Wave wave = {0};
    FormValues values = form_empty(c, &edit_form);
    TRY(this_wave(c, &wave));
    if (!survey_may_edit(&wave)) return fail(c, E_CONFLICT, T("Målingen er ikke længere en kladde. Dens navn og dage kan ikke ændres."));
    form_value(&values, "name")->raw = wave.name;
    form_value(&values, "open")->raw = written(c, wave.opens_on);
    form_value(&values, "close")->raw = written(c, wave.closes_on);
    return draw(c, &wave, &values, wave.version, (Msg){0});
}

static Err edit_again(Ctx *c)
{
    EditWork *work = c->work;
    Wave wave = {0};
    TRY(this_wave(c, &wave));
    work->values.problems = c->problems;
    return draw(c, &wave, &work->values, work->seen, (Msg){0});
}

/* With the version that stands now: sent again, it is mine that counts. What is no
   draft any more has no form to draw. */
static Err edit_too_late(Ctx *c)
{
    EditWork *work = c->work;
    Wave wave = {0};
    TRY(this_wave(c, &wave));
    if (!survey_may_edit(&wave)) return E_CONFLICT;
    return draw(c, &wave, &work->values, wave.version, c->message);
}

Err survey_prepare_edit(Ctx *c)
{
    EditWork *work = NEW(c->arena, EditWork, 1);
    c->work = work;
    web_on_invalid(c, edit_again);
    web_on_conflict(c, edit_too_late);
    TRY(web_form(c, &edit_form, &work->values));
    return web_form_version(c, &work->seen);
}

static Date day(EditWork *work, const char *name)
{
    return (Date){(int32_t)form_value(&work->values, name)->number};
}

Err survey_write_edit(Ctx *c)
{
    EditWork *work = c->work;
    Wave wave = {0};
    TRY(this_wave(c, &wave));
    WaveEdit to = {.name = form_value(&work->values, "name")->raw, .opens_on = day(work, "open"), .closes_on = day(work, "close")};
    TRY(survey_edit(c, wave.id, work->seen, to));
    TRY(audit_add(c, (AuditRow){.owner_id = wave.owner.v, .verb = "wave.edit", .object = "wave", .object_id = wave.id.v,
                                .unit_id = wave.reach.v ? wave.reach.v : wave.owner.v}));
    return web_redirect(c, path(c, &wave, S("")));
}
