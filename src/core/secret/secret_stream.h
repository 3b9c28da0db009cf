/* One long stream of bytes under a key file of its own (a backup): libsodium's
   crypto_secretstream, XChaCha20-Poly1305, in pieces. Each piece proves that it
   is genuine, stands in its place and that nothing before it is missing; the
   last one says so, so that a cut stream is known.
   Source: libsodium's documentation, "Encrypted streams and file encryption". */
#ifndef CORE_SECRET_SECRET_STREAM_H
#define CORE_SECRET_SECRET_STREAM_H

#include "core/secret/secret.h"

enum {
    STREAM_PIECE = 64 << 10, /* bytes of plain text in every piece but the last */
    STREAM_OVERHEAD = 17,    /* bytes that sealing adds to a piece */
    STREAM_HEAD = 24,        /* bytes in front of the first piece */
};

typedef struct SecretStream SecretStream;

/* 32 hexadecimal digits that tell which key it is and nothing about it.
   With `make` a missing file is made, 0600, on the disk when we return; without,
   E_NOT_FOUND with a sentence. */
MUST Err stream_key_id(Ctx *c, Str key_file, bool make, bool *ret_made, Str *ret_id);

/* State in c->arena, wiped when the Ctx ends. head: STREAM_HEAD bytes. */
MUST Err stream_seal_begin(Ctx *c, Str key_file, void *ret_head, SecretStream **ret);
/* ret: plain.n + STREAM_OVERHEAD bytes. `also` is proved along and not kept. */
void stream_seal(SecretStream *s, Str plain, Str also, bool is_last, void *ret);

MUST Err stream_open_begin(Ctx *c, Str key_file, const void *head, SecretStream **ret);
/* ret: sealed.n − STREAM_OVERHEAD bytes. False: not genuine; the stream is dead then. */
bool stream_open(SecretStream *s, Bytes sealed, Str also, void *ret, bool *ret_is_last);

#endif
