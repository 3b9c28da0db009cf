/* Reports given out: who may read which, as which file, and what its readers write
   into it.
   Rights are rows of doc/access.csv with the relation "released"; this file
   tells when a report has been released to the viewer (Place.released): an
   audience that one of the viewer's roles belongs to, where that membership
   reaches the unit or lies inside it. */
#ifndef FEATURE_REPORT_REPORT_H
#define FEATURE_REPORT_REPORT_H

#include "feature/drawing/drawing.h"

enum { REPORT_PAGE = 400 };

/* A report of a unit of this kind is one of a municipality or region
   ("kommunerapport"), else of a school or a part of it. Unknown kinds are
   schools', whose reports fewer may read. */
bool report_is_municipal(Str kind);

/* By the wave's uid and the unit's code. object_id is the wave's.
   E_NOT_FOUND where nothing was released or the report is of the other side. */
MUST Err report_place(Ctx *c, Str wave_uid, Str unit_code, bool is_municipal, Place *ret);

typedef struct Readable {
    Str wave_uid, wave, code, name, kind;
    int64_t unit_id, owner_id;
    Date released_on;
    bool is_shown; /* to the staff */
} Readable;
typedef struct Readables { Readable *v; ptrdiff_t n; bool more; } Readables;
/* What the viewer may read, down to schools and departments; newest first, at
   most REPORT_PAGE. */
MUST Err report_readable(Ctx *c, Readables *ret);
/* Of one wave, right below a unit: classes too. */
MUST Err report_readable_below(Ctx *c, WaveId wave, UnitId unit, Readables *ret);

/* One file, in the language of who reads it, with what is written into the report
   now: drawing_write in that language. Same errors. */
MUST Err report_write(Ctx *c, const Publication *p, ReportFormat format, Lang lang, Str *ret_bytes);

/* By section. */
MUST Err report_focuses(Ctx *c, WaveId wave, UnitId unit, Focuses *ret);
/* Inside a write. seen 0: there was none. E_CONFLICT when somebody wrote since. */
MUST Err report_focus_set(Ctx *c, WaveId wave, UnitId unit, Str section, Version seen, Str body);

#endif
