#include "feature/code/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/secret/secret.h"
#include "feature/code/code_letter.h"
#include "wave.h"

TEST(code, every_lowest_unit_and_role_has_one_open_code_that_stays)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes one = {0}, two = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.wants_open = true}, &one));
    CHECK_OK(code_make(c, &wave, (CodeOrder){.wants_open = true}, &two));
    CHECK_INT(one.n, 3 * 4); /* S12, S21, 3.A */
    for (ptrdiff_t i = 0; i < one.n; i++) CHECK_STR(one.v[i].code, two.v[i].code);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code"), 12);
    test_clean(c);
}

TEST(code, single_codes_are_new_every_time_and_at_or_below_the_unit)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    CodeOrder order = {.unit = {test_unit(c, "S11")}, .role = S("elev"), .single = 3};
    PlainCodes one = {0}, two = {0};
    CHECK_OK(code_make(c, &wave, order, &one));
    CHECK_OK(code_make(c, &wave, order, &two));
    CHECK_INT(one.n, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_STR(one.v[i].unit, S("S11-3A"));
        CHECK_STR(one.v[i].kind, S("single"));
        CHECK_INT(one.v[i].code.n, 19);
        for (int k = 0; k < 3; k++) CHECK(!str_eq(one.v[i].code, two.v[k].code));
    }
}

TEST(code, a_code_is_found_as_people_type_it)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes codes = {0};
    AnswerCode found = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.unit = {test_unit(c, "S12")}, .role = S("elev"), .single = 1}, &codes));
    Str code = codes.v[0].code, plain = code_plain(c, code);
    char low[20] = {0};
    for (ptrdiff_t i = 0; i < plain.n; i++) low[i] = (char)(plain.p[i] - 'A' + 'a');
    const Str typed[] = {code, plain, str_of_z(low), STR_CAT(c->arena, S(" "), code, S(" "))};
    for (ptrdiff_t i = 0; i < COUNT_OF(typed); i++) {
        CHECK_OK(code_find(c, typed[i], &found));
        CHECK_STR(found.kind, S("single"));
        CHECK_STR(found.role, S("elev"));
    }
    const Str wrong[] = {S(""), S("BCDF"), S("AEIO-AEIO-AEIO-AEIO"), S("BCDF-GHJK-LMNP-RSTV"), S("../../etc")};
    for (ptrdiff_t i = 0; i < COUNT_OF(wrong); i++) CHECK_ERR(code_find(c, wrong[i], &found), E_NOT_FOUND);
}

TEST(code, a_role_that_is_not_asked_gets_no_code)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.opens_on = c->today, .closes_on = c->today, .roles = S("personale leder")});
    PlainCodes codes = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.wants_open = true}, &codes));
    CHECK_INT(codes.n, 3 * 2);
    CHECK_ERR(code_make(c, &wave, (CodeOrder){.role = S("elev"), .single = 1}, &codes), E_INVALID);
}

TEST(code, letters_are_in_the_language_of_who_answers_and_a_list_in_that_of_who_cuts_it)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes codes = {0};
    Str letters[2] = {{0}}, list[2] = {{0}};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.unit = {test_unit(c, "S12")}, .role = S("elev"), .single = 2}, &codes));
    for (int i = 0; i < 2; i++) {
        c->lang = i ? LANG_EN : LANG_DA;
        CHECK_OK(code_letters_pdf(c, &wave, &codes, &letters[i]));
        CHECK_OK(code_class_list_pdf(c, &wave, &codes, &list[i]));
        CHECK_INT(c->lang, i ? LANG_EN : LANG_DA);
    }
    CHECK(letters[0].n > 1000 && str_eq(letters[0], letters[1]));
    CHECK(!str_eq(list[0], list[1]));
}

/* What a telephone's camera makes of a PDF's pages, an address a line; drawn as coarsely as a school's printer would. */
static Str scanned(Ctx *c, Str pdf)
{
    char folder[] = "/tmp/traad-codes-XXXXXX", path[60], command[300];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/codes.pdf", folder);
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL);
    CHECK_INT(fwrite(pdf.p, 1, (size_t)pdf.n, f), pdf.n);
    CHECK_INT(fclose(f), 0);
    snprintf(command, sizeof command, "cd %s && pdftoppm -r 150 -gray codes.pdf page && zbarimg -q --raw page* 2>/dev/null; rm -r %s", folder, folder);
    FILE *said = popen(command, "r");
    CHECK(said != NULL);
    Buf b = buf_new(c->arena, 100000);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, said);
    CHECK_INT(pclose(said), 0);
    return buf_str(&b);
}

