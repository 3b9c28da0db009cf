/* Hand-worked vectors of DOMAIN §5 and 50-digit values of the distributions
   (computed once with mpmath). The comparison with R on real data stands in
   feature/statfile, which reads its files. */
#include <math.h>

#include "base/number.h"
#include "stats/adjust.h"
#include "stats/agreement.h"
#include "stats/cluster.h"
#include "stats/compare.h"
#include "stats/distribution.h"
#include "stats/funnel.h"
#include "stats/label.h"
#include "stats/mean.h"
#include "stats/score.h"
#include "stats/share.h"
#include "stats/waiting.h"
#include "test.h"

#define CHECK_RELATIVE(a, b, tolerance) CHECK_NEAR((a) / (b), 1, (tolerance))
#define CHECK_INTERVAL(i, a, b, tolerance)     \
    do {                                       \
        Interval interval_ = (i);              \
        CHECK_NEAR(interval_.low, a, tolerance);  \
        CHECK_NEAR(interval_.high, b, tolerance); \
    } while (0)

TEST(distribution, normal_tail_keeps_its_digits)
{
    CHECK_RELATIVE(normal_two_sided(0.1), 0.92034432544594203266, 1e-14);
    CHECK_RELATIVE(normal_two_sided(-2), 0.045500263896358414401, 1e-14);
    CHECK_RELATIVE(normal_two_sided(8), 1.2441921148543568247e-15, 1e-13);
    CHECK_RELATIVE(normal_two_sided(30), 9.8134278542963741191e-198, 1e-12);
}

TEST(distribution, normal_quantile_gives_the_limits)
{
    CHECK_NEAR(normal_quantile(0.975), NORMAL_95, 1e-15);
    CHECK_NEAR(normal_quantile(0.999), NORMAL_998, 2e-14);
    CHECK_NEAR(normal_quantile(0.001), -NORMAL_998, 2e-15);
    CHECK_NEAR(normal_quantile(0.5), 0, 0);
    for (double z = -20; z < 0; z += 0.37) CHECK_NEAR(normal_quantile(0.5 * normal_two_sided(z)), z, 1e-12 * -z);
}

TEST(distribution, beta_is_exact_in_both_tails)
{
    CHECK_RELATIVE(beta_lower(2.5, 4, 0.1, 0.9), 0.036612257822368218954, 1e-13);
    CHECK_RELATIVE(beta_lower(0.5, 0.5, 0.999, 0.001), 0.97986495836662250008, 1e-13);
    CHECK_RELATIVE(beta_lower(1000, 3000, 0.26, 0.74), 0.92702395660049473009, 1e-12);
    CHECK_RELATIVE(beta_lower(5e5, 5e5, 0.498, 0.502), 3.1669234421738701025e-5, 1e-10);
    CHECK_NEAR(beta_lower(3, 4, 0, 1), 0, 0);
    CHECK_NEAR(beta_lower(3, 4, 1, 0), 1, 0);
}

TEST(distribution, beta_quantile_turns_beta_round)
{
    static const double shape[] = {0.5, 1, 7, 300, 2e6};
    for (int i = 0; i < COUNT_OF(shape); i++)
        for (int j = 0; j < COUNT_OF(shape); j++) {
            double x = beta_quantile(shape[i], shape[j], 0.025);
            CHECK_RELATIVE(beta_lower(shape[i], shape[j], x, 1 - x), 0.025, 1e-9);
        }
}

TEST(distribution, t_tail_and_quantile)
{
    CHECK_RELATIVE(t_two_sided(2, 10), 0.073388034770740365618, 1e-13);
    CHECK_RELATIVE(t_two_sided(-4.8, 10), 0.00072363122712597807052, 1e-13);
    CHECK_RELATIVE(t_two_sided(9.2780608112065266, 1588.5763972782397), 5.4612393599916330359e-20, 1e-12);
    CHECK_RELATIVE(t_two_sided(0.001, 3.5), 0.99925645547186676939, 1e-13);
    CHECK_NEAR(t_two_sided(0, 5), 1, 0);
    CHECK_NEAR(t_two_sided(1e200, 5), 0, 0);
    CHECK_RELATIVE(t_quantile(0.05, 1), 12.706204736174704646, 1e-13);
    CHECK_RELATIVE(t_quantile(0.05, 2.5), 3.5746548420036832185, 1e-13);
    CHECK_RELATIVE(t_quantile(0.05, 10), 2.2281388519862747484, 1e-13);
    CHECK_RELATIVE(t_quantile(0.05, 488.96), 1.9648274792782156677, 1e-13);
    CHECK_RELATIVE(t_quantile(0.05, 1e12), NORMAL_95, 1e-11);
}

