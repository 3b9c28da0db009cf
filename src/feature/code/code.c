/* Codes: letters that a person can type, of which the store keeps a keyed hash
   only. The hash is under the master key, so that whoever steals the store can
   neither try codes against it nor answer in others' names; the letters are
   sealed under the wave's key, to be shown and printed again until it closes.

   Twenty consonants but Q: no word can come out, no letter is read as a digit,
   and none looks like another in capitals. 19^16 is 2^67.9, 19^10 is 2^42.4. */
#include "feature/code/code.h"

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"

static const char letters[] = "BCDFGHJKLMNPRSTVWXZ";
enum { LETTERS = sizeof letters - 1, FAIR = 256 - 256 % LETTERS };

typedef struct Shape {
    Str kind;
    int letters, group; /* a hyphen after so many */
} Shape;
static const Shape shape_single = {S_INIT("single"), 16, 4}, shape_open = {S_INIT("open"), 10, 5};

/* Bytes from FAIR on are passed over: every letter is equally likely. */
static Str code_new(Ctx *c, const Shape *shape)
{
    Buf b = buf_new(c->arena, shape->letters);
    while (b.n < shape->letters) {
        unsigned char raw[32];
        ctx_random(c, raw, sizeof raw);
        for (ptrdiff_t i = 0; i < COUNT_OF(raw) && b.n < shape->letters; i++)
            if (raw[i] < FAIR) buf_add_char(&b, letters[raw[i] % LETTERS]);
    }
    return buf_str(&b);
}

static Str with_hyphens(Ctx *c, Str plain)
{
    int group = plain.n == shape_open.letters ? shape_open.group : shape_single.group;
    Buf b = buf_new(c->arena, plain.n * 2);
    for (ptrdiff_t i = 0; i < plain.n; i++) {
        if (i && i % group == 0) buf_add_char(&b, '-');
        buf_add_char(&b, plain.p[i]);
    }
    return buf_str(&b);
}

Str code_plain(Ctx *c, Str code)
{
    enum { TYPED_MAX = 40 };
    if (code.n > TYPED_MAX) return S("");
    Buf b = buf_new(c->arena, TYPED_MAX);
    for (ptrdiff_t i = 0; i < code.n; i++) {
        char ch = code.p[i];
        if (ch == ' ' || ch == '-') continue;
        if (ch >= 'a' && ch <= 'z') ch = (char)(ch - 'a' + 'A');
        if (str_find_char(S("BCDFGHJKLMNPRSTVWXZ"), ch, 0) < 0) return S("");
        buf_add_char(&b, ch);
    }
    return b.n == shape_open.letters || b.n == shape_single.letters ? buf_str(&b) : S("");
}

Str code_address(Ctx *c, Str code)
{
    Str base = c->app->settings->public_address;
    if (base.n && base.p[base.n - 1] == '/') base.n--;
    return STR_CAT(c->arena, base, S("/s/"), code);
}

static Str hash_of(Ctx *c, Str plain)
{
    return secret_mac(c, c->app->secrets, PURPOSE_SURVEY_CODE, plain);
}

SQL(FIND, "SELECT id, wave_id, unit_id, role, kind, lang FROM wave_code WHERE code_hash = $1");

Err code_find(Ctx *c, Str code, AnswerCode *ret)
{
    AnswerCode found = {0};
    Str plain = code_plain(c, code);
    if (!plain.n) return E_NOT_FOUND;
    Rows r = db_query(c, FIND, hash_of(c, plain));
    if (db_next(&r))
        found = (AnswerCode){
            .id = db_i64(&r, 0),
            .wave = {db_i64(&r, 1)},
            .unit = {db_i64(&r, 2)},
            .role = db_str(&r, 3),
            .kind = db_str(&r, 4),
            .lang = db_str(&r, 5),
        };
    TRY(db_done(&r));
    if (!found.id) return E_NOT_FOUND;
    *ret = found;
    return OK;
}

/* ---- sealing ---------------------------------------------------------------- */

static Err no_key(Ctx *c)
{
    return fail(c, E_CONFLICT, T("Målingens nøgle findes ikke længere. Derfor kan koderne ikke vises."));
}

static Err seal(Ctx *c, const Wave *wave, Str plain, Str *ret)
{
    Bytes sealed = {0};
    Err err = wave_key_seal(c, c->app->secrets, wave->uid, plain, &sealed);
    if (err == E_NOT_FOUND) return no_key(c);
    TRY(err);
    *ret = str_hex(c->arena, sealed.p, sealed.n);
    return OK;
}

Err code_unseal(Ctx *c, const Wave *wave, Str sealed, Str *ret)
{
    Str plain = {0};
    unsigned char *raw = NEW(c->arena, unsigned char, sealed.n / 2);
    if (!sealed.n) return no_key(c);
    if (!str_unhex(sealed, raw, sealed.n / 2)) return fail(c, E_BROKEN, T("En forseglet kode kan ikke læses."));
    Err err = wave_key_unseal(c, c->app->secrets, wave->uid, (Bytes){raw, sealed.n / 2}, &plain);
    if (err == E_NOT_FOUND) return no_key(c);
    TRY(err);
    *ret = with_hyphens(c, plain);
    return OK;
}

