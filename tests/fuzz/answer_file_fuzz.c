/* Any bytes as a mapping and a file of answers (FORMATS §3): up to a zero byte JSON,
   behind it CSV; without one all is JSON if it begins so, else CSV by a fixed
   mapping. A row that is taken has a unit, answers in the questionnaire's order,
   each of them asked and within its scale, and texts of UTF-8; one that is not
   names a reason. The file of refused rows reads back, a row each.
   For libFuzzer (clang -fsanitize=fuzzer), or with replay.c over its corpus. */
#include <string.h>

#include "answer_quiz.h"
#include "feature/answer_file/answer_file_import.h"
#include "in_ctx.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

#define MAP                                                                                                              \
    "{\"format\":\"traad-answers-1\",\"delimiter\":\";\",\"decimal\":\",\",\"missing\":[\"\",\"NA\"],\"row_id\":{\"column\":\"id\"}," \
    "\"unit\":{\"column\":\"u\",\"take\":[1,3],\"prefix\":\"S\"},\"role\":{\"column\":\"r\",\"values\":{\"L\":\"leder\"}},"     \
    "\"groups\":[{\"dimension\":\"g\",\"column\":\"g\",\"values\":{\"1\":\"a\"},\"other\":\"uoplyst\"}],"                       \
    "\"items\":{\"q\":\"Q1\",\"Q2\":{\"item\":\"Q2\",\"values\":{\"ja\":1,\"nej\":3}},\"x\":\"X1\",\"m\":{\"item\":\"M\",\"option\":2}," \
    "\"n\":\"N\",\"t\":\"T\"},\"participant\":{\"column\":\"p\"}}"

enum { ROWS_MAX = 300 };

static void check_given(const Questionnaire *q, Answers answers, ptrdiff_t i)
{
    const Given *given = &answers.v[i];
    assert(given->item >= q->items.v && given->item < q->items.v + q->items.n);
    assert(i == 0 || answers.v[i - 1].item < given->item);
    assert(answer_is_asked(given->item, (Answers){answers.v, i}));
    if (given->item->kind == ITEM_TEXT) {
        assert(given->text.n > 0 && str_is_utf8(given->text) && str_chars(given->text) <= ANSWER_TEXT_MAX);
        return;
    }
    assert(given->values.n >= 1);
    for (ptrdiff_t k = 0; k < given->values.n; k++) {
        assert(given->item->kind == ITEM_NUMBER || answer_has_option(given->item, given->values.v[k]));
        assert(k == 0 || given->values.v[k - 1] < given->values.v[k]);
    }
}

static void check_row(const Plan *plan, const FileRow *row)
{
    assert(str_is_utf8(row->fault) && str_is_utf8(row->fault_column));
    if (row->fault.n) return;
    assert(row->unit.n >= 1 && row->unit.n <= UNIT_CODE_MAX);
    assert(row->role.n == 0 || survey_is_role(row->role));
    assert(row->participant >= -1 && row->participant <= 1);
    for (ptrdiff_t i = 0; i < row->answers.n; i++) check_given(plan->map->q, row->answers, i);
}

static void check_refused(Ctx *c, const Plan *plan, const Refusals *all, ptrdiff_t bytes)
{
    Buf out = buf_new(c->arena, 4 * bytes + 1000 * (all->n + 1) + all->n * plan->header.n);
    answer_file_refused_write(c, plan, plan->map->delimiter, all, &out);
    assert(!out.full);
    Csv csv = csv_open(buf_str(&out), ',');
    CsvRow row = {0};
    ptrdiff_t rows = 0;
    while (csv_next(&csv, c->arena, &row)) {
        assert(row.n == plan->header.n + 3);
        rows++;
    }
    assert(csv.fault == CSV_NO_FAULT && rows == all->n + 1);
}

static void read_rows(Ctx *c, const Plan *plan, Csv csv, ptrdiff_t bytes)
{
    Refusals refused = {.v = NEW(c->arena, Refusal, ROWS_MAX)};
    CsvRow row = {0};
    for (int n = 0; n < ROWS_MAX && csv_next(&csv, c->arena, &row); n++) {
        FileRow read = answer_file_row(c->arena, plan, &row);
        check_row(plan, &read);
        if (read.fault.n) refused.v[refused.n++] = (Refusal){row.line, read.fault_column, read.fault, row.raw};
    }
    check_refused(c, plan, &refused, bytes);
}

static void one(Ctx *c, Str text)
{
    ptrdiff_t end = str_find_char(text, 0, 0);
    bool is_json = str_starts(text, S("{"));
    Str json = end >= 0 ? str_sub(text, 0, end) : is_json ? text : S(MAP);
    Str csv = end >= 0 ? str_sub(text, end + 1, text.n) : is_json ? S("id,u,q\n1,S11,2\n") : text;
    AnswerMap *map = NEW(c->arena, AnswerMap, 1);
    Plan plan = {0};
    CsvRow header = {0};
    if (answer_file_map_read(c, json, answer_quiz_read(c), map) != OK) {
        assert(c->problems || !msg_is_empty(c->message));
        return;
    }
    Csv rows = csv_open(csv, map->delimiter);
    if (!csv_next(&rows, c->arena, &header) || answer_file_plan(c, map, &header, &plan) != OK) return;
    read_rows(c, &plan, rows, csv.n);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    return fuzz_in_ctx(one, bytes, n);
}
