/* The page of one unit's codes in a wave, and its letters. */
#include "feature/code/code_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "feature/code/code.h"
#include "feature/code/code.html.h"
#include "feature/code/code_command.h"
#include "feature/code/code_demo.h"
#include "feature/code/code_letter.h"
#include "feature/code/code_pages.h"
#include "render/qr.h"

extern const Schema code_schema;

static const Choice paper_choices[] = {
    {S_INIT("breve"), T_INIT("Breve: en side til hver")},
    {S_INIT("liste"), T_INIT("En liste, som klippes i stykker")},
};
static const Field letter_fields[] = {
    {.name = "role", .kind = FIELD_CHOICE, .label = T_INIT("Hvem er koderne til?")},
    {.name = "single", .kind = FIELD_INTEGER, .label = T_INIT("Hvor mange koder?"), .min = 1, .max = CODE_LETTERS_MAX},
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
    FieldValue *asked = form_value(values, "role");
    while (n < 4 && str_split(&rest, ' ', &role)) all[n++] = (Choice){role, survey_role_name(role)};
    asked->choices = (Choices){all, n};
    /* Nobody has to choose among one. */
    if (n == 1 && !asked->raw.n) asked->raw = all[0].value;
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
    TRY(code_open_list(c, wave, (UnitId){web_place(c)->unit_id}, &open));
    page->open.v = NEW(c->arena, CodeView, open.n);
    for (ptrdiff_t i = 0; i < open.n; i++) {
        Qr qr = {0};
        Str address = code_address(c, open.v[i].code);
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
    page_code_of_unit(web_page_begin(c, T("Koder")), &page);
    return web_page_end(c);
}

static Err get_codes(Ctx *c)
{
    FormValues values = form_empty(c, &letter_form);
    return draw_codes(c, &values);
}

static Err audit_codes(Ctx *c, const Wave *wave)
{
    return audit_add(c, (AuditRow){.owner_id = wave->owner.v, .verb = "wave.codes", .object = "wave", .object_id = wave->id.v,
                                   .unit_id = web_place(c)->unit_id});
}

static Err write_codes(Ctx *c)
{
    Wave wave = {0};
    PlainCodes codes = {0};
    TRY(wave_here(c, &wave));
    TRY(code_make(c, &wave, (CodeOrder){.unit = {web_place(c)->unit_id}, .wants_open = true}, &codes));
    TRY(audit_codes(c, &wave));
    return web_redirect(c, here(c, S("")));
}

static Err letters_again(Ctx *c)
{
    LetterWork *work = c->work;
    work->values->problems = c->problems;
    return draw_codes(c, work->values);
}

static Err prepare_letters(Ctx *c)
{
    LetterWork *work = NEW(c->arena, LetterWork, 1);
    work->values = NEW(c->arena, FormValues, 1);
    c->work = work;
    web_on_invalid(c, letters_again);
    return web_form_offered(c, &letter_form, offer_roles, work->values);
}

static Err write_letters(Ctx *c)
{
    LetterWork *work = c->work;
    CodeOrder order = {.unit = {web_place(c)->unit_id}, .role = form_value(work->values, "role")->raw,
                       .single = form_value(work->values, "single")->number};
    TRY(wave_here(c, &work->wave));
    TRY(code_make(c, &work->wave, order, &work->codes));
    return audit_codes(c, &work->wave);
}

static Err finish_letters(Ctx *c)
{
    const LetterWork *work = c->work;
    Str bytes = {0};
    bool is_list = str_eq(form_value(work->values, "paper")->raw, S("liste"));
    if (is_list) TRY(code_class_list_pdf(c, &work->wave, &work->codes, &bytes));
    else TRY(code_letters_pdf(c, &work->wave, &work->codes, &bytes));
    return web_file(c, S("application/pdf"), S("koder.pdf"), bytes);
}

/* ---- the feature ---------------------------------------------------------------------- */

/* "UID-CODE": a unit of a wave, with the unit's own place. */
SQL(PLACE, "SELECT o.owner_id, o.id, w.id FROM v_survey_wave w JOIN v_survey_unit u ON u.wave_id = w.id"
           " JOIN v_organisation_unit o ON o.id = u.unit_id WHERE w.uid = $1 AND u.code = $2");

enum { UID_CHARS = 32 };

static Err place_of_unit(Ctx *c, Str spot, Place *ret)
{
    Place place = {0};
    if (spot.n < UID_CHARS + 2) return E_NOT_FOUND;
    Rows r = db_query(c, PLACE, str_sub(spot, 0, UID_CHARS), str_sub(spot, UID_CHARS + 1, spot.n));
    if (db_next(&r)) place = (Place){.owner_id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .object_id = db_i64(&r, 2)};
    TRY(db_done(&r));
    if (!place.object_id) return E_NOT_FOUND;
    *ret = place;
    return OK;
}

static const Scope scope_unit_of_wave = {"code unit of a wave", place_of_unit};

static const Route routes[] = {
    {GET,  "/koder/:sted",     NEED_WAVE_CODES_READ,  &scope_unit_of_wave, LOOK, .get = get_codes, .strong = true},
    {POST, "/koder/:sted",     NEED_WAVE_CODES_WRITE, &scope_unit_of_wave, WRITE, .write = write_codes, .strong = true},
    {POST, "/koder/:sted/pdf", NEED_WAVE_CODES_WRITE, &scope_unit_of_wave, SLOW_WRITE, .prepare = prepare_letters, .write = write_letters,
     .finish = finish_letters, .strong = true},
    {0},
};

static const Door doors[] = {{ROOM_DATA, "/maalinger", {{0}}, NEED_WAVE_CODES_READ}, {0}};

const Feature code_feature = {.name = "code", .help = "/vejledning/skoleleder#maalinger", .schema = &code_schema, .routes = routes,
                              .commands = code_commands, .doors = doors, .demo = code_demo};
