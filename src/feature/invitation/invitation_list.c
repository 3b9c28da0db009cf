/* The addresses of a wave: read from a list or the organisation, stored sealed.
   A row that cannot be used is refused with its reason, and nothing is stored
   until a person has seen that. */
#include "base/buf.h"
#include "base/csv.h"
#include "base/number.h"
#include "core/app.h"
#include "core/secret/wave_key.h"
#include "feature/invitation/invitation_inside.h"

/* ---- sealing ------------------------------------------------------------------------ */

static Err no_key(Ctx *c, Err err)
{
    if (err != E_NOT_FOUND) return err;
    return fail(c, E_CONFLICT, T("Målingens nøgle findes ikke længere, så adresserne kan ikke læses."));
}

/* Big and small letters are the same mailbox in practice. */
static Str folded(Ctx *c, Str address)
{
    char *p = NEW(c->arena, char, address.n + 1);
    for (ptrdiff_t i = 0; i < address.n; i++) p[i] = address.p[i] >= 'A' && address.p[i] <= 'Z' ? (char)(address.p[i] - 'A' + 'a') : address.p[i];
    return (Str){p, address.n};
}

enum { PADDED = 256 }; /* so that the length of what is sealed says nothing of the address */

static Str padded(Ctx *c, Str address)
{
    Buf b = buf_new(c->arena, PADDED);
    buf_add(&b, address);
    while (b.n < PADDED) buf_add_char(&b, ' ');
    return buf_str(&b);
}

Err address_seal(Ctx *c, const Wave *wave, Str address, Str *ret_mac, Str *ret_sealed)
{
    Bytes sealed = {0};
    Str mac = {0};
    TRY(no_key(c, wave_key_mac(c, c->app->secrets, wave->uid, STR_CAT(c->arena, S("mail:"), folded(c, address)), &mac)));
    TRY(no_key(c, wave_key_seal(c, c->app->secrets, wave->uid, padded(c, address), &sealed)));
    *ret_mac = mac;
    *ret_sealed = str_hex(c->arena, sealed.p, sealed.n);
    return OK;
}

Err address_unseal(Ctx *c, const Wave *wave, Str sealed, Str *ret)
{
    Str plain = {0};
    unsigned char *raw = NEW(c->arena, unsigned char, sealed.n / 2);
    if (!str_unhex(sealed, raw, sealed.n / 2)) return fail(c, E_BROKEN, T("En forseglet adresse kan ikke læses."));
    TRY(no_key(c, wave_key_unseal(c, c->app->secrets, wave->uid, (Bytes){raw, sealed.n / 2}, &plain)));
    *ret = str_trim(plain);
    return OK;
}

/* ---- what a list may hold -------------------------------------------------------------- */

typedef struct Reading {
    const Wave *wave;
    WaveUnits units;
    ptrdiff_t last;   /* lists come unit by unit: look there first */
    Strs languages;
    Str unit, role;   /* where a row has none */
    ptrdiff_t column[4];
    ptrdiff_t *seen;  /* places of what is in the list, found by mark: index + 1; 0: free */
    uint64_t mask;
    AddressList *out;
} Reading;

enum { COLUMN_EMAIL, COLUMN_UNIT, COLUMN_ROLE, COLUMN_LANG, COLUMNS };
static const Str column_names[COLUMNS][3] = {
    {S_INIT("e-mail"), S_INIT("email"), S_INIT("mail")},
    {S_INIT("enhed"), S_INIT("skole"), S_INIT("unit")},
    {S_INIT("rolle"), S_INIT("role"), S_INIT("rolle")},
    {S_INIT("sprog"), S_INIT("lang"), S_INIT("language")},
};

static Err reading_of(Ctx *c, const Wave *wave, ptrdiff_t rows, AddressList *out, Reading *ret)
{
    Questionnaire q = {0};
    Reading r = {.wave = wave, .out = out, .mask = 1};
    *out = (AddressList){0};
    TRY(survey_units(c, wave->id, &r.units));
    TRY(questionnaire_load(c, wave->questionnaire, &q));
    r.languages = q.languages;
    while (r.mask < (uint64_t)rows * 2) r.mask <<= 1;
    r.seen = NEW(c->arena, ptrdiff_t, (ptrdiff_t)r.mask);
    r.mask--;
    out->v = NEW(c->arena, Invitee, rows);
    *ret = r;
    return OK;
}