TEST(distribution, binomial_sums_to_one)
{
    double sum = 0;
    for (int x = 0; x <= 40; x++) sum += exp(binomial_log_pmf(x, 40, 0.3, 0.7));
    CHECK_NEAR(sum, 1, 1e-14);
    /* 0.7^3 + 3·0.3·0.7² = 0.343 + 0.441 */
    CHECK_NEAR(binomial_lower(1, 3, 0.3, 0.7), 0.784, 1e-15);
    CHECK_NEAR(binomial_lower(-1, 3, 0.3, 0.7), 0, 0);
    CHECK_NEAR(binomial_lower(3, 3, 0.3, 0.7), 1, 0);
}

TEST(distribution, hypergeometric_by_hand)
{
    /* C(3,2)·C(4,1)/C(7,3) = 12/35 */
    CHECK_NEAR(exp(hypergeometric_log_pmf(2, 3, 4, 3)), 12.0 / 35, 1e-15);
    CHECK_NEAR(exp(hypergeometric_log_pmf(0, 3, 4, 0)), 1, 0);
    CHECK_NEAR(exp(hypergeometric_log_pmf(0, 3, 4, 3)), 4.0 / 35, 1e-15);
}

TEST(share, wilson_of_the_domain_table)
{
    CHECK_INTERVAL(share_wilson(18, 25), 0.524234, 0.857161, 5e-7);
    CHECK_INTERVAL(share_wilson(0, 12), 0, 0.242494, 5e-7);
    CHECK_INTERVAL(share_wilson(6, 6), 0.609666, 1, 5e-7);
    CHECK_NEAR(share_wilson(0, 12).low, 0, 0);
    CHECK_NEAR(share_wilson(6, 6).high, 1, 0);
}

TEST(share, finite_population_narrows_to_a_point)
{
    CHECK_INTERVAL(share_wilson_finite(18, 25, 40), 0.600951, 0.814496, 5e-7);
    CHECK_INTERVAL(share_wilson_finite(62, 100, 130), 0.573251, 0.664624, 5e-7);
    CHECK_INTERVAL(share_wilson_finite(18, 25, 25), 0.72, 0.72, 0);
    CHECK_INTERVAL(share_wilson_finite(0, 1, 1), 0, 0, 0);
}

TEST(share, clopper_has_its_tails)
{
    static const int64_t x[] = {1, 5, 18, 24};
    for (int i = 0; i < COUNT_OF(x); i++) {
        Interval c = share_clopper(x[i], 25);
        CHECK_NEAR(binomial_lower(x[i], 25, c.high, 1 - c.high), 0.025, 1e-13);
        CHECK_NEAR(1 - binomial_lower(x[i] - 1, 25, c.low, 1 - c.low), 0.025, 1e-13);
    }
    /* 1 − 0.025^(1/12) */
    CHECK_INTERVAL(share_clopper(0, 12), 0, 1 - pow(0.025, 1.0 / 12), 1e-15);
    CHECK_INTERVAL(share_clopper(12, 12), pow(0.025, 1.0 / 12), 1, 1e-15);
}

TEST(share, a_billion_answers_are_no_trouble)
{
    Interval c = share_clopper(500000000, 1000000000), w = share_wilson(500000000, 1000000000);
    CHECK_NEAR(c.low, w.low, 1e-8);
    CHECK_NEAR(c.high, w.high, 1e-8);
}

