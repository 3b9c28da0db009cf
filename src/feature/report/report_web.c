/* The pages of reports. A school's and a municipality's have routes of their
   own, because other roles may read them. */
#include "feature/report/report_web.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/audit/audit.h"
#include "core/job/job.h"
#include "feature/report/report.html.h"
#include "feature/report/report.h"
#include "feature/report/report_command.h"
#include "feature/report/report_demo.h"
#include "feature/report/report_pack.h"
#include "feature/report/report_pages.h"

/* ---- addresses ----------------------------------------------------------------------- */

static Err school_place(Ctx *c, Str wave, Place *ret)
{
    return report_place(c, wave, web_path(c, "unit"), false, ret);
}

static Err municipal_place(Ctx *c, Str wave, Place *ret)
{
    return report_place(c, wave, web_path(c, "unit"), true, ret);
}

static const Scope scope_school = {"school report", school_place};
static const Scope scope_municipal = {"municipal report", municipal_place};

static bool is_municipal(Ctx *c)
{
    return web_route(c)->scope == &scope_municipal;
}

static Str address(Ctx *c, bool municipal, Str wave, Str unit, Str more)
{
    return STR_CAT(c->arena, municipal ? S("/rapporter/kommune/") : S("/rapporter/skole/"), wave, S("/"), unit, more);
}

/* Of the report that this request is about. */
static Str own(Ctx *c, Str more)
{
    return address(c, is_municipal(c), web_path(c, "wave"), web_path(c, "unit"), more);
}

static WaveId own_wave(Ctx *c)
{
    return (WaveId){web_place(c)->object_id};
}

static UnitId own_unit(Ctx *c)
{
    return (UnitId){web_place(c)->unit_id};
}

static Err load(Ctx *c, Report *ret)
{
    Publication p = {0};
    TRY(publication_load(c, own_wave(c), own_unit(c), 0, &p));
    return publication_parse(c, &p, ret);
}

/* ---- list -------------------------------------------------------------------------------- */

static ReportLine line_of(Ctx *c, const Readable *r)
{
    return (ReportLine){r->name, {address(c, report_is_municipal(r->kind), r->wave_uid, r->code, S(""))}};
}

static Err get_list(Ctx *c)
{
    Readables all = {0};
    TRY(report_readable(c, &all));
    ListPage page = {.waves = {.v = NEW(c->arena, WaveLines, all.n)}, .more = all.more};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        bool is_new = i == 0 || !str_eq(all.v[i].wave_uid, all.v[i - 1].wave_uid);
        if (is_new)
            page.waves.v[page.waves.n++] =
                (WaveLines){all.v[i].wave, all.v[i].released_on, {.v = NEW(c->arena, ReportLine, all.n - i)}};
        ReportLines *lines = &page.waves.v[page.waves.n - 1].all;
        lines->v[lines->n++] = line_of(c, &all.v[i]);
    }
    c->session->seen_by = T("Andre ser kun de rapporter, de selv må læse");
    page_report_list(web_page_begin(c, T("Rapporter")), &page);
    return web_page_end(c);
}

/* ---- the report ---------------------------------------------------------------------------- */

