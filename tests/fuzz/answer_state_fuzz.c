/* Any bytes as what travels between a respondent's pages. The signature comes first
   in the program; this is what stands behind it, should a key ever leak. What is
   accepted is UTF-8 without zero bytes, comes back the same when written and read
   again, and gives answers within the questionnaire.
   For libFuzzer (clang -fsanitize=fuzzer), or with replay.c over its corpus. */
#include "answer_quiz.h"
#include "feature/answer/answer_form.h"
#include "in_ctx.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

static void check_same(const Questionnaire *q, const Entry *a, const Entry *b)
{
    for (ptrdiff_t i = 0; i < q->items.n; i++) {
        assert(a[i].raw.n == b[i].raw.n && a[i].raw.n <= QUESTIONNAIRE_OPTIONS);
        for (ptrdiff_t k = 0; k < a[i].raw.n; k++) {
            assert(str_eq(a[i].raw.v[k], b[i].raw.v[k]));
            assert(str_is_utf8(a[i].raw.v[k]) && !str_has_zero(a[i].raw.v[k]));
        }
    }
}

static void check_answers(const Questionnaire *q, Answers answers)
{
    for (ptrdiff_t i = 0; i < answers.n; i++) {
        const Given *given = &answers.v[i];
        assert(given->item->kind != ITEM_MATRIX && given->item < q->items.v + q->items.n);
        assert(i == 0 || answers.v[i - 1].item < given->item);
        for (ptrdiff_t k = 0; given->item->kind != ITEM_NUMBER && k < given->values.n; k++)
            assert(answer_has_option(given->item, given->values.v[k]));
    }
}

static void one(Ctx *c, Str state)
{
    AskForm form = {.q = *answer_quiz_read(c)};
    Entry *entries = NEW(c->arena, Entry, form.q.items.n), *again = NEW(c->arena, Entry, form.q.items.n);
    if (!entries_of_state(c->arena, &form, state, entries)) return;
    Str written = entries_state(c, &form, entries);
    bool reads = entries_of_state(c->arena, &form, written, again);
    assert(reads);
    check_same(&form.q, entries, again);
    ptrdiff_t problems = 0;
    check_answers(&form.q, entries_answers(c, &form, entries, &problems));
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    return fuzz_in_ctx(one, bytes, n);
}
