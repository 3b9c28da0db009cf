#include "test.h"
#include "text/json.h"

static Str problem_text(Ctx *c, Str field)
{
    for (const Problem *p = c->problems; p; p = p->next)
        if (str_eq(p->field, field)) return p->what.text;
    return S("nothing told");
}

static const Json *read_good(Ctx *c, Str bytes)
{
    const Json *root = NULL;
    CHECK_OK(json_read(c, bytes, 1 << 20, &root));
    return root;
}

static Err read_err(Ctx *c, Str bytes)
{
    const Json *root = NULL;
    Err err = json_read(c, bytes, 1 << 20, &root);
    if (err != OK) CHECK(root == NULL);
    return err;
}

TEST(json, all_kinds_keep_their_values_and_order)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(c, S("\xef\xbb\xbf{\"b\":[null,true,false,-7,2.5,\"\\u00e6\"],\"a\":{}}"));
    CHECK_INT(root->n, 2);
    CHECK_STR(root->v[0].key, S("b"));
    CHECK_STR(root->v[1].key, S("a"));
    const Json *list = json_list(c, root, S("b"), JSON_NEEDED, 6);
    CHECK_INT(list->n, 6);
    CHECK_INT(list->v[0].kind, JSON_IS_NULL);
    CHECK(list->v[1].is_true && !list->v[2].is_true);
    CHECK_INT(list->v[3].i, -7);
    CHECK_NEAR(list->v[3].f, -7.0, 0);
    CHECK_INT(list->v[4].kind, JSON_IS_REAL);
    CHECK_NEAR(list->v[4].f, 2.5, 0);
    CHECK_STR(list->v[5].text, S("æ"));
    CHECK_OK(ctx_check(c));
}

TEST(json, places_are_written_as_people_find_them)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(c, S("{\"sections\":[{\"items\":[1,{\"scale\":2}]}]}"));
    const Json *items = json_find(&json_find(root, S("sections"))->v[0], S("items"));
    const Json *scale = json_find(&items->v[1], S("scale"));
    CHECK_STR(json_place(c->arena, scale), S("sections[0].items[1].scale"));
    CHECK_STR(json_place_of(c->arena, &items->v[1], S("text")), S("sections[0].items[1].text"));
    CHECK_STR(json_place(c->arena, root), S(""));
    CHECK_STR(json_place_of(c->arena, root, S("code")), S("code"));
}

TEST(json, a_long_key_is_cut_between_two_characters)
{
    Ctx *c = test_ctx_plain();
    Buf b = buf_new(c->arena, 2000);
    buf_add(&b, S("{\"x"));
    for (int i = 0; i < 400; i++) buf_add(&b, S("æ"));
    buf_add(&b, S("\":1}"));
    const Json *root = read_good(c, buf_str(&b));
    Str place = json_place(c->arena, &root->v[0]);
    CHECK_INT(place.n, 99); /* x and 49 of two bytes each */
    CHECK(str_is_utf8(place));
}

TEST(json, a_list_can_be_the_root)
{
    const Json *root = read_good(test_ctx_plain(), S("[{\"a\":1}]"));
    CHECK_STR(json_place(test_ctx_plain()->arena, &root->v[0].v[0]), S("[0].a"));
}

TEST(json, a_key_told_twice_is_refused_with_its_line)
{
    Ctx *c = test_ctx_plain();
    CHECK_ERR(read_err(c, S("{\n\"a\":1,\n\"a\":2}")), E_INVALID);
    CHECK_STR(problem_text(c, S("line 3")), S("Den samme nøgle står to gange."));
}

TEST(json, broken_texts_are_refused)
{
    static const Str broken[] = {
        S_INIT(""),
        S_INIT("{"),
        S_INIT("{} {}"),
        S_INIT("1"),
        S_INIT("{\"a\":1e999}"),
        S_INIT("{\"a\":NaN}"),
        S_INIT("{\"a\":01}"),
        S_INIT("{\"a\":\"\\u0000\"}"),
        S_INIT("{\"a\":\"\xff\"}"),
        S_INIT("{'a':1}"),
        S_INIT("{\"a\":1,}"),
        S_INIT("{\"a\":92233720368547758070}"),
        S_INIT("[\"\xed\xa0\x80\"]"),
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        Ctx *c = test_ctx_plain();
        CHECK_ERR(read_err(c, broken[i]), E_INVALID);
        ctx_forgive(c);
    }
}

static Str nested(Ctx *c, int depth)
{
    Buf b = buf_new(c->arena, 4000);
    for (int i = 0; i < depth; i++) buf_add_char(&b, '[');
    for (int i = 0; i < depth; i++) buf_add_char(&b, ']');
    return buf_str(&b);
}

TEST(json, depth_has_a_limit)
{
    Ctx *c = test_ctx_plain();
    CHECK_OK(read_err(c, nested(c, JSON_DEPTH)));
    CHECK_ERR(read_err(c, nested(c, JSON_DEPTH + 1)), E_INVALID);
}

