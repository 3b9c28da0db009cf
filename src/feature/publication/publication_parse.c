/* A stored publication back into the model. We wrote it ourselves, so a fault in
   it is ours: one E_BROKEN, whatever it is. */
#include "base/number.h"
#include "feature/publication/publication.h"
#include "text/json.h"

enum { TEXT_MAX = 4000, LIST_MAX = JSON_VALUES };

static Str text_at(Ctx *c, const Json *map, Str key)
{
    return json_text(c, map, key, JSON_OPTIONAL, TEXT_MAX);
}

static int64_t i64_at(Ctx *c, const Json *map, Str key)
{
    return json_i64(c, map, key, JSON_OPTIONAL, INT64_MIN, INT64_MAX, 0);
}

static double f64_at(Ctx *c, const Json *map, Str key)
{
    return json_f64(c, map, key, JSON_OPTIONAL, -1e300, 1e300, 0);
}

static bool has_at(const Json *map, Str key)
{
    const Json *v = json_find(map, key);
    return v && v->kind != JSON_IS_NULL;
}

static const Json *map_at(Ctx *c, const Json *map, Str key)
{
    return json_map(c, map, key, JSON_OPTIONAL, LIST_MAX);
}

static const Json *list_at(Ctx *c, const Json *map, Str key)
{
    return json_list(c, map, key, JSON_NEEDED, LIST_MAX);
}

static ptrdiff_t length(const Json *list)
{
    return list ? list->n : 0;
}

/* ---- figures ------------------------------------------------------------------------ */

static ReportUnit unit_of(Ctx *c, const Json *j)
{
    return (ReportUnit){text_at(c, j, S("code")), text_at(c, j, S("name")), text_at(c, j, S("kind"))};
}

static ReportCaution caution_of(Str code)
{
    if (str_eq(code, S("under_60"))) return REPORT_UNDER_60;
    return str_eq(code, S("under_40")) ? REPORT_UNDER_40 : REPORT_NO_CAUTION;
}

static ReportResponse response_of(Ctx *c, const Json *j)
{
    return (ReportResponse){
        .has_invited = has_at(j, S("invited")),
        .has_answered = has_at(j, S("answered")),
        .has_rate = has_at(j, S("rate")),
        .invited = i64_at(c, j, S("invited")),
        .answered = i64_at(c, j, S("answered")),
        .rate = f64_at(c, j, S("rate")),
        .caution = caution_of(text_at(c, j, S("caution"))),
    };
}

static ReportState state_of(Ctx *c, const Json *j)
{
    if (json_bool(c, j, S("hidden"), true)) return REPORT_HIDDEN;
    return has_at(j, S("words")) ? REPORT_WORDS : REPORT_SHOWN;
}

static ReportShare share_of(Ctx *c, const Json *j)
{
    const Json *agree = map_at(c, j, S("agree")), *describing = agree ? map_at(c, agree, S("describing")) : NULL;
    if (!agree) return (ReportShare){0};
    return (ReportShare){
        .is = true,
        .count = i64_at(c, agree, S("count")),
        .share = f64_at(c, agree, S("share")),
        .low = f64_at(c, agree, S("low")),
        .high = f64_at(c, agree, S("high")),
        .has_describing = describing != NULL,
        .describing_low = describing ? f64_at(c, describing, S("low")) : 0,
        .describing_high = describing ? f64_at(c, describing, S("high")) : 0,
    };
}

