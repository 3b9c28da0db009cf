/* One form an item, one a section; every save is a new version. The form is made
   for the questionnaire at hand: a field a language, its scales to choose from. */
#include "feature/questionnaire_edit/questionnaire_edit_form.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "feature/questionnaire_edit/questionnaire_edit.h"
#include "feature/questionnaire_edit/questionnaire_edit.html.h"
#include "feature/questionnaire_edit/questionnaire_edit_pages.h"

typedef struct Edit {
    Questionnaire q, changed;
    const Item *item, *matrix; /* NULL: a new one; not a row */
    const Section *section;    /* of the item, or under change; NULL: a new one */
    bool is_item;
    Form form;
    FormValues values;
} Edit;

/* ---- the form ------------------------------------------------------------------- */

enum { EDIT_FIELDS = QUESTIONNAIRE_LANGUAGES + 7, ASK_IN_MAX = 200 };

static const char *text_name(Ctx *c, Str lang)
{
    return str_z(c->arena, STR_CAT(c->arena, S("text_"), lang));
}

static void add_texts(Ctx *c, const Questionnaire *q, Field *fields, Form *form, bool is_item)
{
    for (ptrdiff_t i = 0; i < q->languages.n; i++)
        fields[form->n++] = (Field){
            .name = text_name(c, q->languages.v[i]),
            .kind = is_item ? FIELD_LONG_TEXT : FIELD_TEXT,
            .label = is_item ? TF("Spørgsmålet på {1}", questionnaire_language(c, q->languages.v[i]))
                             : TF("Titlen på {1}", questionnaire_language(c, q->languages.v[i])),
            .optional = i > 0 || !is_item,
            .min = i > 0 || !is_item ? 0 : 1,
            .max = is_item ? ITEM_TEXT_MAX : QUESTIONNAIRE_TITLE_MAX,
        };
}

/* By its ends: its code says nothing to who writes questions. */
static Msg scale_name(Ctx *c, const Scale *scale)
{
    Str lang = c->lang == LANG_EN ? S("en") : S("da");
    ptrdiff_t last = scale->options.n - 1;
    while (last > 0 && values_have(scale->dont_know, scale->options.v[last].value)) last--;
    if (last < 1) return msg_verbatim(scale->code);
    Str from = lang_text(scale->options.v[0].text, lang), to = lang_text(scale->options.v[last].text, lang);
    return last == 1 ? TF("{1} eller {2}", from, to) : TF("Fra {1} til {2}, {3} svar", from, to, (int64_t)last + 1);
}

static Choices scale_choices(Ctx *c, const Questionnaire *q)
{
    Choice *all = NEW(c->arena, Choice, q->scales.n);
    for (ptrdiff_t i = 0; i < q->scales.n; i++)
        all[i] = (Choice){q->scales.v[i].code, scale_name(c, &q->scales.v[i])};
    return (Choices){all, q->scales.n};
}

static const Choice kind_choices[] = {
    {S_INIT("single"),   T_INIT("Ét svar på en skala")   },
    {S_INIT("multiple"), T_INIT("Flere krydser")           },
    {S_INIT("matrix"),   T_INIT("Flere rækker, én skala")},
    {S_INIT("number"),   T_INIT("Et tal")                  },
    {S_INIT("text"),     T_INIT("En fri tekst")            },
};

