/* Finding and seeing units, and the table of all routes of the folder. */
#include "feature/unit/unit_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "feature/unit/unit.html.h"
#include "feature/unit/unit_inside.h"
#include "feature/unit/unit_pages.h"

enum { TREE_UNITS = 300, TREE_LEVELS = 4 };

Err unit_of_route(Ctx *c, Unit *ret)
{
    return organisation_by_id(c, (UnitId){web_place(c)->object_id}, ret);
}

Str unit_path(Ctx *c, Str code, const char *rest)
{
    return STR_CAT(c->arena, S("/organisation/"), code, str_of_z(rest));
}

bool unit_may(Ctx *c, const Unit *unit, const Need *need)
{
    Place place = {.owner_id = unit->owner.v, .unit_id = unit->id.v, .object_id = unit->id.v};
    return access_may(c, need, &place);
}

static Msg period_of(const Unit *u)
{
    if (u->valid_to.day) return TF("fra {1} til og med {2}", u->valid_from, u->valid_to);
    return TF("fra {1}", u->valid_from);
}

/* ---- the tree ------------------------------------------------------------------- */

static Branch branch_of(const TreeUnit *at)
{
    Branch b = {.at = at};
    if (at->unit.valid_to.day) b.period = TF("til og med {1}", at->unit.valid_to);
    return b;
}

static bool is_leaf_class(const Branch *b)
{
    return str_eq(b->at->unit.kind, S("klasse")) && b->below.n == 0 && b->at->children == 0;
}

/* Until when, if that is the same for all; a school year's classes end together. */
static Msg classes_period(const Branches *all)
{
    Date last = all->v[0].at->unit.valid_to;
    for (ptrdiff_t i = 0; i < all->n; i++)
        if (all->v[i].at->unit.valid_to.day != last.day) return (Msg){0};
    return last.day ? TF("til og med {1}", last) : (Msg){0};
}

/* A school with 20 classes is two lines, not 21: its classes are moved out of
   below. The order of both stays. */
static void fold_classes(Ctx *c, Branch *b)
{
    enum { FOLDED_MIN = 3 };
    ptrdiff_t n = 0, kept = 0;
    for (ptrdiff_t i = 0; i < b->below.n; i++) n += is_leaf_class(&b->below.v[i]);
    if (n < FOLDED_MIN) return;
    b->classes = (Branches){.v = NEW(c->arena, Branch, n)};
    for (ptrdiff_t i = 0; i < b->below.n; i++) {
        if (is_leaf_class(&b->below.v[i])) b->classes.v[b->classes.n++] = b->below.v[i];
        else b->below.v[kept++] = b->below.v[i];
    }
    b->below.n = kept;
    b->classes_text = TN("{1} klasse", "{1} klasser", n);
    b->classes_period = classes_period(&b->classes);
}

/* The units of one level below the same unit, from *at on; those that the
   viewer may not see go with all below them. */
static Branches grow(Ctx *c, const Tree *tree, ptrdiff_t *at)
{
    int depth = tree->v[*at].depth;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = *at; i < tree->n && tree->v[i].depth >= depth; i++) n += tree->v[i].depth == depth;
    Branches all = {.v = NEW(c->arena, Branch, n)};
    while (*at < tree->n && tree->v[*at].depth == depth) {
        const TreeUnit *here = &tree->v[(*at)++];
        bool is_seen = unit_may(c, &here->unit, NEED_ORGANISATION_READ);
        Branch b = branch_of(here);
        if (is_seen && *at < tree->n && tree->v[*at].depth > depth) b.below = grow(c, tree, at);
        while (!is_seen && *at < tree->n && tree->v[*at].depth > depth) (*at)++;
        if (b.below.n == 0 && here->children) b.deeper = TN("{1} enhed under", "{1} enheder under", here->children);
        fold_classes(c, &b);
        if (is_seen) all.v[all.n++] = b;
    }
    return all;
}

static Err draw_tree(Ctx *c, TreePage *page)
{
    Tree tree = {0};
    Unit root = {0};
    ptrdiff_t at = 0;
    TRY(organisation_by_id(c, (UnitId){c->session->owner_id}, &root));
    Err err = organisation_tree_at(c, root.id, page->shown_day, TREE_LEVELS, TREE_UNITS, &tree);
    if (err != OK && err != E_NOT_FOUND) return err;
    if (err == OK) page->tree = grow(c, &tree, &at);
    page->is_cut = tree.is_cut;
    page->export_code = root.code;
    page_unit_tree(web_page_begin(c, T("Organisationen")), page);
    return web_page_end(c);
}

/* ?efter=CODE: the last one shown. */
static Err read_after(Ctx *c, UnitAfter *ret)
{
    Unit last = {0};
    Str code = web_query(c, "efter");
    if (!code.n) return OK;
    if (organisation_by_code(c, code, &last) != OK || !unit_may(c, &last, NEED_ORGANISATION_READ))
        return fail(c, E_NOT_FOUND, T("Siden findes ikke. Begynd forfra i organisationen."));
    *ret = (UnitAfter){last.name_sort, last.id};
    return OK;
}

static Str next_code(const Units *all)
{
    return all->more ? all->v[all->n - 1].code : S("");
}

