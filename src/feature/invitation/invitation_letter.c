/* The words of a mail. People write them with placeholders in square brackets;
   what the law and fairness ask for stands below, whatever they write. */
#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "feature/invitation/invitation_inside.h"
#include "text/da.h"

/* ---- the program's own words ------------------------------------------------------ */

enum { PARAGRAPHS = 5 };
static const struct {
    Msg subject, paragraph[PARAGRAPHS];
} defaults[] = {
    {T_INIT("Vil du svare på [måling]?"),
     {T_INIT("Hej"),
      T_INIT("Vi vil gerne have dit svar i målingen [måling]. Den handler om [enhed], og det er frivilligt at svare."),
      T_INIT("Svar her: [link]"),
      T_INIT("Linket er dit og virker én gang, så giv det ikke videre. Du kan svare til og med [sidste dag]."),
      T_INIT("[løfte]")}},
    {T_INIT("Du kan stadig nå at svare på [måling]"),
     {T_INIT("Hej"),
      T_INIT("Vi har spurgt dig i målingen [måling], og dit link er ikke brugt endnu. Det er stadig frivilligt at svare."),
      T_INIT("Svar her: [link]"),
      T_INIT("Linket er dit og virker én gang, så giv det ikke videre. Du kan svare til og med [sidste dag]."),
      T_INIT("[løfte]")}},
};

static Lang lang_of(Str lang)
{
    return str_eq(lang, S("en")) ? LANG_EN : LANG_DA;
}

/* In the letter's language, not the viewer's. */
static Str words(Ctx *c, Lang lang, Msg msg)
{
    Lang own = c->lang;
    c->lang = lang;
    Str text = msg_text(c, msg);
    c->lang = own;
    return text;
}

static Letter own_words(Ctx *c, MailingKind kind, Str lang)
{
    Lang at = lang_of(lang);
    Buf b = buf_new(c->arena, LETTER_BODY_MAX);
    for (int i = 0; i < PARAGRAPHS; i++) {
        if (i) buf_add(&b, S("\n\n"));
        buf_add(&b, words(c, at, defaults[kind - 1].paragraph[i]));
    }
    return (Letter){.subject = words(c, at, defaults[kind - 1].subject), .body = buf_str(&b),
                    .version = {LETTER_UNWRITTEN}, .is_standard = true, .lang = at == LANG_EN ? S("en") : S("da")};
}

/* ---- reading and writing ------------------------------------------------------------ */

SQL(GET_LETTER, "SELECT subject, body, version, is_standard FROM invitation_letter WHERE wave_id = $1 AND kind = $2 AND lang = $3");

Err letter_get(Ctx *c, WaveId wave, MailingKind kind, Str lang, Letter *ret)
{
    Letter letter = own_words(c, kind, lang);
    Rows r = db_query(c, GET_LETTER, wave, mailing_kind_code(kind), lang);
    if (db_next(&r)) {
        letter.version.v = db_i64(&r, 2);
        if (!db_i64(&r, 3)) letter = (Letter){db_str(&r, 0), db_str(&r, 1), letter.version, false, lang};
    }
    TRY(db_done(&r));
    *ret = letter;
    return OK;
}

typedef struct Placeholder {
    Str name;
    bool in_subject; /* short, and no secret where a phone shows it on a locked screen */
} Placeholder;
static const Placeholder placeholders[] = {
    {S_INIT("måling"), true}, {S_INIT("sidste dag"), true}, {S_INIT("første dag"), true}, {S_INIT("enhed"), false},
    {S_INIT("link"), false},  {S_INIT("kode"), false},      {S_INIT("løfte"), false},     {S_INIT("afsender"), false},
};
enum { PLACES = COUNT_OF(placeholders), EXPANDED_MAX = 16000 };
typedef struct Filling {
    Str v[PLACES];
} Filling;

static ptrdiff_t place_of(Str name)
{
    for (ptrdiff_t i = 0; i < PLACES; i++)
        if (str_eq(placeholders[i].name, name)) return i;
    return -1;
}

static void check_places(Ctx *c, Str field, Str text, bool is_subject)
{
    for (ptrdiff_t at = 0; (at = str_find_char(text, '[', at)) >= 0; at++) {
        ptrdiff_t end = str_find_char(text, ']', at);
        Str name = str_sub(text, at + 1, end < 0 ? i64_min(text.n, at + 21) : end);
        ptrdiff_t place = end < 0 ? -1 : place_of(name);
        if (place < 0) ctx_problem(c, field, TF("[{1}] er ikke et af de ord, der bliver sat ind.", name));
        else if (is_subject && !placeholders[place].in_subject) ctx_problem(c, field, TF("[{1}] kan ikke stå i emnet.", name));
    }
}

