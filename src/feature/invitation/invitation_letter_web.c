/* The page of one letter: as it will be read, and as it is written. */
#include "feature/invitation/invitation_handlers.h"

#include "base/number.h"
#include "core/access/access.h"
#include "feature/invitation/invitation.html.h"
#include "feature/invitation/invitation_pages.h"

static const Field letter_fields[] = {
    {.name = "subject", .kind = FIELD_TEXT, .label = T_INIT("Emne"), .min = 1, .max = LETTER_SUBJECT_MAX},
    {.name = "body", .kind = FIELD_LONG_TEXT, .label = T_INIT("Brevet"), .min = 1, .max = LETTER_BODY_MAX},
};
static const Form letter_form = {letter_fields, COUNT_OF(letter_fields)};

/* Which letter is meant: of the address, or of the form. */
typedef struct Which {
    MailingKind kind;
    Str lang;
    Version seen;
    FormValues values;
    bool is_again, is_standard; /* shown once more with its problems; back to the program's words */
} Which;

static Err which(Ctx *c, Str kind, Str lang, Which *ret)
{
    Wave wave = {0};
    Questionnaire q = {0};
    TRY(invitation_wave(c, &wave));
    TRY(questionnaire_load(c, wave.questionnaire, &q));
    if (!kind.n) kind = S("invite");
    if (!lang.n) lang = S("da");
    if (!mailing_kind_parse(kind, &ret->kind)) return E_NOT_FOUND;
    ret->lang = str_copy(c->arena, lang);
    if (str_eq(lang, S("da"))) return OK;
    for (ptrdiff_t i = 0; i < q.languages.n; i++)
        if (str_eq(q.languages.v[i], lang)) return OK;
    return E_NOT_FOUND;
}

static Strs paragraphs(Ctx *c, Str text)
{
    enum { LINES = 400 };
    Strs all = {.v = NEW(c->arena, Str, LINES)};
    Str line = {0};
    while (all.n < LINES && str_split(&text, '\n', &line))
        if (str_trim(line).n) all.v[all.n++] = line;
    return all;
}

/* With a code that is none, and one of the wave's own units. */
static Err sample(Ctx *c, const Wave *wave, const Letter *letter, MailingKind kind, Mail *ret)
{
    WaveUnits units = {0};
    Unit owner = {0};
    LetterFacts facts = {.wave = wave, .unit = wave->name, .code = S("BCDF-GHJK-LMNP-RSTV")};
    TRY(survey_units(c, wave->id, &units));
    TRY(organisation_by_id(c, wave->owner, &owner));
    TRY(survey_promise(c, wave, &facts.promise));
    facts.owner = owner.name;
    for (ptrdiff_t i = units.n - 1; i >= 0; i--)
        if (units.v[i].is_lowest) facts.unit = units.v[i].name;
    *ret = letter_mail(c, letter, kind, &facts);
    return OK;
}

static Msg note_of(const Letter *letter, Str lang)
{
    if (!letter->is_standard) return (Msg){0};
    if (str_eq(letter->lang, lang)) return T("Det er standardbrevet. Det bliver brugt, til I skriver jeres eget.");
    return T("Der er ikke skrevet et brev på det sprog. Til det sker, bliver det danske standardbrev sendt.");
}

static Err draw(Ctx *c, Which *w)
{
    Letter letter = {0};
    Mail mail = {0};
    LetterPage page = {.nonce = access_gate.nonce(c), .kind = mailing_kind_code(w->kind), .lang = w->lang,
                       .may_write = access_may(c, NEED_WAVE_MAIL_WRITE, web_place(c)), .was_saved = str_eq(web_query(c, "gemt"), S("1"))};
    TRY(invitation_wave(c, &page.wave));
    TRY(letter_get(c, page.wave.id, w->kind, w->lang, &letter));
    TRY(sample(c, &page.wave, &letter, w->kind, &mail));
    if (!w->is_again) {
        form_value(&w->values, "subject")->raw = letter.subject;
        form_value(&w->values, "body")->raw = letter.body;
    }
    page.title = w->kind == MAILING_INVITE ? T("Invitationen") : T("Påmindelsen");
    page.language = TF("{1}, på {2}", page.wave.name, questionnaire_language(c, w->lang));
    page.note = note_of(&letter, w->lang);
    /* After a conflict the newer letter has been seen: it stands above the form. */
    page.version = w->is_again && c->err != E_CONFLICT ? w->seen : letter.version;
    if (c->err == E_CONFLICT) page.conflict = c->message;
    page.may_reset = !letter.is_standard;
    page.values = &w->values;
    page.subject = mail.subject;
    page.text = paragraphs(c, mail.text);
    page.may_write = page.may_write && !survey_is_done(&page.wave);
    page.back = (Href){invitation_path(c, &page.wave, "")};
    page.action = (Href){invitation_path(c, &page.wave, "/brev")};
    page_invitation_letter(web_page_begin(c, page.title), &page);
    return web_page_end(c);
}

Err invitation_get_letter(Ctx *c)
{
    Which w = {.values = form_empty(c, &letter_form)};
    TRY(which(c, web_query(c, "slags"), web_query(c, "sprog"), &w));
    return draw(c, &w);
}

static Err letter_again(Ctx *c)
{
    Which *w = c->work;
    w->is_again = !w->is_standard; /* who chose the program's words has written none */
    w->values.problems = c->problems;
    return draw(c, w);
}

Err invitation_prepare_letter(Ctx *c)
{
    Which *w = NEW(c->arena, Which, 1);
    c->work = w;
    TRY(which(c, web_field(c, "slags"), web_field(c, "sprog"), w));
    TRY(web_form_version(c, &w->seen));
    w->is_standard = web_field(c, "standard").n > 0;
    w->values = form_empty(c, &letter_form);
    web_on_invalid(c, letter_again);
    web_on_conflict(c, letter_again);
    return w->is_standard ? OK : web_form(c, &letter_form, &w->values);
}

Err invitation_write_letter(Ctx *c)
{
    Which *w = c->work;
    Wave wave = {0};
    TRY(invitation_wave(c, &wave));
    TRY(survey_takes_codes(c, &wave));
    if (w->is_standard) TRY(letter_reset(c, &wave, w->kind, w->lang, w->seen));
    else TRY(letter_set(c, &wave, w->kind, w->lang, w->seen, form_value(&w->values, "subject")->raw, form_value(&w->values, "body")->raw));
    TRY(invitation_audit(c, "wave.letter", &wave, 0));
    Str more = STR_CAT(c->arena, S("?gemt=1&slags="), mailing_kind_code(w->kind), S("&sprog="), w->lang);
    return web_redirect(c, STR_CAT(c->arena, invitation_path(c, &wave, "/brev"), more));
}