/* key: "change" with the other wave in from_wave, or "versus" with its kind. */
static ReportCompare compare_of(Ctx *c, const Json *j, Str key, Str other)
{
    const Json *k = map_at(c, j, key);
    if (!k) return (ReportCompare){0};
    ReportCompare r = {
        .is = true,
        .other = text_at(c, k, other),
        .is_comparable = has_at(k, S("p")),
        .difference = f64_at(c, k, S("difference")),
        .low = f64_at(c, k, S("low")),
        .high = f64_at(c, k, S("high")),
        .test = text_at(c, k, S("test")),
        .p = f64_at(c, k, S("p")),
        .p_adjusted = f64_at(c, k, S("p_adjusted")),
        .family = text_at(c, k, S("family")),
        .has_markant = has_at(k, S("markant")),
    };
    if (r.has_markant) r.is_markant = json_bool(c, k, S("markant"), false);
    if (has_at(k, S("label")) && !label_parse(text_at(c, k, S("label")), &r.label))
        json_problem(c, k, T("Et ukendt ord om ændringen."));
    return r;
}

static void means_of(Ctx *c, const Json *j, bool *ret_has, double *ret_mean, double *ret_sd)
{
    *ret_has = has_at(j, S("mean"));
    if (!*ret_has) return;
    *ret_mean = f64_at(c, j, S("mean"));
    *ret_sd = f64_at(c, j, S("sd"));
}

static ReportGroup group_of(Ctx *c, const Json *j)
{
    ReportGroup g = {
        .dimension = text_at(c, j, S("dimension")),
        .group = text_at(c, j, S("group")),
        .state = state_of(c, j),
        .valid = i64_at(c, j, S("valid")),
        .agree = share_of(c, j),
        .versus = compare_of(c, j, S("versus"), S("kind")),
    };
    means_of(c, j, &g.has_mean, &g.mean, &g.sd);
    return g;
}

static void distribution_of(Ctx *c, const Json *j, ReportItem *item)
{
    item->has_distribution = has_at(j, S("distribution"));
    if (!item->has_distribution) return;
    const Json *list = list_at(c, j, S("distribution"));
    item->distribution = (ReportCounts){NEW(c->arena, ReportCount, length(list)), length(list)};
    for (ptrdiff_t i = 0; i < length(list); i++)
        item->distribution.v[i] = (ReportCount){i64_at(c, &list->v[i], S("value")), i64_at(c, &list->v[i], S("count"))};
}

static ReportItem item_of(Ctx *c, const Json *j)
{
    const Json *groups = list_at(c, j, S("groups"));
    ReportItem item = {
        .code = text_at(c, j, S("code")),
        .section = text_at(c, j, S("section")),
        .theme = text_at(c, j, S("theme")),
        .text = text_at(c, j, S("text")),
        .state = state_of(c, j),
        .valid = i64_at(c, j, S("valid")),
        .excluded = i64_at(c, j, S("excluded")),
        .agree = share_of(c, j),
        .change = compare_of(c, j, S("change"), S("from_wave")),
        .groups = {NEW(c->arena, ReportGroup, length(groups)), length(groups)},
    };
    means_of(c, j, &item.has_mean, &item.mean, &item.sd);
    distribution_of(c, j, &item);
    for (ptrdiff_t i = 0; i < length(groups); i++) item.groups.v[i] = group_of(c, &groups->v[i]);
    return item;
}

static ReportScore score_of_json(Ctx *c, const Json *j)
{
    return (ReportScore){
        .code = text_at(c, j, S("code")),
        .state = state_of(c, j),
        .valid = i64_at(c, j, S("valid")),
        .mean = f64_at(c, j, S("mean")),
        .sd = f64_at(c, j, S("sd")),
        .change = compare_of(c, j, S("change"), S("from_wave")),
    };
}