static Str filled(Ctx *c, Str text, const Filling *with)
{
    Buf b = buf_new(c->arena, EXPANDED_MAX);
    ptrdiff_t from = 0;
    for (ptrdiff_t at = 0; (at = str_find_char(text, '[', from)) >= 0;) {
        ptrdiff_t end = str_find_char(text, ']', at), place = end < 0 ? -1 : place_of(str_sub(text, at + 1, end));
        buf_add(&b, str_sub(text, from, at));
        if (place < 0) buf_add_char(&b, '[');
        else buf_add(&b, with->v[place]);
        from = place < 0 ? at + 1 : end + 1;
    }
    buf_add(&b, str_sub(text, from, text.n));
    return buf_str(&b);
}

static Str day(Ctx *c, Lang lang, Date d)
{
    Buf b = buf_new(c->arena, 60);
    text_date(&b, lang, d);
    return buf_str(&b);
}

static Filling filling(Ctx *c, Lang lang, const LetterFacts *f)
{
    return (Filling){{f->wave->name, day(c, lang, f->wave->closes_on), day(c, lang, f->wave->opens_on), f->unit,
                      code_address(c, f->code), f->code, words(c, lang, survey_promise_sentence(&f->promise)), f->owner}};
}

static void check_letter(Ctx *c, const Wave *wave, Lang lang, Str subject, Str body)
{
    Filling dates = filling(c, lang, &(LetterFacts){.wave = wave});
    check_places(c, S("subject"), subject, true);
    check_places(c, S("body"), body, false);
    if (str_chars(filled(c, subject, &dates)) > MAIL_SUBJECT_CHARS) ctx_problem(c, S("subject"), T("Emnet bliver for langt."));
    if (str_find(body, S("[link]"), 0) < 0) ctx_problem(c, S("body"), T("[link] skal stå i brevet, ellers kan ingen svare."));
}

SQL(ADD_LETTER, "INSERT INTO invitation_letter (wave_id, kind, lang, owner_id, subject, body) VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT (wave_id, kind, lang) DO NOTHING");
SQL(SET_LETTER, "UPDATE invitation_letter SET subject = $5, body = $6, is_standard = 0, version = version + 1"
                " WHERE wave_id = $1 AND kind = $2 AND lang = $3 AND version = $4");
/* Never deleted: the next one's version would be one that somebody has on the screen. */
SQL(RESET_LETTER, "UPDATE invitation_letter SET subject = '', body = '', is_standard = 1, version = version + 1"
                  " WHERE wave_id = $1 AND kind = $2 AND lang = $3 AND version = $4 AND is_standard = 0");

static Err changed_since(Ctx *c)
{
    return fail(c, E_CONFLICT, T("En anden har ændret brevet imens. Se det igen."));
}

Err letter_set(Ctx *c, const Wave *wave, MailingKind kind, Str lang, Version seen, Str subject, Str body)
{
    int changed = 0;
    Str code = mailing_kind_code(kind);
    check_letter(c, wave, lang_of(lang), subject, body);
    TRY(ctx_check(c));
    if (seen.v > LETTER_UNWRITTEN) TRY(db_exec(c, SET_LETTER, &changed, wave->id, code, lang, seen, subject, body));
    else TRY(db_exec(c, ADD_LETTER, &changed, wave->id, code, lang, wave->owner, subject, body));
    return changed ? OK : changed_since(c);
}

Err letter_reset(Ctx *c, const Wave *wave, MailingKind kind, Str lang, Version seen)
{
    int changed = 0;
    TRY(db_exec(c, RESET_LETTER, &changed, wave->id, mailing_kind_code(kind), lang, seen));
    return changed ? OK : changed_since(c);
}

/* ---- the mail ------------------------------------------------------------------------- */

static Str decline_address(Ctx *c, Str code)
{
    Str base = c->app->settings->public_address;
    if (base.n && base.p[base.n - 1] == '/') base.n--;
    return STR_CAT(c->arena, base, S("/afmeld/"), code);
}

/* That a reminder's sender can tell used from unused codes must not be a secret. */
static Msg why_it_came(MailingKind kind)
{
    if (kind == MAILING_INVITE) return T("Mailen er sendt af Rød Tråd for {1}.");
    return T("Mailen er sendt af Rød Tråd for {1}, fordi koden i dit link ikke er brugt. Det kan kun ses, så længe målingen er åben,"
             " og det bliver ikke gemt, hvem der får en påmindelse.");
}

Mail letter_mail(Ctx *c, const Letter *letter, MailingKind kind, const LetterFacts *facts)
{
    Lang lang = lang_of(letter->lang);
    Filling with = filling(c, lang, facts);
    Msg why = why_it_came(kind), stop = T("Vil du ikke have flere mails om målingen? Så meld fra her: {1}");
    why.arg[0] = msg_arg_str(facts->owner);
    stop.arg[0] = msg_arg_str(decline_address(c, facts->code));
    Str text = STR_CAT(c->arena, filled(c, letter->body, &with), S("\n\n"), words(c, lang, why), S("\n"), words(c, lang, stop), S("\n"));
    return (Mail){.subject = filled(c, letter->subject, &with), .text = text, .lang = lang, .language = letter->lang};
}