static void item_form(Ctx *c, Edit *e)
{
    Field *f = NEW(c->arena, Field, EDIT_FIELDS);
    e->form = (Form){f, 0};
    add_texts(c, &e->q, f, &e->form, true);
    f[e->form.n++] = (Field){.name = "code", .kind = FIELD_TEXT, .label = T("Kode"), .min = 1, .max = ITEM_CODE_MAX};
    if (!e->item && !e->matrix)
        f[e->form.n++] = (Field){
            .name = "kind",
            .kind = FIELD_CHOICE,
            .label = T("Slags spørgsmål"),
            .choices = {kind_choices, COUNT_OF(kind_choices)}
        };
    if (!e->matrix)
        f[e->form.n++] = (Field){.name = "scale",
                                 .kind = FIELD_CHOICE,
                                 .label = T("Skala"),
                                 .hint = T("Et tal og en fri tekst har ingen."),
                                 .optional = true,
                                 .choices = scale_choices(c, &e->q)};
    f[e->form.n++] = (Field){.name = "core",
                             .kind = FIELD_CHECK,
                             .label = T("Kernespørgsmål: tæller med i, om nogen har svaret"),
                             .optional = true};
    f[e->form.n++] = (Field){
        .name = "reverse", .kind = FIELD_CHECK, .label = T("Vendt: enig trækker ned i samlede mål"), .optional = true};
    f[e->form.n++] = (Field){.name = "ask_item",
                             .kind = FIELD_TEXT,
                             .label = T("Afhænger af et tidligere spørgsmål"),
                             .hint = T("Skriv det spørgsmåls kode. Så bliver dette kun stillet efter bestemte svar på det."),
                             .optional = true,
                             .max = ITEM_CODE_MAX};
    f[e->form.n++] = (Field){.name = "ask_in",
                             .kind = FIELD_TEXT,
                             .label = T("Efter hvilke svar?"),
                             .hint = T("Svarenes tal med mellemrum, for eksempel 1 2 3."),
                             .optional = true,
                             .max = ASK_IN_MAX};
}

static void section_form(Ctx *c, Edit *e)
{
    Field *f = NEW(c->arena, Field, EDIT_FIELDS);
    e->form = (Form){f, 0};
    add_texts(c, &e->q, f, &e->form, false);
    f[e->form.n++] = (Field){.name = "code", .kind = FIELD_TEXT, .label = T("Kode"), .min = 1, .max = ITEM_CODE_MAX};
    f[e->form.n++] = (Field){
        .name = "theme", .kind = FIELD_TEXT, .label = T("Tema i rapporten"), .optional = true, .max = ITEM_CODE_MAX};
}

/* ---- from memory to the form ------------------------------------------------------ */

static void fill_texts(Ctx *c, Edit *e, LangTexts texts)
{
    for (ptrdiff_t i = 0; i < texts.n; i++)
        form_value(&e->values, text_name(c, texts.v[i].lang))->raw = texts.v[i].text;
}

static Str values_text(Ctx *c, Values values)
{
    Buf b = buf_new(c->arena, 12 * (values.n + 1));
    for (ptrdiff_t i = 0; i < values.n; i++) {
        if (i) buf_add_char(&b, ' ');
        buf_add_i64(&b, values.v[i]);
    }
    return buf_str(&b);
}

static void fill_item(Ctx *c, Edit *e)
{
    const Item *it = e->item;
    e->values = form_empty(c, &e->form);
    if (!it) return;
    fill_texts(c, e, it->text);
    form_value(&e->values, "code")->raw = it->code;
    if (it->scale && !it->matrix) form_value(&e->values, "scale")->raw = it->scale->code;
    form_value(&e->values, "core")->number = it->is_core;
    form_value(&e->values, "reverse")->number = it->is_reverse;
    bool is_own =
        it->ask_if && !(it->matrix && it->matrix->ask_if == it->ask_if && values_equal(it->matrix->ask_in, it->ask_in));
    if (!is_own) return;
    form_value(&e->values, "ask_item")->raw = it->ask_if->code;
    form_value(&e->values, "ask_in")->raw = values_text(c, it->ask_in);
}

static void fill_section(Ctx *c, Edit *e)
{
    e->values = form_empty(c, &e->form);
    if (!e->section) return;
    fill_texts(c, e, e->section->title);
    form_value(&e->values, "code")->raw = e->section->code;
    form_value(&e->values, "theme")->raw = e->section->theme;
}

/* ---- from the form to memory -------------------------------------------------------- */

