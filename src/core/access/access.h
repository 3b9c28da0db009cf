/* Who may do what, and who is asking: the access table (doc/access.csv), sign-in,
   sessions, forms' nonces, and the Gate that web asks.

   Relations between a viewer's membership M (role at a unit) and an object:
     any       nothing more is asked
     own       the viewer made it
     unit      it lies at or below M's unit, with the same owner in law
     reach     it lies at or below M's unit, whoever owns it (a regional lead)
     inside    M's unit lies at or below the object's unit (a teacher and the school's report)
     owner     it has the owner that M has
     assigned  the viewer is on it; shared: its owner has shared it with the viewer
     released  as inside or unit, once it has been released to them
   A route without an object needs the right in any relation; its list then asks
   v_access_unit, which is the same table. */
#ifndef CORE_ACCESS_ACCESS_H
#define CORE_ACCESS_ACCESS_H

#include "access_gen.h"
#include "core/people/people.h"

typedef struct AccountId {
    int64_t v;
} AccountId;

/* Of the signed-in person, filled by gate.identify; lives as long as the Ctx. */
typedef struct Session Session;
struct Session {
    AccountId account;
    Str token_hash, uid;
    Str person_name;
    Memberships memberships;
    Instant began_at, ends_at, strong_until;
    Instant seen_at;     /* as stored: to a tenth of the time that one may be idle */
    int64_t owner_id;   /* of the person */
    AccessRole role;    /* whose first page and frame are shown: the first membership's */
    bool lacks_second;  /* the setting demand-second asks for an app code, and there is none: no right holds */
    struct Frame *frame; /* core/shell's, of the page that is being drawn */
    Msg seen_by;         /* set by a handler that knows who can see its page now, where the access table
                            tells only who ever may: the eye line. Empty: the table's */
};

extern const Gate access_gate;

/* E_NOT_FOUND out of reach, E_FORBIDDEN when no role of the viewer has the
   right at all. place NULL: a route without object. */
MUST Err access_permit(Ctx *c, const Need *need, const Place *place);
/* Whether a link to it should be shown: the same question, no error. */
bool access_may(Ctx *c, const Need *need, const Place *place);

/* Inside a write, at start: access_rule becomes doc/access.csv. */
MUST Err access_rules_store(Ctx *c);

/* Inside a write. login is folded; 3–254 characters of a Danish keyboard; E_CONFLICT
   when taken, also by one that differs in dots, accents or case only.
   Kept as it was written, too, for telling it. hash empty: the account waits for its invitation. */
MUST Err access_account_add(Ctx *c, PersonId person, Str login, Str password_hash, AccountId *ret);

/* Inside a write: the viewer's own language, "da" or "en". */
MUST Err access_language_set(Ctx *c, Str lang);

/* 12–200 characters, not the login in it, and worth more than the common words,
   rows of keys, names and years it is made of (password.c). Nothing is asked
   about kinds of characters. E_INVALID with a problem at "password". */
MUST Err access_password_check(Ctx *c, Str password, Str login, Str name);
/* Inside a write. */
MUST Err access_password_set(Ctx *c, AccountId account, Str password_hash);
/* 256 random bits as 64 hexadecimal digits. */
Str access_token_new(Ctx *c);

/* Inside a write: no access from today on, and every session ends. Nobody
   closes their own. Open again: with the password it had. E_CONFLICT when it
   is so already. */
MUST Err access_account_close(Ctx *c, PersonId person);
MUST Err access_account_open(Ctx *c, PersonId person);
/* Inside a write: everywhere the person is signed in. OK without an account. */
MUST Err access_sessions_end_of(Ctx *c, PersonId person);

/* A page for who is not signed in: no frame, one column; ended by access_bare_end. */
Out *access_bare_begin(Ctx *c, Msg title);
MUST Err access_bare_end(Ctx *c, Out *o, int status);

#endif