static void refuse(AddressList *out, int64_t line, Str what, Msg why)
{
    if (out->refused_n < REFUSALS_SHOWN) out->refused[out->refused_n] = (Refusal){line, what, why};
    out->refused_n++;
}

static const WaveUnit *unit_of(Reading *r, Str code)
{
    for (ptrdiff_t i = 0; i < r->units.n; i++) {
        ptrdiff_t at = (r->last + i) % r->units.n;
        if (!str_eq(r->units.v[at].code, code)) continue;
        r->last = at;
        return &r->units.v[at];
    }
    return NULL;
}

static bool has_language(const Reading *r, Str lang)
{
    for (ptrdiff_t i = 0; i < r->languages.n; i++)
        if (str_eq(r->languages.v[i], lang)) return true;
    return false;
}

/* The place of the mark: free, or of the invitee that has it. */
static ptrdiff_t *seat(Reading *r, Str mac)
{
    uint64_t at = str_hash(mac) & r->mask;
    while (r->seen[at] && !str_eq(r->out->v[r->seen[at] - 1].mac, mac)) at = (at + 1) & r->mask;
    return &r->seen[at];
}

static bool is_same(const MailCode *a, const MailCode *b)
{
    return a->unit.v == b->unit.v && str_eq(a->role, b->role);
}

/* The same person at two places answers for one of them (DOMAIN P1), so somebody must choose. */
static Err take(Ctx *c, Reading *r, int64_t line, Str email, MailCode code)
{
    Invitee one = {.code = code};
    TRY(address_seal(c, r->wave, email, &one.mac, &one.sealed));
    ptrdiff_t *place = seat(r, one.mac);
    if (*place == 0) {
        r->out->v[r->out->n++] = one;
        *place = r->out->n;
    } else if (is_same(&r->out->v[*place - 1].code, &code)) r->out->repeated++;
    else refuse(r->out, line, email, T("Adressen står på listen to gange, med forskellig enhed eller rolle. Én kan kun svare ét sted."));
    return OK;
}

/* ---- a list --------------------------------------------------------------------------------- */

static Str cell(const Reading *r, const CsvRow *row, int column)
{
    ptrdiff_t at = r->column[column];
    return at >= 0 && at < row->n ? str_trim(row->v[at]) : S("");
}

static Err read_row(Ctx *c, Reading *r, const CsvRow *row)
{
    Str email = cell(r, row, COLUMN_EMAIL), code = cell(r, row, COLUMN_UNIT), role = cell(r, row, COLUMN_ROLE), lang = cell(r, row, COLUMN_LANG);
    if (!code.n) code = r->unit;
    if (!role.n) role = r->role;
    if (!lang.n) lang = S("da");
    const WaveUnit *unit = unit_of(r, code);
    Msg why = {0};
    if (!mail_is_address(email)) why = T("Det er ikke en e-mailadresse, der kan bruges. Skriv den som navn@skole.dk.");
    else if (!code.n) why = T("Der mangler en enhed.");
    else if (!unit) why = TF("{1} er ikke en enhed i målingen.", code);
    else if (!unit->is_lowest) why = TF("{1} har enheder under sig. Skriv den enhed, svaret hører til.", code);
    else if (!role.n) why = T("Der mangler en rolle.");
    else if (!survey_has_word(r->wave->roles, role)) why = TF("Målingen spørger ikke {1}.", role);
    else if (!has_language(r, lang) && !str_eq(lang, S("da"))) why = TF("Spørgeskemaet findes ikke på sproget {1}.", lang);
    if (!msg_is_empty(why)) {
        refuse(r->out, row->line, email, why);
        return OK;
    }
    return take(c, r, row->line, email, (MailCode){unit->id, str_copy(c->arena, role), str_copy(c->arena, lang)});
}

static bool is_column(Str name, int column)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(column_names[column]); i++)
        if (str_eq(name, column_names[column][i])) return true;
    return false;
}

