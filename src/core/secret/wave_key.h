/* One key a survey wave: a file of its own beside the master key, outside the
   database and its backups, destroyed when the wave closes. After that nobody
   can tell any more which codes were used (DESIGN, Anonymity). So: no copy of
   it may be kept, and one that is lost is never made anew under the same uid:
   what was marked with it would count twice.
   Every call looks whether the file is still there, so that what one process
   destroys is gone in all of them. Functions may be called from any thread. */
#ifndef CORE_SECRET_WAVE_KEY_H
#define CORE_SECRET_WAVE_KEY_H

#include "core/secret/secret.h"

/* uid: 32 lower-case hexadecimal digits, the wave's. E_BROKEN when the file
   cannot be made or is there already. On the disk when we return. */
MUST Err wave_key_make(Ctx *c, Secrets *s, Str uid);
bool wave_key_is_there(Ctx *c, const Secrets *s, Str uid);
/* Overwrites, removes and syncs the folder; OK when it is gone already. What a
   copying file system keeps below us is out of our hands. */
MUST Err wave_key_destroy(Ctx *c, Secrets *s, Str uid);

/* All three: E_NOT_FOUND without a sentence when the key is destroyed. */
/* 64 hexadecimal digits: keyed BLAKE2b-256. */
MUST Err wave_key_mac(Ctx *c, Secrets *s, Str uid, Str text, Str *ret);
/* XChaCha20-Poly1305, as secret_seal. */
MUST Err wave_key_seal(Ctx *c, Secrets *s, Str uid, Str plain, Bytes *ret);
MUST Err wave_key_unseal(Ctx *c, Secrets *s, Str uid, Bytes sealed, Str *ret);

#endif
