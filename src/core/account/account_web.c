/* The register of people, its files, and the routes of the folder. */
#include "core/account/account_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/consent.h"
#include "core/account/account.html.h"
#include "core/account/account_forgot.h"
#include "core/account/account_way_in.h"
#include "core/app.h"
#include "render/sheet/sheet.h"
#include "text/name.h"

Choices account_role_choices(Ctx *c)
{
    ptrdiff_t n = 0;
    const RoleDef *defs = people_roles(&n);
    Choice *v = NEW(c->arena, Choice, n);
    for (ptrdiff_t i = 0; i < n; i++) v[i] = (Choice){str_of_z(defs[i].code), defs[i].title};
    return (Choices){v, n};
}

/* ---- the filter, as the address has it ------------------------------------------- */

static Err read_filter(Ctx *c, PeopleFilter *ret)
{
    PeopleFilter f = {.name = web_query(c, "navn"), .role = web_query(c, "rolle"), .after_sort = web_query(c, "efter")};
    Str unit_code = str_trim(web_query(c, "enhed")), id = web_query(c, "id"), letter = web_query(c, "bogstav");
    Unit unit = {0};
    bool reads = id.n == 0 || str_i64(id, &f.after_id);
    if (!reads || f.name.n > 200 || f.after_sort.n > 400 || letter.n > 4)
        return fail(c, E_NOT_FOUND, T("Siden findes ikke. Begynd forfra i registeret."));
    if (letter.n) f.after_sort = text_name_sort(c->arena, letter);
    if (unit_code.n) {
        Err err = organisation_by_code(c, unit_code, &unit);
        if (err != OK && err != E_NOT_FOUND) return err;
        f.unit_id = err == OK ? unit.id.v : -1; /* no such unit: nobody is there */
    }
    *ret = f;
    return OK;
}

static Str filter_query(Ctx *c)
{
    Out o = out_new(c, 4000);
    out_query_pair(&o, "navn", web_query(c, "navn"));
    out_query_pair(&o, "rolle", web_query(c, "rolle"));
    out_query_pair(&o, "enhed", web_query(c, "enhed"));
    return out_done(&o);
}

static Href next_page(Ctx *c, const PersonLines *all, Str query)
{
    if (!all->more) return (Href){0};
    const PersonLine *last = &all->v[all->n - 1];
    Out o = out_new(c, 8000);
    out_lit(&o, S("/personer?efter="));
    out_query_str(&o, last->sort);
    out_lit(&o, S("&id="));
    out_plain(&o, (Plain){last->id.v});
    out_lit(&o, query);
    return (Href){out_done(&o)};
}

/* Codes only: a name that was searched for does not go into the log. */
static void tell_search(Ctx *c, const PeopleFilter *f)
{
    Buf b = buf_new(c->arena, 200);
    if (f->name.n) buf_add(&b, S("name "));
    if (people_role(f->role)) {
        buf_add(&b, S("role="));
        buf_add(&b, f->role);
        buf_add_char(&b, ' ');
    }
    if (f->unit_id > 0) {
        buf_add(&b, S("unit="));
        buf_add_i64(&b, f->unit_id);
    }
    web_look_detail(c, str_trim(buf_str(&b)));
}

static Strs letters(Ctx *c)
{
    static const char all[] = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z Æ Ø Å";
    Strs v = {.v = NEW(c->arena, Str, 29)};
    Str rest = str_of_z(all);
    while (v.n < 29 && str_split(&rest, ' ', &v.v[v.n])) v.n++;
    return v;
}

static Err get_register(Ctx *c)
{
    PeopleFilter f = {0};
    TRY(read_filter(c, &f));
    RegisterPage page = {.name = web_query(c, "navn"), .role = f.role, .unit = web_query(c, "enhed"), .roles = account_role_choices(c),
                         .letters = letters(c), .query = filter_query(c), .may_write = access_may(c, NEED_ACCOUNT_WRITE, NULL)};
    TRY(people_register(c, &f, PEOPLE_PAGE, &page.all));
    page.is_filtered = page.query.n > 0;
    page.next = next_page(c, &page.all, page.query);
    page.csv = (Href){STR_CAT(c->arena, S("/personer.csv?fil=csv"), page.query)};
    page.xlsx = (Href){STR_CAT(c->arena, S("/personer.xlsx?fil=xlsx"), page.query)};
    tell_search(c, &f);
    page_account_register(web_page_begin(c, T("Personer")), &page);
    return web_page_end(c);
}

