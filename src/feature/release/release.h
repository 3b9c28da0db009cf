/* Releasing a wave: counted once from the tallies, protected, and published.
   Two steps, so that no writer waits for the computing: release_prepare counts,
   compares and hides on a snapshot; release_publish stores the finished bytes in
   one short write. */
#ifndef FEATURE_RELEASE_RELEASE_H
#define FEATURE_RELEASE_RELEASE_H

#include "feature/answer/answer.h"
#include "feature/publication/publication.h"

typedef struct Released {
    int64_t released, kept; /* units */
    int64_t cells, primary,
        secondary; /* figures n of the released units: all, hidden as few, hidden for others' sake */
} Released;

/* Everything that a release will store; lives in c->arena. */
typedef struct Prepared Prepared;
/* On a snapshot (db_read_begin) or inside a write. unit 0: all. One step for the
   whole wave, so that all that is published together is protected together.
   Second release: a unit whose new version would differ by 1–4 in any n, or in
   nothing, keeps the one it has (FORMATS §4 "Versions").
   Errors: E_CONFLICT with an English sentence: more rows with an answer than
           invited (names the first such unit in the tree's order; with a unit:
           only that one and those above count), archived wave, no safe way to
           hide; E_NOT_FOUND for a unit outside the wave's tree; E_TOO_LARGE. */
MUST Err release_prepare(Ctx *c, const Wave *wave, UnitId unit, Prepared **ret);
/* Inside a write. Stores it, takes the wave through lukket and kontrolleret to
   frigivet_skole, and opens the reports to their units (other audiences from
   the wave's date). E_CONFLICT, nothing written, when answers, invited numbers
   or a release have come since release_prepare: prepare again. */
MUST Err release_publish(Ctx *c, const Prepared *prepared);
/* Inside a write, before release_prepare: an open wave takes no more answers, and
   its sealed texts are counted. Nothing happens when it is closed already. */
MUST Err release_close(Ctx *c, WaveId wave);
Released release_result(const Prepared *prepared);
/* Inside a write, about every second: takes one released wave on to frigivet_kommune once the
   administration may read, and to offentlig once its owner's own report is open to all with a role.
   *ret_more: there may be another. */
MUST Err release_tick(Ctx *c, bool *ret_more);

#endif