static const struct { Str word, type; Msg name; } files[] = {
    {S_INIT("pdf"),    S_INIT("application/pdf"),          T_INIT("PDF")},
    {S_INIT("slides"), S_INIT("application/pdf"),          T_INIT("Slides (PDF, 16:9)")},
    {S_INIT("resume"), S_INIT("application/pdf"),          T_INIT("Resume på to sider (PDF)")},
    {S_INIT("xlsx"),   S_INIT("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), T_INIT("Regneark (XLSX)")},
    {S_INIT("csv"),    S_INIT("text/csv; charset=utf-8"),  T_INIT("Tabel (CSV)")},
    {S_INIT("json"),   S_INIT("application/json"),         T_INIT("Data (JSON)")},
    {S_INIT("html"),   S_INIT("text/html; charset=utf-8"), T_INIT("Én side til print (HTML)")},
};

static FileLinks file_links(Ctx *c)
{
    FileLinks all = {.v = NEW(c->arena, FileLink, COUNT_OF(files))};
    for (ptrdiff_t i = 0; i < COUNT_OF(files); i++)
        all.v[all.n++] = (FileLink){msg_text(c, files[i].name), {own(c, STR_CAT(c->arena, S("/hent/"), files[i].word))}};
    return all;
}

/* The eye line tells who reads it today; this is who will, and when. */
static Str audience_words(Ctx *c, const Audience *a)
{
    if (a->since.day <= c->today.day || !str_eq(a->code, S("forvaltning"))) return S("");
    return msg_text(c, is_municipal(c) ? TF("Skolernes ledere kan læse rapporten fra {1}.", a->since)
                                       : TF("Forvaltningen kan læse rapporten fra {1}.", a->since));
}

static bool is_open_to(const Audiences *all, Str code)
{
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (str_eq(all->v[i].code, code)) return true;
    return false;
}

/* In the order that audiences are read in. */
static const struct { Str code; Msg of_school, of_municipality; } eyes[] = {
    {S_INIT("ledelse"),      T_INIT("skolens ledelse"),           T_INIT("forvaltningen")},
    {S_INIT("medarbejdere"), T_INIT("medarbejderne"),             T_INIT("medarbejderne")},
    {S_INIT("forvaltning"),  T_INIT("forvaltningen"),             T_INIT("skolernes ledere")},
    {S_INIT("offentlig"),    T_INIT("politikere og bestyrelser"), T_INIT("politikere og bestyrelser")},
};

/* "Ses af skolens ledelse og forvaltningen": who reads this report today. */
static Msg eye_line(Ctx *c, const Audiences *all)
{
    Str who[COUNT_OF(eyes)];
    int n = 0;
    for (ptrdiff_t i = 0; i < all->n; i++)
        for (ptrdiff_t k = 0; k < COUNT_OF(eyes) && n < COUNT_OF(who); k++)
            if (all->v[i].since.day <= c->today.day && str_eq(eyes[k].code, all->v[i].code))
                who[n++] = msg_text(c, is_municipal(c) ? eyes[k].of_municipality : eyes[k].of_school);
    Str words = n ? who[0] : S(""), last = msg_text(c, T(" og "));
    /* "skolernes ledere, politikere og bestyrelser": one "og" is enough. */
    for (int i = 1; i < n; i++) words = STR_CAT(c->arena, words, i + 1 == n && str_find(who[i], last, 0) < 0 ? last : S(", "), who[i]);
    return n ? TF("Ses af {1}", words) : (Msg){0};
}

static Str coming_words(Ctx *c, const Audiences *all)
{
    Str text = S("");
    for (ptrdiff_t i = 0; i < all->n; i++) text = STR_CAT(c->arena, text, audience_words(c, &all->v[i]));
    return text;
}

static const Need *need_write(Ctx *c)
{
    return is_municipal(c) ? NEED_KOMMUNERAPPORT_WRITE : NEED_SKOLERAPPORT_WRITE;
}

static const Need *need_show(Ctx *c)
{
    return is_municipal(c) ? NEED_KOMMUNERAPPORT_DECIDE : NEED_SKOLERAPPORT_DECIDE;
}

static Err fill_below(Ctx *c, ReportLines *ret)
{
    Readables all = {0};
    TRY(report_readable_below(c, own_wave(c), own_unit(c), &all));
    *ret = (ReportLines){NEW(c->arena, ReportLine, all.n), all.n};
    for (ptrdiff_t i = 0; i < all.n; i++) ret->v[i] = line_of(c, &all.v[i]);
    return OK;
}

static Err get_report(Ctx *c)
{
    Report r = {0};
    Focuses written = {0};
    Audiences audiences = {0};
    TRY(load(c, &r));
    TRY(report_focuses(c, own_wave(c), own_unit(c), &written));
    TRY(publication_audiences(c, own_wave(c), own_unit(c), &audiences));
    ReportView *view = drawing_view(c, &r, &written);
    if (access_may(c, need_write(c), web_place(c))) drawing_open_focus(c, view, own(c, S("/fokus/")));
    bool is_shown = is_open_to(&audiences, S("medarbejdere")), may_show = access_may(c, need_show(c), web_place(c));
    bool may_open = may_show && is_shown && !is_open_to(&audiences, S("offentlig"));
    ReportPage page = {
        .view = view,
        .pdf = {own(c, S("/hent/pdf"))},
        .slides = {own(c, S("/hent/slides"))},
        .show = {may_show && !is_shown ? own(c, S("/vis")) : S("")},
        .open = {may_open ? own(c, S("/aabn")) : S("")},
        .files = file_links(c),
        .pack = {is_municipal(c) ? own(c, S("/pakke")) : S("")},
        .nonce = access_gate.nonce(c),
        .coming = coming_words(c, &audiences),
        .was_shown = str_eq(web_query(c, "vist"), S("1")),
        .was_opened = str_eq(web_query(c, "aabnet"), S("1")),
        .was_written = str_eq(web_query(c, "gemt"), S("1")),
    };
    TRY(fill_below(c, &page.below));
    c->session->seen_by = eye_line(c, &audiences);
    page_report_read(web_page_begin(c, msg_verbatim(drawing_title(view))), &page);
    return web_page_end(c);
}

static Err get_file(Ctx *c)
{
    Str word = web_path(c, "format");
    ReportFormat format = 0;
    if (!drawing_format_parse(word, &format)) return E_NOT_FOUND;
    ptrdiff_t at = 0;
    while (at < COUNT_OF(files) && !str_eq(files[at].word, word)) at++;
    if (at == COUNT_OF(files)) return E_NOT_FOUND;
    Publication p = {0};
    Str bytes = {0};
    TRY(publication_load(c, own_wave(c), own_unit(c), 0, &p));
    TRY(report_write(c, &p, format, c->lang, &bytes));
    return web_file(c, files[at].type, drawing_file_name(c, format, c->lang, web_path(c, "unit")), bytes);
}

/* ---- the knowledge pack ------------------------------------------------------------------------ */

static Err write_pack(Ctx *c)
{
    Str uid = {0};
    TRY(report_pack_order(c, own_wave(c), own_unit(c), web_place(c)->owner_id, &uid));
    TRY(audit_add(c, (AuditRow){.owner_id = web_place(c)->owner_id, .verb = "report.pack", .object = "wave", .object_id = own_wave(c).v,
                                .unit_id = own_unit(c).v}));
    return web_redirect(c, job_href(c, uid));
}

/* ---- forward focus ----------------------------------------------------------------------------- */

static const Field focus_fields[] = {
    {.name = "body", .kind = FIELD_LONG_TEXT, .label = T_INIT("Fremadrettet fokus"),
     .hint = T_INIT("Hvad vil I holde fast i, og hvad vil I prøve? Skriv ikke navne på børn eller kolleger."), .min = 1, .max = REPORT_FOCUS_MAX},
};
static const Form focus_form = {focus_fields, COUNT_OF(focus_fields)};

static Err focus_of(Ctx *c, Focus *ret)
{
    Focuses all = {0};
    TRY(report_focuses(c, own_wave(c), own_unit(c), &all));
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (str_eq(all.v[i].section, web_path(c, "section"))) *ret = all.v[i];
    return OK;
}

/* A form's version begins at 1: one more than the stored one, which is 0 for none. */
static Err draw_focus(Ctx *c, FormValues *values, bool is_fresh, bool is_late)
{
    Report r = {0};
    Focus focus = {0};
    TRY(load(c, &r));
    TRY(focus_of(c, &focus));
    const ReportSection *section = NULL;
    for (ptrdiff_t i = 0; i < r.sections.n; i++)
        if (str_eq(r.sections.v[i].code, web_path(c, "section"))) section = &r.sections.v[i];
    if (!section) return E_NOT_FOUND;
    if (is_fresh) form_value(values, "body")->raw = focus.body;
    FocusPage page = {
        .title = lang_text(section->title, c->lang == LANG_EN ? S("en") : S("da")),
        .unit = r.unit.name,
        .values = values,
        .nonce = access_gate.nonce(c),
        .version = {focus.version.v + 1},
        .back = {own(c, S(""))},
        .own = {own(c, STR_CAT(c->arena, S("/fokus/"), section->code))},
        .theirs = is_late ? focus.body : S(""),
    };
    page_report_write(web_page_begin(c, T("Fremadrettet fokus")), &page);
    return web_page_end(c);
}

static Err get_focus(Ctx *c)
{
    FormValues values = form_empty(c, &focus_form);
    return draw_focus(c, &values, true, false);
}

static Err focus_again(Ctx *c)
{
    FormValues *values = c->work;
    values->problems = c->problems;
    return draw_focus(c, values, false, false);
}

static Err focus_too_late(Ctx *c)
{
    return draw_focus(c, c->work, false, true);
}

/* A text goes only to a section that the report has. */
static Err check_section(Ctx *c)
{
    Report r = {0};
    TRY(load(c, &r));
    for (ptrdiff_t i = 0; i < r.sections.n; i++)
        if (str_eq(r.sections.v[i].code, web_path(c, "section"))) return OK;
    return E_NOT_FOUND;
}

static Err prepare_focus(Ctx *c)
{
    FormValues *values = NEW(c->arena, FormValues, 1);
    c->work = values;
    web_on_invalid(c, focus_again);
    web_on_conflict(c, focus_too_late);
    TRY(check_section(c));
    return web_form(c, &focus_form, values);
}

static Err write_focus(Ctx *c)
{
    FormValues *values = c->work;
    Version seen = {0};
    TRY(web_form_version(c, &seen));
    TRY(report_focus_set(c, own_wave(c), own_unit(c), web_path(c, "section"), (Version){seen.v - 1}, form_value(values, "body")->raw));
    return web_redirect(c, own(c, S("?gemt=1")));
}

/* ---- showing it to the staff --------------------------------------------------------------------- */

static Err get_show(Ctx *c)
{
    Report r = {0};
    TRY(load(c, &r));
    ShowPage page = {
        .unit = r.unit.name, .wave = r.wave, .nonce = access_gate.nonce(c), .back = {own(c, S(""))}, .own = {own(c, S("/vis"))}};
    page_report_release(web_page_begin(c, T("Vis rapporten for medarbejderne")), &page);
    return web_page_end(c);
}

static Err write_show(Ctx *c)
{
    TRY(publication_show(c, own_wave(c), own_unit(c)));
    TRY(audit_add(c, (AuditRow){.owner_id = web_place(c)->owner_id, .verb = "report.show", .object = "wave", .object_id = own_wave(c).v,
                                .unit_id = own_unit(c).v}));
    return web_redirect(c, own(c, S("?vist=1")));
}

/* ---- opening it to those outside ----------------------------------------------------------------- */

static Err get_open(Ctx *c)
{
    Report r = {0};
    TRY(load(c, &r));
    ShowPage page = {
        .unit = r.unit.name, .wave = r.wave, .nonce = access_gate.nonce(c), .back = {own(c, S(""))}, .own = {own(c, S("/aabn"))}};
    page_report_open(web_page_begin(c, T("Åbn rapporten for politikere og bestyrelser")), &page);
    return web_page_end(c);
}

static Err write_open(Ctx *c)
{
    TRY(publication_publish(c, own_wave(c), own_unit(c)));
    TRY(audit_add(c, (AuditRow){.owner_id = web_place(c)->owner_id, .verb = "report.open", .object = "wave", .object_id = own_wave(c).v,
                                .unit_id = own_unit(c).v}));
    return web_redirect(c, own(c, S("?aabnet=1")));
}

enum { LOOSE_ENDS = 5 };

/* A report that its head has not shown the staff yet stops the thread right there. */
static Err loose_ends(Ctx *c, LooseEnd **list)
{
    if (!access_may(c, NEED_SKOLERAPPORT_DECIDE, NULL)) return OK;
    Readables all = {0};
    TRY(report_readable(c, &all));
    for (ptrdiff_t i = 0, n = 0; i < all.n && n < LOOSE_ENDS; i++) {
        const Readable *r = &all.v[i];
        Place place = {.owner_id = r->owner_id, .unit_id = r->unit_id, .released = true};
        if (r->is_shown || report_is_municipal(r->kind) || !access_may(c, NEED_SKOLERAPPORT_DECIDE, &place)) continue;
        LooseEnd *end = NEW(c->arena, LooseEnd, 1);
        *end = (LooseEnd){
            .cost = 3,
            .headline = TF("Læs rapporten om {1}, og vis den for medarbejderne", r->wave),
            .about = TF("{1}, frigivet {2}", r->name, r->released_on),
            .waiting = T("Medarbejderne kan ikke se, hvad svarene viser, før du viser dem det."),
            .button = T("Læs rapporten"),
            .href = address(c, false, r->wave_uid, r->code, S("")),
            .knots_done = 1,
            .strip = T("Rapporten er ikke vist for medarbejderne"),
            .next = *list,
        };
        *list = end;
        n++;
    }
    return OK;
}

#define SCHOOL "/rapporter/skole/:wave/:unit"
#define MUNICIPAL "/rapporter/kommune/:wave/:unit"

static const Route routes[] = {
    {GET,  "/rapporter",                NEED_KOMMUNERAPPORT_READ,   SCOPE_NONE,       HEAVY, .get = get_list},
    {GET,  SCHOOL,                      NEED_SKOLERAPPORT_READ,     &scope_school,    HEAVY, .get = get_report},
    {GET,  SCHOOL "/hent/:format",      NEED_SKOLERAPPORT_READ,     &scope_school,    HEAVY, .get = get_file},
    {GET,  SCHOOL "/fokus/:section",    NEED_SKOLERAPPORT_WRITE,    &scope_school,    HEAVY, .get = get_focus},
    {POST, SCHOOL "/fokus/:section",    NEED_SKOLERAPPORT_WRITE,    &scope_school,    SLOW_WRITE, .prepare = prepare_focus, .write = write_focus},
    {GET,  SCHOOL "/vis",               NEED_SKOLERAPPORT_DECIDE,   &scope_school,    HEAVY, .get = get_show},
    {POST, SCHOOL "/vis",               NEED_SKOLERAPPORT_DECIDE,   &scope_school,    WRITE, .write = write_show},
    {GET,  SCHOOL "/aabn",              NEED_SKOLERAPPORT_DECIDE,   &scope_school,    HEAVY, .get = get_open},
    {POST, SCHOOL "/aabn",              NEED_SKOLERAPPORT_DECIDE,   &scope_school,    WRITE, .write = write_open},
    {GET,  MUNICIPAL,                   NEED_KOMMUNERAPPORT_READ,   &scope_municipal, HEAVY, .get = get_report},
    {GET,  MUNICIPAL "/hent/:format",   NEED_KOMMUNERAPPORT_READ,   &scope_municipal, HEAVY, .get = get_file},
    {POST, MUNICIPAL "/pakke",          NEED_KOMMUNERAPPORT_READ,   &scope_municipal, WRITE, .write = write_pack},
    {GET,  MUNICIPAL "/fokus/:section", NEED_KOMMUNERAPPORT_WRITE,  &scope_municipal, HEAVY, .get = get_focus},
    {POST, MUNICIPAL "/fokus/:section", NEED_KOMMUNERAPPORT_WRITE,  &scope_municipal, SLOW_WRITE, .prepare = prepare_focus, .write = write_focus},
    {GET,  MUNICIPAL "/vis",            NEED_KOMMUNERAPPORT_DECIDE, &scope_municipal, HEAVY, .get = get_show},
    {POST, MUNICIPAL "/vis",            NEED_KOMMUNERAPPORT_DECIDE, &scope_municipal, WRITE, .write = write_show},
    {GET,  MUNICIPAL "/aabn",           NEED_KOMMUNERAPPORT_DECIDE, &scope_municipal, HEAVY, .get = get_open},
    {POST, MUNICIPAL "/aabn",           NEED_KOMMUNERAPPORT_DECIDE, &scope_municipal, WRITE, .write = write_open},
    {0},
};

static const Door doors[] = {{ROOM_DATA, "/rapporter", T_INIT("Rapporter"), NEED_KOMMUNERAPPORT_READ, .place = 1}, {0}};

const Feature report_feature = {
    .name = "report", .help = "/vejledning/skoleleder#rapporten",
    .schema = &report_schema, .routes = routes, .commands = report_commands, .loose_ends = loose_ends,
    .doors = doors, .jobs = report_jobs, .retention = report_retention,
    .demo = report_demo};