static LangTexts read_texts(Ctx *c, Edit *e)
{
    LangTexts texts = {.v = NEW(c->arena, LangText, e->q.languages.n)};
    for (ptrdiff_t i = 0; i < e->q.languages.n; i++) {
        Str text = str_trim(form_value(&e->values, text_name(c, e->q.languages.v[i]))->raw);
        if (text.n) texts.v[texts.n++] = (LangText){e->q.languages.v[i], text};
    }
    return texts;
}

static Values read_values(Ctx *c, Str list)
{
    Values values = {.v = NEW(c->arena, int64_t, ASK_IN_MAX)};
    Str rest = str_trim(list), part = {0};
    while (rest.n > 0 && str_split(&rest, ' ', &part)) {
        int64_t v = 0;
        if (part.n == 0) continue;
        if (!str_i64(part, &v) || values.n == ASK_IN_MAX)
            ctx_problem(c, S("ask_in"), T("Skriv værdierne som hele tal med mellemrum."));
        else
            values.v[values.n++] = v;
    }
    return values;
}

static const Scale *scale_named(const Questionnaire *q, Str code)
{
    for (ptrdiff_t i = 0; i < q->scales.n; i++)
        if (str_eq(q->scales.v[i].code, code)) return &q->scales.v[i];
    return NULL;
}

static Err read_item(Ctx *c, Edit *e, Item *ret)
{
    TRY(web_form(c, &e->form, &e->values));
    Item to = {.kind = e->item ? e->item->kind : ITEM_SINGLE,
               .text = read_texts(c, e),
               .code = form_value(&e->values, "code")->raw};
    if (!e->item && !e->matrix) {
        if (!questionnaire_kind_of_code(form_value(&e->values, "kind")->raw, &to.kind))
            ctx_problem(c, S("kind"), T("Vælg, hvad det er for et spørgsmål."));
    }
    to.scale = e->matrix ? e->matrix->scale : scale_named(&e->q, form_value(&e->values, "scale")->raw);
    to.is_core = form_value(&e->values, "core")->number != 0;
    to.is_reverse = form_value(&e->values, "reverse")->number != 0;
    Str asked = form_value(&e->values, "ask_item")->raw;
    if (asked.n) {
        Item *named = NEW(c->arena, Item, 1);
        named->code = asked;
        to.ask_if = named;
        to.ask_in = read_values(c, form_value(&e->values, "ask_in")->raw);
    } else if (e->matrix) {
        to.ask_if = e->matrix->ask_if;
        to.ask_in = e->matrix->ask_in;
    }
    TRY(ctx_check(c));
    *ret = to;
    return OK;
}

/* ---- pages ----------------------------------------------------------------------------- */

static void add_move(Ctx *c, ButtonForms *all, Str move, Msg label)
{
    all->v[all->n++] = (ButtonForm){move, label, access_gate.nonce(c)};
}

static Err draw(Ctx *c, Edit *e, bool came_late)
{
    bool is_new = e->is_item ? !e->item : !e->section;
    EditPage page = {
        .q = &e->q,
        .values = &e->values,
        .action = {web_own_path(c)},
        .nonce = access_gate.nonce(c),
        .version = e->q.version,
        .moves.v = NEW(c->arena, ButtonForm, 3),
        .is_item = e->is_item,
        .is_matrix = e->item && e->item->kind == ITEM_MATRIX,
        .came_late = came_late,
        .code = e->item ? e->item->code : S(""),
        .section = e->section ? e->section->code : S(""),
        .theirs = e->item                     ? e->item->text
                  : e->section && !e->is_item ? e->section->title
                                              : (LangTexts){0},
    };
    page.title = e->is_item ? (is_new ? T("Nyt spørgsmål") : TF("Ret spørgsmålet {1}", page.code))
                            : (is_new ? T("Nyt afsnit") : TF("Ret afsnittet {1}", page.section));
    Str matrix = web_query(c, "matrix");
    if (matrix.n && questionnaire_code_is_good(matrix, ITEM_CODE_MAX))
        page.action.path = STR_CAT(c->arena, web_own_path(c), S("?matrix="), matrix);
    if (!is_new) {
        add_move(c, &page.moves, S("op"), T("Flyt op"));
        add_move(c, &page.moves, S("ned"), T("Flyt ned"));
        add_move(c, &page.moves, S("fjern"), e->is_item ? T("Fjern spørgsmålet") : T("Fjern afsnittet"));
    }
    TRY(questionnaire_waves(c, e->q.id, &page.waves));
    page_questionnaire_edit(web_page_begin(c, page.title), &page);
    return web_page_end(c);
}

