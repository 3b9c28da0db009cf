#include "stats/distribution.h"

#include <math.h>
#include <stdbool.h>

static const double LOG_SQRT_2PI = 0.918938533204672741780329736406;
static const double LOG_2PI = 1.837877066409345483560659472811;

double normal_two_sided(double z)
{
    return erfc(fabs(z) * M_SQRT1_2);
}

/* |z| by which Z is exceeded with probability p ≤ 0.5. Start: Abramowitz and
   Stegun 26.2.23 (error 4.5e-4); each Halley step triples the digits. */
static double normal_exceeded(double p)
{
    double t = sqrt(-2 * log(p));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int i = 0; i < 4; i++) {
        double step = (0.5 * erfc(z * M_SQRT1_2) - p) / exp(-0.5 * z * z - LOG_SQRT_2PI);
        z += step / (1 + 0.5 * z * step);
    }
    return z;
}

double normal_quantile(double p)
{
    if (p == 0.5) return 0;
    return p < 0.5 ? -normal_exceeded(p) : normal_exceeded(1 - p);
}

/* log n! − log of Stirling's formula, n > 0. */
static double stirling_error(double n)
{
    if (n <= 15) {
        int sign = 0;
        return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - LOG_SQRT_2PI;
    }
    double nn = n * n;
    return (1 / 12.0 - (1 / 360.0 - (1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / nn) / nn) / nn) / nn) / n;
}

/* x·log(x/expected) + expected − x, without cancellation where they are near. */
static double deviance(double x, double expected)
{
    double d = x - expected;
    if (fabs(d) >= 0.1 * (x + expected)) return x * log(x / expected) - d;
    double v = d / (x + expected);
    double sum = d * v, power = 2 * x * v;
    for (int j = 3;; j += 2) {
        power *= v * v;
        double more = sum + power / j;
        if (more == sum) return sum;
        sum = more;
    }
}

/* log( Γ(a+b+1) / (Γ(a+1)Γ(b+1)) · p^a · q^b ), a, b ≥ 0 and not both 0. */
static double log_term(double a, double b, double p, double q)
{
    double n = a + b;
    if (a == 0) return p < q ? n * log1p(-p) : n * log(q);
    if (b == 0) return q < p ? n * log1p(-q) : n * log(p);
    double stirling = stirling_error(n) - stirling_error(a) - stirling_error(b);
    double scale = 0.5 * (log(n) - log(a) - log(b) - LOG_2PI);
    return stirling - deviance(a, n * p) - deviance(b, n * q) + scale;
}

/* x^a · y^b / B(a, b) */
static double beta_power(double a, double b, double x, double y)
{
    return exp(log_term(a, b, x, y)) * a / (a + b) * b;
}

static double away_from_zero(double v)
{
    const double tiny = 1e-300;
    return fabs(v) < tiny ? tiny : v;
}

/* Continued fraction of I_x(a, b) by Lentz' method; needs on the order of
   √max(a, b) terms where x ≤ (a+1)/(a+b+2). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double h = d;
    double most = 200 + 20 * sqrt(fmax(a, b));
    for (double m = 1; m <= most; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16) break;
    }
    return h;
}

double beta_lower(double a, double b, double x, double y)
{
    if (x <= 0) return 0;
    if (y <= 0) return 1;
    double power = beta_power(a, b, x, y);
    if (x < (a + 1) / (a + b + 2)) return power * beta_fraction(a, b, x) / a;
    return 1 - power * beta_fraction(b, a, y) / b;
}

/* Newton's method; a step that leaves the known bracket is a bisection. */
double beta_quantile(double a, double b, double p)
{
    double low = 0, high = 1, x = a / (a + b);
    for (int i = 0; i < 200; i++) {
        double miss = beta_lower(a, b, x, 1 - x) - p;
        if (miss > 0) high = x;
        else low = x;
        double next = x - miss * x * (1 - x) / beta_power(a, b, x, 1 - x);
        if (!(next > low && next < high)) next = low + 0.5 * (high - low);
        if (fabs(next - x) <= 2e-16 * x) return next;
        x = next;
    }
    return x;
}

/* |z| that is exceeded as rarely as |t|, for many degrees of freedom: there the
   continued fraction cancels; a p of 1e-197 still has eleven digits right. */
static double normal_equivalent(double r, double df)
{
    double a = df - 0.5, b = 48 * a * a, w = a * log1p(r);
    double third = (((0.4 * w + 3.3) * w + 24) * w + 85.5) / (0.8 * w * w + 100 + b);
    return (1 + (w + 3 + third) / b) * sqrt(w);
}

double t_two_sided(double t, double df)
{
    double r = t * t / df;
    if (df > 1e5) return normal_two_sided(normal_equivalent(r, df));
    double y = r > 1 ? 1 / (1 + 1 / r) : r / (1 + r);
    return beta_lower(0.5 * df, 0.5, 1 / (1 + r), y);
}

/* The tail is convex for t > 0, so Newton's method from below, where the
   normal quantile lies, climbs to the root and never jumps over it. */
double t_quantile(double p, double df)
{
    double t = -normal_quantile(0.5 * p);
    for (int i = 0; i < 200; i++) {
        double r = t * t / df, x = 1 / (1 + r);
        double density = beta_power(0.5 * df, 0.5, x, r * x) / t;
        double step = (t_two_sided(t, df) - p) / (2 * density);
        t += step;
        if (fabs(step) <= 1e-15 * t) break;
    }
    return t;
}

double binomial_log_pmf(int64_t x, int64_t n, double p, double q)
{
    if (n == 0) return 0;
    return log_term((double)x, (double)(n - x), p, q);
}

double binomial_lower(int64_t x, int64_t n, double p, double q)
{
    if (x < 0) return 0;
    if (x >= n) return 1;
    return beta_lower((double)(n - x), (double)x + 1, q, p);
}

double hypergeometric_log_pmf(int64_t x, int64_t white, int64_t black, int64_t drawn)
{
    int64_t all = white + black;
    if (drawn == 0 || drawn == all || white == 0 || black == 0) return 0;
    double p = (double)drawn / (double)all, q = (double)(all - drawn) / (double)all;
    return binomial_log_pmf(x, white, p, q) + binomial_log_pmf(drawn - x, black, p, q) -
           binomial_log_pmf(drawn, all, p, q);
}