/* Whether the row is a head; then it says which column is what. */
static bool read_head(Ctx *c, Reading *r, const CsvRow *row)
{
    bool is_head = false;
    for (int i = 0; i < COLUMNS; i++) r->column[i] = -1;
    for (ptrdiff_t k = 0; k < row->n; k++)
        for (int i = 0; i < COLUMNS; i++)
            if (r->column[i] < 0 && is_column(folded(c, str_trim(row->v[k])), i)) {
                r->column[i] = k;
                is_head = is_head || i == COLUMN_EMAIL;
            }
    for (int i = 0; i < COLUMNS && !is_head; i++) r->column[i] = i; /* in the order that the page tells */
    return is_head;
}

static Err read_rows(Ctx *c, Reading *r, Str text)
{
    Csv csv = csv_open(text, 0);
    CsvRow row = {0};
    ptrdiff_t n = 0;
    bool is_first = true;
    while (csv_next(&csv, c->arena, &row)) {
        bool is_head = is_first && read_head(c, r, &row);
        is_first = false;
        if (is_head) continue;
        if (++n > LIST_ROWS) {
            ctx_problem(c, S("liste"), TF("Listen har over {1} linjer. Del den i flere.", (int64_t)LIST_ROWS));
            break;
        }
        TRY(read_row(c, r, &row));
    }
    if (csv.fault) ctx_problem(c, S("liste"), TF("Linje {1} kan ikke læses. Gem listen som CSV i UTF-8.", row.line));
    return ctx_check(c);
}

Err address_list_read(Ctx *c, const Wave *wave, Str text, Str unit, Str role, AddressList *ret)
{
    Reading r = {0};
    TRY(survey_takes_codes(c, wave));
    TRY(reading_of(c, wave, LIST_ROWS + 2, ret, &r));
    r.unit = unit;
    r.role = role;
    TRY(read_rows(c, &r, text));
    if (!ret->n && !ret->refused_n) ctx_problem(c, S("liste"), T("Listen er tom."));
    return ctx_check(c);
}

/* ---- the organisation -------------------------------------------------------------------------- */

SQL(PEOPLE, "SELECT p.id, p.email, u.unit_id, CASE WHEN m.role IN ('skoleleder', 'afdelingsleder') THEN 'leder' ELSE 'personale' END"
            " FROM v_survey_unit u JOIN v_organisation_reach r ON r.above_id = u.unit_id"
            " JOIN v_people_membership m ON m.unit_id = r.unit_id JOIN v_people_person p ON p.id = m.person_id"
            " WHERE u.wave_id = $1 AND u.is_lowest = 1 AND m.role IN ('team', 'ressourceperson', 'skoleleder', 'afdelingsleder')"
            " AND m.valid_from <= $2 AND (m.valid_to IS NULL OR m.valid_to >= $2) AND (p.leaves_on IS NULL OR p.leaves_on > $2)"
            " ORDER BY p.id, CASE WHEN m.role IN ('skoleleder', 'afdelingsleder') THEN 0 ELSE 1 END, u.name_sort, u.unit_id LIMIT $3");

static Err take_person(Ctx *c, Reading *r, Str email, MailCode code)
{
    if (!mail_is_address(email)) {
        r->out->without++;
        return OK;
    }
    Invitee one = {.code = code};
    TRY(address_seal(c, r->wave, email, &one.mac, &one.sealed));
    ptrdiff_t *place = seat(r, one.mac);
    if (*place) return OK;
    r->out->v[r->out->n++] = one;
    *place = r->out->n;
    return OK;
}

Err address_list_people(Ctx *c, const Wave *wave, AddressList *ret)
{
    Reading reading = {0};
    int64_t last = 0, n = 0;
    TRY(survey_takes_codes(c, wave));
    TRY(reading_of(c, wave, LIST_ROWS + 1, ret, &reading));
    Rows r = db_query(c, PEOPLE, wave->id, c->today, LIST_ROWS + 1);
    while (db_next(&r)) {
        MailCode code = {{db_i64(&r, 2)}, db_str(&r, 3), S("da")};
        if (++n > LIST_ROWS) break;
        if (db_i64(&r, 0) == last || !survey_has_word(wave->roles, code.role)) continue;
        last = db_i64(&r, 0);
        TRY(take_person(c, &reading, db_str(&r, 1), code));
    }
    TRY(db_done(&r));
    if (n > LIST_ROWS)
        return fail(c, E_TOO_LARGE, T("Organisationen har for mange medarbejdere til én gang. Læg dem ind med lister, skole for skole."));
    if (!ret->n) return fail(c, E_CONFLICT, T("Organisationen har ingen med e-mail, som målingen spørger."));
    return OK;
}

