/* The list, a questionnaire as it will be seen, files in and out. Changing one
   item or section has a file of its own (questionnaire_edit_form.c). */
#include "feature/questionnaire_edit/questionnaire_edit_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "feature/questionnaire_edit/questionnaire_edit.html.h"
#include "feature/questionnaire_edit/questionnaire_edit_form.h"
#include "feature/questionnaire_edit/questionnaire_edit_pages.h"

static const Field new_fields[] = {
    {.name = "code",
     .kind = FIELD_TEXT,
     .label = T_INIT("Kode"),
     .hint = T_INIT("Bogstaver A–Z, tal og . _ - uden mellemrum, for eksempel PERS."),
     .min = 1,
     .max = QUESTIONNAIRE_CODE_MAX},
    {.name = "title",              .kind = FIELD_TEXT,  .label = T_INIT("Titel på dansk"), .min = 1, .max = QUESTIONNAIRE_TITLE_MAX},
};
static const Form new_form = {new_fields, COUNT_OF(new_fields)};

static Err draw_list(Ctx *c, FormValues *values)
{
    QuestionnaireListPage page = {
        .values = values,
        .nonce = access_gate.nonce(c),
        .upload_nonce = access_gate.nonce(c),
        .may_write = access_may(c, NEED_QUESTIONNAIRE_WRITE, NULL),
    };
    TRY(questionnaire_list(c, &page.all));
    page_questionnaire_list_page(web_page_begin(c, T("Spørgeskemaer")), &page);
    return web_page_end(c);
}

static Err get_list(Ctx *c)
{
    FormValues values = form_empty(c, &new_form);
    return draw_list(c, &values);
}

static Err get_one(Ctx *c)
{
    Questionnaire q = {0};
    QuestionnairePage page = {
        .q = &q,
        .lang = web_query(c, "sprog"),
        .may_write = access_may(c, NEED_QUESTIONNAIRE_WRITE, web_place(c)),
        .was_saved = str_eq(web_query(c, "gemt"), S("1")),
    };
    TRY(questionnaire_newest(c, web_path(c, "code"), &q));
    TRY(questionnaire_check(c, &q, &page.found));
    page_questionnaire_page(web_page_begin(c, msg_verbatim(lang_text(q.title, S("da")))), &page);
    return web_page_end(c);
}

static Err get_file(Ctx *c)
{
    Questionnaire q = {0};
    TRY(questionnaire_newest(c, web_path(c, "code"), &q));
    return web_file(c, S("application/json"), STR_CAT(c->arena, q.code, S(".json")), questionnaire_json(c, &q));
}

/* ---- a file, or a new one --------------------------------------------------------- */

typedef struct Incoming {
    FormValues values;
    Questionnaire q;
    Strs notes;
    Version seen; /* 0: a file, which wins over what is there; -1: must be new */
} Incoming;

static Err list_again(Ctx *c)
{
    Incoming *in = c->work;
    in->values.problems = c->problems;
    return draw_list(c, &in->values);
}

/* Whoever brings a code that is there already must be allowed to change that. */
static Err permit_code(Ctx *c, Str code)
{
    Place place = {0};
    Err err = questionnaire_place(c, code, &place);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    if (access_may(c, NEED_QUESTIONNAIRE_WRITE, &place)) return OK;
    ctx_problem(c, S("code"), TF("Koden {1} er brugt af andre. Giv spørgeskemaet en anden kode.", code));
    return ctx_check(c);
}

static Err prepare_upload(Ctx *c)
{
    Incoming *in = NEW(c->arena, Incoming, 1);
    in->values = form_empty(c, &new_form);
    c->work = in;
    web_on_invalid(c, list_again);
    Str name = {0}, text = web_upload(c, "fil", &name);
    if (text.n == 0) {
        ctx_problem(c, S("fil"), T("Vælg en fil."));
        return ctx_check(c);
    }
    TRY(questionnaire_as_json(c, name, &text, &in->notes));
    TRY(questionnaire_parse(c, text, &in->q));
    return permit_code(c, in->q.code);
}

