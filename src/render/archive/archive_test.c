#include "render/archive/archive.h"

#include <string.h>
#include <zip.h>

#include "test.h"

static const ArchiveFile two[] = {
    {S_INIT("LÆS MIG.txt"), S_INIT("Hej")},
    {S_INIT("rapporter/S11.pdf"), S_INIT("0000000000000000000000000000000000000000000000000000000000000000000000000000")},
};

static zip_t *opened(Str bytes)
{
    zip_source_t *source = zip_source_buffer_create(bytes.p, (zip_uint64_t)bytes.n, 0, NULL);
    CHECK(source != NULL);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    CHECK(zip != NULL);
    return zip;
}

TEST(archive, gives_back_the_files_with_their_names_in_order)
{
    Ctx *c = test_ctx_plain();
    Str bytes = {0};
    CHECK_OK(archive_write(c, (ArchiveFiles){two, 2}, (Date){20577}, &bytes));
    zip_t *zip = opened(bytes);
    CHECK_INT(zip_get_num_entries(zip, 0), 2);
    for (int i = 0; i < 2; i++) {
        char read[200] = {0};
        zip_file_t *file = zip_fopen_index(zip, i, 0);
        CHECK_STR(str_of_z(zip_get_name(zip, i, 0)), two[i].name);
        CHECK_STR(((Str){read, zip_fread(file, read, sizeof read)}), two[i].bytes);
        zip_fclose(file);
    }
    zip_close(zip);
}

TEST(archive, is_the_same_bytes_twice_wherever_it_is_made)
{
    Ctx *c = test_ctx_plain();
    Str one = {0}, two_days = {0}, again = {0};
    CHECK_OK(archive_write(c, (ArchiveFiles){two, 2}, (Date){20577}, &one));
    CHECK_OK(archive_write(c, (ArchiveFiles){two, 2}, (Date){20578}, &two_days));
    CHECK_OK(archive_write(c, (ArchiveFiles){two, 2}, (Date){20577}, &again));
    CHECK(str_eq(one, again));
    CHECK(!str_eq(one, two_days));
}

TEST(archive, of_one_file_can_be_opened)
{
    Ctx *c = test_ctx_plain();
    Str bytes = {0};
    CHECK_OK(archive_write(c, (ArchiveFiles){two, 1}, (Date){20577}, &bytes));
    zip_t *zip = opened(bytes);
    CHECK_INT(zip_get_num_entries(zip, 0), 1);
    zip_close(zip);
}
