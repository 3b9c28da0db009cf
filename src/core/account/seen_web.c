/* Who has looked at me: everybody's own page. The one who looked is told by role
   and unit, not by name (DOMAIN §2.2): the question is whether the look belonged
   to the work, and that is for the data protection officer to follow up. */
#include "base/number.h"
#include "core/access/access.h"
#include "core/account/account_pages.h"
#include "core/account/seen.html.h"
#include "core/audit/audit_words.h"
#include "render/out.h"

/* The role that counted at the moment; the first by name where there were several. */
SQL(SEEN,
    "SELECT a.at, a.verb, coalesce((SELECT min(m.role) FROM v_people_membership m WHERE m.person_id = a.person_id"
    "  AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to >= $3)), ''),"
    " coalesce((SELECT u.name FROM v_people_membership m JOIN v_organisation_unit u ON u.id = m.unit_id WHERE m.person_id = a.person_id"
    "  AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to >= $3) ORDER BY m.role, m.id LIMIT 1), ''),"
    " CASE WHEN a.person_id IS NULL THEN 1 ELSE 0 END,"
    " coalesce((SELECT s.title FROM v_people_membership m LEFT JOIN v_people_role_side s ON s.owner_id = m.owner_id AND s.role = m.role"
    "  WHERE m.person_id = a.person_id AND m.valid_from <= $3 AND (m.valid_to IS NULL OR m.valid_to >= $3) ORDER BY m.role, m.id LIMIT 1), '')"
    " FROM v_audit a WHERE a.owner_id = $1 AND a.object = 'account' AND a.object_id = $2"
    " AND (a.person_id IS NULL OR a.person_id <> $2) ORDER BY a.at DESC, a.id DESC LIMIT 200");
SQL(OWN_OWNERS, "SELECT owner_id FROM v_people_person WHERE id = $1"
                " UNION SELECT owner_id FROM v_people_every_membership WHERE person_id = $1 ORDER BY 1 LIMIT 20");

enum { SEEN_MAX = 200, OWNERS_MAX = 20 };

static Msg what(Str verb)
{
    return str_eq(verb, S("look")) ? T("så oplysninger om dig") : audit_verb_words(verb);
}

/* NULL: a role that counts no more, or that this program does not know. */
static Msg who(const RoleDef *role, Str title, bool is_program)
{
    if (is_program) return T("programmet selv");
    return role ? people_role_title(role, S(""), title) : T("en, der ikke har en rolle mere");
}

static Err fill(Ctx *c, int64_t owner, SeenPage *page)
{
    Rows r = db_query(c, SEEN, owner, c->viewer, c->today);
    while (db_next(&r) && page->all.n < SEEN_MAX)
        page->all.v[page->all.n++] = (SeenView){.at = {db_i64(&r, 0)}, .what = what(db_str(&r, 1)),
                                                .role = who(people_role(db_str(&r, 2)), db_str(&r, 5), db_i64(&r, 4) != 0),
                                                .unit = db_str(&r, 3)};
    return db_done(&r);
}

Err account_get_seen(Ctx *c)
{
    int64_t owners[OWNERS_MAX];
    int n = 0;
    SeenPage page = {.all = {.v = NEW(c->arena, SeenView, SEEN_MAX)}};
    Rows r = db_query(c, OWN_OWNERS, c->viewer);
    while (db_next(&r) && n < OWNERS_MAX) owners[n++] = db_i64(&r, 0);
    TRY(db_done(&r));
    for (int i = 0; i < n; i++) TRY(fill(c, owners[i], &page));
    page_account_seen(web_page_begin(c, T("Hvem har set dine oplysninger")), &page);
    return web_page_end(c);
}