static Err draw_found(Ctx *c, TreePage *page)
{
    UnitAfter after = {0};
    TRY(read_after(c, &after));
    TRY(organisation_search(c, page->words, after, &page->found));
    page->is_search = true;
    page->next_code = next_code(&page->found);
    page_unit_tree(web_page_begin(c, T("Organisationen")), page);
    return web_page_end(c);
}

static Err get_tree(Ctx *c)
{
    TreePage page = {.words = str_trim(web_query(c, "navn")), .day = str_trim(web_query(c, "dag")), .shown_day = c->today};
    if (page.day.n && !date_parse_danish(page.day, &page.shown_day))
        page.day_problem = T("Skriv en dag som 31-07-2026. Træet er vist for i dag.");
    if (str_chars(page.words) > UNIT_NAME_MAX) return fail(c, E_NOT_FOUND, T("Søg med højst 200 tegn."));
    return page.words.n ? draw_found(c, &page) : draw_tree(c, &page);
}

/* ---- one unit --------------------------------------------------------------------- */

static bool is_seen_kind(Str kind, const char *const *kinds, ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_eq(kind, str_of_z(kinds[i]))) return true;
    return false;
}

/* Out of sight, it is left out: its name would tell of another's organisation. */
static Err read_parent(Ctx *c, UnitPage *page)
{
    Unit parent = {0};
    if (!page->unit.parent.v) return OK;
    TRY(organisation_by_id(c, page->unit.parent, &parent));
    if (unit_may(c, &parent, NEED_ORGANISATION_READ)) page->parent = parent;
    return OK;
}

static void keep_seen(Ctx *c, Units *units)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < units->n; i++)
        if (unit_may(c, &units->v[i], NEED_ORGANISATION_READ)) units->v[n++] = units->v[i];
    units->n = n;
}

static Err read_unit_page(Ctx *c, UnitPage *page)
{
    static const char *const with_classes[] = {"skole", "specialskole", "afdeling"};
    UnitAfter after = {0};
    TRY(unit_of_route(c, &page->unit));
    TRY(read_after(c, &after));
    page->may_show_ended = !str_eq(web_query(c, "sluttet"), S("1"));
    TRY(read_parent(c, page));
    TRY(organisation_children(c, page->unit.id, !page->may_show_ended, after, &page->children));
    TRY(organisation_lineage(c, page->unit.id, &page->older, &page->newer));
    TRY(organisation_past(c, page->unit.id, &page->names));
    keep_seen(c, &page->older);
    keep_seen(c, &page->newer);
    page->next_code = next_code(&page->children);
    page->may_write = unit_may(c, &page->unit, NEED_ORGANISATION_WRITE);
    page->is_over = page->unit.valid_to.day && page->unit.valid_to.day < c->today.day;
    page->may_roll = is_seen_kind(page->unit.kind, with_classes, COUNT_OF(with_classes));
    page->period = period_of(&page->unit);
    Str kind = msg_text(c, organisation_kind_words(page->names.v[0].kind_name));
    page->kind_and_code = TF("{1}, kode {2}", kind, page->unit.code);
    page->was_saved = str_eq(web_query(c, "gemt"), S("1"));
    return OK;
}

static Err get_unit(Ctx *c)
{
    UnitPage page = {0};
    TRY(read_unit_page(c, &page));
    page_unit_page(web_page_begin(c, msg_verbatim(page.unit.name)), &page);
    return web_page_end(c);
}

#define READ NEED_ORGANISATION_READ
#define CHANGE NEED_ORGANISATION_WRITE
static const Route routes[] = {
    {GET,  "/organisation",                    READ,   SCOPE_NONE, HEAVY, .get = get_tree},
    {GET,  "/organisation/:unit",              READ,   SCOPE_UNIT, HEAVY, .get = get_unit},
    {GET,  "/organisation/:unit/enheder.csv",  READ,   SCOPE_UNIT, HEAVY, .get = unit_get_csv},
    {GET,  "/organisation/:unit/enheder.xlsx", READ,   SCOPE_UNIT, HEAVY, .get = unit_get_xlsx},
    {GET,  "/organisation/:unit/ret",          CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_edit},
    {POST, "/organisation/:unit/ret",          CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_edit, .write = unit_write_edit},
    {GET,  "/organisation/:unit/ny",           CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_add},
    {POST, "/organisation/:unit/ny",           CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_add, .write = unit_write_add},
    {GET,  "/organisation/:unit/afslut",       CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_end},
    {POST, "/organisation/:unit/afslut",       CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_end, .write = unit_write_end},
    {GET,  "/organisation/:unit/sammenlaeg",   CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_merge},
    {POST, "/organisation/:unit/sammenlaeg",   CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_merge, .write = unit_write_merge},
    {GET,  "/organisation/:unit/del",          CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_split},
    {POST, "/organisation/:unit/del",          CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_split, .write = unit_write_split},
    {GET,  "/organisation/:unit/opryk",        CHANGE, SCOPE_UNIT, PLAIN, .get = unit_get_rollover},
    {POST, "/organisation/:unit/opryk",        CHANGE, SCOPE_UNIT, WRITE, .prepare = unit_prepare_rollover, .write = unit_write_rollover},
    {0},
};

static const Door doors[] = {{ROOM_ADMINISTRATION, "/organisation", T_INIT("Organisationen"), NEED_ORGANISATION_READ, .place = 2}, {0}};

const Feature unit_feature = {.name = "unit", .help = "/vejledning/administration#organisationen", .routes = routes, .doors = doors};
