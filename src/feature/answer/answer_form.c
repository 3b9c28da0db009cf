#include "feature/answer/answer_form.h"

#include "base/buf.h"
#include "web/web.h"

/* ---- parts --------------------------------------------------------------------------- */

static bool is_answerable(const Item *item)
{
    return item->kind != ITEM_MATRIX && item->kind != ITEM_SCORE;
}

static Parts parts_of(Ctx *c, const Questionnaire *q, bool is_single)
{
    Parts parts = {.v = NEW(c->arena, Part, q->items.n + q->sections.n)};
    for (ptrdiff_t i = 0; i < q->sections.n; i++) {
        const Section *s = &q->sections.v[i];
        if (!is_single && s->count > 0) parts.v[parts.n++] = (Part){s, s->first, s->count};
        for (ptrdiff_t k = s->first; is_single && k < s->first + s->count; k++)
            if (is_answerable(&q->items.v[k])) parts.v[parts.n++] = (Part){s, k, 1};
    }
    return parts;
}

Err ask_form_load(Ctx *c, WaveId wave, AskForm *ret)
{
    AskForm form = {0};
    Unit owner = {0};
    TRY(survey_by_id(c, wave, &form.wave));
    TRY(questionnaire_load(c, form.wave.questionnaire, &form.q));
    TRY(survey_promise(c, &form.wave, &form.promise));
    TRY(survey_groups(c, wave, &form.groups));
    TRY(organisation_by_id(c, form.wave.owner, &owner));
    form.owner = owner.name;
    *ret = form;
    ret->parts = parts_of(c, &ret->q, form.wave.has_single_pages);
    return OK;
}

/* ---- conditions --------------------------------------------------------------------------- */

/* A row without a condition of its own has its matrix's. */
static bool hangs_alike(const Item *a, const Item *b)
{
    if (a->ask_if != b->ask_if || a->ask_in.n != b->ask_in.n) return false;
    for (ptrdiff_t i = 0; i < a->ask_in.n; i++)
        if (!values_have(b->ask_in, a->ask_in.v[i])) return false;
    return true;
}

ptrdiff_t item_hangs_on(const Item *item, const Item *ret[HANGS_ON_MAX])
{
    ptrdiff_t n = 0;
    if (item->ask_if) ret[n++] = item;
    if (item->matrix && item->matrix->ask_if && !hangs_alike(item, item->matrix)) ret[n++] = item->matrix;
    return n;
}

static bool was_answered_so(const Item *asker, Answers answers)
{
    for (ptrdiff_t i = 0; i < answers.n; i++)
        for (ptrdiff_t k = 0; answers.v[i].item == asker->ask_if && k < answers.v[i].values.n; k++)
            if (values_have(asker->ask_in, answers.v[i].values.v[k])) return true;
    return false;
}

bool item_is_ruled_out(const AskForm *form, const Item *item, ptrdiff_t first, Answers answers)
{
    const Item *askers[HANGS_ON_MAX];
    ptrdiff_t n = item_hangs_on(item, askers);
    for (ptrdiff_t i = 0; i < n; i++)
        if (askers[i]->ask_if - form->q.items.v < first && !was_answered_so(askers[i], answers)) return true;
    return false;
}

/* ---- fields ----------------------------------------------------------------------------- */

static Strs not_empty(Strs all)
{
    Strs kept = {.v = all.v};
    for (ptrdiff_t i = 0; i < all.n; i++)
        if (all.v[i].n > 0) kept.v[kept.n++] = all.v[i];
    return kept;
}

Entry *entries_read(Ctx *c, const AskForm *form, const Part *part, const Entry *state)
{
    Entry *entries = NEW(c->arena, Entry, form->q.items.n);
    for (ptrdiff_t i = 0; i < form->q.items.n; i++) {
        const Item *item = &form->q.items.v[i];
        if (!is_answerable(item)) continue;
        entries[i].raw = not_empty(web_fields(c, str_z(c->arena, item->code)));
        bool is_here = !part || (i >= part->first && i < part->first + part->count);
        if (entries[i].raw.n == 0 && !is_here && state) entries[i].raw = state[i].raw;
    }
    return entries;
}

/* ---- values -------------------------------------------------------------------------------- */

static bool add_value(Values *values, ptrdiff_t room, int64_t v)
{
    if (values_have(*values, v) || values->n == room) return false;
    ptrdiff_t i = values->n++;
    for (; i > 0 && values->v[i - 1] > v; i--) values->v[i] = values->v[i - 1];
    values->v[i] = v;
    return true;
}

static void read_choices(Ctx *c, const Item *item, Entry *entry)
{
    ptrdiff_t room = item->kind == ITEM_MULTIPLE ? item->options.n : 1;
    entry->values.v = NEW(c->arena, int64_t, room);
    for (ptrdiff_t i = 0; i < entry->raw.n; i++) {
        int64_t v = 0;
        bool good = str_i64(entry->raw.v[i], &v) && answer_has_option(item, v);
        if (!good || !add_value(&entry->values, room, v)) entry->problem = T("Vælg et af de svar, der står ved spørgsmålet.");
    }
}

/* "1.500": a thousand and a half to a Dane, one and a half to others. */
static bool has_thousands(Str s)
{
    ptrdiff_t point = str_find_char(s, '.', 0);
    ptrdiff_t first = s.n > 0 && s.p[0] == '-';
    if (point <= first || point > first + 3 || s.n - point != 4 || s.p[first] == '0') return false;
    for (ptrdiff_t i = first; i < s.n; i++)
        if (i != point && (s.p[i] < '0' || s.p[i] > '9')) return false;
    return true;
}