/* ---- storing ------------------------------------------------------------------------------------ */

enum { CHUNK = 250, ROW_BYTES = 900 };

static Str macs_json(Ctx *c, const AddressList *list, ptrdiff_t from, ptrdiff_t to)
{
    Buf b = buf_new(c->arena, (to - from) * 100 + 2);
    for (ptrdiff_t i = from; i < to; i++) {
        buf_add(&b, i > from ? S(",[") : S("[["));
        buf_add_i64(&b, i);
        buf_add_char(&b, ',');
        buf_add_json(&b, list->v[i].mac);
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    return buf_str(&b);
}

SQL(KNOWN, "SELECT r.i, v.id, v.code_id, CASE WHEN v.state = 'removed' THEN 1 ELSE 0 END FROM ROWS($2, i INTEGER, mac TEXT) r"
           " JOIN invitation v ON v.wave_id = $1 AND v.address_mac = r.mac");
SQL(MENDED, "SELECT r.i FROM ROWS($2, i INTEGER, mac TEXT) r"
            " WHERE EXISTS (SELECT 1 FROM invitation_mended o WHERE o.wave_id = $1 AND o.address_mac = r.mac)");
SQL(REVIVE, "UPDATE invitation SET sealed = $2, state = 'waiting', tries = 0, next_at = $3 WHERE id = $1 AND state = 'removed'");

/* What the wave knows of each of a list. */
typedef struct Knowing {
    bool is_known;
    int64_t removed_id, code_id; /* of one that was removed; 0: it was not */
} Knowing;

static Err look_up(Ctx *c, const Wave *wave, const AddressList *list, Knowing *ret)
{
    for (ptrdiff_t from = 0; from < list->n; from += CHUNK) {
        Str macs = macs_json(c, list, from, i64_min(from + CHUNK, list->n));
        Rows r = db_query(c, KNOWN, wave->id, macs);
        while (db_next(&r)) {
            bool is_removed = db_i64(&r, 3) != 0;
            ret[db_i64(&r, 0)] = (Knowing){true, is_removed ? db_i64(&r, 1) : 0, db_i64(&r, 2)};
        }
        TRY(db_done(&r));
        Rows mended = db_query(c, MENDED, wave->id, macs);
        while (db_next(&mended)) ret[db_i64(&mended, 0)].is_known = true;
        TRY(db_done(&mended));
    }
    return OK;
}

/* The code it had, whether used or not: who gives it back does not know, and so
   neither does whoever reads the store. An answer it has given stays where it is. */
static Err revive(Ctx *c, const Wave *wave, const Knowing *known, const Invitee *one)
{
    TRY(code_move(c, wave, known->code_id, one->code));
    return db_exec(c, REVIVE, NULL, known->removed_id, one->sealed, c->now.ms);
}

/* Leaves what the wave has already where it is, lets those come back that were
   removed, and moves the rest together. */
static Err drop_known(Ctx *c, const Wave *wave, AddressList *list, int64_t *ret_revived)
{
    Knowing *known = NEW(c->arena, Knowing, list->n);
    TRY(look_up(c, wave, list, known));
    for (ptrdiff_t i = 0; i < list->n; i++) {
        if (!known[i].removed_id) continue;
        TRY(revive(c, wave, &known[i], &list->v[i]));
        (*ret_revived)++;
    }
    /* A copy: this may run again. */
    AddressList rest = *list;
    rest.v = NEW(c->arena, Invitee, list->n);
    rest.n = 0;
    for (ptrdiff_t i = 0; i < list->n; i++)
        if (!known[i].is_known) rest.v[rest.n++] = list->v[i];
    *list = rest;
    return OK;
}

SQL(ADD, "INSERT INTO invitation (owner_id, wave_id, code_id, address_mac, sealed, state, next_at)"
         " SELECT $1, $2, k.id, r.mac, r.sealed, 'waiting', $4 FROM ROWS($3, hash TEXT, mac TEXT, sealed TEXT) r"
         " JOIN v_code k ON k.code_hash = r.hash WHERE true ON CONFLICT (wave_id, address_mac) DO NOTHING");

static Err add_chunk(Ctx *c, const Wave *wave, const Invitee *v, const Str *hashes, ptrdiff_t n)
{
    int added = 0;
    Buf b = buf_new(c->arena, n * ROW_BYTES + 2);
    for (ptrdiff_t i = 0; i < n; i++) {
        const Str cells[] = {hashes[i], v[i].mac, v[i].sealed};
        for (ptrdiff_t k = 0; k < COUNT_OF(cells); k++) {
            buf_add(&b, k ? S(",") : i ? S(",[") : S("[["));
            buf_add_json(&b, cells[k]);
        }
        buf_add_char(&b, ']');
    }
    buf_add_char(&b, ']');
    if (b.full) return fail(c, E_BROKEN, T("Adresserne kan ikke gemmes."));
    TRY(db_exec(c, ADD, &added, wave->owner, wave->id, buf_str(&b), c->now.ms));
    return added == n ? OK : fail(c, E_BUSY, T("En anden har lagt de samme adresser ind imens. Prøv igen."));
}

static Err add_all(Ctx *c, const Wave *wave, const AddressList *list)
{
    MailCode *codes = NEW(c->arena, MailCode, list->n);
    Str *hashes = NEW(c->arena, Str, list->n);
    for (ptrdiff_t i = 0; i < list->n; i++) codes[i] = list->v[i].code;
    TRY(code_make_for_mail(c, wave, codes, list->n, hashes));
    for (ptrdiff_t from = 0; from < list->n; from += CHUNK)
        TRY(add_chunk(c, wave, list->v + from, hashes + from, (ptrdiff_t)i64_min(CHUNK, list->n - from)));
    return OK;
}

SQL(PER_CELL, "SELECT k.unit_id, k.role, count(*) FROM invitation v JOIN v_code k ON k.id = v.code_id WHERE v.wave_id = $1"
              " AND v.state <> 'removed' GROUP BY k.unit_id, k.role ORDER BY k.unit_id, k.role");

static Err set_invited(Ctx *c, const Wave *wave)
{
    typedef struct Cell {
        UnitId unit;
        Str role;
        int64_t n;
    } Cell;
    enum { CELLS = 20000 };
    Cell *v = NEW(c->arena, Cell, CELLS);
    ptrdiff_t n = 0;
    Rows r = db_query(c, PER_CELL, wave->id);
    while (n < CELLS && db_next(&r)) v[n++] = (Cell){{db_i64(&r, 0)}, db_str(&r, 1), db_i64(&r, 2)};
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < n; i++) TRY(survey_invited_set(c, wave->id, v[i].unit, v[i].role, v[i].n));
    return OK;
}

