#include "po.h"
#include "test.h"

static Po parsed(const char *text)
{
    Po po = {0};
    PoFault fault = {0};
    CHECK(po_parse(test_ctx_plain()->arena, str_of_z(text), &po, &fault));
    return po;
}

static Str complaints(const char *en, const char *program)
{
    Po po = parsed(en), wanted = parsed(program);
    return po_check(test_ctx_plain()->arena, &po, &wanted, S("en.po"));
}

static const char program[] = "msgid \"\"\nmsgstr \"Language: da\\n\"\n\n"
                              "msgid \"Luk\"\nmsgstr \"\"\n\n"
                              "msgctxt \"knap\"\nmsgid \"Luk\"\nmsgstr \"\"\n\n"
                              "msgid \"{1} svar\"\nmsgid_plural \"{1} svarene\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n";

TEST(po, a_whole_translation_has_nothing_wrong)
{
    CHECK_STR(complaints("msgid \"Luk\"\nmsgstr \"Close\"\nmsgctxt \"knap\"\nmsgid \"Luk\"\nmsgstr \"Shut\"\n"
                         "msgid \"{1} svar\"\nmsgid_plural \"{1} svarene\"\nmsgstr[0] \"{1} answer\"\nmsgstr[1] \"{1} answers\"\n",
                         program),
              S(""));
}

TEST(po, missing_fuzzy_empty_stale_and_other_arguments_are_told)
{
    CHECK_STR(complaints("#, fuzzy\nmsgid \"Luk\"\nmsgstr \"Close\"\n\nmsgid \"Væk\"\nmsgstr \"Gone\"\n\n"
                         "msgid \"{1} svar\"\nmsgid_plural \"{1} svarene\"\nmsgstr[0] \"{2} answer\"\nmsgstr[1] \"{1} answers\"\n",
                         program),
              S("en.po:2: empty or fuzzy: \"Luk\"\n"
                "en.po:5: no longer in the program: \"Væk\"\n"
                "en.po:8: other {1}…{4} than the Danish text: \"{1} svar\"\n"
                "en.po:0: not translated: \"Luk\"\n"));
}

TEST(po, what_nothing_fills_in_is_told)
{
    CHECK_STR(complaints("msgid \"{1} svar\"\nmsgid_plural \"{1} svarene\"\nmsgstr[0] \"{1} answer\"\nmsgstr[1] \"{1} answers\"\n"
                         "msgid \"Luk\"\nmsgstr \"Close {name}\"\nmsgctxt \"knap\"\nmsgid \"Luk\"\nmsgstr \"Shut %s\"\n",
                         program),
              S("en.po:5: only {1}…{4} are filled in, no other { and no %: \"Luk\"\n"
                "en.po:8: only {1}…{4} are filled in, no other { and no %: \"Luk\"\n"));
}

TEST(po, a_lost_space_or_stop_is_told)
{
    static const char danish[] = "msgid \" og \"\nmsgstr \"\"\n\nmsgid \"Gemt.\"\nmsgstr \"\"\n\nmsgid \"4 pct.\"\nmsgstr \"\"\n";
    CHECK_STR(complaints("msgid \" og \"\nmsgstr \"and \"\nmsgid \"Gemt.\"\nmsgstr \"Saved\"\nmsgid \"4 pct.\"\nmsgstr \"4 per cent\"\n", danish),
              S("en.po:1: another space or sign at its end than the Danish text: \" og \"\n"
                "en.po:3: another space or sign at its end than the Danish text: \"Gemt.\"\n"));
}

TEST(po, long_strings_go_on_in_the_next_line)
{
    Po po = parsed("msgid \"\"\n\"Hej \"\n\"\\\"du\\\"\\n\"\nmsgstr \"\"\n\"Hello\"\n");
    CHECK_INT(po.n, 1);
    CHECK_STR(po.v[0].text, S("Hej \"du\"\n"));
    CHECK_STR(po.v[0].form[0], S("Hello"));
}

TEST(po, obsolete_entries_are_passed_over)
{
    CHECK_INT(parsed("#~ msgid \"a\"\n#~ msgstr \"b\"\n").n, 0);
}

TEST(po, what_is_not_po_is_refused_with_its_line)
{
    static const char *const bad[] = {"\nmsgid Luk\n", "\n\"Luk\"\n", "\nmsgid \"a\\x\"\n", "\nhello\n"};
    for (int i = 0; i < 4; i++) {
        Po po = {0};
        PoFault fault = {0};
        CHECK(!po_parse(test_ctx_plain()->arena, str_of_z(bad[i]), &po, &fault));
        CHECK_INT(fault.line, 2);
    }
}

TEST(po, a_text_twice_is_refused)
{
    Po po = {0};
    PoFault fault = {0};
    CHECK(!po_parse(test_ctx_plain()->arena, S("msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\nmsgstr \"c\"\n"), &po, &fault));
}

TEST(po, the_table_leaves_out_what_is_unfinished)
{
    Po po = parsed("msgid \"a\"\nmsgstr \"\"\nmsgid \"b?\"\nmsgstr \"B\\\"\"\n");
    Str table = po_table(test_ctx_plain()->arena, &po);
    CHECK(str_find(table, S("{S_INIT(\"\"), S_INIT(\"b\\?\"), S_INIT(\"B\\\"\"), S_INIT(\"\")},\n"), 0) > 0);
    CHECK(str_find(table, S("translation_count = 1;"), 0) > 0);
}
