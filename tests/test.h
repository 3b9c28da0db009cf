/* How we write a test. The name is the claim; one reason to fail.
       TEST(date, week_53_exists) { CHECK(date_week(d).week == 53); }
   Every TEST of a program registers itself; harness.c runs them all under
   cmocka, each with a fresh Ctx (test_ctx_plain) on request. */
#ifndef TEST_TEST_H
#define TEST_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* ours is in base/ctx.h */

#include "base/ctx.h"

typedef struct TestDef {
    const char *name;
    void (*fn)(void);
} TestDef;

#define TEST(group, claim)                                                                     \
    static void group##_##claim##_test(void);                                                  \
    static const TestDef group##_##claim##_def = {#group ": " #claim, group##_##claim##_test}; \
    static const TestDef *const group##_##claim##_reg                                          \
        __attribute__((section("traad_test"), used)) = &group##_##claim##_def;                 \
    static void group##_##claim##_test(void)

#define CHECK(condition) assert_true(condition)
#define CHECK_INT(a, b) assert_int_equal((a), (b))
#define CHECK_OK(call) assert_int_equal((call), OK)
#define CHECK_ERR(call, err) assert_int_equal((call), (err))
/* Texts; shows both when they differ. */
#define CHECK_STR(a, b) test_check_str((a), (b), __FILE__, __LINE__)
/* |a − b| ≤ tolerance; shows both. */
#define CHECK_NEAR(a, b, tolerance) test_check_near((a), (b), (tolerance), __FILE__, __LINE__)

void test_check_str(Str a, Str b, const char *file, int line);
void test_check_near(double a, double b, double tolerance, const char *file, int line);

/* A Ctx with an arena of 1 GB (of address space), the clock at 2026-11-24 09:00 UTC and a fixed
   random sequence; a new one for every test, ended by the harness. */
Ctx *test_ctx_plain(void);
/* Whole file into the test Ctx's arena; p is NULL when it does not exist. */
Str test_file(Str path);
/* Path beside the checkout (../shared/…); tests that need it call test_skip
   with a reason when it is not there, which counts as skipped. */
bool test_shared(const char *relative, Str *ret_path);
void test_skip(const char *why);

#endif