static void parse_figures(Ctx *c, const Json *j, Report *r)
{
    const Json *items = list_at(c, j, S("items")), *scores = list_at(c, j, S("scores"));
    if (!str_eq(text_at(c, j, S("format")), S("traad-report-1"))) json_problem(c, j, T("Et ukendt format."));
    r->wave = text_at(c, j, S("wave"));
    r->unit = unit_of(c, map_at(c, j, S("unit")));
    r->version = i64_at(c, j, S("version"));
    if (!date_parse(text_at(c, j, S("released")), &r->released)) json_problem(c, j, T("Datoen mangler."));
    r->minimum = i64_at(c, j, S("minimum"));
    r->response = response_of(c, map_at(c, j, S("response")));
    r->items = (ReportItems){NEW(c->arena, ReportItem, length(items)), length(items)};
    for (ptrdiff_t i = 0; i < length(items); i++) r->items.v[i] = item_of(c, &items->v[i]);
    r->scores = (ReportScores){NEW(c->arena, ReportScore, length(scores)), length(scores)};
    for (ptrdiff_t i = 0; i < length(scores); i++) r->scores.v[i] = score_of_json(c, &scores->v[i]);
}

/* ---- the frame ------------------------------------------------------------------------ */

static LangTexts texts_of(Ctx *c, const Json *j, Str key)
{
    const Json *map = map_at(c, j, key);
    LangTexts all = {.v = NEW(c->arena, LangText, length(map))};
    for (ptrdiff_t i = 0; i < length(map); i++)
        all.v[all.n++] = (LangText){map->v[i].key, text_at(c, map, map->v[i].key)};
    return all;
}

static Strs strs_of(Ctx *c, const Json *j, Str key)
{
    const Json *list = list_at(c, j, key);
    Strs all = {.v = NEW(c->arena, Str, length(list)), .n = length(list)};
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (json_is(c, &list->v[i], JSON_IS_TEXT)) all.v[i] = list->v[i].text;
    return all;
}

static Values values_of(Ctx *c, const Json *j, Str key)
{
    const Json *list = list_at(c, j, key);
    Values all = {.v = NEW(c->arena, int64_t, length(list)), .n = length(list)};
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (json_is(c, &list->v[i], JSON_IS_INT)) all.v[i] = list->v[i].i;
    return all;
}

static ReportYears years_of(Ctx *c, const Json *j)
{
    const Json *list = list_at(c, j, S("years"));
    ReportYears all = {.v = NEW(c->arena, ReportYear, length(list)), .n = length(list)};
    for (ptrdiff_t i = 0; i < all.n; i++) {
        const Json *y = &list->v[i];
        all.v[i] = (ReportYear){
            .wave = text_at(c, y, S("wave")),
            .valid = i64_at(c, y, S("valid")),
            .has_count = has_at(y, S("count")),
            .has_mean = has_at(y, S("mean")),
            .count = i64_at(c, y, S("count")),
            .mean = f64_at(c, y, S("mean")),
            .sd = f64_at(c, y, S("sd")),
        };
    }
    return all;
}

static ItemKind kind_of(Ctx *c, const Json *j)
{
    static const struct {
        Str code;
        ItemKind kind;
    } all[] = {
        {S_INIT("single"),   ITEM_SINGLE  },
        {S_INIT("multiple"), ITEM_MULTIPLE},
        {S_INIT("number"),   ITEM_NUMBER  },
        {S_INIT("text"),     ITEM_TEXT    }
    };
    Str code = text_at(c, j, S("kind"));
    for (ptrdiff_t i = 0; i < COUNT_OF(all); i++)
        if (str_eq(all[i].code, code)) return all[i].kind;
    json_problem(c, j, T("En ukendt slags spørgsmål."));
    return ITEM_TEXT;
}

static Options options_of(Ctx *c, const Json *j, const ReportItems *items, ptrdiff_t at)
{
    if (!has_at(j, S("options_of"))) return (Options){0};
    int64_t first = json_i64(c, j, S("options_of"), JSON_NEEDED, 0, at, at);
    if (first < at) return items->v[first].options;
    const Json *list = list_at(c, j, S("options"));
    Options all = {.v = NEW(c->arena, Option, length(list)), .n = length(list)};
    for (ptrdiff_t i = 0; i < all.n; i++)
        all.v[i] = (Option){i64_at(c, &list->v[i], S("value")), texts_of(c, &list->v[i], S("text"))};
    return all;
}