TEST(compare, change_of_the_domain)
{
    Compare r = compare_shares((TwoShares){62, 100, 78, 104});
    CHECK_NEAR(r.difference, 0.13, 1e-15);
    CHECK_NEAR(r.z, 2.000420, 5e-7);
    CHECK_NEAR(r.p_z, 0.045455, 5e-7);
    CHECK_INTERVAL(r.newcombe, 0.002614, 0.252304, 5e-7);
    CHECK_INT(r.test, COMPARE_Z);
    CHECK_NEAR(r.p, r.p_z, 0);
}

TEST(compare, report_example_of_the_formats)
{
    Compare year = compare_shares((TwoShares){13, 22, 18, 25});
    CHECK_NEAR(year.difference, 0.129091, 5e-7);
    CHECK_INTERVAL(year.newcombe, -0.134515, 0.374550, 5e-7);
    CHECK_NEAR(year.p, 0.351371, 5e-7);
    Compare parent = compare_shares((TwoShares){132, 185, 18, 25});
    CHECK_NEAR(parent.difference, 0.006486, 5e-7);
    CHECK_INTERVAL(parent.newcombe, -0.198352, 0.160014, 5e-7);
    CHECK_NEAR(parent.p, 0.946276, 5e-7);
}

TEST(compare, small_cells_take_fisher)
{
    Compare r = compare_shares((TwoShares){2, 12, 7, 12});
    CHECK_INT(r.test, COMPARE_FISHER); /* 9·12/24 = 4.5 */
    CHECK_NEAR(r.p, 0.0894, 5e-5);
    CHECK_NEAR(r.p_z, 0.0350, 5e-5);
    CHECK_INTERVAL(r.newcombe, 0.0310, 0.6701, 5e-5);
    /* exactly 5 expected: 10·12/24 */
    CHECK_INT(compare_test((TwoShares){3, 12, 7, 12}), COMPARE_Z);
}

TEST(compare, fisher_against_exact_sums)
{
    CHECK_RELATIVE(compare_fisher((TwoShares){2, 12, 7, 12}), 0.089379458877372459281, 1e-12);
    CHECK_RELATIVE(compare_fisher((TwoShares){10, 1000, 200, 1000}), 2.0385743206535858369e-51, 1e-11);
    CHECK_RELATIVE(compare_fisher((TwoShares){5, 5, 0, 9}), 0.0004995004995004995005, 1e-12);
    CHECK_RELATIVE(compare_fisher((TwoShares){1, 7, 6, 7}), 0.029137529137529137529, 1e-12);
    CHECK_RELATIVE(compare_fisher((TwoShares){1500, 4000, 1620, 4000}), 0.006372512184766230515, 1e-11);
    CHECK_NEAR(compare_fisher((TwoShares){0, 30, 1, 30}), 1, 0);
    CHECK_NEAR(compare_fisher((TwoShares){0, 5, 0, 9}), 1, 0);
    CHECK_NEAR(compare_fisher((TwoShares){5, 5, 9, 9}), 1, 0);
}

/* The slow way: every table, with the same slack. */
static double fisher_by_sum(TwoShares s)
{
    int64_t k = s.x1 + s.x2, low = i64_max(0, k - s.n1), high = i64_min(k, s.n2);
    double p = 0, limit = hypergeometric_log_pmf(s.x2, s.n2, s.n1, k) + log1p(1e-7);
    for (int64_t x = low; x <= high; x++) {
        double l = hypergeometric_log_pmf(x, s.n2, s.n1, k);
        if (l <= limit) p += exp(l);
    }
    return p;
}

TEST(compare, fisher_equals_the_whole_sum_for_every_small_table)
{
    for (int64_t n1 = 1; n1 <= 9; n1++)
        for (int64_t n2 = 1; n2 <= 9; n2++)
            for (int64_t x1 = 0; x1 <= n1; x1++)
                for (int64_t x2 = 0; x2 <= n2; x2++) {
                    TwoShares s = {x1, n1, x2, n2};
                    CHECK_RELATIVE(compare_fisher(s), fisher_by_sum(s), 1e-12);
                }
}

