#include "feature/support/support_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "feature/support/support_pages.h"
#include "feature/support/support.html.h"

extern const Schema support_schema;

static const Field ask_fields[] = {
    {.name = "subject", .kind = FIELD_TEXT, .label = T_INIT("Emne"), .min = 1, .max = 120},
    {.name = "body", .kind = FIELD_LONG_TEXT, .label = T_INIT("Hvad vil du spørge om?"),
     .hint = T_INIT("Skriv, hvilken side du var på, og hvad du ville."), .min = 1, .max = 4000},
};
static const Form ask_form = {ask_fields, COUNT_OF(ask_fields)};

static const Field answer_fields[] = {
    {.name = "answer", .kind = FIELD_LONG_TEXT, .label = T_INIT("Svar"), .min = 1, .max = 4000},
};
static const Form answer_form = {answer_fields, COUNT_OF(answer_fields)};

static Err draw_ask(Ctx *c, FormValues *values)
{
    AskPage page = {
        .values = values,
        .nonce = access_gate.nonce(c),
        .was_sent = str_eq(web_query(c, "sendt"), S("1")),
        .may_answer = access_may(c, NEED_SUPPORT_DECIDE, NULL),
    };
    TRY(support_own(c, &page.own));
    page_support_ask(web_page_begin(c, T("Skriv til support")), &page);
    return web_page_end(c);
}

static Err get_ask(Ctx *c)
{
    FormValues values = form_empty(c, &ask_form);
    return draw_ask(c, &values);
}

static Err ask_again(Ctx *c)
{
    FormValues *values = c->work;
    values->problems = c->problems;
    return draw_ask(c, values);
}

static Err prepare_ask(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    c->work = values;
    web_on_invalid(c, ask_again);
    return web_form(c, &ask_form, values);
}

static Err write_ask(Ctx *c)
{
    FormValues *values = c->work;
    Str uid = {0};
    TRY(support_ask(c, form_value(values, "subject")->raw, form_value(values, "body")->raw, &uid));
    return web_redirect(c, S("/support?sendt=1"));
}

/* Where the next page begins: the last one shown. */
static Href next_page(Ctx *c, const Questions *all, bool answered)
{
    if (!all->more) return (Href){0};
    const Question *last = &all->v[all->n - 1];
    Buf b = buf_new(c->arena, 120);
    buf_add(&b, answered ? S("/support/indbakke?vis=besvarede&efter=") : S("/support/indbakke?efter="));
    buf_add_i64(&b, last->asked_at.ms);
    buf_add_char(&b, '-');
    buf_add_i64(&b, last->id.v);
    return (Href){buf_str(&b)};
}

static Err read_after(Ctx *c, Instant *ret_at, SupportId *ret_id)
{
    Str after = web_query(c, "efter"), at = {0};
    if (after.n == 0) return OK;
    bool reads = str_split(&after, '-', &at) && str_i64(at, &ret_at->ms) && str_i64(after, &ret_id->v);
    return reads ? OK : fail(c, E_NOT_FOUND, T("Siden findes ikke. Begynd forfra i indbakken."));
}

static Err get_desk(Ctx *c)
{
    Instant after_at = {0};
    SupportId after_id = {0};
    TRY(read_after(c, &after_at, &after_id));
    DeskPage page = {.answered = str_eq(web_query(c, "vis"), S("besvarede"))};
    TRY(support_desk(c, page.answered, after_at, after_id, &page.all));
    page.next = next_page(c, &page.all, page.answered);
    page_support_desk(web_page_begin(c, T("Spørgsmål til support")), &page);
    return web_page_end(c);
}

static Err draw_question(Ctx *c, FormValues *values, Str unsent)
{
    QuestionPage page = {.values = values, .nonce = access_gate.nonce(c), .unsent = unsent};
    TRY(support_by_uid(c, web_path(c, "uid"), &page.q));
    page.version = page.q.version;
    page.may_answer = access_may(c, NEED_SUPPORT_DECIDE, web_place(c));
    page_support_question(web_page_begin(c, msg_verbatim(page.q.subject)), &page);
    return web_page_end(c);
}

static Err get_question(Ctx *c)
{
    FormValues values = form_empty(c, &answer_form);
    return draw_question(c, &values, S(""));
}

static Err answer_again(Ctx *c)
{
    FormValues *values = c->work;
    values->problems = c->problems;
    return draw_question(c, values, S(""));
}

/* Both texts on one page, so that the second of two loses nothing. */
static Err answer_too_late(Ctx *c)
{
    FormValues *values = c->work;
    return draw_question(c, values, form_value(values, "answer")->raw);
}

static Err prepare_answer(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    c->work = values;
    web_on_invalid(c, answer_again);
    web_on_conflict(c, answer_too_late);
    return web_form(c, &answer_form, values);
}

static Err write_answer(Ctx *c)
{
    FormValues *values = c->work;
    Version seen = {0};
    TRY(web_form_version(c, &seen));
    TRY(support_answer(c, (SupportId){web_place(c)->object_id}, seen, form_value(values, "answer")->raw));
    return web_redirect(c, STR_CAT(c->arena, S("/support/sag/"), web_path(c, "uid")));
}

static const Scope scope_question = {"support question", support_place};

static Err loose_ends(Ctx *c, LooseEnd **list)
{
    if (!access_may(c, NEED_SUPPORT_DECIDE, NULL)) return OK;
    Questions open = {0};
    TRY(support_desk(c, false, (Instant){0}, (SupportId){0}, &open));
    for (ptrdiff_t i = 0; i < open.n && i < 5; i++) {
        const Question *q = &open.v[i];
        LooseEnd *end = NEW(c->arena, LooseEnd, 1);
        *end = (LooseEnd){
            .cost = 2,
            .due = date_of_instant_danish(q->asked_at),
            .headline = TF("Svar på: {1}", q->subject),
            .about = TF("Fra {1}, {2}", q->author, q->unit),
            .waiting = T("Den, der spørger, kan ikke komme videre, før der er et svar."),
            .button = T("Svar"),
            .href = STR_CAT(c->arena, S("/support/sag/"), q->uid),
            .knots_done = 2,
            .strip = T("Nogen venter på svar"),
            .next = *list,
        };
        *list = end;
    }
    return OK;
}

static const Route routes[] = {
    {GET,  "/support",               NEED_SUPPORT_WRITE,  SCOPE_NONE,      PLAIN, .get = get_ask},
    {POST, "/support",               NEED_SUPPORT_WRITE,  SCOPE_NONE,      WRITE, .prepare = prepare_ask, .write = write_ask},
    {GET,  "/support/indbakke",      NEED_SUPPORT_DECIDE, SCOPE_NONE,      LOOK,  .get = get_desk},
    {GET,  "/support/sag/:uid",      NEED_SUPPORT_READ,   &scope_question, LOOK,  .get = get_question},
    {POST, "/support/sag/:uid/svar", NEED_SUPPORT_DECIDE, &scope_question, WRITE, .prepare = prepare_answer, .write = write_answer},
    {0},
};

static const Door doors[] = {{ROOM_ADMINISTRATION, "/support/indbakke", T_INIT("Spørgsmål til support"), NEED_SUPPORT_DECIDE, .place = 3}, {0}};

const Feature support_feature = {
    .name = "support", .help = "/vejledning/administration#support",
    .schema = &support_schema, .routes = routes, .loose_ends = loose_ends, .doors = doors};
