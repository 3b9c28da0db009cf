/* Publications: what was released of a wave, one a unit and version, stored once
   and never recomputed. Release writes them, every output reads them. Beside them:
   the rounds they were released in, and to whom each is open. */
#ifndef FEATURE_PUBLICATION_PUBLICATION_H
#define FEATURE_PUBLICATION_PUBLICATION_H

#include "feature/publication/publication_model.h"
#include "feature/survey/survey.h"

/* ---- reading ------------------------------------------------------------------ */

/* The stored report of a unit, newest version (number 0) or a given one.
   E_NOT_FOUND without a sentence when it was never released. */
typedef struct Publication {
    int64_t id, number;
    Date released_on;
    Str report; /* FORMATS §4 JSON */
    Str frame;  /* JSON; read both with publication_parse */
    WaveId wave;
    UnitId unit;
} Publication;
MUST Err publication_load(Ctx *c, WaveId wave, UnitId unit, int64_t number, Publication *ret);

/* Of a stored publication. Errors: E_BROKEN when what is stored cannot be read. */
MUST Err publication_parse(Ctx *c, const Publication *p, Report *ret);

/* One release of a wave: all that was published together was protected together. */
typedef struct PublicationRound {
    int64_t id, number;
    Str counts; /* hash of all n: two rounds alike are one to a reader */
} PublicationRound;
typedef struct PublicationRounds {
    PublicationRound *v;
    int32_t n;
} PublicationRounds; /* oldest first */
MUST Err publication_rounds(Ctx *c, WaveId wave, PublicationRounds *ret);

/* ---- writing, inside a write ---------------------------------------------------- */

/* number: one more than the wave's newest. */
MUST Err publication_round_add(Ctx *c, WaveId wave, int64_t number, Str counts, int64_t *ret_round);
typedef struct NewPublication {
    UnitId unit;
    int64_t number; /* version: one more than the unit's newest */
    Str report, frame; /* publication_json, publication_frame_json */
} NewPublication;
/* As of today. E_BROKEN when the unit does not exist. */
MUST Err publication_add(Ctx *c, WaveId wave, int64_t round, NewPublication p);

/* FORMATS §4, ended by a line feed. */
MUST Err publication_json(Ctx *c, const Report *r, Str *ret);
MUST Err publication_frame_json(Ctx *c, const Report *r, Str *ret);
/* A stored report beside an unstored one: equal but for version and date? */
bool publication_is_same(Str a, Str b);

/* ---- audiences -------------------------------------------------------------------- */

typedef struct Audience {
    Str code;
    Date since;
} Audience;
typedef struct Audiences {
    Audience *v;
    ptrdiff_t n;
} Audiences;
/* In the order ledelse, medarbejdere, forvaltning, offentlig. */
MUST Err publication_audiences(Ctx *c, WaveId wave, UnitId unit, Audiences *ret);
/* Inside a write: nothing happens where the audience has it already. */
MUST Err publication_open_to(Ctx *c, WaveId wave, UnitId unit, Str audience, Date since);
/* Inside a write: the staff may read it from today on. E_CONFLICT when they
   may already, or nothing has been released. */
MUST Err publication_show(Ctx *c, WaveId wave, UnitId unit);
/* Inside a write: whoever may read what is public may read it from today on
   (doc/decisions/0018). E_CONFLICT when they may already, or the staff may not:
   nobody hears from others what their own answers showed. */
MUST Err publication_publish(Ctx *c, WaveId wave, UnitId unit);

#endif