/* What the path says of this, empty where its route has no such part. */
static Str part_of_path(Ctx *c, const char *name)
{
    Str marked = STR_CAT(c->arena, S(":"), str_of_z(name));
    return str_find(str_of_z(web_route(c)->path), marked, 0) < 0 ? S("") : web_path(c, name);
}

static Err load(Ctx *c, Edit *e)
{
    TRY(questionnaire_newest(c, web_path(c, "code"), &e->q));
    Str section = part_of_path(c, "section");
    for (ptrdiff_t i = 0; i < e->q.sections.n; i++)
        if (str_eq(e->q.sections.v[i].code, section)) e->section = &e->q.sections.v[i];
    return section.n && !e->section ? E_NOT_FOUND : OK;
}

static Err load_item(Ctx *c, Edit *e)
{
    TRY(load(c, e));
    e->is_item = true;
    Str code = part_of_path(c, "item"), matrix = web_query(c, "matrix");
    if (code.n && !(e->item = questionnaire_item(&e->q, code))) return E_NOT_FOUND;
    if (e->item)
        e->matrix = e->item->matrix;
    else if (matrix.n)
        e->matrix = questionnaire_item(&e->q, matrix);
    if (matrix.n && (!e->matrix || e->matrix->kind != ITEM_MATRIX)) return E_NOT_FOUND;
    for (ptrdiff_t i = 0; e->item && i < e->q.sections.n; i++)
        if (str_eq(e->q.sections.v[i].code, e->item->section)) e->section = &e->q.sections.v[i];
    item_form(c, e);
    return OK;
}

Err get_item_edit(Ctx *c)
{
    Edit *e = NEW(c->arena, Edit, 1);
    TRY(load_item(c, e));
    fill_item(c, e);
    return draw(c, e, false);
}

Err get_section_edit(Ctx *c)
{
    Edit *e = NEW(c->arena, Edit, 1);
    TRY(load(c, e));
    section_form(c, e);
    fill_section(c, e);
    return draw(c, e, false);
}

/* ---- posts -------------------------------------------------------------------------------- */

static Err again(Ctx *c)
{
    Edit *e = c->work;
    e->values.problems = c->problems;
    return draw(c, e, false);
}

/* What is there now, above what was written here: neither is lost. */
static Err too_late(Ctx *c)
{
    Edit *e = c->work, now = {.form = e->form, .values = e->values, .is_item = e->is_item};
    if (questionnaire_newest(c, web_path(c, "code"), &now.q) != OK)
        return fail(c, E_CONFLICT, T("En anden har ændret spørgeskemaet imens."));
    if (e->item) now.item = questionnaire_item(&now.q, e->item->code);
    for (ptrdiff_t i = 0; e->section && i < now.q.sections.n; i++)
        if (str_eq(now.q.sections.v[i].code, e->section->code)) now.section = &now.q.sections.v[i];
    return draw(c, &now, true);
}

