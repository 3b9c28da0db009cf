/* The route table, compiled at start into a tree of path segments. A literal
   goes before ':name', and the search goes back when a literal leads nowhere,
   so "/trials/new" and "/trials/:id/edit" can stand beside each other. */
#include "web/web_inside.h"

const Need need_public = {.name = "public", .object = -1};
const Need need_signed_in = {.name = "signed-in", .object = -2};
const Scope scope_none = {.name = "none"};

/* ---- building ---------------------------------------------------------- */

static Err bad_route(Ctx *c, const Route *route, Str why)
{
    Str text = STR_CAT(c->arena, S("route "), str_of_z(route->path), S(": "), why);
    return fail(c, E_BROKEN, msg_verbatim(text));
}

static Err check_kind(Ctx *c, const Route *route)
{
    switch (route->kind) {
    case PLAIN:
    case HEAVY:
    case LOOK:
        if (route->method != GET) return bad_route(c, route, S("a kind for GET"));
        break;
    case WRITE:
    case SLOW_WRITE:
        if (route->method != POST) return bad_route(c, route, S("a kind for POST"));
        break;
    case REPLY: break;
    default: return bad_route(c, route, S("has no kind"));
    }
    return OK;
}

static Err check_route(Ctx *c, const Route *route)
{
    if (route->path[0] != '/') return bad_route(c, route, S("does not begin with /"));
    if (!route->need || !route->scope) return bad_route(c, route, S("lacks need or scope"));
    if (route->kind == REPLY && route->need != NEED_PUBLIC) return bad_route(c, route, S("REPLY knows no viewer"));
    TRY(check_kind(c, route));
    if (route->method == GET && !route->get) return bad_route(c, route, S("lacks get"));
    if (route->method == POST && !route->write && !route->prepare) return bad_route(c, route, S("lacks write"));
    return OK;
}

static RouteNode *literal_child(Arena *keep, RouteNode *node, Str literal)
{
    RouteNode **at = &node->literals;
    while (*at && !str_eq((*at)->literal, literal)) at = &(*at)->next;
    if (!*at) {
        *at = NEW(keep, RouteNode, 1);
        (*at)->literal = literal;
    }
    return *at;
}

static RouteNode *child_of(Arena *keep, RouteNode *node, Str part)
{
    if (part.p[0] != ':') return literal_child(keep, node, part);
    if (!node->param) node->param = NEW(keep, RouteNode, 1);
    return node->param;
}

static Err add_route(Ctx *c, Arena *keep, RouteNode *root, const Route *route, const char *feature)
{
    TRY(check_route(c, route));
    WebRoute *made = NEW(keep, WebRoute, 1);
    *made = (WebRoute){.route = *route, .pattern = str_of_z(route->path)};
    made->route.feature = feature;
    RouteNode *node = root;
    int depth = 0;
    Str part, rest = str_sub(made->pattern, 1, made->pattern.n);
    for (bool more = rest.n > 0; more && str_split(&rest, '/', &part); depth++) {
        if (part.n == 0 || depth == WEB_SEGMENTS) return bad_route(c, route, S("has an empty or too many parts"));
        if (part.p[0] == ':') {
            if (made->n_names == WEB_PARAMS) return bad_route(c, route, S("has too many parameters"));
            made->names[made->n_names++] = str_sub(part, 1, part.n);
        }
        node = child_of(keep, node, part);
    }
    if (route->scope != SCOPE_NONE && made->n_names == 0) return bad_route(c, route, S("has a scope but no parameter"));
    if (node->by_method[route->method]) return bad_route(c, route, S("stands twice"));
    node->by_method[route->method] = made;
    return OK;
}

Err web_routes_build(Ctx *c, Arena *keep, const Route *const *tables, const char *const *features, int n,
                     RouteNode **ret)
{
    RouteNode *root = NEW(keep, RouteNode, 1);
    for (int i = 0; i < n; i++)
        for (const Route *route = tables[i]; route && route->path; route++)
            TRY(add_route(c, keep, root, route, features[i]));
    *ret = root;
    return OK;
}

/* ---- paths --------------------------------------------------------------- */

static bool has_control(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f) return true;
    return false;
}

/* Decoded once, after splitting, so that %2F can never make a new part; it is
   refused all the same, since proxies disagree about it. */
static int path_part(Str raw, char *to, Str *ret)
{
    if (raw.n == 0) return 404;
    for (ptrdiff_t i = 0; i < raw.n; i++) to[i] = raw.p[i];
    Str part = {to, raw.n};
    if (!web_decode(to, &part.n, false)) return 400;
    if (has_control(part) || str_find_char(part, '/', 0) >= 0 || str_find_char(part, '\\', 0) >= 0) return 400;
    if (str_eq(part, S(".")) || str_eq(part, S(".."))) return 400;
    *ret = part;
    return 0;
}

int web_path_parts(Arena *arena, Str raw, PathParts *ret)
{
    if (raw.n > WEB_PATH_MAX) return 414;
    if (raw.n == 0 || raw.p[0] != '/') return 400;
    PathParts parts = {0};
    char *to = arena_take_raw(arena, raw.n);
    Str part, rest = str_sub(raw, 1, raw.n);
    int refuse = 0;
    for (bool more = rest.n > 0; more && str_split(&rest, '/', &part);) {
        if (parts.n == WEB_SEGMENTS) return 404;
        int why = path_part(part, to, &parts.v[parts.n++]);
        /* What is malformed anywhere goes before what is merely unknown. */
        if (why == 400) return 400;
        if (why) refuse = why;
        to += part.n;
    }
    if (refuse) return refuse;
    *ret = parts;
    return 0;
}

/* ---- matching -------------------------------------------------------------- */

typedef struct Walk {
    const PathParts *path;
    Method method;
    int depth, n_params;
    Str params[WEB_PARAMS];
    RouteFound found;
} Walk;

static bool arrive(Walk *w, const RouteNode *node)
{
    for (int m = 0; m < 2; m++) w->found.allows[m] |= node->by_method[m] != NULL;
    w->found.route = node->by_method[w->method];
    if (!w->found.route) return false;
    for (int i = 0; i < w->n_params; i++) w->found.params[i] = w->params[i];
    return true;
}

/* The depth is bounded by WEB_SEGMENTS, the work by the nodes of the tree. */
static bool walk(Walk *w, const RouteNode *node)
{
    if (w->depth == w->path->n) return arrive(w, node);
    Str part = w->path->v[w->depth++];
    bool is_found = false;
    for (const RouteNode *child = node->literals; child && !is_found; child = child->next)
        if (str_eq(child->literal, part)) is_found = walk(w, child);
    if (!is_found && node->param && w->n_params < WEB_PARAMS) {
        w->params[w->n_params++] = part;
        is_found = walk(w, node->param);
        w->n_params--;
    }
    w->depth--;
    return is_found;
}

RouteFound web_route_find(const RouteNode *root, const PathParts *path, Method method)
{
    Walk w = {.path = path, .method = method};
    walk(&w, root);
    return w.found;
}
