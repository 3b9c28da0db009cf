/* What a function can answer. A function that can fail returns Err and must
   not be ignored; OK is 0. The sentence for the user travels in Ctx (ctx.h).
   Only src/web turns an Err into an HTTP status, only main into an exit code. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

typedef enum Err {
    OK = 0,
    E_NOT_FOUND, /* no such thing, or out of the viewer's reach: 404 */
    E_FORBIDDEN, /* the viewer's roles lack the right altogether: 403 */
    E_INVALID,   /* input to correct, told by field: 422 */
    E_CONFLICT,  /* somebody else was first, or the state does not allow it: 409 */
    E_TOO_LARGE, /* beyond a stated limit: 413 */
    E_BUSY,      /* queue, disk or memory full; nothing was written; try again: 503 */
    E_BROKEN,    /* our own fault: 500 with a number that is also in the log */
} Err;

#define MUST __attribute__((warn_unused_result))

#define TRY(call)                              \
    do {                                       \
        Err try_err_ = (call);                 \
        if (try_err_ != OK) return try_err_;   \
    } while (0)

#endif
