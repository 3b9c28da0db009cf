#include "core/shell/shell.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/app.h"
#include "core/shell/frame.h"
#include "core/shell/frame.html.h"
#include "text/da.h"
#include "web/assets/assets.h"

/* ---- the eye line -------------------------------------------------------- */

/* Who may read an object of this kind, from the access table: never typed. */
static bool table_has(short object, AccessRole role, AccessRelation relation)
{
    for (int i = 0; i < access_row_count; i++) {
        const AccessRow *r = &access_rows[i];
        if (r->object == object && r->right == RIGHT_READ && (AccessRole)r->role == role && (AccessRelation)r->relation == relation) return true;
    }
    return false;
}

/* One's own things are no one else's to see: a role that may read only its own
   is not among the readers. */
static bool role_has(short object, short right, AccessRole role)
{
    for (int i = 0; i < access_row_count; i++) {
        const AccessRow *r = &access_rows[i];
        if (r->object == object && r->right == right && r->role == (int)role && (AccessRelation)r->relation != RELATION_OWN) return true;
    }
    return false;
}

static Str role_title(Ctx *c, AccessRole role)
{
    const RoleDef *def = people_role(str_of_z(access_role_names[role]));
    return def ? msg_text(c, def->title) : S("");
}

enum { EYE_ROLES = 4 };

/* "skoleleder, konsulent og dpo": all of them up to five, else four and how many
   more: a name is no longer than "and one more". */
static Str readers(Ctx *c, short object, short right)
{
    Buf b = buf_new(c->arena, 1000);
    int total = 0, told = 0;
    for (int r = 0; r < ROLE_COUNT; r++) total += role_has(object, right, (AccessRole)r);
    int most = total == EYE_ROLES + 1 ? total : EYE_ROLES;
    for (int r = 0; r < ROLE_COUNT && told < most; r++) {
        if (!role_has(object, right, (AccessRole)r)) continue;
        if (told) buf_add(&b, told + 1 == total ? msg_text(c, T(" og ")) : S(", "));
        buf_add(&b, role_title(c, (AccessRole)r));
        told++;
    }
    if (total > told) buf_add(&b, msg_text(c, TN(" og {1} anden rolle", " og {1} andre roller", total - told)));
    return buf_str(&b);
}

Msg shell_eye_line(Ctx *c, const Need *need)
{
    if (!need || need->object < 0) return T("Kun du kan se denne side");
    short object = need->object;
    if (table_has(object, ROLE_ANY, RELATION_ANY)) return T("Alle, der er logget ind, kan se denne side");
    Str who = readers(c, object, RIGHT_READ);
    /* What is read elsewhere by everybody and only written here: those who write see this page. */
    if (!who.n) who = readers(c, object, need->right);
    bool own = table_has(object, ROLE_ANY, RELATION_OWN);
    if (own && !who.n) return T("Kun du kan se denne side");
    if (own) return TF("Ses af dig og af {1}", who);
    return TF("Ses af {1}", who);
}

/* ---- the frame ----------------------------------------------------------- */

static Str unit_name(Ctx *c, int64_t unit_id, Str otherwise)
{
    Unit unit = {0};
    return unit_id && organisation_by_id(c, (UnitId){unit_id}, &unit) == OK ? unit.name : otherwise;
}

static Str school_year(Ctx *c)
{
    Buf b = buf_new(c->arena, 60);
    text_school_year(&b, c->lang, date_school_year(c->today));
    return buf_str(&b);
}

/* In the order of the thread; a room without a door that the viewer may open is
   not listed. Administration is no part of the thread and stands beside it. */
