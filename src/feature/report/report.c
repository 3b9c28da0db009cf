#include "feature/report/report.h"

#include "base/buf.h"
#include "base/number.h"

enum { FOCUSES = 500, READER_BYTES = 64 << 10};

bool report_is_municipal(Str kind)
{
    return str_eq(kind, S("region")) || str_eq(kind, S("kommune")) || str_eq(kind, S("distrikt"));
}

/* ---- who belongs to an audience ------------------------------------------------------ */

/* Of a school's report, and of a municipality's (DOMAIN §2.2, notes 1 to 3). What is open to
   "offentlig" is open to everybody here; those who have only that are last. */
static const struct { const char *role, *of_school, *of_municipality; } readers[] = {
    {"skoleleder",     "ledelse",      "forvaltning"},
    {"afdelingsleder", "ledelse",      "forvaltning"},
    {"team",           "medarbejdere", "medarbejdere"},
    {"ressourceperson", "medarbejdere", "medarbejdere"},
    {"skolechef",      "forvaltning",  "ledelse"},
    {"laeringschef",   "forvaltning",  "ledelse"},
    {"konsulent",      "forvaltning",  "ledelse"},
    {"programleder",   "",             "ledelse"},
    {"tovholder",      "",             "forvaltning"},
    {"kvalitetsteam",  "offentlig",    "medarbejdere"},
    {"oekonomi",       "offentlig",    "medarbejdere"},
    {"ppr",            "",             "medarbejdere"},
    {"visitationsmedlem", "",          "medarbejdere"},
    {"visitationssekretaer", "",       "medarbejdere"},
    {"politiker",      "offentlig",    "offentlig"},
    {"skolebestyrelse", "offentlig",   "offentlig"},
    {"med",            "offentlig",    "offentlig"},
    {"org",            "offentlig",    "offentlig"},
    {"foraelder",      "offentlig",    "offentlig"},
};

#define HOLDS_TODAY(m) m ".person_id = $1 AND " m ".valid_from <= $2 AND (" m ".valid_to IS NULL OR " m ".valid_to >= $2)"

typedef struct Held {
    Str role;
    int64_t unit_id, owner_id;
} Held;

static void add_reader(Buf *b, const Held *held, int above, const char *audience)
{
    if (!*audience) return;
    buf_add(b, b->n > 1 ? S(",[") : S("["));
    buf_add_json(b, held->role);
    buf_add(b, above ? S(",1,") : S(",0,"));
    buf_add_json(b, str_of_z(audience));
    buf_add_char(b, ',');
    buf_add_i64(b, held->unit_id);
    buf_add_char(b, ',');
    buf_add_i64(b, held->owner_id);
    buf_add_char(b, ']');
}

static void add_readers(Buf *b, const Held *held)
{
    for (ptrdiff_t i = 0; i < COUNT_OF(readers); i++) {
        if (!str_eq(held->role, str_of_z(readers[i].role))) continue;
        add_reader(b, held, 0, readers[i].of_school);
        add_reader(b, held, 1, readers[i].of_municipality);
    }
}

SQL(HELD, "SELECT m.role, m.unit_id, m.owner_id FROM v_people_membership m WHERE " HOLDS_TODAY("m") " ORDER BY m.role, m.unit_id, m.owner_id");

/* What the viewer may read by which of the roles held today, [["skoleleder",0,"ledelse",unit,owner],…] for ROWS(): asked
   once, since the store looks through it for every report. */
static Err reader_rows(Ctx *c, Str *ret)
{
    Buf b = buf_new(c->arena, READER_BYTES);
    Rows r = db_query(c, HELD, c->viewer, c->today);
    buf_add_char(&b, '[');
    while (db_next(&r)) {
        Held held = {db_str(&r, 0), db_i64(&r, 1), db_i64(&r, 2)};
        add_readers(&b, &held);
    }
    TRY(db_done(&r));
    buf_add_char(&b, ']');
    if (b.full)
        return fail(c, E_TOO_LARGE,
                    T("Du har for mange roller til, at vi kan finde dine rapporter. Bed administratoren om at afslutte dem, du ikke bruger."));
    *ret = buf_str(&b);
    return OK;
}

/* The unit's report u of audience row a is open to the viewer: $2 today, $3 reader_rows.
   The region's programme reads its municipalities' reports, which are theirs (DOMAIN §2.2). */