static void read_number(Ctx *c, Entry *entry)
{
    Str raw = str_trim(entry->raw.v[0]);
    if (has_thousands(raw)) {
        entry->problem = T("Skriv tallet uden punktum, for eksempel 1500 eller 1,5.");
        return;
    }
    entry->values = (Values){NEW(c->arena, int64_t, 1), 1};
    bool good = answer_number(raw, ',', &entry->values.v[0]) || answer_number(raw, '.', &entry->values.v[0]);
    if (!good) entry->problem = T("Skriv et tal, for eksempel 12 eller 7,5.");
}

static bool is_clean(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 32 && s.p[i] != '\n' && s.p[i] != '\t') return false;
    return true;
}

static void read_text(Entry *entry)
{
    entry->text = str_trim(entry->raw.v[0]);
    if (str_chars(entry->text) > ANSWER_TEXT_MAX) entry->problem = T("Skriv højst 4.000 tegn.");
    else if (!is_clean(entry->text)) entry->problem = T("Teksten har tegn, der ikke kan vises. Skriv den igen.");
    if (entry->text.n == 0) entry->raw.n = 0;
}

static void read_entry(Ctx *c, const Item *item, Entry *entry)
{
    if (item->kind == ITEM_TEXT) read_text(entry);
    else if (item->kind == ITEM_NUMBER) read_number(c, entry);
    else read_choices(c, item, entry);
    if (item->kind != ITEM_MULTIPLE && entry->raw.n > 1) entry->problem = T("Vælg kun ét svar.");
}

/* All texts share one room (answer_texts_fit): told at the longest of them. */
static void refuse_longest(const AskForm *form, Entry *entries)
{
    Entry *longest = &entries[0];
    for (ptrdiff_t i = 0; i < form->q.items.n; i++)
        if (entries[i].text.n > longest->text.n) longest = &entries[i];
    longest->problem = T("Der er ikke plads til så meget tekst. Skriv lidt kortere.");
}

Answers entries_answers(Ctx *c, const AskForm *form, Entry *entries, ptrdiff_t *ret_problems)
{
    Answers all = {.v = NEW(c->arena, Given, form->q.items.n)};
    *ret_problems = 0;
    for (ptrdiff_t i = 0; i < form->q.items.n; i++) {
        const Item *item = &form->q.items.v[i];
        Entry *entry = &entries[i];
        if (entry->raw.n == 0 || !answer_is_asked(item, all)) continue;
        read_entry(c, item, entry);
        if (!msg_is_empty(entry->problem)) (*ret_problems)++;
        else if (entry->raw.n) all.v[all.n++] = (Given){item, entry->values, entry->text};
    }
    if (answer_texts_fit(all)) return all;
    refuse_longest(form, entries);
    (*ret_problems)++;
    return all;
}

/* ---- what travels between pages ------------------------------------------------------------ */

static bool is_plain(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.';
}

static void add_escaped(Buf *b, Str s)
{
    static const char digits[] = "0123456789abcdef";
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (is_plain(s.p[i])) {
            buf_add_char(b, s.p[i]);
            continue;
        }
        buf_add_char(b, '%');
        buf_add_char(b, digits[ch >> 4]);
        buf_add_char(b, digits[ch & 15]);
    }
}

Str entries_state(Ctx *c, const AskForm *form, const Entry *entries)
{
    Buf b = buf_new(c->arena, STATE_MAX);
    for (ptrdiff_t i = 0; i < form->q.items.n; i++)
        for (ptrdiff_t k = 0; k < entries[i].raw.n; k++) {
            if (b.n) buf_add_char(&b, '&');
            buf_add(&b, form->q.items.v[i].code);
            buf_add_char(&b, '=');
            add_escaped(&b, entries[i].raw.v[k]);
        }
    return buf_str(&b);
}

static bool unescape(Arena *arena, Str s, Str *ret)
{
    Buf b = buf_new(arena, s.n);
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char ch = 0;
        if (s.p[i] != '%') {
            buf_add_char(&b, s.p[i]);
            continue;
        }
        if (!str_unhex(str_sub(s, i + 1, i + 3), &ch, 1)) return false;
        buf_add_char(&b, (char)ch);
        i += 2;
    }
    *ret = buf_str(&b);
    return str_is_utf8(*ret) && !str_has_zero(*ret);
}

static bool add_raw(Arena *arena, Entry *entry, Str value)
{
    if (entry->raw.n == QUESTIONNAIRE_OPTIONS) return false;
    if (!entry->raw.v) entry->raw.v = NEW(arena, Str, QUESTIONNAIRE_OPTIONS);
    entry->raw.v[entry->raw.n++] = value;
    return true;
}

bool entries_of_state(Arena *arena, const AskForm *form, Str state, Entry *ret)
{
    Str pair = {0}, name = {0}, value = {0};
    if (state.n > STATE_MAX) return false;
    for (int n = 0; state.n > 0 && str_split(&state, '&', &pair); n++) {
        const Item *item = NULL;
        if (n == STATE_FIELDS || !str_split(&pair, '=', &name) || pair.n < 0 || !unescape(arena, pair, &value)) return false;
        item = questionnaire_item(&form->q, name);
        if (!item || !is_answerable(item) || !add_raw(arena, &ret[item - form->q.items.v], value)) return false;
    }
    return true;
}