static void check_scanned(Ctx *c, Str pdf, const PlainCodes *codes)
{
    Str said = scanned(c, pdf);
    for (ptrdiff_t i = 0; i < codes->n; i++)
        CHECK(str_find(said, STR_CAT(c->arena, code_address(c, codes->v[i].code), S("\n")), 0) >= 0);
}

TEST(code, a_camera_reads_every_code_of_the_letters_and_of_a_class_list)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes codes = {0};
    Str letters = {0}, list = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.unit = {test_unit(c, "S11-3A")}, .role = S("elev"), .single = 12}, &codes));
    CHECK_OK(code_letters_pdf(c, &wave, &codes, &letters));
    CHECK_OK(code_class_list_pdf(c, &wave, &codes, &list));
    check_scanned(c, letters, &codes);
    check_scanned(c, list, &codes);
}

/* The database administrator without the key folder: what the store says of a
   code (hash, sealed letters) leads neither to its letters nor to its mark, by
   any unkeyed hash of what is there. */
TEST(code, the_store_alone_does_not_tell_which_code_was_used)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes codes = {0};
    bool first = false;
    CHECK_OK(code_make(c, &wave, (CodeOrder){.unit = {test_unit(c, "S12")}, .role = S("elev"), .single = 1}, &codes));
    Str plain = code_plain(c, codes.v[0].code), mac = {0}, hash = {0};
    CHECK_OK(survey_mac(c, &wave, SPENT_CODE, plain, &mac));
    CHECK_OK(survey_spend(c, wave.id, mac, &first));
    Rows r = db_query_(c, &(SqlDef){.text = "SELECT code_hash FROM wave_code"}, NULL, 0);
    CHECK(db_next(&r));
    hash = db_str(&r, 0);
    CHECK_OK(db_done(&r));
    const Str guesses[] = {plain, codes.v[0].code, hash, STR_CAT(c->arena, S("code:"), plain), STR_CAT(c->arena, S("code:"), hash)};
    for (ptrdiff_t i = 0; i < COUNT_OF(guesses); i++) {
        CHECK(!str_eq(secret_hash(c, guesses[i]), mac));
        CHECK(!str_eq(secret_hash(c, guesses[i]), hash));
    }
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code k JOIN spent s ON s.mac = k.code_hash"), 0);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code WHERE instr(sealed, code_hash) > 0"), 0);
}

TEST(code, a_closed_wave_shows_no_code_and_an_archived_one_has_none)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave_open(c);
    PlainCodes codes = {0};
    AnswerCode found = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.wants_open = true}, &codes));
    CHECK_OK(survey_move(c, wave.id, WAVE_LUKKET));
    wave = test_wave_again(c, &wave);
    CHECK_ERR(code_make(c, &wave, (CodeOrder){.wants_open = true}, &codes), E_CONFLICT);
    ctx_forgive(c);
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code WHERE sealed IS NOT NULL"), 0);
    CHECK_OK(code_find(c, codes.v[0].code, &found)); /* whoever is late is told that it has closed */
    CHECK_OK(survey_move(c, wave.id, WAVE_ARKIVERET));
    CHECK_INT(test_count(c, "SELECT count(*) FROM wave_code"), 0);
    test_clean(c);
}

static void invite(Ctx *c, const Wave *wave, const char *unit, Str role, int64_t n)
{
    CHECK_OK(survey_invited_set(c, wave->id, (UnitId){test_unit(c, unit)}, role, n));
}

static bool is_anonymous(Ctx *c, const Wave *wave)
{
    Promise promise = {0};
    CHECK_OK(survey_promise(c, wave, &promise));
    return promise.is_anonymous;
}

TEST(code, a_cell_with_nobody_is_in_order_until_it_has_a_code)
{
    Ctx *c = test_store_pers();
    Wave wave = test_wave(c, (NewWave){.opens_on = c->today, .closes_on = c->today, .roles = S("personale")});
    invite(c, &wave, "S12", S(""), 20); /* one role is asked, so this is split enough */
    invite(c, &wave, "S11-3A", S("personale"), 5);
    invite(c, &wave, "S21", S("personale"), 0);
    CHECK(is_anonymous(c, &wave));
    PlainCodes codes = {0};
    CHECK_OK(code_make(c, &wave, (CodeOrder){.unit = {test_unit(c, "S21")}, .wants_open = true}, &codes));
    CHECK(!is_anonymous(c, &wave));
}
