/* The log's page and file. Core/access stands above this folder, so the owner's
   reach is asked in SQL (audit_owners), and the router asks for audit/R. */
#include "base/buf.h"
#include "base/number.h"
#include "core/audit/audit_pages.h"
#include "core/audit/log.html.h"
#include "core/audit/log_web.h"
#include "render/sheet/sheet.h"
#include "text/name.h"
#include "web/web.h"

SQL(PERSON_BY_LOGIN, "SELECT person_id FROM v_access_account WHERE login = $1");

/* -1 for a name that nobody has: then nothing is found. */
static Err person_of(Ctx *c, Str login, int64_t *ret)
{
    if (login.n == 0) return OK;
    Err err = db_one_i64(c, PERSON_BY_LOGIN, ret, text_name_fold(c->arena, str_trim(login)));
    if (err == E_NOT_FOUND) *ret = -1;
    return err == E_NOT_FOUND ? OK : err;
}

enum { DAYS_AT_FIRST = 31, DAY_MS = 86400000 };

/* Danish midnight is not looked for: the log's days are UTC days, and the last one is whole. */
static void read_period(Ctx *c, LogPage *page, AuditFilter *f)
{
    Date from = {c->today.day - DAYS_AT_FIRST}, to = c->today;
    bool reads = (!page->from.n || date_parse_danish(page->from, &from)) && (!page->to.n || date_parse_danish(page->to, &to));
    if (!reads) page->trouble = T("Skriv dagene som 24-11-2026. Her er de seneste 31 dage.");
    if (!reads) from = (Date){c->today.day - DAYS_AT_FIRST}, to = c->today;
    f->from = (Instant){(int64_t)from.day * DAY_MS};
    f->to = (Instant){((int64_t)to.day + 1) * DAY_MS};
}

static void read_key(Ctx *c, AuditFilter *f)
{
    Str rest = web_query(c, "efter"), at = {0};
    int64_t ms = 0, id = 0;
    if (!rest.n || !str_split(&rest, '-', &at) || !str_i64(at, &ms) || !str_i64(rest, &id)) return;
    f->before_at = (Instant){ms};
    f->before_id = id;
}

static Err read_filter(Ctx *c, LogPage *page, AuditFilter *ret)
{
    AuditFilter f = {.verb = str_trim(web_query(c, "handling"))};
    *page = (LogPage){.who = web_query(c, "hvem"), .about = web_query(c, "om"), .verb = f.verb, .from = str_trim(web_query(c, "fra")),
                      .to = str_trim(web_query(c, "til")), .owner = web_query(c, "ejer")};
    TRY(audit_owners(c, &page->owners));
    if (page->owners.n == 0) return E_NOT_FOUND;
    ptrdiff_t chosen = 0;
    for (ptrdiff_t i = 0; i < page->owners.n; i++)
        if (str_eq(page->owners.v[i].code, page->owner)) chosen = i;
    f.owner_id = page->owners.v[chosen].id;
    page->owner = page->owners.v[chosen].code;
    page->owner_name = page->owners.v[chosen].name;
    TRY(person_of(c, page->who, &f.person_id));
    TRY(person_of(c, page->about, &f.about_id));
    read_period(c, page, &f);
    read_key(c, &f);
    *ret = f;
    return OK;
}

/* What was searched for, in numbers: the row that the search itself leaves. */
static void tell_search(Ctx *c, const AuditFilter *f)
{
    const struct {
        const char *name;
        int64_t v;
    } parts[] = {{"owner=", f->owner_id}, {" who=", f->person_id}, {" about=", f->about_id},
                 {" from=", f->from.ms / DAY_MS}, {" to=", f->to.ms / DAY_MS}};
    Buf b = buf_new(c->arena, 300);
    for (ptrdiff_t i = 0; i < COUNT_OF(parts); i++) {
        buf_add(&b, str_of_z(parts[i].name));
        buf_add_i64(&b, parts[i].v);
    }
    if (f->verb.n) buf_add(&b, S(" verb"));
    web_look_detail(c, buf_str(&b));
}

static Str with_filter(Ctx *c, const LogPage *p, Str front)
{
    Out o = out_new(c, 8000);
    out_lit(&o, front);
    out_query_pair(&o, "hvem", p->who);
    out_query_pair(&o, "om", p->about);
    out_query_pair(&o, "handling", p->verb);
    out_query_pair(&o, "fra", p->from);
    out_query_pair(&o, "til", p->to);
    return out_done(&o);
}

