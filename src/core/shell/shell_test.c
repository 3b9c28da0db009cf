#include "core/shell/shell.h"

#include "core/access/access.h"
#include "render/out.h"
#include "store.h"

static Str eyes(Ctx *c, const Need *need)
{
    return msg_text(c, shell_eye_line(c, need));
}

TEST(shell, the_eye_line_is_made_from_the_access_table)
{
    Ctx *c = test_ctx_plain();
    CHECK_STR(eyes(c, NULL), S("Kun du kan se denne side"));
    CHECK_STR(eyes(c, NEED_SIGNED_IN), S("Kun du kan se denne side"));
    CHECK_STR(eyes(c, NEED_SESSION_READ), S("Kun du kan se denne side"));
    CHECK_STR(eyes(c, NEED_SUPPORT_READ), S("Ses af dig og af systemadministrator"));
    /* Nobody reads it but on public pages: who writes it sees the page where it is written. */
    CHECK_STR(eyes(c, NEED_CONTACT_WRITE), S("Ses af systemadministrator"));
}

TEST(shell, many_readers_are_counted_not_listed)
{
    Ctx *c = test_ctx_plain();
    Str who = eyes(c, NEED_ORGANISATION_READ);
    CHECK(str_starts(who, S("Ses af skolechef, læringschef, konsulent, skoleleder og ")));
    CHECK(str_ends(who, S(" andre roller")));
}