/* ---- files ---------------------------------------------------------------------------- */

enum { FILE_COLUMNS = 4, FILE_BYTES = 4 << 20 };

static void heads(Ctx *c, Str ret[FILE_COLUMNS])
{
    ret[0] = msg_text(c, T("Navn"));
    ret[1] = msg_text(c, T("Rolle og enhed"));
    ret[2] = msg_text(c, T("E-mail"));
    ret[3] = msg_text(c, T("Ingen adgang fra"));
}

static void cells(const PersonLine *l, SheetCell ret[FILE_COLUMNS])
{
    ret[0] = cell_text(l->name);
    ret[1] = cell_text(l->roles);
    ret[2] = cell_text(l->email);
    ret[3] = l->leaves_on.day ? cell_date(l->leaves_on) : cell_none();
}

static Err all_lines(Ctx *c, PersonLines *ret)
{
    PeopleFilter f = {0};
    TRY(read_filter(c, &f));
    tell_search(c, &f);
    TRY(people_register(c, &f, PEOPLE_EXPORT, ret));
    if (ret->more) return fail(c, E_TOO_LARGE, T("Listen er for lang til én fil. Vælg en enhed eller en rolle."));
    return OK;
}

static Err get_csv(Ctx *c)
{
    PersonLines all = {0};
    Str head[FILE_COLUMNS];
    TRY(all_lines(c, &all));
    heads(c, head);
    Buf b = buf_new(c->arena, FILE_BYTES);
    csv_begin(&b, CSV_PERSON);
    csv_heads(&b, CSV_PERSON, head, FILE_COLUMNS);
    for (ptrdiff_t i = 0; i < all.n; i++) {
        SheetCell row[FILE_COLUMNS];
        cells(&all.v[i], row);
        csv_row(&b, CSV_PERSON, row, FILE_COLUMNS);
    }
    if (b.full) return fail(c, E_TOO_LARGE, T("Listen er for lang til én fil. Vælg en enhed eller en rolle."));
    return web_file(c, S("text/csv; charset=utf-8"), S("personer.csv"), buf_str(&b));
}