static Str next_front(Ctx *c, const LogPage *p)
{
    const AuditLine *last = &p->all.v[p->all.n - 1];
    Buf b = buf_new(c->arena, 200);
    buf_add(&b, S("/log?ejer="));
    buf_add(&b, p->owner);
    buf_add(&b, S("&efter="));
    buf_add_i64(&b, last->at.ms);
    buf_add_char(&b, '-');
    buf_add_i64(&b, last->id);
    return buf_str(&b);
}

static Err fill_sealed(Ctx *c, int64_t owner, SealViews *ret)
{
    SealLines all = {0};
    TRY(audit_sealed(c, owner, &all));
    *ret = (SealViews){NEW(c->arena, SealView, all.n), all.n};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const SealLine *s = &all.v[i];
        Buf b = buf_new(c->arena, 24);
        buf_add_i64(&b, s->month / 12);
        buf_add_char(&b, '-');
        buf_add_padded(&b, s->month % 12 + 1, 2);
        ret->v[i] = (SealView){.month = buf_str(&b), .seals = {s->seals}, .rows = {s->rows}, .sealed_at = s->sealed_at};
    }
    return OK;
}

/* A code that the list does not have, from an address, is still what is searched for. */
static VerbChoices verb_choices(Ctx *c, Str chosen)
{
    ptrdiff_t n = 0;
    bool is_listed = chosen.n == 0;
    while (audit_verbs[n].code) n++;
    VerbChoices all = {.v = NEW(c->arena, VerbChoice, n + 1)};
    for (ptrdiff_t i = 0; i < n; i++) {
        Str code = str_of_z(audit_verbs[i].code);
        bool is_on = str_eq(code, chosen);
        all.v[all.n++] = (VerbChoice){code, audit_verbs[i].words, is_on};
        is_listed = is_listed || is_on;
    }
    if (!is_listed) all.v[all.n++] = (VerbChoice){chosen, msg_verbatim(chosen), true};
    return all;
}

Err log_get(Ctx *c)
{
    LogPage page = {0};
    AuditFilter f = {0};
    TRY(read_filter(c, &page, &f));
    TRY(audit_search(c, &f, AUDIT_PAGE, &page.all));
    TRY(fill_sealed(c, f.owner_id, &page.sealed));
    page.verbs = verb_choices(c, page.verb);
    if (page.all.more) page.next = (Href){with_filter(c, &page, next_front(c, &page))};
    page.csv = (Href){with_filter(c, &page, STR_CAT(c->arena, S("/log.csv?ejer="), page.owner))};
    tell_search(c, &f);
    page_audit_log(web_page_begin(c, T("Log")), &page);
    return web_page_end(c);
}

enum { LOG_COLUMNS_N = 7, LOG_FILE_BYTES = 4 << 20 };

static void put_line(Ctx *c, Buf *b, const AuditLine *l)
{
    const SheetCell row[LOG_COLUMNS_N] = {cell_text(instant_iso(c->arena, l->at)), cell_text(l->person), cell_text(l->verb), cell_text(l->object),
                                          l->object_id ? cell_integer(l->object_id) : cell_none(), cell_text(l->unit), cell_text(l->detail)};
    csv_row(b, CSV_PERSON, row, LOG_COLUMNS_N);
}

Err log_get_csv(Ctx *c)
{
    LogPage page = {0};
    AuditFilter f = {0};
    TRY(read_filter(c, &page, &f));
    f.before_at = (Instant){0};
    TRY(audit_search(c, &f, AUDIT_EXPORT, &page.all));
    if (page.all.more) return fail(c, E_TOO_LARGE, T("Perioden har over 10.000 linjer. Vælg en kortere."));
    tell_search(c, &f);
    const Str heads[LOG_COLUMNS_N] = {msg_text(c, T("Hvornår (UTC)")), msg_text(c, T("Hvem")), msg_text(c, T("Handling")), msg_text(c, T("Hvad")),
                                      msg_text(c, T("Nummer")), msg_text(c, T("Enhed")), msg_text(c, T("Detalje"))};
    Buf b = buf_new(c->arena, LOG_FILE_BYTES);
    csv_begin(&b, CSV_PERSON);
    csv_heads(&b, CSV_PERSON, heads, LOG_COLUMNS_N);
    for (ptrdiff_t i = 0; i < page.all.n && !b.full; i++) put_line(c, &b, &page.all.v[i]);
    if (b.full) return fail(c, E_TOO_LARGE, T("Perioden har for mange linjer til én fil. Vælg en kortere."));
    return web_file(c, S("text/csv; charset=utf-8"), S("log.csv"), buf_str(&b));
}