Err address_list_store(Ctx *c, const Wave *wave, AddressList *list, bool sets_invited, int64_t *ret_new)
{
    AddressCounts now = {0};
    AddressList fresh = *list;
    int64_t revived = 0;
    TRY(survey_takes_codes(c, wave));
    TRY(drop_known(c, wave, &fresh, &revived));
    TRY(address_counts(c, wave->id, &now));
    if (now.all + fresh.n > ADDRESSES_MAX) return fail(c, E_TOO_LARGE, T("En måling kan højst have 100.000 adresser."));
    TRY(add_all(c, wave, &fresh));
    if (sets_invited) TRY(set_invited(c, wave));
    *ret_new = fresh.n + revived;
    return OK;
}

/* ---- those that need a person ---------------------------------------------------------------------- */

SQL(TROUBLES, "SELECT v.id, v.sealed, v.state, u.name, k.role FROM invitation v JOIN v_code k ON k.id = v.code_id"
              " JOIN v_survey_unit u ON u.wave_id = v.wave_id AND u.unit_id = k.unit_id"
              " WHERE v.wave_id = $1 AND v.id > $2 AND v.state IN ('refused', 'returned', 'unsure') ORDER BY v.id LIMIT $3");

Err address_troubles(Ctx *c, const Wave *wave, int64_t after, AddressRows *ret)
{
    AddressRows all = {.v = NEW(c->arena, AddressRow, ADDRESS_PAGE)};
    Rows r = db_query(c, TROUBLES, wave->id, after, ADDRESS_PAGE + 1);
    while (db_next(&r)) {
        if ((all.more = all.n == ADDRESS_PAGE)) break;
        all.v[all.n++] = (AddressRow){.id = db_i64(&r, 0), .address = db_str(&r, 1), .state = db_str(&r, 2), .unit = db_str(&r, 3),
                                      .role = survey_role_name(db_str(&r, 4))};
    }
    TRY(db_done(&r));
    for (ptrdiff_t i = 0; i < all.n; i++) TRY(address_unseal(c, wave, all.v[i].address, &all.v[i].address));
    *ret = all;
    return OK;
}