static void parse_items(Ctx *c, const Json *j, Report *r)
{
    const Json *list = list_at(c, j, S("items"));
    if (length(list) != r->items.n) json_problem(c, j, T("Rammen passer ikke til tallene."));
    for (ptrdiff_t i = 0; i < length(list) && i < r->items.n; i++) {
        ReportItem *item = &r->items.v[i];
        const Json *from = &list->v[i];
        item->kind = kind_of(c, from);
        item->texts = texts_of(c, from, S("text"));
        item->matrix = texts_of(c, from, S("matrix"));
        item->options = options_of(c, from, &r->items, i);
        item->agree_set = values_of(c, from, S("agree"));
        item->disagree_set = values_of(c, from, S("disagree"));
        item->dont_know_set = values_of(c, from, S("dont_know"));
        item->years = years_of(c, from);
    }
}

static void parse_scores(Ctx *c, const Json *j, Report *r)
{
    const Json *list = list_at(c, j, S("scores"));
    if (length(list) != r->scores.n) json_problem(c, j, T("Rammen passer ikke til tallene."));
    for (ptrdiff_t i = 0; i < length(list) && i < r->scores.n; i++) {
        ReportScore *score = &r->scores.v[i];
        const Json *from = &list->v[i];
        score->title = texts_of(c, from, S("title"));
        score->items = strs_of(c, from, S("items"));
        score->smallest = i64_at(c, from, S("smallest"));
        score->largest = i64_at(c, from, S("largest"));
        score->years = years_of(c, from);
    }
}

static void parse_sections(Ctx *c, const Json *j, Report *r)
{
    const Json *list = list_at(c, j, S("sections"));
    r->sections = (ReportSections){NEW(c->arena, ReportSection, length(list)), length(list)};
    for (ptrdiff_t i = 0; i < length(list); i++) {
        const Json *from = &list->v[i];
        r->sections.v[i] = (ReportSection){
            .code = text_at(c, from, S("code")),
            .theme = text_at(c, from, S("theme")),
            .title = texts_of(c, from, S("title")),
            .first = json_i64(c, from, S("first"), JSON_NEEDED, 0, r->items.n, 0),
            .count = json_i64(c, from, S("count"), JSON_NEEDED, 0, r->items.n, 0),
        };
    }
}

static void parse_frame(Ctx *c, const Json *j, Report *r)
{
    const Json *path = list_at(c, j, S("path"));
    r->title = texts_of(c, j, S("title"));
    r->languages = strs_of(c, j, S("languages"));
    r->previous = text_at(c, j, S("previous"));
    if (has_at(j, S("response_before"))) r->response_before = response_of(c, map_at(c, j, S("response_before")));
    r->path = (ReportPath){NEW(c->arena, ReportUnit, length(path)), length(path)};
    for (ptrdiff_t i = 0; i < length(path); i++) r->path.v[i] = unit_of(c, &path->v[i]);
    parse_items(c, j, r);
    parse_scores(c, j, r);
    parse_sections(c, j, r);
}

/* ---- the whole ------------------------------------------------------------------------ */

Err publication_parse(Ctx *c, const Publication *p, Report *ret)
{
    const Json *figures = NULL, *frame = NULL;
    Report r = {0};
    Problem *problems = c->problems, *last = c->last_problem;
    c->problems = c->last_problem = NULL;
    Err err = json_read(c, p->report, REPORT_BYTES, &figures);
    if (err == OK) err = json_read(c, p->frame, REPORT_BYTES, &frame);
    if (err == OK) {
        parse_figures(c, figures, &r);
        parse_frame(c, frame, &r);
    }
    bool is_broken = err != OK || c->problems;
    c->problems = problems;
    c->last_problem = last;
    if (is_broken) {
        ctx_forgive(c);
        return fail(c, E_BROKEN, T("En gemt rapport kan ikke læses."));
    }
    *ret = r;
    return OK;
}
