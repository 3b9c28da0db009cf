/* The access walk: every route of the program with every role at every kind of
   distance from an object, over HTTP, against a second reading of
   doc/access.csv that shares no code with core/access.

   The organisation:
     R1 region ─ K1 kommune ─ S11 (S11-A), S12, S13 skole
               └ K2 kommune ─ S21 skole
   Most objects lie at S11 or K1. For each role somebody works at S11, below it,
   above it (K1), beside it (S12), in the other municipality (K2, S21) and in the
   region (R1); further, one has no role at all and some have two roles in two
   places, for a right held in one place must not meet a relation held in the
   other. Nobody works at S13.

   A new feature: add a maker for each of its scopes to makers[] (walk_store.c). */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

#include "test.h"

enum { WALK_ROLES = 22, WALK_PLACES = 7, WALK_MIXED = 4, WALKERS = WALK_ROLES * WALK_PLACES + WALK_MIXED + 1, WALK_OBJECTS = 64 };

typedef struct WalkPost {
    Str role;
    const char *unit; /* code */
} WalkPost;

typedef struct Walker {
    int64_t person, account;
    WalkPost posts[2];
    int posts_n;
    Str token, weak_token; /* of sessions; the weak one has not lately shown who it is */
} Walker;

/* A thing that a route leads to, and a word that stands in it and nowhere else. */
typedef struct WalkObject {
    const char *scope;  /* Scope.name */
    const char *object; /* of the access table: reading it may show the word; NULL: no word */
    Str param, word;
    const char *units[2]; /* where it lies: in reach if one of them is */
    int author;           /* index of the walker; -1: none of them */
    bool is_released;
    struct {
        const char *name;
        Str value;
    } more[3]; /* further parameters of paths */
} WalkObject;

typedef struct Walk {
    Walker walkers[WALKERS];
    WalkObject objects[WALK_OBJECTS];
    int objects_n;
    Str keys; /* folder of the server's keys */
} Walk;

/* The running server's; made at first use, the same for every TEST of the program. */
const Walk *walk_store(void);
/* NULL: makers[] has nothing for the scope. */
bool walk_has_maker(const char *scope);

/* ---- the second reading (walk_rules.c) ------------------------------------ */

typedef enum Verdict {
    VERDICT_ALLOWED = 1,
    VERDICT_OUT_OF_REACH, /* some role has the right, no relation holds: 404 */
    VERDICT_NO_RIGHT,     /* no role has it: 403 */
} Verdict;

typedef struct WalkUnit {
    const char *code, *parent, *owner, *kind, *name;
} WalkUnit;
extern const WalkUnit walk_units[];
extern const int walk_units_n;

/* o NULL: a route without object. Ends the test where doc/access.csv has a word
   that the walk does not know. */
Verdict walk_verdict(const Walker *who, int who_index, const char *object, char right, const WalkObject *o);
/* Roles that somebody must walk with: every role named in doc/access.csv. */
void walk_check_roles(const char *const *roles, int n);

#endif