static const struct {
    RoomName room;
    Msg name;
} room_names[] = {
    {ROOM_LOESE_ENDER, T_INIT("Løse ender")},         {ROOM_MAAL, T_INIT("Mål")},
    {ROOM_DATA, T_INIT("Data")},                      {ROOM_DIALOG, T_INIT("Dialog")},
    {ROOM_INDSATSER, T_INIT("Indsatser")},            {ROOM_PROEVEHANDLINGER, T_INIT("Prøvehandlinger")},
    {ROOM_FORLOEB, T_INIT("Børns forløb")},           {ROOM_VIDEN, T_INIT("Viden")},
    {ROOM_ADMINISTRATION, T_INIT("Administration")},
};

enum { DOORS_MAX = 16 };

/* What is administered is of the same kind as the page; what everybody has of
   their own (who has seen, writing to support) lies with the same features. */
static bool is_behind(const Route *route, const Door *d)
{
    return d->room != ROOM_ADMINISTRATION || (route->need && route->need->object == d->need->object);
}

/* The path of the door that the page being drawn lies behind; empty: none. A
   feature without a page of its own stands behind the one it names. */
static Str path_here(Ctx *c, RoomName room)
{
    const Route *route = web_route(c);
    if (!route || !route->feature) return S("");
    for (int k = 0; k < feature_count; k++) {
        if (!str_eq(str_of_z(route->feature), str_of_z(features[k]->name))) continue;
        for (const Door *d = features[k]->doors; d && d->path; d++)
            if (d->room == room && is_behind(route, d)) return str_of_z(d->path);
    }
    return S("");
}

/* The doors of a room that the viewer may open, the least place first. */
static Rooms doors_of(Ctx *c, RoomName room)
{
    const Door *found[DOORS_MAX];
    ptrdiff_t n = 0;
    for (int k = 0; k < feature_count; k++)
        for (const Door *d = features[k]->doors; d && d->path && n < DOORS_MAX; d++) {
            if (d->room != room || (room != ROOM_LOESE_ENDER && msg_is_empty(d->name)) || !access_may(c, d->need, NULL)) continue;
            ptrdiff_t at = n++;
            for (; at > 0 && found[at - 1]->place > d->place; at--) found[at] = found[at - 1];
            found[at] = d;
        }
    Str here = path_here(c, room);
    Room *v = NEW(c->arena, Room, n);
    for (ptrdiff_t i = 0; i < n; i++)
        v[i] = (Room){.name = found[i]->name, .href = {str_of_z(found[i]->path)}, .is_here = str_eq(here, str_of_z(found[i]->path))};
    return (Rooms){v, n};
}

/* Where only one thing is administered, it goes by its own name. */
static void fill_rooms(Ctx *c, Frame *f)
{
    Room *v = NEW(c->arena, Room, COUNT_OF(room_names));
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < COUNT_OF(room_names); i++) {
        RoomName name = room_names[i].room;
        Rooms doors = doors_of(c, name);
        if (!doors.n) continue;
        bool is_apart = name == ROOM_ADMINISTRATION;
        v[n] = (Room){.name = is_apart && doors.n == 1 ? doors.v[0].name : room_names[i].name, .href = doors.v[0].href};
        for (ptrdiff_t k = 0; k < doors.n; k++) v[n].is_here = v[n].is_here || doors.v[k].is_here;
        if (v[n].is_here) f->room_here = v[n].name;
        if (v[n].is_here && doors.n > 1) f->doors = doors;
        if (is_apart) f->apart = (Rooms){&v[n], 1};
        else f->rooms = (Rooms){v, n + 1};
        n++;
    }
}

Room shell_onward(Ctx *c)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(room_names); i++) {
        Rooms doors = room_names[i].room == ROOM_LOESE_ENDER ? (Rooms){0} : doors_of(c, room_names[i].room);
        if (doors.n) return doors.v[0];
    }
    return (Room){0};
}

/* Eye line and day, for the paper: what a printed page must carry with it. */
static Str printed_line(Ctx *c, const Frame *f)
{
    Buf b = buf_new(c->arena, 400);
    text_date(&b, c->lang, c->today);
    buf_add(&b, S(" · "));
    buf_add(&b, msg_text(c, f->eye_line));
    return buf_str(&b);
}

