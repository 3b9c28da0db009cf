#include "core/command_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"

static Str folder_new(Ctx *c)
{
    char name[] = "/tmp/traad-command-file.XXXXXX";
    CHECK(mkdtemp(name) != NULL);
    return str_copy(c->arena, str_of_z(name));
}

static Str at(Ctx *c, Str folder, const char *name)
{
    return STR_CAT(c->arena, folder, S("/"), str_of_z(name));
}

static bool is_there(Ctx *c, Str path)
{
    return access(str_z(c->arena, path), F_OK) == 0;
}

TEST(command_file, what_is_stored_is_read_again_by_its_owner_alone)
{
    Ctx *c = test_store();
    Str folder = folder_new(c), path = at(c, folder, "a.csv"), text = {0};
    NewFile *file = NULL;
    CtxMark mark = ctx_mark(c);
    CHECK_OK(command_file_new(c, path, 0600, &file));
    CHECK(!is_there(c, path));
    CHECK_OK(command_file_store(c, file, S("én linje\n")));
    ctx_rewind(c, mark);
    struct stat s;
    CHECK_INT(stat(str_z(c->arena, path), &s), 0);
    CHECK_INT(s.st_mode & 0777, 0600);
    CHECK_OK(command_file_read(c, path, 1 << 20, &text));
    CHECK_STR(text, S("én linje\n"));
    unlink(str_z(c->arena, path));
    CHECK_INT(rmdir(str_z(c->arena, folder)), 0); /* nothing else was left */
}

TEST(command_file, what_was_not_stored_leaves_nothing_and_keeps_what_was_there)
{
    Ctx *c = test_store();
    Str folder = folder_new(c), path = at(c, folder, "a.csv"), text = {0};
    NewFile *file = NULL;
    CtxMark mark = ctx_mark(c);
    CHECK_OK(command_file_new(c, path, 0600, &file));
    CHECK_OK(command_file_store(c, file, S("first")));
    CHECK_OK(command_file_new(c, path, 0600, &file));
    ctx_rewind(c, mark);
    CHECK_OK(command_file_read(c, path, 1 << 20, &text));
    CHECK_STR(text, S("first"));
    unlink(str_z(c->arena, path));
    CHECK_INT(rmdir(str_z(c->arena, folder)), 0);
}

/* In a folder that others write to, too: neither their permissions nor their links are taken over. */
TEST(command_file, what_lies_there_under_its_passing_name_is_not_written_to)
{
    Ctx *c = test_store();
    Str folder = folder_new(c), path = at(c, folder, "a.csv"), part = at(c, folder, "a.csv.part"), other = at(c, folder, "other");
    NewFile *file = NULL;
    CHECK_INT(close(open(str_z(c->arena, other), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)), 0);
    CHECK_INT(symlink(str_z(c->arena, other), str_z(c->arena, part)), 0);
    CHECK_OK(command_file_new(c, path, 0600, &file));
    CHECK_OK(command_file_store(c, file, S("secret")));
    struct stat s;
    CHECK_INT(stat(str_z(c->arena, other), &s), 0);
    CHECK_INT(s.st_size, 0);
    CHECK_INT(lstat(str_z(c->arena, path), &s), 0);
    CHECK(S_ISREG(s.st_mode));
    CHECK_INT(s.st_mode & 0777, 0600);
    unlink(str_z(c->arena, part));
    unlink(str_z(c->arena, other));
    unlink(str_z(c->arena, path));
    CHECK_INT(rmdir(str_z(c->arena, folder)), 0);
}

TEST(command_file, refusals_name_the_file_and_the_reason)
{
    Ctx *c = test_store();
    Str folder = folder_new(c), path = at(c, folder, "a.csv"), text = {0};
    NewFile *file = NULL;
    CHECK_ERR(command_file_read(c, path, 1 << 20, &text), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, STR_CAT(c->arena, path, S(": No such file or directory")));
    ctx_forgive(c);
    CHECK_ERR(command_file_read(c, folder, 1 << 20, &text), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, STR_CAT(c->arena, folder, S(": not a regular file")));
    ctx_forgive(c);
    CHECK_OK(command_file_new(c, path, 0600, &file));
    char *big = calloc(1, (1 << 20) + 1);
    CHECK_OK(command_file_store(c, file, (Str){big, (1 << 20) + 1}));
    free(big);
    CHECK_ERR(command_file_read(c, path, 1 << 20, &text), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, STR_CAT(c->arena, path, S(": larger than 1 MB")));
    CHECK_ERR(command_file_new(c, at(c, folder, "none/a.csv"), 0600, &file), E_CONFLICT);
    unlink(str_z(c->arena, path));
    rmdir(str_z(c->arena, folder));
}

TEST(command_file, what_is_no_file_is_written_to_and_stays_what_it_is)
{
    Ctx *c = test_store();
    Str folder = folder_new(c), path = at(c, folder, "pipe");
    NewFile *file = NULL;
    struct stat s;
    char got[8] = {0};
    CHECK_INT(mkfifo(str_z(c->arena, path), 0600), 0);
    int reader = open(str_z(c->arena, path), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    CHECK_OK(command_file_new(c, path, 0600, &file));
    CHECK_OK(command_file_store(c, file, S("linje\n")));
    CHECK_INT(read(reader, got, sizeof got), 6);
    CHECK_INT(stat(str_z(c->arena, path), &s), 0);
    CHECK(S_ISFIFO(s.st_mode));
    close(reader);
    unlink(str_z(c->arena, path));
    CHECK_ERR(command_file_new(c, folder, 0600, &file), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, STR_CAT(c->arena, folder, S(": Is a directory")));
    ctx_forgive(c);
    CHECK_INT(rmdir(str_z(c->arena, folder)), 0);
    CHECK_OK(command_file_new(c, S("/dev/full"), 0600, &file));
    CHECK_ERR(command_file_store(c, file, S("linje\n")), E_CONFLICT);
    CHECK_INT(stat("/dev/full", &s), 0);
    CHECK(S_ISCHR(s.st_mode));
}
