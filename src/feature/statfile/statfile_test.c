/* Two halves: rules of FORMATS §5 on small texts, which always run, and R's
   answers on real data (data/open/ref beside the checkout). */
#include "feature/statfile/statfile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/number.h"
#include "feature/statfile/statfile_table.h"
#include "test.h"

enum { OUT_MAX = 4 << 20 };

static Str compute(Str kind, Str text)
{
    Ctx *c = test_ctx_plain();
    Buf out = buf_new(c->arena, OUT_MAX);
    CHECK_OK(statfile_compute(c, kind, text, &out));
    return buf_str(&out);
}

static void check_refused(Str kind, Str text, Str why)
{
    Ctx *c = test_ctx_plain();
    ctx_forgive(c);
    Buf out = buf_new(c->arena, 4096);
    CHECK_ERR(statfile_compute(c, kind, text, &out), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, why);
}

/* A CSV table in memory, header first. */
typedef struct Sheet {
    CsvRow row[2000];
    ptrdiff_t n;
} Sheet;

static Sheet *sheet_of(Str text)
{
    Ctx *c = test_ctx_plain();
    Sheet *s = NEW(c->arena, Sheet, 1);
    Csv csv = csv_open(text, ',');
    while (s->n < COUNT_OF(s->row) && csv_next(&csv, c->arena, &s->row[s->n])) s->n++;
    CHECK_INT(csv.fault, CSV_NO_FAULT);
    CHECK(s->n >= 1 && s->n < COUNT_OF(s->row));
    return s;
}

static Str cell(const Sheet *s, ptrdiff_t row, const char *column)
{
    ptrdiff_t k = csv_column(&s->row[0], str_of_z(column));
    if (k < 0) print_error("no column %s\n", column);
    CHECK(k >= 0 && row < s->n && k < s->row[row].n);
    return s->row[row].v[k];
}

/* ---- rules on small texts ---------------------------------------------- */

TEST(statfile, share_of_the_domain)
{
    Sheet *s = sheet_of(compute(S("share"), S("id,x,n,N\na,18,25,40\nb,18,25,\nc,6,6,6\n")));
    CHECK_STR(s->row[0].raw,
              S("id,share,wilson_low,wilson_high,fpc_low,fpc_high,clopper_low,clopper_high,note"));
    CHECK_STR(cell(s, 1, "share"), S("0.71999999999999997"));
    double low = 0;
    CHECK(str_f64(cell(s, 1, "fpc_low"), &low));
    CHECK_NEAR(low, 0.600951, 5e-7);
    CHECK_STR(cell(s, 2, "fpc_low"), S(""));
    CHECK_STR(cell(s, 2, "note"), S(""));
    CHECK_STR(cell(s, 3, "fpc_low"), S("1"));
    CHECK_STR(cell(s, 3, "fpc_high"), S("1"));
    CHECK_STR(cell(s, 3, "wilson_high"), S("1"));
}

TEST(statfile, columns_in_any_order_and_others_passed_over)
{
    Str a = compute(S("share"), S("id,x,n\nq,1,4\n"));
    CHECK_STR(compute(S("share"), S("n,why,x,id\n4,\"a, b\",1,q\n")), a);
    CHECK_STR(compute(S("share"), S("\xef\xbb\xbfid,x,n\r\nq,1,4\r\n")), a);
    CHECK_STR(compute(S("share"), S("id,x,n\r\nq,1,4")), a);
    CHECK_STR(compute(S("share"), S("\"id\",\"x\",\"n\"\n\"q\",\"1\",\"4\"\n\n")), a);
}

TEST(statfile, id_comes_back_unchanged)
{
    Str text = S("id,b,c\n\"a, \"\"b\"\"\",1,0\n\"two\nlines\",2,2\n æ ,3,3\n,4,4\n");
    CHECK_STR(compute(S("paired"), text),
              S("id,p_mcnemar_exact,note\n\"a, \"\"b\"\"\",1,\n\"two\nlines\",1,\n æ ,1,\n,1,\n"));
}

TEST(statfile, header_alone_gives_a_header)
{
    CHECK_STR(compute(S("paired"), S("id,b,c\n")), S("id,p_mcnemar_exact,note\n"));
    CHECK(str_starts(compute(S("compare"), S("id,x1,n1,x2,n2")), S("id,difference,")));
}