#define IS_READER                                                                                                        \
    " EXISTS (SELECT 1 FROM ROWS($3, role TEXT, above INTEGER, audience TEXT, unit_id INTEGER, owner_id INTEGER) r"       \
    " WHERE (r.audience = a.audience OR a.audience = 'offentlig')"                                                       \
    " AND r.above = CASE WHEN u.kind IN ('region', 'kommune', 'distrikt') THEN 1 ELSE 0 END"                             \
    " AND (EXISTS (SELECT 1 FROM v_organisation_reach d WHERE d.above_id = r.unit_id AND d.unit_id = a.unit_id"          \
    " AND (r.owner_id = p.owner_id OR (r.role = 'programleder' AND r.above = 1)))"                                       \
    " OR EXISTS (SELECT 1 FROM v_organisation_reach e WHERE e.above_id = a.unit_id AND e.unit_id = r.unit_id)))"

SQL(FIND, "SELECT w.id, u.unit_id, p.owner_id, u.kind FROM v_survey_wave w JOIN v_survey_unit u ON u.wave_id = w.id"
          " JOIN v_publication p ON p.wave_id = w.id AND p.unit_id = u.unit_id AND p.number = 1"
          " WHERE w.uid = $1 AND u.code = $2");
SQL(COUNT_BEGUN, "SELECT count(*) FROM v_publication_audience a WHERE a.wave_id = $1 AND a.unit_id = $2 AND a.since <= $3");
SQL(COUNT_OPEN, "SELECT count(*) FROM v_publication_audience a"
                " JOIN v_survey_unit u ON u.wave_id = a.wave_id AND u.unit_id = a.unit_id"
                " JOIN v_publication p ON p.wave_id = a.wave_id AND p.unit_id = a.unit_id AND p.number = 1"
                " WHERE a.wave_id = $1 AND a.unit_id = $4 AND a.since <= $2 AND" IS_READER);

Err report_place(Ctx *c, Str wave_uid, Str unit_code, bool is_municipal, Place *ret)
{
    Rows r = db_query(c, FIND, wave_uid, unit_code);
    bool found = db_next(&r);
    Place place = {0};
    Str kind = {0};
    if (found) {
        place = (Place){.object_id = db_i64(&r, 0), .unit_id = db_i64(&r, 1), .owner_id = db_i64(&r, 2)};
        kind = db_str(&r, 3);
    }
    TRY(db_done(&r));
    if (!found || report_is_municipal(kind) != is_municipal) return E_NOT_FOUND;
    int64_t n = 0;
    TRY(db_one_i64(c, COUNT_BEGUN, &n, place.object_id, place.unit_id, c->today));
    if (n == 0) return E_NOT_FOUND; /* its day has not come, whoever asks */
    Str mine = {0};
    TRY(reader_rows(c, &mine));
    TRY(db_one_i64(c, COUNT_OPEN, &n, place.object_id, c->today, mine, place.unit_id));
    place.released = n > 0;
    *ret = place;
    return OK;
}

/* How far unit p.unit_id lies from where the viewer works: 0 and up for their own unit and those below it,
   then those above, the nearest first; each by the nearest of several memberships. */
#define NEARNESS                                                                                                                \
    " coalesce((SELECT min(d.depth) FROM v_people_membership m JOIN v_organisation_reach d ON d.above_id = m.unit_id"           \
    " WHERE d.unit_id = p.unit_id AND " HOLDS_TODAY("m") "),"                                                                   \
    " (SELECT 100 + min(d.depth) FROM v_people_membership m JOIN v_organisation_reach d ON d.unit_id = m.unit_id"               \
    " WHERE d.above_id = p.unit_id AND " HOLDS_TODAY("m") "), 1000)"

#define READABLE_WHERE(more)                                                                                                    \
    "SELECT w.uid, w.name, u.code, u.name, u.kind, p.unit_id, p.owner_id, p.released_on,"                                       \
    " CASE WHEN EXISTS (SELECT 1 FROM v_publication_audience s WHERE s.wave_id = p.wave_id AND s.unit_id = p.unit_id"           \
    " AND s.audience = 'medarbejdere') THEN 1 ELSE 0 END"                                                                       \
    " FROM v_publication p JOIN v_survey_wave w ON w.id = p.wave_id"                                                            \
    " JOIN v_survey_unit u ON u.wave_id = p.wave_id AND u.unit_id = p.unit_id"                                                  \
    " WHERE p.number = 1 AND " more " AND EXISTS (SELECT 1 FROM v_publication_audience a WHERE a.wave_id = p.wave_id"          \
    " AND a.unit_id = p.unit_id AND a.since <= $2 AND" IS_READER ")"                                                            \
    " ORDER BY p.released_on DESC, p.wave_id DESC," NEARNESS ", u.name_sort, u.code LIMIT $4"
