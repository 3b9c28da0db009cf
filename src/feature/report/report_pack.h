/* The knowledge pack (videnspakke, DOMAIN P1): everything of one wave that a
   municipality or region talks from, as one ZIP file. Its files are the bytes of
   the single downloads; those of units that the reader may not read are not in it. */
#ifndef FEATURE_REPORT_REPORT_PACK_H
#define FEATURE_REPORT_REPORT_PACK_H

#include "core/feature.h"
#include "feature/report/report.h"
#include "render/archive/archive.h"

/* What the pack is about and which reports lie in it: the unit itself first, then
   those below it in the tree's order, down to schools and departments. */
typedef struct Pack {
    Wave wave;
    WaveUnit unit;
    WaveUnits units;
    Lang lang; /* of its reader: of all files and their names */
} Pack;
/* E_NOT_FOUND where the wave's tree has no such unit. */
MUST Err report_pack(Ctx *c, WaveId wave, UnitId unit, Lang lang, Pack *ret);

/* The files of units.v[at], none where it has not been released. */
typedef struct PackFiles {
    ArchiveFile *v;
    ptrdiff_t n;
} PackFiles;
MUST Err report_pack_files(Ctx *c, const Pack *pack, ptrdiff_t at, PackFiles *ret);
/* A text that tells what the files are, and all of them as one. Same publications,
   focus texts and language, same bytes. */
MUST Err report_pack_zip(Ctx *c, const Pack *pack, PackFiles files, Str *ret_bytes);
/* "videnspakke-K1.zip", "knowledge-pack-K1.zip" */
Str report_pack_name(Ctx *c, const Pack *pack);

/* Inside a write: has it made for the viewer; the file lies on the job's page. */
MUST Err report_pack_order(Ctx *c, WaveId wave, UnitId unit, int64_t owner, Str *ret_uid);

extern const JobKind report_jobs[];
extern const Retention report_retention[];

#endif
