/* Runs every TEST that registered itself in this program. The closing line
   "N passed, N failed, N skipped" is read by ./test. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

extern const TestDef *const __start_traad_test[] __attribute__((weak));
extern const TestDef *const __stop_traad_test[] __attribute__((weak));

static ArenaRange range;
static Arena arena;
static Ctx ctx;
static bool ctx_is_open;
static uint64_t random_state;
static int skipped;

static void fixed_random(void *state, void *bytes, size_t n)
{
    uint64_t *s = state;
    unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++) {
        *s = *s * 6364136223846793005u + 1442695040888963407u;
        b[i] = (unsigned char)(*s >> 56);
    }
}

Ctx *test_ctx_plain(void)
{
    if (!range.base) range = arena_range_open((ptrdiff_t)1 << 30);
    if (ctx_is_open) return &ctx;
    arena = arena_of(range, NULL);
    random_state = 1;
    ctx_init(&ctx, &arena, (Instant){1795510800000}, (Random){.fill = fixed_random, .state = &random_state});
    ctx_is_open = true;
    return &ctx;
}

Str test_file(Str path)
{
    Ctx *c = test_ctx_plain();
    FILE *f = fopen(str_z(c->arena, path), "rb");
    if (!f) return (Str){NULL, 0};
    Buf b = buf_new(c->arena, 16 << 20);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    fclose(f);
    c->arena->next = b.p + b.n;
    return buf_str(&b);
}

bool test_shared(const char *relative, Str *ret_path)
{
    Ctx *c = test_ctx_plain();
    const char *root = getenv("TRAAD_SOURCE_ROOT");
    Str path = STR_CAT(c->arena, str_of_z(root ? root : "."), S("/../shared/"), str_of_z(relative));
    if (access(str_z(c->arena, path), R_OK) != 0) return false;
    *ret_path = path;
    return true;
}

void test_skip(const char *why)
{
    skipped++;
    printf("skipped: %s\n", why);
    skip();
}

void test_check_str(Str a, Str b, const char *file, int line)
{
    if (str_eq(a, b)) return;
    print_error("\"%.*s\"\n  !=\n\"%.*s\"\n", (int)a.n, a.p, (int)b.n, b.p);
    _fail(file, line);
}

void test_check_near(double a, double b, double tolerance, const char *file, int line)
{
    double d = a - b;
    if (d <= tolerance && d >= -tolerance) return;
    print_error("%.17g is not within %g of %.17g\n", a, tolerance, b);
    _fail(file, line);
}

static void run_one(void **state)
{
    const TestDef *def = *state;
    def->fn();
}

static int teardown(void **state)
{
    (void)state;
    if (ctx_is_open) ctx_end(&ctx);
    ctx_is_open = false;
    return 0;
}

int main(int argc, char **argv)
{
    ptrdiff_t all = __stop_traad_test - __start_traad_test, n = 0;
    struct CMUnitTest *tests = calloc((size_t)all + 1, sizeof *tests);
    for (ptrdiff_t i = 0; i < all; i++) {
        const TestDef *def = __start_traad_test[i];
        if (argc > 1 && !strstr(def->name, argv[1])) continue;
        tests[n++] = (struct CMUnitTest){.name = def->name, .test_func = run_one, .teardown_func = teardown,
                                         .initial_state = (void *)(uintptr_t)def};
    }
    int failed = _cmocka_run_group_tests(argv[0], tests, (size_t)n, NULL, NULL);
    free(tests);
    printf("%td passed, %d failed, %d skipped\n", n - failed - skipped, failed, skipped);
    return failed ? 1 : 0;
}
