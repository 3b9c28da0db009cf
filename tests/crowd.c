#include "crowd.h"

SQL(NOTE, "INSERT INTO note (uid) VALUES ($1)");
SQL(KEPT, "INSERT INTO kept (uid) VALUES ($1)");
SQL(ADD, "INSERT INTO tally (k, n) VALUES ($1, $2)"
         " ON CONFLICT (k) DO UPDATE SET n = tally.n + excluded.n");
SQL(ADD_ROWS, "INSERT INTO tally (k, n) SELECT r.k, r.n FROM ROWS($1, k INTEGER, n INTEGER) r WHERE true"
              " ON CONFLICT (k) DO UPDATE SET n = tally.n + excluded.n");

Err crowd_flush(Ctx *c, const MergeItem *items, ptrdiff_t n)
{
    return db_merge_write(c, ADD, ADD_ROWS, 1, items, n);
}

const MergeSpec crowd_tally = {"tally", crowd_flush};

int64_t crowd_uid(const Ctx *c)
{
    return c->viewer.v;
}

Err crowd_note(Ctx *c)
{
    TRY(db_exec(c, NOTE, NULL, crowd_uid(c)));
    db_merge(c, &crowd_tally, (const int64_t[MERGE_KEY_INTS]){crowd_uid(c) % CROWD_KEYS}, 1);
    return OK;
}

void crowd_keep(Ctx *c, void *data)
{
    (void)data;
    (void)!db_exec(c, KEPT, NULL, crowd_uid(c));
}

void crowd_count(Ctx *c, void *data)
{
    (void)c;
    ++*(int *)data;
}

Err crowd_note_refused(Ctx *c)
{
    TRY(crowd_note(c));
    ctx_record(c, crowd_keep, NULL);
    return fail(c, E_FORBIDDEN, T("Adgangskoden passer ikke."));
}

Err crowd_run_one(Writer *w, int64_t uid, Err (*write)(Ctx *c))
{
    Ctx *c = test_ctx_plain();
    c->viewer.v = uid;
    ctx_forgive(c);
    return writer_run(w, c, "test", write);
}

static void *client_main(void *data)
{
    Client *client = data;
    ArenaRange range = arena_range_open(1 << 20);
    for (int i = 0; i < client->writes; i++) {
        Arena arena = arena_of(range, NULL);
        Ctx c;
        ctx_init(&c, &arena, (Instant){0}, (Random){0});
        c.viewer.v = client->first_uid + i;
        ctx_after_commit(&c, crowd_count, &client->after);
        client->results[i] = writer_run(client->writer, &c, client->group, client->write);
        ctx_end(&c);
    }
    arena_range_close(range);
    return NULL;
}

Crowd *crowd_run(Writer *w, int writes, Err (*write)(Ctx *c))
{
    static const char *const groups[] = {"survey", "task", "trial"};
    Ctx *c = test_ctx_plain();
    Crowd *crowd = NEW(c->arena, Crowd, 1);
    crowd->writes = writes;
    for (int i = 0; i < CROWD_CLIENTS; i++) {
        crowd->client[i] = (Client){.writer = w,
                                    .first_uid = (int64_t)i * CROWD_STEP,
                                    .writes = writes,
                                    .group = groups[i % 3],
                                    .write = write,
                                    .results = NEW(c->arena, Err, writes)};
        assert_int_equal(pthread_create(&crowd->client[i].id, NULL, client_main, &crowd->client[i]), 0);
    }
    for (int i = 0; i < CROWD_CLIENTS; i++) pthread_join(crowd->client[i].id, NULL);
    return crowd;
}

static bool is_refused(int64_t uid)
{
    return uid % 5 == 4;
}

Err crowd_mixed(Ctx *c)
{
    return is_refused(crowd_uid(c)) ? crowd_note_refused(c) : crowd_note(c);
}

SQL_SCAN(ALL_NOTES, "a test looks at every row", "SELECT uid FROM note");
SQL_SCAN(ALL_KEPT, "a test looks at every row", "SELECT uid FROM kept");

static void count_rows(Ctx *c, const SqlDef *def, unsigned char seen[CROWD_CLIENTS][64])
{
    Rows r = db_query(c, def);
    while (db_next(&r)) {
        int64_t uid = db_i64(&r, 0);
        seen[uid / CROWD_STEP][uid % CROWD_STEP]++;
    }
    CHECK_OK(db_done(&r));
}

Found *crowd_look(Store *store)
{
    Ctx *c = test_ctx_plain();
    Found *found = NEW(c->arena, Found, 1);
    ctx_forgive(c);
    CHECK_OK(db_read_begin(c, store));
    count_rows(c, ALL_NOTES, found->note);
    count_rows(c, ALL_KEPT, found->kept);
    db_read_end(c);
    return found;
}

static void check_one(const Client *client, int i, int stored, int kept)
{
    bool refused = is_refused(client->first_uid + i);
    Err result = client->results[i];
    CHECK(result == OK || result == E_BUSY || (refused && result == E_FORBIDDEN));
    CHECK_INT(stored, result == OK ? 1 : 0);
    if (!refused) CHECK_INT(kept, 0);
    if (result == E_FORBIDDEN) CHECK_INT(kept, 1);
    CHECK(kept <= 1);
}

void crowd_check_tallies(Store *store)
{
    CHECK_INT(place_i64(store,
                        "SELECT count(*) FROM (SELECT uid % 7 AS k, count(*) AS n FROM note GROUP BY uid % 7) AS a"
                        " LEFT JOIN tally ON tally.k = a.k WHERE coalesce(tally.n, 0) <> a.n"),
              0);
    CHECK_INT(place_i64(store, "SELECT coalesce(CAST(sum(n) AS INTEGER), 0) - (SELECT count(*) FROM note) FROM tally"),
              0);
}

void crowd_check(Store *store, const Crowd *crowd)
{
    Found *found = crowd_look(store);
    for (int who = 0; who < CROWD_CLIENTS; who++) {
        const Client *client = &crowd->client[who];
        int acknowledged = 0;
        for (int i = 0; i < crowd->writes; i++) {
            check_one(client, i, found->note[who][i], found->kept[who][i]);
            if (client->results[i] == OK) acknowledged++;
        }
        CHECK_INT(client->after, acknowledged);
    }
    crowd_check_tallies(store);
}