TEST(compare, what_does_not_exist_is_nan)
{
    Compare none = compare_shares((TwoShares){0, 10, 0, 12});
    CHECK(isnan(none.z) && isnan(none.p_z) && isnan(none.ratio) && isnan(none.ratio_95.low));
    CHECK_NEAR(none.p, 1, 0);
    Compare fewer = compare_shares((TwoShares){3, 10, 0, 12});
    CHECK_NEAR(fewer.ratio, 0, 0);
    CHECK(isnan(fewer.ratio_95.high));
    CHECK(isnan(compare_z((TwoShares){4, 4, 5, 5})));
}

TEST(compare, ratio_of_the_domain)
{
    Compare r = compare_shares((TwoShares){60, 500, 125, 520});
    CHECK_NEAR(r.ratio, 2.003, 5e-4);
    CHECK_INTERVAL(r.ratio_95, 1.511, 2.657, 5e-4);
}

TEST(compare, largest_counts_end_quickly)
{
    int64_t n = COMPARE_MAX;
    Compare r = compare_shares((TwoShares){n / 2, n, n / 2 + 1000000, n});
    /* z = 1e-6·√(1e12/2)·2 = √2 */
    CHECK_NEAR(r.z, M_SQRT2, 1e-9);
    CHECK_NEAR(r.p_fisher, r.p_z, 1e-5);
}

TEST(compare, mcnemar_is_the_exact_one)
{
    CHECK_RELATIVE(compare_mcnemar(14, 5), 0.063568115234375, 1e-13);
    CHECK_RELATIVE(compare_mcnemar(5, 14), 0.063568115234375, 1e-13);
    CHECK_RELATIVE(compare_mcnemar(300, 1700), 7.6417302795859329653e-237, 1e-11);
    CHECK_NEAR(compare_mcnemar(8, 8), 1, 0);
    CHECK_NEAR(compare_mcnemar(0, 1), 1, 1e-15);
    CHECK(isnan(compare_mcnemar(0, 0)));
}

TEST(mean, welch_of_the_domain)
{
    Welch w = mean_welch((MeanSide){3.55, 0.57, 251}, (MeanSide){3.62, 0.55, 240});
    CHECK_NEAR(w.difference, 0.07, 1e-15);
    CHECK_NEAR(w.se, 0.050545, 5e-7);
    CHECK_NEAR(w.t, 1.384893, 5e-7);
    CHECK_NEAR(w.df, 488.96, 5e-3);
    CHECK_NEAR(w.p, 0.1667, 5e-5);
    CHECK_INTERVAL(w.interval, -0.0293, 0.1693, 5e-5);
}

TEST(mean, one_side_may_be_constant)
{
    Welch w = mean_welch((MeanSide){1, 0, 5}, (MeanSide){2, 1, 4});
    CHECK_NEAR(w.df, 3, 1e-14);
    CHECK_NEAR(w.t, 2, 1e-14);
    CHECK(isnan(mean_welch((MeanSide){1, 0, 5}, (MeanSide){2, 0, 4}).p));
    CHECK_NEAR(mean_welch((MeanSide){1, 1e-200, 5}, (MeanSide){1, 1e-200, 5}).df, 8, 1e-13);
}

static const ClusterUnit schools[] = {
    {0, 15, 20}, {0, 18, 25}, {0, 25, 30}, {0, 12, 18}, {0, 18, 22}, {0, 19, 28},
    {1, 13, 24}, {1, 10, 19}, {1, 18, 27}, {1, 17, 31}, {1, 11, 21}, {1, 14, 23},
};

TEST(cluster, twelve_schools_of_the_domain)
{
    Cluster c = cluster_compare(schools, COUNT_OF(schools));
    CHECK_INT(c.units, 12);
    CHECK_NEAR(c.difference, 0.175838, 5e-7);
    CHECK_NEAR(c.se, 0.036629, 5e-7);
    CHECK_NEAR(c.t, 4.8005, 5e-5);
    CHECK_NEAR(c.df, 10, 0);
    CHECK_NEAR(c.p, 0.00072, 5e-6);
    CHECK_INTERVAL(c.interval, 0.0942, 0.2575, 5e-5);
    CHECK_NEAR(c.icc, 0.0131, 5e-5);
    CHECK_NEAR(c.n0, 23.936, 5e-4);
    CHECK_NEAR(c.deff, 1.3010, 5e-5);
}