/* Classes and teams are reached from their school's report. */
SQL(READABLE, READABLE_WHERE("u.kind NOT IN ('klasse', 'aargang', 'team')"));
SQL(READABLE_BELOW, READABLE_WHERE("p.wave_id = $5 AND u.parent_id = $6"));

static Err read_all(Ctx *c, Rows r, Readables *ret)
{
    Readables all = {.v = NEW(c->arena, Readable, REPORT_PAGE)};
    while (db_next(&r)) {
        if ((all.more = all.n == REPORT_PAGE)) break;
        all.v[all.n++] = (Readable){
            .wave_uid = db_str(&r, 0), .wave = db_str(&r, 1), .code = db_str(&r, 2), .name = db_str(&r, 3), .kind = db_str(&r, 4),
            .unit_id = db_i64(&r, 5), .owner_id = db_i64(&r, 6), .released_on = {(int32_t)db_i64(&r, 7)}, .is_shown = db_i64(&r, 8) == 1,
        };
    }
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

Err report_readable(Ctx *c, Readables *ret)
{
    Str mine = {0};
    TRY(reader_rows(c, &mine));
    return read_all(c, db_query(c, READABLE, c->viewer, c->today, mine, REPORT_PAGE + 1), ret);
}

Err report_readable_below(Ctx *c, WaveId wave, UnitId unit, Readables *ret)
{
    Str mine = {0};
    TRY(reader_rows(c, &mine));
    return read_all(c, db_query(c, READABLE_BELOW, c->viewer, c->today, mine, REPORT_PAGE + 1, wave, unit), ret);
}

/* ---- forward focus ------------------------------------------------------------------------ */

SQL(READ_FOCUS, "SELECT f.section, f.body, coalesce(o.name, ''), f.version, f.written_at FROM report_focus f"
                " LEFT JOIN v_people_person o ON o.id = f.written_by"
                " WHERE f.wave_id = $1 AND f.unit_id = $2 ORDER BY f.section LIMIT $3");

Err report_focuses(Ctx *c, WaveId wave, UnitId unit, Focuses *ret)
{
    Focuses all = {.v = NEW(c->arena, Focus, FOCUSES)};
    Rows r = db_query(c, READ_FOCUS, wave, unit, FOCUSES);
    while (all.n < FOCUSES && db_next(&r))
        all.v[all.n++] = (Focus){db_str(&r, 0), db_str(&r, 1), db_str(&r, 2), {db_i64(&r, 3)}, {db_i64(&r, 4)}};
    TRY(db_done(&r));
    *ret = all;
    return OK;
}

SQL(ADD_FOCUS, "INSERT INTO report_focus (owner_id, wave_id, unit_id, section, body, written_by, written_at)"
               " SELECT u.owner_id, $1, u.id, $3, $4, $5, $6 FROM v_organisation_unit u WHERE u.id = $2"
               " ON CONFLICT (wave_id, unit_id, section) DO NOTHING");
SQL(SET_FOCUS, "UPDATE report_focus SET body = $4, written_by = $5, written_at = $6, version = version + 1"
               " WHERE wave_id = $1 AND unit_id = $2 AND section = $3 AND version = $7");

Err report_focus_set(Ctx *c, WaveId wave, UnitId unit, Str section, Version seen, Str body)
{
    int changed = 0;
    if (seen.v == 0) TRY(db_exec(c, ADD_FOCUS, &changed, wave, unit, section, body, c->viewer, c->now));
    else TRY(db_exec(c, SET_FOCUS, &changed, wave, unit, section, body, c->viewer, c->now, seen));
    if (changed == 0) return fail(c, E_CONFLICT, T("En anden har skrevet her, mens du skrev."));
    return OK;
}

/* ---- files ------------------------------------------------------------------------------- */

Err report_write(Ctx *c, const Publication *p, ReportFormat format, Lang lang, Str *ret_bytes)
{
    Focuses written = {0};
    if (drawing_has_focus(format)) TRY(report_focuses(c, p->wave, p->unit, &written));
    Lang before = c->lang;
    c->lang = lang;
    Err err = drawing_write(c, p, &written, format, ret_bytes);
    c->lang = before;
    return err;
}