TEST(statfile, impossible_shares_say_why)
{
    CHECK_STR(compute(S("share"), S("id,x,n,N\n1,a,5,\n2,2.5,5,\n3,-1,5,\n4,6,5,\n5,0,0,\n6,1,5,4\n7,1,5,x\n"
                                    "8,,5,\n9,1,1000000000001,\n10,nan,5,\n11,1,-3,\n12,1,5,4.5\n")),
              S("id,share,wilson_low,wilson_high,fpc_low,fpc_high,clopper_low,clopper_high,note\n"
                "1,,,,,,,,x is not a whole number\n"
                "2,,,,,,,,x is not a whole number\n"
                "3,,,,,,,,x is negative\n"
                "4,,,,,,,,x is larger than n\n"
                "5,,,,,,,,n is 0\n"
                "6,,,,,,,,n is larger than N\n"
                "7,,,,,,,,N is not a whole number\n"
                "8,,,,,,,,x is not a whole number\n"
                "9,,,,,,,,n is larger than 1000000000000\n"
                "10,,,,,,,,x is not a whole number\n"
                "11,,,,,,,,n is negative\n"
                "12,,,,,,,,N is not a whole number\n"));
}

TEST(statfile, impossible_pairs_and_means_say_why)
{
    CHECK_STR(compute(S("paired"), S("id,b,c\n1,0,0\n2,-1,1\n3,1,\n4,8,8\n")),
              S("id,p_mcnemar_exact,note\n1,,b + c is 0\n2,,b is negative\n3,,c is not a whole number\n4,1,\n"));
    Str head = S("id,difference,se,t,df,p,low,high,note\n");
    Str rows = S("1,,,,,,,,n1 is less than 2\n2,,,,,,,,s2 is negative\n3,,,,,,,,s1 and s2 are both 0\n"
                 "4,,,,,,,,m1 is not a number\n5,,,,,,,,n2 is not a whole number\n6,,,,,,,,m2 is not a number\n");
    CHECK_STR(compute(S("mean"), S("id,m1,s1,n1,m2,s2,n2\n1,3,1,1,3,1,5\n2,3,1,5,3,-1,5\n3,3,0,5,4,0,5\n"
                                   "4,inf,1,5,3,1,5\n5,3,1,5,3,1,5.5\n6,3,1,5,0x1,1,5\n")),
              STR_CAT(test_ctx_plain()->arena, head, rows));
}

TEST(statfile, impossible_comparison_is_in_no_family)
{
    Sheet *with = sheet_of(compute(S("compare"), S("id,x1,n1,x2,n2\na,62,100,78,104\nb,5,4,1,2\nc,60,500,125,520\n")));
    Sheet *without = sheet_of(compute(S("compare"), S("id,x1,n1,x2,n2\na,62,100,78,104\nc,60,500,125,520\n")));
    CHECK_STR(with->row[1].raw, without->row[1].raw);
    CHECK_STR(with->row[2].raw, S("b,,,,,,,,,,,,,,x1 is larger than n1"));
    CHECK_STR(with->row[3].raw, without->row[2].raw);
}

TEST(statfile, families_are_adjusted_apart)
{
    Sheet *s = sheet_of(compute(S("compare"), S("id,x1,n1,x2,n2,family\na,62,100,78,104,k\nb,60,500,125,520,l\n"
                                                "c,62,100,78,104,k\nd,62,100,78,104,\n")));
    double p = 0, holm = 0, bh = 0;
    CHECK(str_f64(cell(s, 1, "p"), &p) && str_f64(cell(s, 1, "holm"), &holm) && str_f64(cell(s, 1, "bh"), &bh));
    CHECK_NEAR(holm, 2 * p, 1e-15);
    CHECK_NEAR(bh, p, 1e-15);
    CHECK_STR(cell(s, 2, "p"), cell(s, 2, "holm"));
    CHECK_STR(cell(s, 4, "p"), cell(s, 4, "holm"));
}