TEST(cluster, units_without_answers_do_not_count)
{
    ClusterUnit more[COUNT_OF(schools) + 1] = {{0, 0, 0}};
    for (int i = 0; i < COUNT_OF(schools); i++) more[i + 1] = schools[i];
    Cluster a = cluster_compare(schools, COUNT_OF(schools)), b = cluster_compare(more, COUNT_OF(more));
    CHECK_INT(b.units, 12);
    CHECK_NEAR(a.se, b.se, 0);
    CHECK_NEAR(a.deff, b.deff, 0);
}

TEST(cluster, what_does_not_exist_is_nan)
{
    static const ClusterUnit two[] = {{0, 3, 5}, {1, 2, 7}};
    Cluster c = cluster_compare(two, 2);
    CHECK_NEAR(c.difference, 0.6 - 2.0 / 7, 1e-15);
    CHECK(isnan(c.se) && isnan(c.t) && isnan(c.p) && isnan(c.interval.low));
    CHECK_NEAR(c.n0, 12 - 74.0 / 12, 1e-14);
    static const ClusterUnit one_side[] = {{0, 3, 5}, {0, 2, 7}, {1, 0, 0}};
    CHECK(isnan(cluster_compare(one_side, 3).difference));
    static const ClusterUnit alike[] = {{0, 5, 5}, {0, 7, 7}, {1, 4, 4}};
    c = cluster_compare(alike, 3);
    CHECK_NEAR(c.se, 0, 0);
    CHECK(isnan(c.t) && isnan(c.p) && isnan(c.icc) && isnan(c.deff));
}

TEST(adjust, six_values_of_the_domain)
{
    Ctx *c = test_ctx_plain();
    static const double p[] = {0.03, 0.001, 0.6, 0.012, 0.008, 0.2};
    static const double bh[] = {0.045, 0.006, 0.6, 0.024, 0.024, 0.24};
    static const double holm[] = {0.09, 0.006, 0.6, 0.048, 0.04, 0.4};
    double got[6];
    adjust_bh(*c->arena, p, 6, got);
    for (int i = 0; i < 6; i++) CHECK_NEAR(got[i], bh[i], 1e-15);
    adjust_holm(*c->arena, p, 6, got);
    for (int i = 0; i < 6; i++) CHECK_NEAR(got[i], holm[i], 1e-15);
}

TEST(adjust, ties_and_ones)
{
    Ctx *c = test_ctx_plain();
    static const double p[] = {1, 0.5, 0.5};
    double got[3];
    adjust_bh(*c->arena, p, 3, got);
    CHECK_NEAR(got[0], 1, 0);
    CHECK_NEAR(got[1], 0.75, 1e-15);
    CHECK_NEAR(got[2], 0.75, 1e-15);
    adjust_holm(*c->arena, p, 3, got);
    for (int i = 0; i < 3; i++) CHECK_NEAR(got[i], 1, 0);
    adjust_bh(*c->arena, p, 0, got);
}

static const LabelInput clear = {
    .comparable = true, .n_before = 20, .n_now = 20, .before = {40, 100}, .now = {40, 100}, .p_adjusted = 0.0499};

TEST(label, certain_at_the_very_limits)
{
    CHECK_STR(label_code(label_of(clear)), S("sikker"));
}

TEST(label, each_limit_alone_takes_certainty_away)
{
    LabelInput in = clear;
    in.p_adjusted = 0.05;
    CHECK_INT(label_of(in), LABEL_USIKKER);
    in.p_adjusted = NAN;
    CHECK_INT(label_of(in), LABEL_USIKKER);
    in = clear;
    in.n_before = 19;
    CHECK_INT(label_of(in), LABEL_FAA_SVAR);
    in = clear;
    in.n_now = 19;
    CHECK_INT(label_of(in), LABEL_FAA_SVAR);
    in = clear;
    in.before.answered = 39;
    CHECK_INT(label_of(in), LABEL_FAA_SVAR);
    in = clear;
    in.now.answered = 39;
    CHECK_INT(label_of(in), LABEL_FAA_SVAR);
}