SQL(SAME, "SELECT CASE WHEN state = 'removed' THEN 1 ELSE 0 END FROM invitation WHERE wave_id = $1 AND address_mac = $2 AND id <> $3");
SQL(KEEP_MARK, "INSERT INTO invitation_mended (wave_id, address_mac, owner_id) SELECT v.wave_id, v.address_mac, v.owner_id FROM invitation v"
               " WHERE v.id = $1 AND v.wave_id = $2 AND v.address_mac <> $3 AND v.state IN ('refused', 'returned', 'unsure')"
               " ON CONFLICT (wave_id, address_mac) DO NOTHING");
SQL(TAKE_MARK, "DELETE FROM invitation_mended WHERE wave_id = $1 AND address_mac = $2");
SQL(MEND, "UPDATE invitation SET address_mac = $3, sealed = $4, state = 'waiting', tries = 0, next_at = $5"
          " WHERE id = $1 AND wave_id = $2 AND state IN ('refused', 'returned', 'unsure')");

static Err no_trouble(Ctx *c)
{
    return fail(c, E_CONFLICT, T("Adressen er ikke på listen mere. Se den igen."));
}

/* One address has one code of a wave, for as long as the wave lasts. */
static Err check_free(Ctx *c, const Wave *wave, int64_t id, Str mac)
{
    int64_t is_removed = 0;
    Err err = db_one_i64(c, SAME, &is_removed, wave->id, mac, id);
    if (err == E_NOT_FOUND) return OK;
    TRY(err);
    ctx_problem(c, S("til"), is_removed ? T("Den adresse har været på listen og har sin egen kode. Læg den ind igen, og fjern denne.")
                                        : T("Den adresse er allerede på målingens liste."));
    return ctx_check(c);
}

Err address_mend(Ctx *c, const Wave *wave, int64_t id, Str address)
{
    Str mac = {0}, sealed = {0};
    int changed = 0;
    if (!mail_is_address(address)) ctx_problem(c, S("til"), T("Det er ikke en e-mailadresse, der kan bruges. Skriv den som navn@skole.dk."));
    TRY(ctx_check(c));
    TRY(survey_takes_codes(c, wave));
    TRY(address_seal(c, wave, address, &mac, &sealed));
    TRY(check_free(c, wave, id, mac));
    TRY(db_exec(c, KEEP_MARK, NULL, id, wave->id, mac));
    TRY(db_exec(c, TAKE_MARK, NULL, wave->id, mac));
    TRY(db_exec(c, MEND, &changed, id, wave->id, mac, sealed, c->now.ms));
    return changed ? OK : no_trouble(c);
}

SQL(REMOVE, "UPDATE invitation SET sealed = '', state = 'removed' WHERE id = $1 AND wave_id = $2 AND state IN ('refused', 'returned', 'unsure')");

Err address_remove(Ctx *c, const Wave *wave, int64_t id)
{
    int changed = 0;
    TRY(db_exec(c, REMOVE, &changed, id, wave->id));
    return changed ? OK : no_trouble(c);
}

SQL(RETURNED, "UPDATE invitation SET state = 'returned' WHERE wave_id = $1 AND address_mac = $2 AND state IN ('sent', 'unsure')");

Err address_returned(Ctx *c, const Wave *wave, Str lines, int64_t *ret_n)
{
    Str line = {0}, mac = {0}, sealed = {0};
    int64_t n = 0;
    while (str_split(&lines, '\n', &line)) {
        int changed = 0;
        if (!mail_is_address(str_trim(line))) continue;
        TRY(address_seal(c, wave, str_trim(line), &mac, &sealed));
        TRY(db_exec(c, RETURNED, &changed, wave->id, mac));
        n += changed;
    }
    *ret_n = n;
    return OK;
}