/* ---- making ------------------------------------------------------------------ */

enum { CODE_CHUNK = 500, CODE_JSON = 700 };

typedef struct Making {
    const Wave *wave;
    CodeOrder order;
    PlainCodes out;
    Buf rows; /* not yet stored, a JSON array for ROWS */
    int waiting;
} Making;

SQL(ADD_CODES, "INSERT INTO wave_code (wave_id, unit_id, role, kind, code_hash, sealed, lang)"
               " SELECT $1, r.unit, r.role, r.kind, r.hash, r.sealed, r.lang"
               " FROM ROWS($2, unit INTEGER, role TEXT, kind TEXT, hash TEXT, sealed TEXT, lang TEXT) r WHERE true"
               " ON CONFLICT (code_hash) DO NOTHING");

static Err store_waiting(Ctx *c, Making *m)
{
    int added = 0;
    if (!m->waiting) return OK;
    buf_add_char(&m->rows, ']');
    if (m->rows.full) return fail(c, E_BROKEN, T("Koderne kan ikke gemmes."));
    TRY(db_exec(c, ADD_CODES, &added, m->wave->id, buf_str(&m->rows)));
    if (added != m->waiting) return fail(c, E_BUSY, T("To koder blev ens. Prøv igen."));
    m->rows.n = m->waiting = 0;
    return OK;
}

typedef struct NewCode {
    UnitId unit;
    Str role, lang;
    const Shape *shape;
    Str plain, hash; /* out */
} NewCode;

static Err make_one(Ctx *c, Making *m, NewCode *code)
{
    Str sealed = {0};
    code->plain = code_new(c, code->shape);
    code->hash = hash_of(c, code->plain);
    TRY(seal(c, m->wave, code->plain, &sealed));
    const Str texts[] = {code->role, code->shape->kind, code->hash, sealed, code->lang};
    Buf *b = &m->rows;
    buf_add(b, m->waiting ? S(",[") : S("[["));
    buf_add_i64(b, code->unit.v);
    for (ptrdiff_t i = 0; i < COUNT_OF(texts); i++) {
        buf_add_char(b, ',');
        buf_add_json(b, texts[i]);
    }
    buf_add_char(b, ']');
    return ++m->waiting == CODE_CHUNK ? store_waiting(c, m) : OK;
}

static void put(Ctx *c, Making *m, const WaveUnit *unit, Str role, Str kind, Str code)
{
    (void)c;
    m->out.v[m->out.n++] = (PlainCode){.unit = unit->code, .unit_name = unit->name, .role = role, .kind = kind, .code = code};
}

SQL(OPEN_OF, "SELECT coalesce(sealed, '') FROM wave_code WHERE wave_id = $1 AND unit_id = $2 AND role = $3 AND kind = 'open'"
             " ORDER BY id LIMIT 1");

static Err open_code(Ctx *c, Making *m, const WaveUnit *unit, Str role)
{
    Str sealed = {0}, code = {0};
    Rows r = db_query(c, OPEN_OF, m->wave->id, unit->id, role);
    bool found = db_next(&r);
    if (found) sealed = db_str(&r, 0);
    TRY(db_done(&r));
    if (found) TRY(code_unseal(c, m->wave, sealed, &code));
    else {
        NewCode made = {.unit = unit->id, .role = role, .lang = S("da"), .shape = &shape_open};
        TRY(make_one(c, m, &made));
        code = with_hyphens(c, made.plain);
    }
    put(c, m, unit, role, shape_open.kind, code);
    return OK;
}

static Err codes_of(Ctx *c, Making *m, const WaveUnit *unit, Str role)
{
    if (m->order.wants_open) TRY(open_code(c, m, unit, role));
    for (int64_t i = 0; i < m->order.single; i++) {
        NewCode made = {.unit = unit->id, .role = role, .lang = S("da"), .shape = &shape_single};
        TRY(make_one(c, m, &made));
        put(c, m, unit, role, shape_single.kind, with_hyphens(c, made.plain));
    }
    return OK;
}

/* Which of the tree's units the order means: the lowest at or below its unit. */
static bool *units_meant(Ctx *c, const WaveUnits *all, UnitId unit, ptrdiff_t *ret_n)
{
    bool *under = NEW(c->arena, bool, all->n), *meant = NEW(c->arena, bool, all->n);
    for (ptrdiff_t i = 0; i < all->n; i++) {
        const WaveUnit *u = &all->v[i];
        under[i] = !unit.v || u->id.v == unit.v || (u->parent >= 0 && under[u->parent]);
        meant[i] = under[i] && u->is_lowest;
        *ret_n += meant[i];
    }
    return meant;
}

static Strs roles_meant(Ctx *c, const Wave *wave, Str role)
{
    Strs all = {.v = NEW(c->arena, Str, 4)};
    Str rest = wave->roles, part = {0};
    while (all.n < 4 && str_split(&rest, ' ', &part))
        if (part.n && (!role.n || str_eq(role, part))) all.v[all.n++] = part;
    return all;
}