TEST(label, unknown_invited_is_at_most_uncertain)
{
    LabelInput in = clear;
    in.before.invited = 0;
    CHECK_INT(label_of(in), LABEL_USIKKER);
    in.now.answered = 39;
    CHECK_INT(label_of(in), LABEL_FAA_SVAR);
}

TEST(label, not_comparable_comes_first)
{
    LabelInput in = clear;
    in.comparable = false;
    in.n_now = 3;
    CHECK_STR(label_code(label_of(in)), S("ikke_sammenlignelig"));
}

TEST(label, code_reads_back)
{
    for (Label l = LABEL_SIKKER; l <= LABEL_IKKE_SAMMENLIGNELIG; l++) {
        Label back = LABEL_SIKKER;
        CHECK(label_parse(label_code(l), &back));
        CHECK_INT(back, l);
    }
    Label untouched = LABEL_FAA_SVAR;
    CHECK(!label_parse(S("SIKKER"), &untouched));
    CHECK_INT(untouched, LABEL_FAA_SVAR);
}

TEST(label, markant_counts_in_whole_numbers)
{
    /* 0.7 − 0.6 is below 0.1 in doubles; 10·|7·10 − 6·10| = 100 is not. */
    CHECK(label_markant((TwoShares){6, 10, 7, 10}));
    CHECK(label_markant((TwoShares){7, 10, 6, 10}));
    CHECK(!label_markant((TwoShares){60, 100, 69, 100}));
    CHECK(label_markant((TwoShares){13, 22, 18, 25}));
}

TEST(score, moments_by_hand)
{
    Moments m = {0};
    CHECK(isnan(moments_sd(&m)));
    /* 2 4 4 4 5 5 7 9 */
    moments_add(&m, 2, 1), moments_add(&m, 4, 3), moments_add(&m, 5, 2), moments_add(&m, 7, 1), moments_add(&m, 9, 1);
    CHECK_INT(m.n, 8);
    CHECK_NEAR(m.mean, 5, 1e-15);
    CHECK_NEAR(moments_sd(&m), sqrt(32 / 7.0), 1e-15);
}

TEST(funnel, overdispersion_of_the_domain)
{
    Ctx *c = test_ctx_plain();
    static const double z[] = {-2.9, -1.8, -1.2, -0.6, -0.1, 0.3, 0.9, 1.6, 2.4, 3.36};
    double phi = funnel_overdispersion(*c->arena, z, COUNT_OF(z));
    CHECK_NEAR(phi, 2.4148, 5e-5);
    CHECK_NEAR(funnel_z(41, 450, 0.055) / sqrt(phi), 2.162, 5e-4);
    CHECK(isnan(funnel_overdispersion(*c->arena, z, 0)));
    CHECK_NEAR(funnel_overdispersion(*c->arena, z, 1), 2.9 * 2.9, 1e-14);
}

TEST(funnel, exact_limits_of_the_domain)
{
    CHECK_INTERVAL(funnel_exact(800, 0.055, 0.05), 0.0391, 0.0707, 5e-5);
    CHECK_INTERVAL(funnel_exact(800, 0.055, 0.002), 0.0311, 0.0808, 5e-5);
    CHECK_INTERVAL(funnel_normal(800, 0.055, NORMAL_95), 0.0392, 0.0708, 5e-5);
    CHECK_INTERVAL(funnel_normal(100, 0.055, NORMAL_998), 0, 0.1254, 6e-5);
}

