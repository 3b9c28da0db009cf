#include "http_wave.h"

#include "base/str.h"

HTTP_TEST(code, a_lead_makes_a_wave_opens_it_and_a_school_prints_its_codes)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder");
    Str path = test_http_wave_open(&lead, "Helt ny");
    Str codes = test_http_codes(path, "S12");
    CHECK_HAS(test_get(&lead, "/maalinger"), "Helt ny");
    CHECK_HAS(test_get(&school, test_path(path, "")), "Strandmarkskolen");
    test_get(&school, test_path(codes, ""));
    CHECK_STATUS(test_post(&school, test_path(codes, ""), ""), 303);
    CHECK_HAS(test_get(&school, test_path(codes, "")), "class=\"qr\"");
    Answer pdf = test_post(&school, test_path(codes, "/pdf"), "role=personale&single=2&paper=breve");
    CHECK_STATUS(pdf, 200);
    CHECK_STR(pdf.type, S("application/pdf"));
    CHECK(str_starts(pdf.body, S("%PDF")));
    CHECK_CLEAN();
}

HTTP_TEST(code, codes_ask_again_who_one_is_and_who_has_seen_them_is_in_the_log)
{
    Browser lead = test_login("programleder"), school = test_stranger();
    Str path = test_http_wave_open(&lead, "Set");
    Str codes = test_http_codes(path, "S12");
    CHECK_STATUS(test_sign_in(&school, "skoleleder", "tre-ord-til-demo"), 303);
    static const char looks[] = "SELECT count(*) FROM audit WHERE object = 'wave_codes' AND verb = 'look' AND object_id ="
                                " (SELECT id FROM wave WHERE name = 'Set')";
    CHECK_INT(test_http_i64(looks), 0);
    CHECK_STATUS(test_get(&school, test_path(codes, "")), 200);
    CHECK_INT(test_http_i64(looks), 1);
    test_http_sql("UPDATE session SET strong_until = 0 WHERE uid = (SELECT s.uid FROM session s JOIN account a ON a.id = s.account_id"
                  " WHERE a.login = 'skoleleder' ORDER BY s.began_at DESC LIMIT 1)");
    CHECK_STATUS(test_post(&school, test_path(codes, ""), ""), 403);
    CHECK_STATUS(test_post(&school, test_path(codes, "/pdf"), "role=personale&single=2&paper=breve"), 403);
    Answer a = test_get(&school, test_path(codes, ""));
    CHECK_STATUS(a, 303);
    CHECK(str_starts(a.location, S("/bekraeft?to=%2Fkoder%2F")));
    CHECK_INT(test_http_i64(looks), 1);
}

HTTP_TEST(code, a_closed_wave_has_no_key_and_no_codes)
{
    Browser lead = test_login("programleder");
    Str path = test_http_wave_open(&lead, "Kort");
    Str codes = test_http_codes(path, "S12");
    test_get(&lead, test_path(codes, ""));
    CHECK_STATUS(test_post(&lead, test_path(codes, ""), ""), 303);
    test_get(&lead, test_path(path, "/trin/lukket"));
    CHECK_STATUS(test_post(&lead, test_path(path, "/trin/lukket"), "version=2"), 303);
    CHECK_LACKS(test_get(&lead, test_path(codes, "")), "class=\"qr\"");
    Answer late = test_get(&lead, test_path(path, "/trin/aaben"));
    CHECK_STATUS(late, 409);
    CHECK_INT(test_http_i64("SELECT count(*) FROM wave_code k JOIN wave w ON w.id = k.wave_id WHERE w.name = 'Kort' AND k.sealed IS NOT NULL"), 0);
    CHECK_CLEAN();
}

HTTP_TEST(code, a_school_reaches_its_own_codes_only)
{
    Browser lead = test_login("programleder"), school = test_login("skoleleder");
    Str path = test_http_wave_open(&lead, "Andres koder");
    CHECK_STATUS(test_get(&school, test_path(test_http_codes(path, "S12"), "")), 200);
    CHECK_STATUS(test_get(&school, test_path(test_http_codes(path, "S11"), "")), 404);
    CHECK_STATUS(test_get(&school, test_path(test_http_codes(path, "NIX"), "")), 404);
}

HTTP_TEST(code, each_lowest_unit_of_the_demonstrations_waves_under_way_has_an_open_code)
{
    static const char waves[] = "SELECT count(*) FROM wave_unit u JOIN wave w ON w.id = u.wave_id WHERE w.name LIKE '%pulsmåling%' AND u.is_lowest = 1";
    CHECK(test_http_i64(waves) > 0);
    CHECK_INT(test_http_i64(test_path(str_of_z(waves), " AND NOT EXISTS (SELECT 1 FROM wave_code k WHERE k.wave_id = w.id"
                                                       " AND k.unit_id = u.unit_id AND k.kind = 'open')")), 0);
}
