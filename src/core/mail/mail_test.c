#include "core/mail/mail.h"

#include <sodium.h>

#include "core/app.h"
#include "store.h"

static Mail plain(void)
{
    return (Mail){.to = S("anne@skole.example"), .subject = S("Din konto"), .text = S("Hej Anne"), .lang = LANG_DA,
                  .uid = S("0123456789abcdef0123456789abcdef")};
}

static Str composed(Mail mail)
{
    Str message = {0};
    CHECK_OK(mail_compose(test_ctx_plain(), S("Rød Tråd <traad@fjord.example>"), &mail, &message));
    return message;
}

static bool has(Str text, Str part)
{
    return str_find(text, part, 0) >= 0;
}

TEST(mail, addresses_that_can_be_written_to)
{
    static const Str good[] = {S_INIT("a@b"), S_INIT("anne.berg+x@skole.kommune.dk"), S_INIT("o'neil_1@x-y.dk")};
    static const Str bad[] = {
        S_INIT(""), S_INIT("@b"), S_INIT("a@"), S_INIT("a b@c"), S_INIT("a@b@c"), S_INIT("a@b\r\nBcc: x@y"), S_INIT("<a@b>"), S_INIT("a@b,c@d"),
        S_INIT("a@-b"), S_INIT("a@b..c"), S_INIT(".a@b"), S_INIT("a..b@c"), S_INIT("æ@b.dk"), S_INIT("a@bø.dk"), S_INIT("\"a b\"@c"), S_INIT("a@b>"),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) CHECK(mail_is_address(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(!mail_is_address(bad[i]));
}

TEST(mail, no_header_can_be_slipped_in)
{
    Ctx *c = test_ctx_plain();
    Str out = {0};
    Mail mail = plain();
    mail.subject = S("Hej\r\nBcc: alle@x.dk");
    CHECK_ERR(mail_compose(c, S("t@f"), &mail, &out), E_INVALID);
    ctx_forgive(c);
    mail = plain();
    mail.to = S("a@b\nBcc: alle@x.dk");
    CHECK_ERR(mail_compose(c, S("t@f"), &mail, &out), E_INVALID);
    ctx_forgive(c);
    mail = plain();
    CHECK_ERR(mail_compose(c, S("T\r\nBcc: x@y <t@f>"), &mail, &out), E_BUSY);
    ctx_forgive(c);
    mail.text = S("a\rBcc: x@y");
    CHECK_ERR(mail_compose(c, S("t@f"), &mail, &out), E_INVALID);
    /* What stands in the subject as an encoded word of its own is text too. */
    mail = plain();
    mail.subject = S("=?UTF-8?B?QQ==?=");
    CHECK(!has(composed(mail), S("Subject: =?UTF-8?B?QQ==?=")));
}

TEST(mail, headers_say_who_when_and_that_a_machine_wrote)
{
    Str m = composed(plain());
    CHECK(has(m, S("From: =?UTF-8?B?UsO4ZCBUcsOlZA==?= <traad@fjord.example>\r\n"))); /* Rød Tråd */
    CHECK(has(m, S("To: <anne@skole.example>\r\n")));
    CHECK(has(m, S("Subject: =?UTF-8?B?RGluIGtvbnRv?=\r\n"))); /* Din konto */
    CHECK(has(m, S("Date: Tue, 24 Nov 2026 09:00:00 +0000\r\n")));
    CHECK(has(m, S("Message-ID: <0123456789abcdef0123456789abcdef@fjord.example>\r\n")));
    CHECK(has(m, S("Auto-Submitted: auto-generated\r\n")));
    CHECK(str_ends(m, S("\r\n\r\nHej Anne\r\n")));
}

TEST(mail, a_long_subject_is_folded_between_characters)
{
    Mail mail = plain();
    mail.subject = S("Æøå æøå æøå æøå æøå æøå æøå æøå æøå"); /* 62 bytes */
    Str m = composed(mail);
    /* 45 bytes would end in the middle of an å: 44 go into the first word. */
    ptrdiff_t at = str_find(m, S("Subject: =?UTF-8?B?"), 0), end = str_find(m, S("?=\r\n =?UTF-8?B?"), at);
    CHECK(at > 0 && end > at);
    unsigned char bytes[64];
    size_t n = 0;
    CHECK(sodium_base642bin(bytes, sizeof bytes, m.p + at + 19, (size_t)(end - at - 19), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) == 0);
    CHECK(str_is_utf8((Str){(const char *)bytes, (ptrdiff_t)n}));
    CHECK(n <= 45);
}

static ptrdiff_t longest_line(Str m)
{
    Str line = {0};
    ptrdiff_t longest = 0;
    while (str_split(&m, '\n', &line))
        if (line.n > longest) longest = line.n;
    return longest;
}

TEST(mail, long_paragraphs_flow_and_no_line_is_longer_than_76)
{
    Mail mail = plain();
    mail.text = S("Du er inviteret til at bruge Rød Tråd. Vælg en adgangskode på siden herunder, inden der er gået to dage, så er alt klar.\n\n"
                  "https://traad.fjord.example/konto/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\nHilsen os");
    Str m = composed(mail);
    CHECK(longest_line(m) <= 77); /* with its \r */
    CHECK(has(m, S("=20\r\n")));  /* the paragraph goes on */
    CHECK(has(m, S("R=C3=B8d")));
    CHECK(has(m, S("\r\n\r\nhttps://")));
    CHECK(str_ends(m, S("\r\nHilsen os\r\n")));
}

TEST(mail, lines_that_mean_something_to_old_programs_are_stuffed)
{
    Mail mail = plain();
    mail.text = S("From os\n> citat\n indrykket   \nslut");
    CHECK(str_ends(composed(mail), S("\r\n From os\r\n > citat\r\n  indrykket\r\nslut\r\n")));
}

static void server(Ctx *c)
{
    Settings *s = NEW(c->arena, Settings, 1);
    struct App *app = NEW(c->arena, struct App, 1);
    *s = *c->app->settings;
    *app = *c->app;
    s->smtp = S("smtp://127.0.0.1:1");
    s->mail_from = S("traad@fjord.example");
    app->settings = s;
    c->app = app;
}

TEST(mail, the_queue_keeps_no_readable_address_or_text)
{
    Ctx *c = test_store();
    server(c);
    Mail mail = plain();
    Str uid = {0};
    MailState state = 0;
    CHECK_OK(mail_queue(c, test_unit(c, "K1"), &mail, &uid));
    CHECK_OK(mail_state(c, uid, &state));
    CHECK_INT(state, MAIL_WAITING);
    CHECK_INT(test_count(c, "SELECT count(*) FROM job WHERE kind = 'mail' AND made_by IS NULL"), 1);
    Bytes sealed = {0};
    SQL(SEALED, "SELECT sealed FROM mail");
    Rows r = db_query(c, SEALED);
    CHECK(db_next(&r));
    sealed = db_bytes(&r, 0);
    CHECK_OK(db_done(&r));
    CHECK(sealed.n > 40);
    CHECK(!has((Str){sealed.p, sealed.n}, S("anne")));
    CHECK(!has((Str){sealed.p, sealed.n}, S("Hej")));
    test_clean(c);
}

TEST(mail, the_queue_takes_nothing_that_cannot_be_sent)
{
    Ctx *c = test_store();
    Mail mail = plain();
    Str uid = {0};
    CHECK_ERR(mail_queue(c, test_unit(c, "K1"), &mail, &uid), E_CONFLICT); /* no server is set */
    ctx_forgive(c);
    server(c);
    mail.to = S("anne");
    CHECK_ERR(mail_queue(c, test_unit(c, "K1"), &mail, &uid), E_INVALID);
    CHECK_INT(test_count(c, "SELECT count(*) FROM mail"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 0);
}

TEST(mail, refused_rows_go_after_a_month)
{
    Ctx *c = test_store();
    server(c);
    Mail mail = plain();
    Str uid = {0};
    MailState state = 0;
    int64_t rows = 0;
    CHECK_OK(mail_queue(c, test_unit(c, "K1"), &mail, &uid));
    test_sql(c, "UPDATE mail SET state = 'refused', sealed = x''");
    CHECK_OK(mail_state(c, uid, &state));
    CHECK_INT(state, MAIL_REFUSED);
    c->now.ms += (int64_t)MAIL_REFUSED_DAYS * 86400000;
    CHECK_OK(mail_expire(c, &rows));
    CHECK_INT(rows, 1);
}
