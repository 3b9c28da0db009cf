#include "core/job/job.h"
#include "store.h"

static const JobKind kind = {.name = "letters", .title = T_INIT("Breve")};

static Str added(Ctx *c)
{
    Str uid = {0};
    NewJob job = {.kind = &kind, .args = S("{\"wave\":7}"), .owner_id = test_unit(c, "K1"), .of_n = 3};
    CHECK_OK(job_add(c, job, &uid));
    return uid;
}

static JobStep step_of(Ctx *c, Str uid)
{
    Job job = {0};
    CHECK_OK(job_by_uid(c, uid, &job));
    return (JobStep){.job_id = job.id.v, .owner_id = test_unit(c, "K1"), .uid = uid};
}

static int64_t files_seen(Ctx *c, const JobStep *step)
{
    JobFiles files = {0};
    CHECK_OK(job_files(c, (JobId){step->job_id}, &files));
    return files.n;
}

TEST(job, what_is_added_waits_for_its_first_step)
{
    Ctx *c = test_store();
    Job job = {0};
    CHECK_OK(job_by_uid(c, added(c), &job));
    CHECK_INT(job.state, JOB_WAITING);
    CHECK_INT(job.of_n, 3);
    CHECK_INT(job.next_at.ms, c->now.ms);
    test_clean(c);
}

TEST(job, it_belongs_to_who_ordered_it)
{
    Ctx *c = test_store();
    test_viewer(c, test_person(c, "Anne", "S12", "skoleleder"));
    Place place = {0};
    CHECK_OK(job_place(c, added(c), &place));
    CHECK_INT(place.author.v, c->viewer.v);
    CHECK_INT(place.owner_id, test_unit(c, "K1"));
    CHECK_ERR(job_place(c, S("ffffffffffffffffffffffffffffffff"), &place), E_NOT_FOUND);
}

TEST(job, args_take_neither_names_nor_addresses)
{
    Ctx *c = test_store();
    Str uid = {0};
    NewJob job = {.kind = &kind, .owner_id = test_unit(c, "K1"), .args = S("{\"to\":\"anne@skole.dk\"}")};
    CHECK_ERR(job_add(c, job, &uid), E_BROKEN);
    ctx_forgive(c);
    job.args = S("{\"name\":\"Anne Berg\"}");
    CHECK_ERR(job_add(c, job, &uid), E_BROKEN);
}

TEST(job, an_owner_has_one_open_row_of_upkeep)
{
    Ctx *c = test_store();
    int64_t k1 = test_unit(c, "K1");
    CHECK_OK(job_wake(c, &kind, k1));
    CHECK_OK(job_wake(c, &kind, k1));
    CHECK_OK(job_wake(c, &kind, test_unit(c, "K2")));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 2);
}

TEST(job, waking_brings_the_next_step_forward_never_back)
{
    Ctx *c = test_store();
    int64_t k1 = test_unit(c, "K1"), now = c->now.ms;
    CHECK_OK(job_wake(c, &kind, k1));
    test_sql(c, "UPDATE job SET next_at = next_at + 60000");
    CHECK_OK(job_wake(c, &kind, k1));
    CHECK_INT(test_count(c, "SELECT next_at FROM job"), now);
    c->now.ms += 1000;
    CHECK_OK(job_wake(c, &kind, k1));
    CHECK_INT(test_count(c, "SELECT next_at FROM job"), now);
}

TEST(job, files_show_when_the_job_is_done)
{
    Ctx *c = test_store();
    JobStep step = step_of(c, added(c));
    NewJobFile file = {.name = S("Brev æ.pdf"), .type = S("application/pdf"), .content = {"%PDF", 4}};
    CHECK_OK(job_file_add(c, &step, file));
    CHECK_INT(files_seen(c, &step), 0);
    JobFile found = {0};
    Bytes content = {0};
    CHECK_ERR(job_file_read(c, (JobId){step.job_id}, file.name, &found, &content), E_NOT_FOUND);
    test_sql(c, "UPDATE job SET state = 'done', ended_at = made_at");
    CHECK_INT(files_seen(c, &step), 1);
    CHECK_OK(job_file_read(c, (JobId){step.job_id}, file.name, &found, &content));
    CHECK_STR(((Str){content.p, content.n}), S("%PDF"));
    CHECK_INT(found.size, 4);
    test_clean(c);
}

TEST(job, a_file_written_again_replaces_itself)
{
    Ctx *c = test_store();
    JobStep step = step_of(c, added(c));
    CHECK_OK(job_file_add(c, &step, (NewJobFile){.name = S("a.csv"), .type = S("text/csv"), .content = {"1", 1}}));
    CHECK_OK(job_file_add(c, &step, (NewJobFile){.name = S("a.csv"), .type = S("text/csv"), .content = {"22", 2}}));
    CHECK_INT(test_count(c, "SELECT count(*) FROM job_file WHERE size = 2"), 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM job_file"), 1);
}

TEST(job, file_names_lead_nowhere_else)
{
    static const Str odd[] = {S_INIT(""), S_INIT("../a"), S_INIT("a\\b"), S_INIT("a\r\nSet-Cookie: x"), S_INIT("\xff")};
    Ctx *c = test_store();
    JobStep step = step_of(c, added(c));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        CHECK_ERR(job_file_add(c, &step, (NewJobFile){.name = odd[i], .type = S("text/csv"), .content = {"1", 1}}), E_BROKEN);
        ctx_forgive(c);
    }
    CHECK_INT(test_count(c, "SELECT count(*) FROM job_file"), 0);
}

TEST(job, a_file_beyond_the_limit_is_refused)
{
    Ctx *c = test_store();
    JobStep step = step_of(c, added(c));
    NewJobFile file = {.name = S("a.pdf"), .type = S("application/pdf")};
    file.content = (Bytes){NEW(c->arena, char, JOB_FILE_BYTES + 1), JOB_FILE_BYTES + 1};
    CHECK_ERR(job_file_add(c, &step, file), E_TOO_LARGE);
}

TEST(job, files_go_after_a_week_and_rows_after_a_month)
{
    Ctx *c = test_store();
    JobStep step = step_of(c, added(c));
    CHECK_OK(job_file_add(c, &step, (NewJobFile){.name = S("a.csv"), .type = S("text/csv"), .content = {"1", 1}}));
    test_sql(c, "UPDATE job SET state = 'done', ended_at = made_at");
    int64_t rows = 0, day = 86400000;
    c->now.ms += JOB_FILE_DAYS * day - 1;
    CHECK_OK(job_expire(c, &rows));
    CHECK_INT(rows, 0);
    c->now.ms += 1;
    CHECK_INT(files_seen(c, &step), 0);
    CHECK_OK(job_expire(c, &rows));
    CHECK_INT(rows, 1);
    c->now.ms += (JOB_DAYS - JOB_FILE_DAYS) * day;
    CHECK_OK(job_expire(c, &rows));
    CHECK_INT(rows, 1);
    CHECK_INT(test_count(c, "SELECT count(*) FROM job"), 0);
}