static Err get_xlsx(Ctx *c)
{
    PersonLines all = {0};
    Str head[FILE_COLUMNS], bytes = {0};
    TRY(all_lines(c, &all));
    heads(c, head);
    Sheet *sheet = sheet_begin(c, &c->app->press, &(SheetMeta){.title = msg_text(c, T("Personer")), .author = S("Rød Tråd"), .made = c->now});
    SheetColumn columns[FILE_COLUMNS] = {{head[0], 30, CELL_TEXT}, {head[1], 50, CELL_TEXT}, {head[2], 30, CELL_TEXT}, {head[3], 0, CELL_DATE}};
    sheet_table(sheet, msg_text(c, T("Personer")), columns, FILE_COLUMNS);
    for (ptrdiff_t i = 0; i < all.n; i++) {
        SheetCell row[FILE_COLUMNS];
        cells(&all.v[i], row);
        sheet_row(sheet, row, FILE_COLUMNS);
    }
    TRY(sheet_end(sheet, &bytes));
    return web_file(c, S("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), S("personer.xlsx"), bytes);
}

/* ---- scopes, loose ends, routes ------------------------------------------------------------ */

static Err find_to_read(Ctx *c, Str param, Place *ret)
{
    return people_place(c, param, S("R"), false, ret);
}

static Err find_to_grant(Ctx *c, Str param, Place *ret)
{
    return people_place(c, param, S("W"), false, ret);
}

static Err find_at_home(Ctx *c, Str param, Place *ret)
{
    return people_place(c, param, S("W"), true, ret);
}

static const Scope scope_person = {"person", find_to_read}, scope_grant = {"person, to grant", find_to_grant},
                   scope_home = {"person, at home", find_at_home}, scope_membership = {"membership", people_membership_place},
                   scope_consent = {"a second administrator's yes", consent_place};

SQL(LINKS_ASKED, "SELECT p.uid, p.name, a.reset_asked_at FROM v_access_account a JOIN v_people_person p ON p.id = a.person_id"
                 " WHERE a.reset_asked_at > $3 AND (a.closed_on IS NULL OR a.closed_on > $2)"
                 " AND a.owner_id IN (SELECT x.unit_id FROM v_access_unit x WHERE x.object = 'account' AND x.need = 'W'"
                 " AND x.viewer_id = $1 AND x.valid_from <= $2 AND (x.valid_to IS NULL OR x.valid_to >= $2))"
                 " ORDER BY a.reset_asked_at LIMIT 20");
enum { ASKED_FOR_MS = 7 * 86400000 }; /* after a week nobody waits for it any more */

static void add_end(Ctx *c, LooseEnd **list, LooseEnd end)
{
    LooseEnd *made = NEW(c->arena, LooseEnd, 1);
    *made = end;
    made->cost = 2;
    made->knots_done = 2;
    made->next = *list;
    *list = made;
}

static Err links_asked(Ctx *c, LooseEnd **list)
{
    Rows r = db_query(c, LINKS_ASKED, c->viewer, c->today, c->now.ms - ASKED_FOR_MS);
    while (db_next(&r))
        add_end(c, list, (LooseEnd){.due = date_of_instant_danish((Instant){db_i64(&r, 2)}),
                                    .headline = TF("Giv {1} et nyt link", db_str(&r, 1)),
                                    .about = T("Nogen har bedt om en ny adgangskode til kontoen. Spørg personen, om det er rigtigt."),
                                    .waiting = T("Uden linket kan personen ikke komme ind."), .button = T("Se personen"),
                                    .href = STR_CAT(c->arena, S("/personer/"), db_str(&r, 0)), .strip = T("Nogen kan ikke komme ind")});
    return db_done(&r);
}

static Err answers_wanted(Ctx *c, LooseEnd **list)
{
    Consents waiting = {0};
    TRY(consents_waiting(c, &waiting));
    for (ptrdiff_t i = 0; i < waiting.n; i++) {
        const Consent *n = &waiting.v[i];
        add_end(c, list, (LooseEnd){.due = date_of_instant_danish(n->asked_at),
                                    .headline = TF("Svar ja eller nej: konto hos {1}", n->person_name),
                                    .about = TF("{1}. {2} har bedt om det.", msg_text(c, account_consent_name(n->kind)), n->asker),
                                    .waiting = T("Det sker først, når en anden administrator har sagt ja. Efter en uge falder det bort."),
                                    .button = T("Se personen"), .href = STR_CAT(c->arena, S("/personer/"), n->person_uid),
                                    .strip = T("Adgang venter på den anden af to")});
    }
    return OK;
}

static Err loose_ends(Ctx *c, LooseEnd **list)
{
    MembershipLines waiting = {0};
    if (!access_may(c, NEED_ACCOUNT_WRITE, NULL)) return OK;
    TRY(people_waiting(c, &waiting));
    for (ptrdiff_t i = 0; i < waiting.n; i++) {
        const MembershipLine *m = &waiting.v[i];
        const RoleDef *role = people_role(m->role);
        add_end(c, list, (LooseEnd){.due = m->valid_from,
                                    .headline = TF("Bekræft, at {1} bliver {2}", m->person, msg_text(c, people_role_title(role, m->role, m->title))),
                                    .about = TF("{1}, givet af {2}", m->unit, m->granter),
                                    .waiting = T("Rollen virker først, når en anden end den, der gav den, har sagt ja."),
                                    .button = T("Se rollen"), .href = STR_CAT(c->arena, S("/personer/"), m->person_uid),
                                    .strip = T("En rolle venter på den anden af to")});
    }
    TRY(answers_wanted(c, list));
    return links_asked(c, list);
}

static const Route routes[] = {
    {GET,  "/personer",               NEED_ACCOUNT_READ,  SCOPE_NONE,        LOOK,  .get = get_register},
    {GET,  "/personer.csv",           NEED_ACCOUNT_READ,  SCOPE_NONE,        LOOK,  .get = get_csv, .strong_twice = true},
    {GET,  "/personer.xlsx",          NEED_ACCOUNT_READ,  SCOPE_NONE,        LOOK,  .get = get_xlsx, .strong_twice = true},
    {GET,  "/personer/ny",            NEED_ACCOUNT_WRITE, SCOPE_NONE,        PLAIN, .get = account_get_new, .strong = true},
    {POST, "/personer/ny",            NEED_ACCOUNT_WRITE, SCOPE_NONE,        WRITE, .prepare = account_prepare_new, .write = account_write_new,
     .strong = true},
    {GET,  "/personer/:uid",          NEED_ACCOUNT_READ,  &scope_person,     LOOK,  .get = account_get_person},
    {POST, "/personer/:uid/rolle",    NEED_ACCOUNT_WRITE, &scope_grant,      WRITE, .prepare = account_prepare_grant, .write = account_write_grant,
     .strong = true},
    {POST, "/personer/:uid/ret",      NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .prepare = account_prepare_details,
     .write = account_write_details, .strong = true},
    {POST, "/personer/:uid/inviter",  NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .prepare = account_prepare_invite, .write = account_write_invite,
     .finish = account_finish_link, .strong = true},
    {POST, "/personer/:uid/nyt-link", NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .prepare = account_prepare_reset, .write = account_write_reset,
     .finish = account_finish_link, .strong = true},
    {POST, "/personer/:uid/uden-kode", NEED_ACCOUNT_WRITE, &scope_home,      WRITE, .write = account_write_second_off, .strong = true},
    {POST, "/personer/:uid/luk",      NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .write = account_write_close, .strong = true},
    {POST, "/personer/:uid/aabn",     NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .write = account_write_open, .strong = true},
    {POST, "/personer/:uid/log-af",   NEED_ACCOUNT_WRITE, &scope_home,       WRITE, .write = account_write_sessions, .strong = true},
    {POST, "/roller/:uid/bekraeft",   NEED_ACCOUNT_WRITE, &scope_membership, WRITE, .write = account_write_confirm, .strong = true},
    {POST, "/roller/:uid/afslut",     NEED_ACCOUNT_WRITE, &scope_membership, WRITE, .write = account_write_end, .strong = true},
    {POST, "/den-anden/:uid/ja",      NEED_ACCOUNT_WRITE, &scope_consent,    WRITE, .prepare = account_prepare_consent,
     .write = account_write_consent, .finish = account_finish_link, .strong = true},
    {POST, "/den-anden/:uid/nej",     NEED_ACCOUNT_WRITE, &scope_consent,    WRITE, .prepare = account_prepare_consent, .write = account_write_refuse,
     .strong = true},
    {GET,  "/hvem-har-set",           NEED_SIGNED_IN,     SCOPE_NONE,        HEAVY, .get = account_get_seen},
    {GET,  "/roller",                 NEED_ACCOUNT_WRITE, SCOPE_NONE,        PLAIN, .get = account_get_sides},
    {POST, "/roller",                 NEED_ACCOUNT_WRITE, SCOPE_NONE,        WRITE, .prepare = account_prepare_side,
     .write = account_write_side},
    {0},
};

static const Door doors[] = {
    {ROOM_ADMINISTRATION, "/personer", T_INIT("Personer"), NEED_ACCOUNT_READ, .place = 1},
    {0},
};

const Feature account_feature = {.name = "account", .help = "/vejledning/administration#personer-og-roller",
    .routes = routes, .loose_ends = loose_ends, .tick = account_forgot_tick, .doors = doors};