static Err prepare_new(Ctx *c)
{
    Incoming *in = NEW(c->arena, Incoming, 1);
    in->seen = (Version){-1};
    c->work = in;
    web_on_invalid(c, list_again);
    TRY(web_form(c, &new_form, &in->values));
    Str code = form_value(&in->values, "code")->raw;
    if (!questionnaire_code_is_good(code, QUESTIONNAIRE_CODE_MAX))
        ctx_problem(c, S("code"), TF("En kode er 1–{1} tegn af A–Z a–z 0–9 . _ -", (int64_t)QUESTIONNAIRE_CODE_MAX));
    TRY(ctx_check(c));
    Buf b = buf_new(c->arena, 8 * QUESTIONNAIRE_TITLE_MAX + 2000);
    buf_add(&b, S("{\"format\":\"traad-questionnaire-1\",\"code\":"));
    buf_add_json(&b, code);
    buf_add(&b, S(",\"title\":{\"da\":"));
    buf_add_json(&b, form_value(&in->values, "title")->raw);
    buf_add(
        &b,
        S("},\"languages\":[\"da\"],\"scales\":{\"enig5\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Helt uenig\"}},"
          "{\"value\":2,\"text\":{\"da\":\"Uenig\"}},{\"value\":3,\"text\":{\"da\":\"Hverken enig eller uenig\"}},"
          "{\"value\":4,\"text\":{\"da\":\"Enig\"}},{\"value\":5,\"text\":{\"da\":\"Helt enig\"}},{\"value\":9,\"text\":{\"da\":\"Ved ikke\"}}],"
          "\"agree\":[4,5],\"disagree\":[1,2],\"dont_know\":[9]},"
          "\"janej\":{\"options\":[{\"value\":1,\"text\":{\"da\":\"Ja\"}},{\"value\":2,\"text\":{\"da\":\"Nej\"}}],\"agree\":[1],\"disagree\":[2]}},"
          "\"sections\":[{\"code\":\"A\",\"title\":{\"da\":\"Første afsnit\"},\"items\":[]}]}"));
    TRY(questionnaire_parse(c, buf_str(&b), &in->q));
    return permit_code(c, in->q.code);
}

static Err write_incoming(Ctx *c)
{
    Incoming *in = c->work;
    const Memberships *m = &c->session->memberships;
    UnitId owner = {m->n ? m->v[0].owner_id : c->session->owner_id};
    bool is_new = false;
    TRY(questionnaire_store_seen(c, &in->q, owner, in->seen, &is_new));
    return web_redirect(c, STR_CAT(c->arena, S("/sporgeskemaer/"), in->q.code));
}

static Err finish_upload(Ctx *c)
{
    const Incoming *in = c->work;
    if (in->notes.n == 0) return OK; /* the redirect stands */
    NotesPage page = {.notes = in->notes, .code = in->q.code};
    page_questionnaire_notes(web_page_begin(c, T("Spørgeskemaet er hentet ind")), &page);
    return web_page_end(c);
}

static const Scope scope_questionnaire = {"questionnaire", questionnaire_place};
#define ONE (&scope_questionnaire)
#define MAY_READ NEED_QUESTIONNAIRE_READ
#define MAY_WRITE NEED_QUESTIONNAIRE_WRITE

static const Route routes[] = {
    {GET,  "/sporgeskemaer", MAY_READ, SCOPE_NONE, PLAIN, .get = get_list},
    {POST, "/sporgeskemaer", MAY_WRITE, SCOPE_NONE, SLOW_WRITE, .prepare = prepare_upload, .write = write_incoming,
     .finish = finish_upload, .body_max = QUESTIONNAIRE_FOREIGN_BYTES + (64 << 10)},
    {POST, "/sporgeskemaer/nyt", MAY_WRITE, SCOPE_NONE, WRITE, .prepare = prepare_new, .write = write_incoming},
    {GET,  "/sporgeskemaer/:code", MAY_READ, ONE, HEAVY, .get = get_one},
    {GET,  "/sporgeskemaer/:code/hent", MAY_READ, ONE, HEAVY, .get = get_file},
    {GET,  "/sporgeskemaer/:code/sporgsmaal/:item", MAY_WRITE, ONE, PLAIN, .get = get_item_edit},
    {POST, "/sporgeskemaer/:code/sporgsmaal/:item", MAY_WRITE, ONE, WRITE, .prepare = prepare_item_edit,
     .write = write_edit},
    {GET,  "/sporgeskemaer/:code/nyt-sporgsmaal/:section", MAY_WRITE, ONE, PLAIN, .get = get_item_edit},
    {POST, "/sporgeskemaer/:code/nyt-sporgsmaal/:section", MAY_WRITE, ONE, WRITE, .prepare = prepare_item_edit,
     .write = write_edit},
    {GET,  "/sporgeskemaer/:code/afsnit/:section", MAY_WRITE, ONE, PLAIN, .get = get_section_edit},
    {POST, "/sporgeskemaer/:code/afsnit/:section", MAY_WRITE, ONE, WRITE, .prepare = prepare_section_edit,
     .write = write_edit},
    {GET,  "/sporgeskemaer/:code/nyt-afsnit", MAY_WRITE, ONE, PLAIN, .get = get_section_edit},
    {POST, "/sporgeskemaer/:code/nyt-afsnit", MAY_WRITE, ONE, WRITE, .prepare = prepare_section_edit,
     .write = write_edit},
    {0},
};

static const Door doors[] = {
    {ROOM_DATA, "/sporgeskemaer", T_INIT("Spørgeskemaer"), NEED_QUESTIONNAIRE_READ, .place = 3},
    {0}
};

const Feature questionnaire_edit_feature = {.name = "questionnaire_edit", .help = "/vejledning/maaling#1-spoergeskemaet",
                                            .routes = routes,
                                            .doors = doors};