static Str help_of(Ctx *c)
{
    const Route *route = web_route(c);
    for (int i = 0; i < feature_count && route && route->feature; i++)
        if (features[i]->help && str_eq(str_of_z(features[i]->name), str_of_z(route->feature))) return str_of_z(features[i]->help);
    return S("/vejledning");
}

static Frame *frame_of(Ctx *c, Msg title)
{
    Frame *f = NEW(c->arena, Frame, 1);
    *f = (Frame){
        .lang = c->lang == LANG_EN ? S("en") : S("da"),
        .is_danish = c->lang == LANG_DA,
        .title = title,
        .style = {asset_path("house.css")},
        .script = {asset_path("house.js")},
        .htmx = {asset_path("htmx.js")},
    };
    if (!c->session) return f;
    const Memberships *m = &c->session->memberships;
    const RoleDef *role = m->n ? people_role(m->v[0].role) : NULL;
    f->person = c->session->person_name;
    f->role = role ? people_role_title(role, S(""), m->v[0].title) : T("uden rolle");
    f->organisation = unit_name(c, c->session->owner_id, S(""));
    f->unit = unit_name(c, m->n ? m->v[0].unit_id : 0, f->organisation);
    f->school_year = school_year(c);
    bool is_told = !msg_is_empty(c->session->seen_by);
    f->eye_line = is_told ? c->session->seen_by : shell_eye_line(c, web_route(c) ? web_route(c)->need : NULL);
    f->printed = printed_line(c, f);
    f->room_here = title;
    fill_rooms(c, f);
    f->help = (Href){help_of(c)};
    f->nonce = access_gate.nonce(c);
    f->back = web_own_path(c);
    f->is_demo = c->app->settings->is_demo;
    return f;
}

void shell_frame_begin(Ctx *c, Out *o, Msg title)
{
    Frame *f = frame_of(c, title);
    if (c->session) c->session->frame = f;
    page_frame_begin(o, f);
}

/* What the frame shows is looked up once a page: it is a tenth of its cost. Only
   the nonce is another, so that a form at the foot is not taken for one above. */
void shell_frame_end(Ctx *c, Out *o)
{
    Frame *f = c->session ? c->session->frame : NULL;
    if (f) f->nonce = access_gate.nonce(c);
    else f = frame_of(c, (Msg){0});
    page_frame_end(o, f);
}

/* ---- errors --------------------------------------------------------------- */

static const struct {
    int status;
    Msg heading;
} headings[] = {
    {400, T_INIT("Vi kan ikke læse det, du sendte")},
    {403, T_INIT("Siden er ikke åben for din rolle")},
    {404, T_INIT("Vi kan ikke vise siden")},
    {405, T_INIT("Det kan man ikke her")},
    {409, T_INIT("Der er sket noget imens")},
    {413, T_INIT("Det er for stort")},
    {422, T_INIT("Noget skal rettes")},
    {500, T_INIT("Der gik noget galt hos os")},
    {503, T_INIT("Det går ikke lige nu")},
};

static Msg heading_of(int status)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(headings); i++)
        if (headings[i].status == status) return headings[i].heading;
    return T("Det gik ikke");
}

void shell_error_page(Ctx *c, Out *o, int status, Msg message, Str number)
{
    ErrorPage page = {.heading = heading_of(status), .message = message, .number = number};
    page.frame = frame_of(c, page.heading);
    if (!c->session) {
        page_error_bare(o, &page);
        return;
    }
    /* What the page would have shown is not shown, so its readers are not either. */
    page.frame->eye_line = shell_eye_line(c, NULL);
    page.frame->printed = printed_line(c, page.frame);
    page_frame_begin(o, page.frame);
    page_error_in_frame(o, &page);
    page_frame_end(o, page.frame);
}
