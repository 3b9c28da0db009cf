/* The sealed file: it is whole, or it is refused. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"

#include "core/backup/backup.h" /* behind test.h, which lets go of cmocka's fail() */
#include "core/backup/backup_file.h"

static Str folder(void)
{
    Str file = place_new(ENGINE_SQLITE); /* a fresh folder, removed with the test */
    return str_sub(file, 0, file.n - S("store.db").n);
}

typedef struct Files {
    Str file, key, other_key;
} Files;

static Files new_place(void)
{
    Ctx *c = test_ctx_plain();
    Str in = folder();
    return (Files){STR_CAT(c->arena, in, S("copy")), STR_CAT(c->arena, in, S("key")), STR_CAT(c->arena, in, S("other"))};
}

static void write_file(Str path, Str bytes)
{
    Ctx *c = test_ctx_plain();
    int fd = open(str_z(c->arena, path), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0);
    CHECK_INT(write(fd, bytes.p, (size_t)bytes.n), bytes.n);
    close(fd);
}

static Str pattern(ptrdiff_t n)
{
    char *p = arena_take_raw(test_ctx_plain()->arena, n + 1);
    for (ptrdiff_t i = 0; i < n; i++) p[i] = (char)(i * 31 % 251);
    return (Str){p, n};
}

static void make(Files at, Str content)
{
    Ctx *c = test_ctx_plain();
    BackupFile *f = NULL;
    bool made = false;
    Str id = {0};
    CHECK_OK(stream_key_id(c, at.key, true, &made, &id));
    CHECK_OK(backup_file_make(c, at.file, at.key, S("traad-backup 1\nkey x\n"), &f));
    BackupOut out = backup_file_out(f);
    for (ptrdiff_t i = 0; i < content.n; i += 9999) {
        Str part = str_sub(content, i, i + 9999 < content.n ? i + 9999 : content.n);
        CHECK_OK(out.put(c, out.to, part.p, part.n));
    }
    CHECK_OK(backup_file_commit(c, f));
}

/* Reads all of it and looks for its end. */
static Err read_all(Ctx *c, Files at, Str content)
{
    BackupFile *f = NULL;
    Str lines = {0};
    char *p = arena_take_raw(c->arena, content.n + 1);
    TRY(backup_file_open(c, at.file, &f, &lines));
    TRY(backup_file_unlock(c, f, at.key));
    BackupIn in = backup_file_in(f);
    TRY(in.get(c, in.from, p, content.n));
    TRY(in.end(c, in.from));
    CHECK(str_eq((Str){p, content.n}, content));
    return OK;
}

static Err read_back(Files at, Str content)
{
    Ctx *c = test_ctx_plain();
    ctx_forgive(c);
    CtxMark mark = ctx_mark(c);
    Err err = read_all(c, at, content);
    ctx_rewind(c, mark);
    return err;
}

TEST(backup_file, gives_back_what_was_put_in_at_every_border_of_a_piece)
{
    static const ptrdiff_t sizes[] = {0, 1, STREAM_PIECE - 1, STREAM_PIECE, STREAM_PIECE + 1, 2 * STREAM_PIECE, 200000};
    for (int i = 0; i < 7; i++) {
        Files at = new_place();
        Str content = pattern(sizes[i]);
        make(at, content);
        CHECK_OK(read_back(at, content));
    }
}

TEST(backup_file, hides_its_content_and_is_its_owners_alone)
{
    Ctx *c = test_ctx_plain();
    Files at = new_place();
    struct stat st;
    make(at, S("0101901234 is a number that nobody else may read"));
    CHECK(str_find(test_file(at.file), S("0101901234"), 0) < 0);
    CHECK_INT(stat(str_z(c->arena, at.file), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
    CHECK_INT(stat(str_z(c->arena, at.key), &st), 0);
    CHECK_INT(st.st_mode & 0777, 0600);
}

TEST(backup_file, cut_anywhere_it_is_refused)
{
    Files at = new_place();
    Str content = pattern(2 * STREAM_PIECE + 100);
    make(at, content);
    Str whole = str_copy(test_ctx_plain()->arena, test_file(at.file));
    ptrdiff_t head = str_find(whole, S("\n\n"), 0) + 2 + STREAM_HEAD, piece = STREAM_PIECE + STREAM_OVERHEAD;
    const ptrdiff_t cuts[] = {0, 5, head - STREAM_HEAD, head, head + 1, head + piece, head + piece + 30, head + 2 * piece, whole.n - 1};
    for (int i = 0; i < 9; i++) {
        write_file(at.file, str_sub(whole, 0, cuts[i]));
        CHECK_ERR(read_back(at, content), E_INVALID);
    }
    write_file(at.file, STR_CAT(test_ctx_plain()->arena, whole, S("x")));
    CHECK_ERR(read_back(at, content), E_INVALID);
    write_file(at.file, whole);
    CHECK_OK(read_back(at, content));
}

TEST(backup_file, one_flipped_bit_anywhere_is_refused)
{
    Files at = new_place();
    Str content = pattern(300);
    make(at, content);
    Str whole = str_copy(test_ctx_plain()->arena, test_file(at.file));
    char *p = (char *)(uintptr_t)whole.p;
    for (ptrdiff_t i = 0; i < whole.n; i++) {
        p[i] = (char)(p[i] ^ 1);
        write_file(at.file, whole);
        CHECK_ERR(read_back(at, content), E_INVALID);
        p[i] = (char)(p[i] ^ 1);
    }
}

TEST(backup_file, pieces_that_change_places_are_refused)
{
    Files at = new_place();
    Str content = pattern(3 * STREAM_PIECE);
    make(at, content);
    Str whole = str_copy(test_ctx_plain()->arena, test_file(at.file));
    char *first = (char *)(uintptr_t)whole.p + str_find(whole, S("\n\n"), 0) + 2 + STREAM_HEAD;
    char *second = first + STREAM_PIECE + STREAM_OVERHEAD;
    for (ptrdiff_t i = 0; i < STREAM_PIECE + STREAM_OVERHEAD; i++) {
        char kept = first[i];
        first[i] = second[i];
        second[i] = kept;
    }
    write_file(at.file, whole);
    CHECK_ERR(read_back(at, content), E_INVALID);
}

TEST(backup_file, another_key_opens_nothing)
{
    Ctx *c = test_ctx_plain();
    Files at = new_place(), wrong = at;
    bool made = false;
    Str id = {0}, other = {0};
    make(at, S("secret"));
    CHECK_OK(stream_key_id(c, at.key, true, &made, &id));
    CHECK(!made);
    CHECK_OK(stream_key_id(c, at.other_key, true, &made, &other));
    CHECK(made && !str_eq(id, other));
    wrong.key = at.other_key;
    CHECK_ERR(read_back(wrong, S("secret")), E_INVALID);
}

TEST(backup_file, a_file_that_exists_stays_as_it_is)
{
    Ctx *c = test_ctx_plain();
    Files at = new_place();
    BackupFile *f = NULL;
    make(at, S("first"));
    CHECK(backup_file_make(c, at.file, at.key, S("traad-backup 1\n"), &f) != OK);
    CHECK_OK(read_back(at, S("first")));
    ctx_forgive(c);
    write_file(STR_CAT(c->arena, at.file, S(".new")), S("x"));
    CHECK_ERR(backup_put_in_place(c, STR_CAT(c->arena, at.file, S(".new")), at.file), E_CONFLICT);
    CHECK_OK(read_back(at, S("first")));
}
