#include "core/job/job_web.h"

#include "base/number.h"
#include "core/access/access.h"
#include "core/job/job_pages.h"
#include "core/job/job.html.h"

extern const Schema job_schema;

/* NULL: of a kind that the program no longer has. */
static const JobKind *kind_of(Str kind)
{
    for (int i = 0; i < feature_count; i++)
        for (const JobKind *k = features[i]->jobs; k && k->name; k++)
            if (str_eq(str_of_z(k->name), kind)) return k;
    return NULL;
}

static Msg size_of(int64_t bytes)
{
    int64_t kb = (bytes + 999) / 1000, tenths = (bytes + 50000) / 100000;
    if (kb < 1000) return TF("{1} kB", kb);
    return TF("{1},{2} MB", tenths / 10, tenths % 10);
}

static Msg how_far(const Job *job)
{
    if (job->of_n) return TF("{1} af {2} er klar.", job->done_n, job->of_n);
    if (job->done_n) return TN("{1} er klar.", "{1} er klar.", job->done_n);
    return T("Arbejdet er i gang.");
}

static Err files_of(Ctx *c, const Job *job, JobPage *page)
{
    JobFiles files = {0};
    TRY(job_files(c, job->id, &files));
    JobFileViews all = {.v = NEW(c->arena, JobFileView, files.n)};
    for (; all.n < files.n; all.n++) {
        const JobFile *f = &files.v[all.n];
        all.v[all.n] = (JobFileView){.name = f->name, .size = size_of(f->size)};
        if (all.n == 0 || f->expires_at.ms < page->files_until.ms) page->files_until = f->expires_at;
    }
    page->files = all;
    return OK;
}

static Err get_job(Ctx *c)
{
    Job job = {0};
    TRY(job_by_uid(c, web_path(c, "uid"), &job));
    const JobKind *kind = kind_of(job.kind);
    JobPage page = {
        .uid = job.uid,
        .title = kind ? kind->title : T("Arbejde, som programmet gør for dig"),
        .is_open = job.state == JOB_WAITING || job.state == JOB_RUNNING,
        .has_failed = job.state == JOB_FAILED,
        .is_late = job.tries > 0,
        .knows_end = job.of_n > 0,
        .done = {job.done_n},
        .of = {job.of_n},
        .how_far = how_far(&job),
        .message = msg_verbatim(job.message),
    };
    if (kind && kind->leads_to) page.leads_to = (Href){str_of_z(kind->leads_to)};
    if (kind) page.leads_to_name = kind->leads_to_name;
    TRY(files_of(c, &job, &page));
    page_job_progress(web_page_begin(c, page.title), &page);
    return web_page_end(c);
}

static Err get_file(Ctx *c)
{
    JobFile file = {0};
    Bytes content = {0};
    Err err = job_file_read(c, (JobId){web_place(c)->object_id}, web_path(c, "name"), &file, &content);
    if (err == E_NOT_FOUND) return fail(c, E_NOT_FOUND, T("Filen findes ikke mere. Bestil arbejdet igen."));
    TRY(err);
    return web_file(c, file.type, file.name, (Str){content.p, content.n});
}

static const Scope scope_job = {"job", job_place};

static const Route routes[] = {
    {GET, "/job/:uid",           NEED_JOB_READ, &scope_job, PLAIN, .get = get_job },
    {GET, "/job/:uid/fil/:name", NEED_JOB_READ, &scope_job, LOOK,  .get = get_file},
    {0},
};

static const Retention retention[] = {
    {"job", "Work ordered by a person: kept 30 days after its end, then deleted.", job_expire},
    {"job_file", "Files that work has made: kept 7 days, then deleted.", job_expire},
    {0},
};

const Feature job_feature = {.name = "job", .schema = &job_schema, .routes = routes, .retention = retention};