static Err read_move(Ctx *c, EditMove *ret)
{
    static const Str moves[] = {S_INIT("gem"), S_INIT("op"), S_INIT("ned"), S_INIT("fjern")};
    Str move = web_field(c, "move");
    for (int i = 0; i < COUNT_OF(moves); i++)
        if (str_eq(move, moves[i])) {
            *ret = (EditMove)(EDIT_SAVE + i);
            return OK;
        }
    return fail(c, E_INVALID, T("Formularen er ikke fra denne side."));
}

/* A change may leave faults (a condition on what was removed): reading tells them. */
static Err prove(Ctx *c, Edit *e)
{
    Questionnaire proven = {0};
    TRY(questionnaire_parse(c, questionnaire_json(c, &e->changed), &proven));
    e->changed = proven;
    return OK;
}

/* A matrix cannot be without rows: it begins with one to put right. */
static Err give_first_row(Ctx *c, Edit *e, const Item *matrix)
{
    LangTexts text = {.v = NEW(c->arena, LangText, 1), .n = 1};
    text.v[0] = (LangText){e->q.languages.v[0], S("Første række")};
    ItemChange row = {
        .move = EDIT_SAVE,
        .section = e->section->code,
        .matrix = matrix->code,
        .to = {.kind = ITEM_SINGLE,
               .code = STR_CAT(c->arena, matrix->code, S("_1")),
               .text = text,
               .scale = matrix->scale,
               .is_core = matrix->is_core,
               .is_reverse = matrix->is_reverse}
    };
    Questionnaire with_matrix = e->changed;
    return questionnaire_edit_item(c, &with_matrix, row, &e->changed);
}

Err prepare_item_edit(Ctx *c)
{
    Edit *e = NEW(c->arena, Edit, 1);
    ItemChange change = {.move = EDIT_SAVE};
    TRY(load_item(c, e));
    fill_item(c, e);
    c->work = e;
    web_on_invalid(c, again);
    web_on_conflict(c, too_late);
    TRY(read_move(c, &change.move));
    if (e->item) change.code = e->item->code;
    if (e->section) change.section = e->section->code;
    if (!e->item && e->matrix) change.matrix = e->matrix->code;
    if (change.move == EDIT_SAVE) TRY(read_item(c, e, &change.to));
    TRY(questionnaire_edit_item(c, &e->q, change, &e->changed));
    if (!e->item && change.to.kind == ITEM_MATRIX) TRY(give_first_row(c, e, &change.to));
    return prove(c, e);
}

static Err remove_only_empty(Ctx *c, const Edit *e, EditMove move)
{
    if (move != EDIT_REMOVE || !e->section || e->section->count == 0) return OK;
    ctx_problem(c, S(""), T("Afsnittet har spørgsmål. Flyt eller fjern dem først."));
    return ctx_check(c);
}

Err prepare_section_edit(Ctx *c)
{
    Edit *e = NEW(c->arena, Edit, 1);
    SectionChange change = {.move = EDIT_SAVE};
    TRY(load(c, e));
    section_form(c, e);
    fill_section(c, e);
    c->work = e;
    web_on_invalid(c, again);
    web_on_conflict(c, too_late);
    TRY(read_move(c, &change.move));
    TRY(remove_only_empty(c, e, change.move));
    if (e->section) change.code = e->section->code;
    if (change.move == EDIT_SAVE) {
        TRY(web_form(c, &e->form, &e->values));
        change.to = (Section){.code = form_value(&e->values, "code")->raw,
                              .title = read_texts(c, e),
                              .theme = form_value(&e->values, "theme")->raw};
    }
    TRY(questionnaire_edit_section(c, &e->q, change, &e->changed));
    return prove(c, e);
}

Err write_edit(Ctx *c)
{
    Edit *e = c->work;
    Version seen = {0};
    bool is_new = false;
    TRY(web_form_version(c, &seen));
    TRY(questionnaire_store_seen(c, &e->changed, (UnitId){0}, seen, &is_new));
    return web_redirect(c, STR_CAT(c->arena, S("/sporgeskemaer/"), e->q.code, is_new ? S("?gemt=1") : S("")));
}
