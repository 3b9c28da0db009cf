#include "feature/survey/survey_code_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/survey/survey_inside.h"
#include "feature/survey/survey_letter.h"
#include "feature/survey/survey_pages.h"
#include "feature/survey/survey_view.h"
#include "feature/survey/survey.html.h"
#include "render/qr.h"

static const Choice paper_choices[] = {
    {S_INIT("breve"), T_INIT("Breve: en side til hver")},
    {S_INIT("liste"), T_INIT("En liste, som klippes i stykker")},
};
static const Field letter_fields[] = {
    {.name = "role", .kind = FIELD_CHOICE, .label = T_INIT("Hvem er koderne til?")},
    {.name = "single", .kind = FIELD_INTEGER, .label = T_INIT("Hvor mange koder?"), .min = 1, .max = SURVEY_LETTERS_MAX},
    {.name = "paper", .kind = FIELD_CHOICE, .label = T_INIT("På papir som"), .choices = {paper_choices, COUNT_OF(paper_choices)}},
};
static const Form letter_form = {letter_fields, COUNT_OF(letter_fields)};

/* What `write` needs and `finish` draws. */
typedef struct LetterWork {
    FormValues *values;
    Wave wave;
    PlainCodes codes;
} LetterWork;

static Err wave_here(Ctx *c, Wave *ret)
{
    return survey_by_id(c, (WaveId){web_place(c)->object_id}, ret);
}

static Str here(Ctx *c, Str more)
{
    return STR_CAT(c->arena, S("/koder/"), web_path(c, "sted"), more);
}

static void fill_roles(Ctx *c, const Wave *wave, FormValues *values)
{
    Choice *all = NEW(c->arena, Choice, 4);
    Str rest = wave->roles, role = {0};
    ptrdiff_t n = 0;
    while (n < 4 && str_split(&rest, ' ', &role)) all[n++] = (Choice){role, survey_role_name(role)};
    form_value(values, "role")->choices = (Choices){all, n};
}

static Err offer_roles(Ctx *c, FormValues *values)
{
    Wave wave = {0};
    TRY(wave_here(c, &wave));
    fill_roles(c, &wave, values);
    return OK;
}

static Err fill_open(Ctx *c, const Wave *wave, CodesPage *page)
{
    PlainCodes open = {0};
    ptrdiff_t roles = 0;
    Str rest = wave->roles, role = {0};
    while (str_split(&rest, ' ', &role)) roles++;
    TRY(survey_open_codes(c, wave, (UnitId){web_place(c)->unit_id}, &open));
    page->open.v = NEW(c->arena, CodeView, open.n);
    for (ptrdiff_t i = 0; i < open.n; i++) {
        Qr qr = {0};
        Str address = survey_code_address(c, open.v[i].code);
        TRY(qr_make(c, address, &qr));
        page->open.v[page->open.n++] = (CodeView){.role = survey_role_name(open.v[i].role), .role_code = open.v[i].role, .code = open.v[i].code,
                                                  .address = address, .qr = qr_svg(c, &qr, TF("QR-kode til {1}", address))};
    }
    page->lacks_open = open.n < roles;
    return OK;
}

static Err unit_here(Ctx *c, Str *ret_name)
{
    Unit unit = {0};
    TRY(organisation_by_id(c, (UnitId){web_place(c)->unit_id}, &unit));
    *ret_name = unit.name;
    return OK;
}

static Err draw_codes(Ctx *c, FormValues *values)
{
    CodesPage page = {.values = values, .nonce = access_gate.nonce(c), .make = {here(c, S(""))}, .letters = {here(c, S("/pdf"))},
                      .may_make = access_may(c, NEED_WAVE_CODES_WRITE, web_place(c))};
    TRY(wave_here(c, &page.wave));
    TRY(unit_here(c, &page.unit));
    fill_roles(c, &page.wave, values);
    Err err = survey_takes_codes(c, &page.wave);
    if (err == OK) TRY(fill_open(c, &page.wave, &page));
    else {
        page.why_not = c->message;
        ctx_forgive(c);
    }
    page_survey_codes(web_page_begin(c, T("Koder")), &page);
    return web_page_end(c);
}

Err survey_get_codes(Ctx *c)
{
    FormValues values = form_empty(c, &letter_form);
    return draw_codes(c, &values);
}

static Err audit_codes(Ctx *c, const Wave *wave)
{
    return audit_add(c, (AuditRow){.owner_id = wave->owner.v, .verb = "wave.codes", .object = "wave", .object_id = wave->id.v,
                                   .unit_id = web_place(c)->unit_id});
}

Err survey_write_codes(Ctx *c)
{
    Wave wave = {0};
    PlainCodes codes = {0};
    TRY(wave_here(c, &wave));
    TRY(survey_codes(c, &wave, (CodeOrder){.unit = {web_place(c)->unit_id}, .wants_open = true}, &codes));
    TRY(audit_codes(c, &wave));
    return web_redirect(c, here(c, S("")));
}

static Err letters_again(Ctx *c)
{
    LetterWork *work = c->work;
    work->values->problems = c->problems;
    return draw_codes(c, work->values);
}

Err survey_prepare_letters(Ctx *c)
{
    LetterWork *work = NEW(c->arena, LetterWork, 1);
    work->values = NEW(c->arena, FormValues, 1);
    c->work = work;
    web_on_invalid(c, letters_again);
    return web_form_offered(c, &letter_form, offer_roles, work->values);
}

Err survey_write_letters(Ctx *c)
{
    LetterWork *work = c->work;
    CodeOrder order = {.unit = {web_place(c)->unit_id}, .role = form_value(work->values, "role")->raw,
                       .single = form_value(work->values, "single")->number};
    TRY(wave_here(c, &work->wave));
    TRY(survey_codes(c, &work->wave, order, &work->codes));
    return audit_codes(c, &work->wave);
}

Err survey_finish_letters(Ctx *c)
{
    const LetterWork *work = c->work;
    Str bytes = {0};
    bool is_list = str_eq(form_value(work->values, "paper")->raw, S("liste"));
    if (is_list) TRY(survey_class_list_pdf(c, &work->wave, &work->codes, &bytes));
    else TRY(survey_letters_pdf(c, &work->wave, &work->codes, &bytes));
    return web_file(c, S("application/pdf"), S("koder.pdf"), bytes);
}
