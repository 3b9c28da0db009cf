/* The folder of keys is in no backup: whoever has the backups of two nights, and
   their key, has no key of a survey wave. */
#include "served.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/backup/backup.h"
#include "core/backup/backup_file.h"
#include "core/secret/wave_key.h"

enum { STREAM_MAX = 4 << 20 };

static Str stream_of(Ctx *c, Str file, Str key)
{
    BackupFile *f = NULL;
    Str lines = {0};
    char *p = arena_take_raw(c->arena, STREAM_MAX);
    ptrdiff_t n = 0;
    CHECK_OK(backup_file_open(c, file, &f, &lines));
    CHECK_OK(backup_file_unlock(c, f, key));
    BackupIn in = backup_file_in(f);
    while (n < STREAM_MAX && in.get(c, in.from, p + n, 1) == OK) n++;
    ctx_forgive(c);
    return (Str){p, n};
}

static void remove_place(Ctx *c, void *data)
{
    static const char *const files[] = {"/copy", "/key", "/key.backup-made"};
    (void)c;
    for (int i = 0; i < 3; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s%s", (const char *)data, files[i]);
        unlink(path);
    }
    rmdir(data);
}

static char *new_place(Ctx *c)
{
    char *folder = (char *)(uintptr_t)str_z(c->arena, S("/dev/shm/traad-test-backup-XXXXXX"));
    assert_non_null(mkdtemp(folder));
    ctx_at_end(c, remove_place, folder);
    return folder;
}

TEST(backup_keys, no_key_file_is_in_a_backup)
{
    Served s = test_served();
    Ctx *c = s.c;
    Str at = str_of_z(new_place(c)), out = STR_CAT(c->arena, at, S("/copy")), key = STR_CAT(c->arena, at, S("/key"));
    BackupCounts counts = {0};
    bool made = false;
    int keys = 0;
    CHECK_OK(wave_key_make(c, c->app->secrets, S("0123456789abcdef0123456789abcdef")));
    CHECK_OK(backup_make(c, out, key, &counts, &made));
    Str stream = stream_of(c, out, key);
    CHECK(str_find(stream, S("Fjordby Kommune"), 0) > 0); /* what is in it can be found */
    DIR *all = opendir(str_z(c->arena, s.settings->keys));
    for (const struct dirent *e = readdir(all); e; e = readdir(all)) {
        if (e->d_name[0] == '.') continue;
        Str bytes = test_file(STR_CAT(c->arena, s.settings->keys, S("/"), str_of_z(e->d_name)));
        CHECK(bytes.n >= 32);
        CHECK(str_find(stream, bytes, 0) < 0);
        CHECK(str_find(stream, str_hex(c->arena, bytes.p, bytes.n), 0) < 0);
        keys++;
    }
    closedir(all);
    CHECK_INT(keys, 2); /* the master key and the wave's */
}
