/* What secret.c and wave_key.c share. */
#ifndef CORE_SECRET_SECRET_INSIDE_H
#define CORE_SECRET_SECRET_INSIDE_H

#include <pthread.h>

#include "core/secret/secret.h"

enum { KEY_BYTES = 32, SECRET_FOLDER_MAX = 4000, WAVE_KEYS_KEPT = 64 };

typedef struct WaveKey {
    char uid[32]; /* all zero: a free place */
    unsigned char key[KEY_BYTES];
} WaveKey;

/* In locked memory: never in a swap file or a core dump. */
struct Secrets {
    unsigned char master[KEY_BYTES];
    pthread_mutex_t lock; /* of slots and waves */
    pthread_cond_t slot_free;
    int slots;
    WaveKey waves[WAVE_KEYS_KEPT];
    int wave_next; /* the place that is used again next */
    char folder[SECRET_FOLDER_MAX];
    ptrdiff_t folder_n;
};

MUST Err secret_broken(Ctx *c, Str path, const char *what);
/* A new file, 0600: it gets its name when it is whole, and both are on the disk when
   we return. E_BROKEN when there is one already. */
MUST Err key_file_make(Ctx *c, Str path, unsigned char key[KEY_BYTES]);
/* What was named, renamed or removed in the folder that path lies in is on the disk. */
MUST Err key_folder_sync(Ctx *c, Str path);
/* E_NOT_FOUND without a sentence when there is none. */
MUST Err key_file_read(Ctx *c, Str path, unsigned char key[KEY_BYTES]);
Bytes key_seal(Ctx *c, const unsigned char key[KEY_BYTES], Str plain);
MUST Err key_unseal(Ctx *c, const unsigned char key[KEY_BYTES], Bytes sealed, Str *ret);

#endif
