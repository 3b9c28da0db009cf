#include "core/command_share.h"
#include "store.h"

TEST(command_share, a_share_is_read_as_a_person_counts)
{
    Ctx *c = test_store();
    WorkShare share = {0};
    CHECK_OK(command_share_read(c, S("2/4"), &share));
    CHECK_INT(share.at, 1);
    CHECK_INT(share.of, 4);
}

TEST(command_share, what_is_no_share_is_refused)
{
    static const Str bad[] = {S_INIT(""), S_INIT("1"), S_INIT("/2"), S_INIT("0/2"), S_INIT("3/2"), S_INIT("1/0"), S_INIT("1/17"), S_INIT("1/2/3")};
    Ctx *c = test_store();
    WorkShare share = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_ERR(command_share_read(c, bad[i], &share), E_INVALID);
        ctx_forgive(c);
    }
}

TEST(command_share, few_things_are_not_shared)
{
    CHECK_INT(command_share_count(7, 8), 1);
    CHECK_INT(command_share_count(0, 8), 1);
    CHECK(command_share_count(100000, 8) <= 16);
}
