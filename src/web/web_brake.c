/* Wrong codes are counted by network, in memory only and for the minute at hand:
   whoever tries codes by the thousand is told to wait, and nothing is kept that
   could tell who answered. A right code is never counted, and no address is
   stored: a slot has a keyed hash of it, under a key of this run.
   Many slots, no lock: every respondent's request looks here first. */
#include <string.h>

#include "web/web_inside.h"

enum { TAG_BITS = 24, MINUTE_BITS = 24, COUNT_BITS = 16 };

typedef struct Tally {
    uint64_t tag, minute, count;
} Tally;

static Tally tally_of(uint64_t packed)
{
    return (Tally){.tag = packed >> (MINUTE_BITS + COUNT_BITS),
                   .minute = packed >> COUNT_BITS & ((1u << MINUTE_BITS) - 1),
                   .count = packed & ((1u << COUNT_BITS) - 1)};
}

static uint64_t packed_of(Tally t)
{
    return t.tag << (MINUTE_BITS + COUNT_BITS) | t.minute << COUNT_BITS | t.count;
}

/* Of an IPv6 address its first 64 bits: one customer has all that lie behind them. */
static uint64_t hash_of(const WebBrake *brake, const unsigned char address[16])
{
    unsigned char keyed[sizeof brake->key + 16] = {0};
    memcpy(keyed, brake->key, sizeof brake->key);
    memcpy(keyed + sizeof brake->key, address, (size_t)web_network_bytes(address));
    return str_hash((Str){(const char *)keyed, (ptrdiff_t)sizeof keyed});
}

void web_brake_open(WebBrake *brake, Random random)
{
    random.fill(random.state, brake->key, sizeof brake->key);
}

/* Where the address is counted, and what stands there for it this minute. */
static _Atomic uint64_t *slot_of(WebBrake *brake, const unsigned char address[16], Instant now, Tally *ret)
{
    uint64_t hash = hash_of(brake, address);
    _Atomic uint64_t *slot = &brake->slots[hash % WEB_BRAKE_SLOTS];
    Tally fresh = {.tag = hash >> (64 - TAG_BITS), .minute = (uint64_t)(now.ms / 60000) & ((1u << MINUTE_BITS) - 1)};
    Tally found = tally_of(atomic_load(slot));
    *ret = found.tag == fresh.tag && found.minute == fresh.minute ? found : fresh;
    return slot;
}

bool web_brake_is_on(WebBrake *brake, const unsigned char address[16], Instant now)
{
    Tally t;
    slot_of(brake, address, now, &t);
    return t.count >= WEB_WRONG_CODES;
}

/* Two at the same moment may count as one: the limit is not that exact. */
void web_brake_count(WebBrake *brake, const unsigned char address[16], Instant now)
{
    Tally t;
    _Atomic uint64_t *slot = slot_of(brake, address, now, &t);
    if (t.count < WEB_WRONG_CODES) t.count++;
    atomic_store(slot, packed_of(t));
}