TEST(waiting, sixteen_cases_of_the_domain)
{
    Ctx *c = test_ctx_plain();
    static const double done[] = {12, 20, 25, 31, 33, 40, 41, 47, 52, 60, 66, 70}, open[] = {30, 45, 55, 80};
    Wait w[16];
    for (int i = 0; i < 16; i++) w[i] = (Wait){i < 12 ? done[i] : open[i - 12], i < 12};
    ptrdiff_t n = 0;
    const WaitStep *s = waiting_curve(c->arena, w, 16, &n);
    CHECK_INT(n, 12);
    CHECK_NEAR(s[3].waiting, 0.744792, 5e-7);
    CHECK_NEAR(s[7].waiting, 0.464286, 5e-7);
    CHECK_NEAR(s[11].waiting, 0.096726, 5e-7);
    CHECK_NEAR(waiting_percentile(s, n, 0.25).days, 31, 0);
    WaitPercentile median = waiting_percentile(s, n, 0.5);
    CHECK_NEAR(median.days, 47, 0);
    CHECK_INTERVAL(median.band, 31, 66, 0);
    CHECK_NEAR(waiting_percentile(s, n, 0.75).days, 66, 0);
    CHECK_NEAR(waiting_percentile(s, n, 0.9).days, 70, 0);
    CHECK(isnan(waiting_percentile(s, n, 0.95).days));
    CHECK(isnan(waiting_percentile(s, 0, 0.5).band.low));
}

TEST(agreement, two_coders_of_the_domain)
{
    Ctx *c = test_ctx_plain();
    Ratings units[50];
    for (int i = 0; i < 50; i++)
        units[i] = (Ratings){i < 25 ? S("a") : S("b"), i < 20 || (i >= 25 && i < 28) ? S("a") : S("b")};
    Agreement a = agreement_of(*c->arena, units, 50);
    CHECK_NEAR(a.po, 0.84, 1e-15);
    CHECK_NEAR(a.pe, 0.50, 1e-15);
    CHECK_NEAR(a.kappa, 0.68, 1e-15);
    CHECK_NEAR(a.alpha, 0.682692, 5e-7);
    CHECK(isnan(agreement_of(*c->arena, units, 0).po));
    CHECK(isnan(agreement_of(*c->arena, units, 20).kappa));
}

/* A fixed sequence, so that runs repeat. */
static double uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) * 0x1p-53;
}

static int64_t draw(uint64_t *state, int64_t n, double p)
{
    int64_t x = 0;
    for (int64_t i = 0; i < n; i++) x += uniform(state) < p;
    return x;
}

/* Unit sizes of schools, shares as in surveys; the second wave is drawn like
   the first, so every `sikker` is false. ±3 SE of 5 % in 10,000: 0.0065. */
TEST(label, at_most_five_percent_false_alarms)
{
    uint64_t state = 20260504;
    int false_alarms = 0;
    for (int i = 0; i < 10000; i++) {
        double p = 0.1 + 0.8 * uniform(&state);
        int64_t n1 = 20 + (int64_t)(100 * uniform(&state)), n2 = 20 + (int64_t)(100 * uniform(&state));
        TwoShares s = {draw(&state, n1, p), n1, draw(&state, n2, p), n2};
        LabelInput in = clear;
        in.n_before = n1;
        in.n_now = n2;
        in.p_adjusted = compare_shares(s).p;
        false_alarms += label_of(in) == LABEL_SIKKER;
    }
    CHECK(false_alarms <= 565);
    CHECK(false_alarms >= 300); /* a rule that never speaks would pass too */
}

/* A table of ten items, all drawn alike: one false word in at most 5 % of tables. */
TEST(label, a_family_of_ten_stays_below_five_percent)
{
    Ctx *c = test_ctx_plain();
    uint64_t state = 7;
    int tables = 0;
    for (int i = 0; i < 1000; i++) {
        double p[10], adjusted[10];
        for (int k = 0; k < 10; k++)
            p[k] = compare_shares((TwoShares){draw(&state, 60, 0.6), 60, draw(&state, 50, 0.6), 50}).p;
        adjust_bh(*c->arena, p, 10, adjusted);
        bool any = false;
        for (int k = 0; k < 10; k++) any = any || adjusted[k] < 0.05;
        tables += any;
    }
    CHECK(tables <= 71); /* 5 % + 3·√(0.05·0.95/1000) */
}