/* The group of a role is there before the first answer: made by it, it would tell
   that somebody of that role has answered, and move a sequence. */
static Err make_groups(Ctx *c, const Wave *wave, Strs roles)
{
    int64_t id = 0;
    if (str_find_char(wave->roles, ' ', 0) < 0) return OK;
    for (ptrdiff_t i = 0; i < roles.n; i++) TRY(survey_group(c, wave->id, S("rolle"), roles.v[i], &id));
    return OK;
}

Err code_make_for_mail(Ctx *c, const Wave *wave, const MailCode *v, ptrdiff_t n, Str *ret_hashes)
{
    TRY(survey_takes_codes(c, wave));
    TRY(make_groups(c, wave, roles_meant(c, wave, S(""))));
    Making m = {.wave = wave, .rows = buf_new(c->arena, (ptrdiff_t)CODE_CHUNK * CODE_JSON)};
    for (ptrdiff_t i = 0; i < n; i++) {
        NewCode made = {.unit = v[i].unit, .role = v[i].role, .lang = v[i].lang, .shape = &shape_single};
        TRY(make_one(c, &m, &made));
        ret_hashes[i] = made.hash;
    }
    return store_waiting(c, &m);
}

SQL(MOVE, "UPDATE wave_code SET unit_id = $3, role = $4, lang = $5 WHERE id = $1 AND wave_id = $2 AND kind = 'single'");

Err code_move(Ctx *c, const Wave *wave, int64_t id, MailCode to)
{
    int changed = 0;
    TRY(db_exec(c, MOVE, &changed, id, wave->id, to.unit, to.role, to.lang));
    return changed ? OK : fail(c, E_NOT_FOUND, T("Koden findes ikke i målingen."));
}

enum { CODES_MAX = 2000000 };

Err code_make(Ctx *c, const Wave *wave, CodeOrder order, PlainCodes *ret)
{
    WaveUnits all = {0};
    ptrdiff_t n = 0;
    TRY(survey_takes_codes(c, wave));
    if (order.role.n && !survey_has_word(wave->roles, order.role)) ctx_problem(c, S("role"), T("Målingen spørger ikke den rolle."));
    if (order.single < 0 || order.single > CODE_SINGLE_MAX)
        ctx_problem(c, S("single"), T("Skriv antallet af koder som et helt tal fra 0 til 10.000."));
    TRY(ctx_check(c));
    TRY(survey_units(c, wave->id, &all));
    const bool *meant = units_meant(c, &all, order.unit, &n);
    Strs roles = roles_meant(c, wave, order.role);
    int64_t many = n * roles.n * (order.single + 1);
    if (many > CODES_MAX) return fail(c, E_TOO_LARGE, T("Det er flere end 2.000.000 koder på én gang. Lav dem ad flere gange."));
    Making m = {.wave = wave, .order = order, .rows = buf_new(c->arena, (ptrdiff_t)CODE_CHUNK * CODE_JSON)};
    m.out.v = NEW(c->arena, PlainCode, many);
    for (ptrdiff_t i = 0; i < all.n; i++)
        for (ptrdiff_t k = 0; meant[i] && k < roles.n; k++) TRY(codes_of(c, &m, &all.v[i], roles.v[k]));
    TRY(store_waiting(c, &m));
    TRY(make_groups(c, wave, roles));
    *ret = m.out;
    return OK;
}

/* ---- those there are ------------------------------------------------------------ */

enum { OPEN_MAX = 16 };
SQL(OPEN_CODES, "SELECT k.role, coalesce(k.sealed, ''), u.code, u.name FROM wave_code k JOIN v_survey_unit u ON u.wave_id = k.wave_id"
                " AND u.unit_id = k.unit_id WHERE k.wave_id = $1 AND k.unit_id = $2 AND k.kind = 'open' ORDER BY k.id LIMIT $3");

Err code_open_list(Ctx *c, const Wave *wave, UnitId unit, PlainCodes *ret)
{
    PlainCodes all = {.v = NEW(c->arena, PlainCode, OPEN_MAX)};
    Rows r = db_query(c, OPEN_CODES, wave->id, unit, OPEN_MAX);
    while (db_next(&r))
        all.v[all.n++] = (PlainCode){.role = db_str(&r, 0), .code = db_str(&r, 1), .unit = db_str(&r, 2), .unit_name = db_str(&r, 3),
                                     .kind = S("open")};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(code_unseal(c, wave, all.v[i].code, &all.v[i].code));
    *ret = all;
    return OK;
}

/* ---- when the wave is over -------------------------------------------------------- */

SQL(FORGET, "UPDATE wave_code SET sealed = NULL WHERE wave_id = $1 AND sealed IS NOT NULL");
SQL(REMOVE, "DELETE FROM wave_code WHERE wave_id = $1");

Err code_forget(Ctx *c, const Wave *wave)
{
    return db_exec(c, FORGET, NULL, wave->id);
}

Err code_remove(Ctx *c, const Wave *wave)
{
    return db_exec(c, REMOVE, NULL, wave->id);
}
