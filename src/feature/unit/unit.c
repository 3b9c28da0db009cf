#include "feature/unit/unit.h"

#include "core/access/access.h"
#include "feature/unit/unit_inside.h"

/* ---- the right at both ends ------------------------------------------------------- */

Err unit_check_right(Ctx *c, Str field, Str code)
{
    Unit unit = {0};
    if (!code.n) return OK;
    Err err = organisation_by_code(c, code, &unit);
    bool is_seen = err == OK && unit_may(c, &unit, NEED_ORGANISATION_READ);
    if (is_seen && unit_may(c, &unit, NEED_ORGANISATION_WRITE)) return OK;
    /* What is out of sight and what does not exist are told alike. */
    if (is_seen) ctx_problem(c, field, TF("Du kan ikke ændre noget ved {1}.", unit.name));
    else ctx_problem(c, field, TF("Der er ingen enhed med koden {1}.", code));
    return ctx_check(c);
}

/* ---- what is written about merging and splitting ------------------------------------ */

Err unit_read_joined(Ctx *c, UnitSeen first, Str codes, UnitSeen *ret, ptrdiff_t *ret_n)
{
    Str code = {0};
    ptrdiff_t n = 0;
    ret[n++] = first;
    while (str_split(&codes, ' ', &code)) {
        Unit other = {0};
        if (!code.n) continue;
        if (n == UNITS_JOINED_MAX) ctx_problem(c, S("units"), TF("Der kan højst lægges {1} enheder sammen.", UNITS_JOINED_MAX));
        TRY(ctx_check(c));
        TRY(unit_check_right(c, S("units"), code));
        TRY(organisation_by_code(c, code, &other));
        ret[n++] = (UnitSeen){other.id, other.version};
    }
    *ret_n = n;
    return OK;
}

Err unit_read_parts(Ctx *c, Str lines, UnitPart *ret, ptrdiff_t *ret_n)
{
    Str line = {0};
    ptrdiff_t n = 0;
    while (str_split(&lines, '\n', &line)) {
        line = str_trim(line);
        if (!line.n) continue;
        ptrdiff_t space = str_find_char(line, ' ', 0);
        if (space < 0) ctx_problem(c, S("parts"), TF("Linjen »{1}« mangler et navn efter koden.", line));
        if (n == UNITS_JOINED_MAX) ctx_problem(c, S("parts"), TF("Der kan højst blive {1} enheder.", UNITS_JOINED_MAX));
        TRY(ctx_check(c));
        ret[n++] = (UnitPart){str_sub(line, 0, space), str_trim(str_sub(line, space, line.n))};
    }
    *ret_n = n;
    return OK;
}

static int part_named(const UnitPart *parts, ptrdiff_t n, Str code)
{
    for (ptrdiff_t i = 0; i < n; i++)
        if (str_eq(parts[i].code, code)) return (int)i;
    return -1;
}

static Err read_move(Ctx *c, const Unit *old, Str line, const UnitPart *parts, ptrdiff_t n, UnitMove *ret)
{
    Unit child = {0};
    Str code = {0};
    (void)str_split(&line, ' ', &code);
    Str to = line.n > 0 ? str_trim(line) : S("");
    *ret = (UnitMove){.part = to.n ? part_named(parts, n, to) : 0};
    if (ret->part < 0) ctx_problem(c, S("moves"), TF("Koden {1} er ikke en af de nye enheder.", to));
    if (organisation_by_code(c, code, &child) != OK || child.parent.v != old->id.v)
        ctx_problem(c, S("moves"), TF("{1} ligger ikke lige under {2}.", code, old->name));
    ret->child = child.id;
    return ctx_check(c);
}

Err unit_read_moves(Ctx *c, const Unit *old, Str lines, const UnitPart *parts, ptrdiff_t n, UnitMoves *ret)
{
    ptrdiff_t most = 1;
    for (ptrdiff_t i = 0; i < lines.n; i++) most += lines.p[i] == '\n';
    UnitMoves moves = {.v = NEW(c->arena, UnitMove, most)};
    Str line = {0};
    while (str_split(&lines, '\n', &line)) {
        line = str_trim(line);
        if (line.n) TRY(read_move(c, old, line, parts, n, &moves.v[moves.n++]));
    }
    *ret = moves;
    return OK;
}