TEST(statfile, figure_that_does_not_exist_is_empty)
{
    Sheet *s = sheet_of(compute(S("compare"), S("id,x1,n1,x2,n2\na,0,10,0,12\nb,3,10,0,12\n")));
    CHECK_STR(cell(s, 1, "z"), S(""));
    CHECK_STR(cell(s, 1, "p_z"), S(""));
    CHECK_STR(cell(s, 1, "test"), S("fisher"));
    CHECK_STR(cell(s, 1, "p"), S("1"));
    CHECK_STR(cell(s, 1, "difference"), S("0"));
    CHECK_STR(cell(s, 1, "ratio"), S(""));
    CHECK_STR(cell(s, 2, "ratio"), S("0"));
    CHECK_STR(cell(s, 2, "ratio_high"), S(""));
    CHECK_STR(cell(s, 2, "note"), S(""));
}

TEST(statfile, cluster_refuses_what_it_cannot_read)
{
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\nb,2,x,3\n"), S("line 3: x is not a whole number"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,4,3\nb,2,1,3\n"), S("line 2: x is larger than n"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\nb,2,1,3\nc,3,1,1\n"), S("line 4: a third group"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\na,2,1,3\n"), S("the unit stands twice: a"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\nb,1,1,3\n"), S("two groups are needed"));
    check_refused(S("cluster"), S("unit,group,x,n\n"), S("two groups are needed"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\n,2,1,3\n"), S("line 3: unit is empty"));
    check_refused(S("cluster"), S("unit,group,x,n\na,1,2,3\nb,,1,3\n"), S("line 3: group is empty"));
}

TEST(statfile, cluster_leaves_out_units_without_answers)
{
    Str a = compute(S("cluster"), S("unit,group,x,n\na,1,2,3\nb,2,1,3\nc,2,4,5\n"));
    CHECK_STR(compute(S("cluster"), S("unit,group,x,n\na,1,2,3\nz,1,0,0\nb,2,1,3\nc,2,4,5\n")), a);
    CHECK_STR(cell(sheet_of(a), 1, "df"), S("1"));
}

TEST(statfile, no_table_no_result)
{
    check_refused(S("share"), S(""), S("the file is empty"));
    check_refused(S("share"), S("\xef\xbb\xbf\r\n"), S("the file is empty"));
    check_refused(S("share"), S("id,x\na,1\n"), S("the column is missing: n"));
    check_refused(S("share"), S("id;x;n\na;1;2\n"), S("the column is missing: id"));
    check_refused(S("share"), S("id,x,n,x\na,1,2,1\n"), S("the column stands twice: x"));
    check_refused(S("share"), S("id,x,n\na,1,2\nb,1\n"), S("line 3: another number of fields than the header"));
    check_refused(S("share"), S("id,x,n\na,1,2,\n"), S("line 2: another number of fields than the header"));
    check_refused(S("share"), S("id,x,n\na,1,2\nb\xff,1,2\n"), S("line 3: not UTF-8"));
    check_refused(S("share"), S("id,x,n,\xff\na,1,2,3\n"), S("line 1: not UTF-8"));
    check_refused(S("share"), S("id,x,n\n\"a,1,2\n"),
                  S("line 2: a quote that is not closed, or text after a closing quote"));
}

TEST(statfile, too_large_a_result_is_an_error)
{
    Ctx *c = test_ctx_plain();
    Buf out = buf_new(c->arena, 40);
    CHECK_ERR(statfile_compute(c, S("paired"), S("id,b,c\na,1,2\nb,3,4\n"), &out), E_TOO_LARGE);
}

static Err run(const Str *words, ptrdiff_t n, Buf *out)
{
    ctx_forgive(test_ctx_plain());
    return statfile_commands[0].run(test_ctx_plain(), (Args){.v = words, .n = n}, out);
}

TEST(statfile, wrong_use_is_told_apart_from_failure)
{
    Ctx *c = test_ctx_plain();
    Buf out = buf_new(c->arena, OUT_MAX);
    CHECK_ERR(run((Str[]){S("kaffe"), S("no.csv")}, 2, &out), E_INVALID);
    CHECK_STR(c->message.arg[0].s, S("unknown kind kaffe"));
    CHECK_ERR(run((Str[]){S("Share"), S("no.csv")}, 2, &out), E_INVALID);
    CHECK_ERR(run((Str[]){S("share")}, 1, &out), E_INVALID);
    CHECK_ERR(run(NULL, 0, &out), E_INVALID);
    CHECK_ERR(run((Str[]){S("share"), S("a.csv"), S("b.csv")}, 3, &out), E_INVALID);
    CHECK_ERR(run((Str[]){S("share"), S("no-such-file.csv")}, 2, &out), E_CONFLICT);
    CHECK_STR(c->message.arg[0].s, S("no-such-file.csv: No such file or directory"));
    CHECK_ERR(run((Str[]){S("share"), S("/dev/null")}, 2, &out), E_CONFLICT);
    CHECK_ERR(run((Str[]){S("share"), S("/")}, 2, &out), E_CONFLICT);
    CHECK_INT(out.n, 0);
}

/* A file of ours with `text` in it, gone again when closed. */
static Str temporary_file(Str text, int *ret_file)
{
    char path[] = "/tmp/traad-statfile-XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0);
    CHECK_INT(write(file, text.p, (size_t)text.n), text.n);
    *ret_file = file;
    return str_copy(test_ctx_plain()->arena, str_of_z(path));
}

TEST(statfile, command_reads_a_file_and_leaves_nothing_on_failure)
{
    Ctx *c = test_ctx_plain();
    Buf out = buf_new(c->arena, OUT_MAX);
    int file = -1;
    Str good = temporary_file(S("id,b,c\na,14,5\n"), &file);
    CHECK_OK(run((Str[]){S("paired"), good}, 2, &out));
    CHECK_STR(buf_str(&out), compute(S("paired"), S("id,b,c\na,14,5\n")));
    unlink(str_z(c->arena, good));
    close(file);
    out.n = 0;
    Str bad = temporary_file(S("unit,group,x,n\na,1,2,3\nb,2,9,3\n"), &file);
    CHECK_ERR(run((Str[]){S("cluster"), bad}, 2, &out), E_CONFLICT);
    CHECK_INT(out.n, 0);
    Str empty = temporary_file(S(""), &file);
    CHECK_ERR(run((Str[]){S("cluster"), empty}, 2, &out), E_CONFLICT);
    unlink(str_z(c->arena, bad));
    unlink(str_z(c->arena, empty));
    close(file);
}

/* ---- R's answers on real data ------------------------------------------ */

typedef enum Tolerance {
    EXACT_12,    /* 1e-12 of max(1, |value|) */
    NEAR_9,      /* 1e-9 of max(1, |value|) */
    RELATIVE_9,  /* 1e-9 of the value, however small: p-values */
    SAME_TEXT,
} Tolerance;

/* A column of the reference, and the one of ours that must equal it. */
typedef struct Pair {
    const char *theirs, *ours;
    Tolerance tolerance;
} Pair;

static bool is_near(Str theirs, Str ours, Tolerance tolerance)
{
    double a = 0, b = 0;
    if (tolerance == SAME_TEXT || theirs.n == 0) return str_eq(theirs, ours);
    if (!str_f64(theirs, &a) || !str_f64(ours, &b)) return false;
    if (tolerance == RELATIVE_9) return fabs(a - b) <= 1e-9 * fabs(a);
    return fabs(a - b) <= (tolerance == EXACT_12 ? 1e-12 : 1e-9) * fmax(1, fabs(a));
}

static void check_sheets(const Sheet *theirs, const Sheet *ours, const Pair *pairs, ptrdiff_t n)
{
    CHECK_INT(theirs->n, ours->n);
    CHECK(theirs->n > 1);
    for (ptrdiff_t row = 1; row < theirs->n; row++)
        for (ptrdiff_t k = 0; k < n; k++) {
            Str a = cell(theirs, row, pairs[k].theirs), b = cell(ours, row, pairs[k].ours);
            if (is_near(a, b, pairs[k].tolerance)) continue;
            print_error("row %td %s: theirs %.*s, ours %.*s\n", row, pairs[k].ours, (int)a.n, a.p, (int)b.n, b.p);
            CHECK(false);
        }
}

static Str reference(const char *name)
{
    Ctx *c = test_ctx_plain();
    Str path = {0};
    Str relative = STR_CAT(c->arena, S("data/open/ref/"), str_of_z(name));
    if (!test_shared(str_z(c->arena, relative), &path)) test_skip("the real data is not beside the checkout");
    Str text = test_file(path);
    CHECK(text.p);
    return text;
}

/* The text with a column of its header called otherwise. */
static Str renamed(Str text, const char *from, const char *to)
{
    Ctx *c = test_ctx_plain();
    Str old = STR_CAT(c->arena, S("\""), str_of_z(from), S("\""));
    ptrdiff_t at = str_find(text, old, 0);
    CHECK(at >= 0 && at < str_find_char(text, '\n', 0));
    return STR_CAT(c->arena, str_sub(text, 0, at), str_of_z(to), str_sub(text, at + old.n, text.n));
}

static void check_reference(Str kind, Str input, Str theirs, const Pair *pairs, ptrdiff_t n)
{
    check_sheets(sheet_of(theirs), sheet_of(compute(kind, input)), pairs, n);
}

static void check_share(const char *name)
{
    static const Pair pairs[] = {
        {"item", "id", SAME_TEXT},          {"share", "share", EXACT_12},
        {"wilson_lo", "wilson_low", EXACT_12}, {"wilson_hi", "wilson_high", EXACT_12},
        {"clopper_lo", "clopper_low", EXACT_12}, {"clopper_hi", "clopper_high", EXACT_12},
    };
    Str text = reference(name);
    check_reference(S("share"), renamed(renamed(text, "item", "id"), "agree", "x"), text, pairs, COUNT_OF(pairs));
}

TEST(reference, share_bfi_gender) { check_share("bfi_by_gender_items.csv"); }
TEST(reference, share_bfi_age) { check_share("bfi_by_ageband_items.csv"); }
TEST(reference, share_bhr_units) { check_share("bhr2000_units1to25_items.csv"); }

static void check_fpc(const char *name)
{
    static const Pair pairs[] = {
        {"share", "share", EXACT_12},
        {"wilson_fpc_lo", "fpc_low", EXACT_12},
        {"wilson_fpc_hi", "fpc_high", EXACT_12},
    };
    Str text = reference(name);
    check_reference(S("share"), renamed(renamed(text, "item", "id"), "agree", "x"), text, pairs, COUNT_OF(pairs));
}

TEST(reference, fpc_bfi_gender) { check_fpc("bfi_by_gender_fpc.csv"); }
TEST(reference, fpc_talis) { check_fpc("talis_us_fpc.csv"); }

static void check_compare(const char *name)
{
    static const Pair always[] = {
        {"id", "id", SAME_TEXT},
        {"difference", "difference", EXACT_12},
        {"newcombe_low", "newcombe_low", EXACT_12},
        {"newcombe_high", "newcombe_high", EXACT_12},
        {"z", "z", EXACT_12},
        {"p_z", "p_z", RELATIVE_9},
        {"p_fisher", "p_fisher", RELATIVE_9},
        {"test", "test", SAME_TEXT},
        {"p", "p", RELATIVE_9},
        {"ratio", "ratio", EXACT_12},
        {"ratio_low", "ratio_low", NEAR_9},
        {"ratio_high", "ratio_high", NEAR_9},
        {"bh_family", "bh", RELATIVE_9},
        {"holm_family", "holm", RELATIVE_9},
    };
    static const Pair whole_file[] = {{"bh", "bh", RELATIVE_9}, {"holm", "holm", RELATIVE_9}};
    Str text = reference(name);
    check_reference(S("compare"), text, text, always, COUNT_OF(always));
    check_reference(S("compare"), renamed(text, "family", "section"), text, whole_file, COUNT_OF(whole_file));
}

TEST(reference, compare_bfi_age) { check_compare("stats_compare_bfi_ageband_vs_rest_bh.csv"); }
TEST(reference, compare_bfi_small) { check_compare("stats_compare_bfi_first60_small.csv"); }
TEST(reference, compare_bfi_gender) { check_compare("stats_compare_bfi_male_vs_female_tests.csv"); }
TEST(reference, compare_bhr_units) { check_compare("stats_compare_bhr2000_units1to25_vs_rest_bh.csv"); }
TEST(reference, compare_housing) { check_compare("stats_compare_housing_high_vs_rest.csv"); }

static void check_paired(const char *name)
{
    static const Pair pairs[] = {{"p_mcnemar_exact", "p_mcnemar_exact", RELATIVE_9}};
    Str text = reference(name);
    Str input = renamed(renamed(renamed(text, "item", "id"), "left_agree", "b"), "joined_agree", "c");
    check_reference(S("paired"), input, text, pairs, COUNT_OF(pairs));
}

TEST(reference, paired_univbct_01) { check_paired("univbct_wave0_wave1_paired_ge3.5.csv"); }
TEST(reference, paired_univbct_02) { check_paired("univbct_wave0_wave2_paired_ge3.5.csv"); }

static void check_cluster(const char *input, const char *theirs)
{
    static const Pair pairs[] = {
        {"difference", "difference", NEAR_9}, {"se", "se", NEAR_9},   {"t", "t", NEAR_9},
        {"df", "df", SAME_TEXT},              {"p", "p", RELATIVE_9}, {"low", "low", NEAR_9},
        {"high", "high", NEAR_9},             {"icc", "icc", NEAR_9}, {"n0", "n0", NEAR_9},
        {"deff", "deff", NEAR_9},
    };
    check_reference(S("cluster"), reference(input), reference(theirs), pairs, COUNT_OF(pairs));
}

TEST(reference, cluster_domain)
{
    check_cluster("stats_cluster_domain_5_5_input.csv", "stats_cluster_domain_5_5.csv");
}
TEST(reference, cluster_exam) { check_cluster("stats_cluster_exam_type_input.csv", "stats_cluster_exam_type.csv"); }
TEST(reference, cluster_bhr)
{
    check_cluster("stats_cluster_bhr2000_AF06_third_unit_input.csv", "stats_cluster_bhr2000_AF06_third_unit.csv");
}
TEST(reference, cluster_talis)
{
    check_cluster("stats_cluster_talis_us_Stsf_even_odd_input.csv", "stats_cluster_talis_us_Stsf_even_odd.csv");
}

static void check_mean(const char *name)
{
    static const Pair pairs[] = {
        {"id", "id", SAME_TEXT}, {"difference", "difference", NEAR_9}, {"se", "se", NEAR_9},
        {"t", "t", NEAR_9},      {"df", "df", NEAR_9},                 {"p", "p", RELATIVE_9},
        {"low", "low", NEAR_9},  {"high", "high", NEAR_9},
    };
    Str text = reference(name);
    check_reference(S("mean"), text, text, pairs, COUNT_OF(pairs));
}

TEST(reference, mean_bfi) { check_mean("stats_mean_bfi_gender.csv"); }
TEST(reference, mean_exam) { check_mean("stats_mean_exam.csv"); }
TEST(reference, mean_univbct) { check_mean("stats_mean_univbct_t0_t2.csv"); }

/* ---- funnel, wait, agree ----------------------------------------------- */

TEST(statfile, funnel_target_of_the_domain)
{
    Sheet *s = sheet_of(compute(S("funnel"), S("id,x,n,target\na,41,450,0.055\nb,10,100,0.055\nc,3,5,1\nd,1,2,2\n")));
    double v = 0;
    CHECK(str_f64(cell(s, 1, "z"), &v));
    CHECK_NEAR(v, 3.360, 5e-4);
    static const struct {
        const char *column;
        double value;
    } of_100[] = {{"low95", 0.0103},      {"high95", 0.0997},      {"low998", 0},       {"high998", 0.1254},
                  {"exact_low95", 0.0102}, {"exact_high95", 0.0988}, {"exact_low998", 0}, {"exact_high998", 0.1321}};
    for (int i = 0; i < COUNT_OF(of_100); i++) {
        CHECK(str_f64(cell(s, 2, of_100[i].column), &v));
        CHECK_NEAR(v, of_100[i].value, 6e-5);
    }
    CHECK_STR(s->row[3].raw, S("c,0.59999999999999998,,,,,,,,,,,,"));
    CHECK_STR(s->row[4].raw, S("d,,,,,,,,,,,,,target is not between 0 and 1"));
}

TEST(statfile, impossible_row_is_not_in_the_pooled_share)
{
    Sheet *with = sheet_of(compute(S("funnel"), S("id,x,n\na,3,10\nb,9,4\nc,6,10\n")));
    Sheet *without = sheet_of(compute(S("funnel"), S("id,x,n\na,3,10\nc,6,10\n")));
    CHECK_STR(with->row[1].raw, without->row[1].raw);
    CHECK_STR(with->row[2].raw, S("b,,,,,,,,,,,,,x is larger than n"));
    CHECK_STR(with->row[3].raw, without->row[2].raw);
}

TEST(statfile, wait_keeps_the_order_of_groups_and_pads_the_curve)
{
    Str text = S("id,days,event,group\n1,5,done,b\n2,3,open,a\n3,9,done,b\n4,1,withdrawn,a\n");
    Sheet *s = sheet_of(compute(S("wait"), text));
    CHECK_INT(s->n, 5);
    CHECK_STR(s->row[1].raw, S("b,2,2,0,5,5,,5,5,,9,5,,9,5,"));
    CHECK_STR(s->row[2].raw, S("a,2,0,1,,,,,,,,,,,,"));
    CHECK(str_starts(s->row[3].raw, S("#S,b,5,0.5,")) && str_ends(s->row[3].raw, S(",,,,,,,,,,")));
    CHECK_STR(s->row[4].raw, S("#S,b,9,0,,,,,,,,,,,,"));
    for (int i = 1; i < 5; i++) CHECK_INT(s->row[i].n, s->row[0].n);
    /* S = 1/2, Greenwood 1/(2·1): (1/2)^exp(±1.96·√(1/2)/log 2) */
    double low = 0, high = 0, half = 1.959963984540054 * M_SQRT1_2 / M_LN2;
    CHECK(str_f64(s->row[3].v[4], &low) && str_f64(s->row[3].v[5], &high));
    CHECK_NEAR(low, exp2(-exp(half)), 1e-15);
    CHECK_NEAR(high, exp2(-exp(-half)), 1e-15);
}

TEST(statfile, wait_and_agree_refuse_or_pass_over)
{
    check_refused(S("wait"), S("id,days,event\n1,x,done\n"), S("line 2: days is not a number"));
    check_refused(S("wait"), S("id,days,event\n1,-1,done\n"), S("line 2: days is negative"));
    check_refused(S("wait"), S("id,days,event\n1,1,Done\n"), S("line 2: event is not done, open or withdrawn"));
    CHECK_STR(compute(S("agree"), S("rater1,rater2\na,a\n,b\nb,\n")), S("n,po,pe,kappa,alpha_nominal\n1,1,1,,\n"));
    CHECK_STR(compute(S("agree"), S("rater1,rater2\n")), S("n,po,pe,kappa,alpha_nominal\n0,,,,\n"));
}

static void check_funnel(const char *name)
{
    static const Pair pairs[] = {
        {"id", "id", SAME_TEXT},                  {"share", "share", EXACT_12},
        {"z", "z", EXACT_12},                     {"low95", "low95", EXACT_12},
        {"high95", "high95", EXACT_12},           {"low998", "low998", EXACT_12},
        {"high998", "high998", EXACT_12},         {"exact_low95", "exact_low95", NEAR_9},
        {"exact_high95", "exact_high95", NEAR_9}, {"exact_low998", "exact_low998", NEAR_9},
        {"exact_high998", "exact_high998", NEAR_9}, {"phi", "phi", NEAR_9},
        {"z_adjusted", "z_adjusted", NEAR_9},
    };
    Str text = reference(name);
    check_reference(S("funnel"), text, text, pairs, COUNT_OF(pairs));
}

TEST(reference, funnel_apipop) { check_funnel("stats_funnel_apipop_county_target_share_funnel.csv"); }
TEST(reference, funnel_bhr) { check_funnel("stats_funnel_bhr2000_AF06_funnel_share.csv"); }
TEST(reference, funnel_bhr_40) { check_funnel("stats_funnel_bhr2000_AF06_target40.csv"); }
TEST(reference, funnel_vote_2017) { check_funnel("stats_funnel_skolevalg_2017_turnout_kommune_funnel.csv"); }
TEST(reference, funnel_vote_2019) { check_funnel("stats_funnel_skolevalg_2019_turnout_kommune_funnel.csv"); }
TEST(reference, funnel_vote_schools) { check_funnel("stats_funnel_skolevalg_2019_turnout_school_funnel.csv"); }
TEST(reference, funnel_small) { check_funnel("stats_funnel_small_shares_own_targets.csv"); }

/* The part of the result whose first field is "#S" or is not, with another header. */
static Str part_of(Str result, bool is_curve, Str header)
{
    Buf b = buf_new(test_ctx_plain()->arena, OUT_MAX);
    Str rest = result, line = {0};
    buf_add(&b, header);
    str_split(&rest, '\n', &line);
    while (str_split(&rest, '\n', &line)) {
        if (str_starts(line, S("#S,")) != is_curve) continue;
        buf_add(&b, line);
        buf_add_char(&b, '\n');
    }
    return buf_str(&b);
}

static void check_wait(const char *input, const char *groups, const char *curve)
{
    static const Pair of_group[] = {
        {"group", "group", SAME_TEXT},   {"n", "n", SAME_TEXT},
        {"done", "done", SAME_TEXT},     {"open", "open", SAME_TEXT},
        {"p25", "p25", SAME_TEXT},       {"p25_low", "p25_low", SAME_TEXT},
        {"p25_high", "p25_high", SAME_TEXT}, {"median", "median", SAME_TEXT},
        {"median_low", "median_low", SAME_TEXT}, {"median_high", "median_high", SAME_TEXT},
        {"p75", "p75", SAME_TEXT},       {"p75_low", "p75_low", SAME_TEXT},
        {"p75_high", "p75_high", SAME_TEXT}, {"p90", "p90", SAME_TEXT},
        {"p90_low", "p90_low", SAME_TEXT}, {"p90_high", "p90_high", SAME_TEXT},
    };
    static const Pair of_curve[] = {
        {"group", "group", SAME_TEXT}, {"days", "days", SAME_TEXT}, {"S", "S", EXACT_12},
        {"low", "low", EXACT_12},      {"high", "high", EXACT_12},
    };
    Str ours = compute(S("wait"), reference(input));
    Str header = str_sub(ours, 0, str_find_char(ours, '\n', 0) + 1);
    check_sheets(sheet_of(reference(groups)), sheet_of(part_of(ours, false, header)), of_group, COUNT_OF(of_group));
    check_sheets(sheet_of(reference(curve)), sheet_of(part_of(ours, true, S("#,group,days,S,low,high\n"))), of_curve,
                 COUNT_OF(of_curve));
}

TEST(reference, wait_domain)
{
    check_wait("stats_wait_domain_5_10_input.csv", "stats_wait_domain_5_10.csv", "stats_wait_domain_5_10_curve.csv");
}
TEST(reference, wait_by_blood_group)
{
    check_wait("stats_wait_1990_1994_by_abo_input.csv", "stats_wait_1990_1994_by_abo.csv",
               "stats_wait_1990_1994_by_abo_curve.csv");
}
TEST(reference, wait_by_year)
{
    check_wait("stats_wait_1990_1994_by_year_input.csv", "stats_wait_1990_1994_by_year.csv",
               "stats_wait_1990_1994_by_year_curve.csv");
}

/* One file holds the ratings of several tables; each is computed by itself. */
TEST(reference, agree_all_tables)
{
    static const char *const figures[] = {"n", "po", "pe", "kappa", "alpha_nominal"};
    Ctx *c = test_ctx_plain();
    Sheet *theirs = sheet_of(reference("stats_agree.csv")), *input = sheet_of(reference("stats_agree_input.csv"));
    for (ptrdiff_t table = 1; table < theirs->n; table++) {
        Buf b = buf_new(c->arena, 1 << 20);
        buf_add(&b, S("rater1,rater2\n"));
        for (ptrdiff_t i = 1; i < input->n; i++) {
            if (!str_eq(cell(input, i, "table"), cell(theirs, table, "table"))) continue;
            RowOut row = {.out = &b};
            out_text(&row, cell(input, i, "rater1"));
            out_text(&row, cell(input, i, "rater2"));
            out_end(&row);
        }
        Sheet *ours = sheet_of(compute(S("agree"), buf_str(&b)));
        for (int k = 0; k < COUNT_OF(figures); k++)
            CHECK(is_near(cell(theirs, table, figures[k]), cell(ours, 1, figures[k]), EXACT_12));
    }
}