TEST(json, brackets_in_a_text_are_no_depth)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(c, S("[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"));
    CHECK_INT(root->v[0].text.n, 41);
}

TEST(json, values_have_a_limit)
{
    Ctx *c = test_ctx_plain();
    Buf b = buf_new(c->arena, 3 << 20);
    buf_add_char(&b, '[');
    for (int i = 0; i < JSON_VALUES; i++) buf_add(&b, S("1,"));
    buf_add(&b, S("1]"));
    const Json *root = NULL;
    CHECK_ERR(json_read(c, buf_str(&b), 3 << 20, &root), E_INVALID);
}

TEST(json, bytes_have_a_limit)
{
    const Json *root = NULL;
    CHECK_ERR(json_read(test_ctx_plain(), S("[1,2,3]"), 6, &root), E_TOO_LARGE);
}

TEST(json, unknown_keys_are_told_with_their_places)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(c, S("{\"a\":[{\"b\":1,\"c\":2}]}"));
    JSON_KNOWN(c, &root->v[0].v[0], S("b"));
    CHECK_STR(problem_text(c, S("a[0].c")), S("Ukendt nøgle."));
    CHECK(c->problems->next == NULL);
}

TEST(json, readers_tell_every_fault_and_go_on)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(
        c, S("{\"t\":7,\"long\":\"abc\",\"i\":1.5,\"far\":11,\"l\":{},\"b\":\"ja\",\"share\":2,\"blank\":\" \"}"));
    CHECK_STR(json_text(c, root, S("none"), JSON_NEEDED, 10), S(""));
    CHECK_STR(json_text(c, root, S("t"), JSON_NEEDED, 10), S(""));
    CHECK_STR(json_text(c, root, S("long"), JSON_NEEDED, 2), S(""));
    CHECK_INT(json_i64(c, root, S("i"), JSON_NEEDED, 0, 10, -1), -1);
    CHECK_INT(json_i64(c, root, S("far"), JSON_NEEDED, 0, 10, -1), -1);
    CHECK(json_list(c, root, S("l"), JSON_NEEDED, 10) == NULL);
    CHECK(json_bool(c, root, S("b"), true));
    CHECK_NEAR(json_f64(c, root, S("share"), JSON_NEEDED, 0, 1, 0.5), 0.5, 0);
    json_text(c, root, S("blank"), JSON_NEEDED, 10);
    CHECK_STR(problem_text(c, S("none")), S("Mangler."));
    CHECK_STR(problem_text(c, S("t")), S("Her skal stå en tekst."));
    CHECK_STR(problem_text(c, S("long")), S("Teksten er for lang. Skriv højst {1} tegn."));
    CHECK_STR(problem_text(c, S("i")), S("Her skal stå et helt tal."));
    CHECK_STR(problem_text(c, S("far")), S("Tallet skal være fra {1} til {2}."));
    CHECK_STR(problem_text(c, S("l")), S("Her skal stå en liste."));
    CHECK_STR(problem_text(c, S("b")), S("Her skal stå true eller false."));
    CHECK_STR(problem_text(c, S("share")), S("Tallet skal være fra {1} til {2}."));
    CHECK_STR(problem_text(c, S("blank")), S("Her mangler en tekst."));
    CHECK_ERR(ctx_check(c), E_INVALID);
}

TEST(json, what_is_absent_and_optional_is_no_fault)
{
    Ctx *c = test_ctx_plain();
    const Json *root = read_good(c, S("{\"t\":null,\"share\":1}"));
    CHECK_STR(json_text(c, root, S("t"), JSON_OPTIONAL, 10), S(""));
    CHECK_INT(json_i64(c, root, S("i"), JSON_OPTIONAL, 0, 10, 4), 4);
    CHECK(json_map(c, root, S("m"), JSON_OPTIONAL, 10) == NULL);
    CHECK_NEAR(json_f64(c, root, S("share"), JSON_NEEDED, 0, 1, 0.5), 1, 0);
    CHECK_STR(json_text(c, NULL, S("t"), JSON_NEEDED, 10), S(""));
    CHECK_OK(ctx_check(c));
}

TEST(json, problems_of_a_file_have_a_limit)
{
    Ctx *c = test_ctx_plain();
    Buf b = buf_new(c->arena, 10000);
    buf_add(&b, S("{\"k0\":1"));
    for (int i = 1; i < 2 * JSON_PROBLEMS; i++) {
        buf_add(&b, S(",\"k"));
        buf_add_i64(&b, i);
        buf_add(&b, S("\":1"));
    }
    buf_add_char(&b, '}');
    json_known(c, read_good(c, buf_str(&b)), NULL, 0);
    int n = 0;
    for (const Problem *p = c->problems; p; p = p->next) n++;
    CHECK_INT(n, JSON_PROBLEMS);
}
