/* Start-up only: settings, the list of features, serve or run one command. */
#include <sodium.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "core/flags.h"
#include "program.h"

static void system_random(void *state, void *bytes, size_t n)
{
    (void)state;
    randombytes_buf(bytes, n);
}

static Instant now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (Instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}

/* One line, also of a library's sentence that has several, and of a name with a line end. */
static void add_line(Buf *b, Str where, Str what)
{
    ptrdiff_t from = b->n;
    buf_add(b, S("traad: "));
    buf_add(b, where);
    buf_add(b, S(": "));
    buf_add(b, what);
    for (ptrdiff_t i = from; i < b->n; i++)
        if ((unsigned char)b->p[i] < ' ') b->p[i] = ' ';
    buf_add_char(b, '\n');
}

static Str problem_text(Ctx *c, const Problem *p)
{
    return p->field.n ? STR_CAT(c->arena, p->field, S(": "), msg_text(c, p->what)) : msg_text(c, p->what);
}

/* What else is wrong with a file, behind its first fault. */
static Str with_others(Ctx *c, Str what)
{
    enum { TOLD_MAX = 5 };
    int n = 0;
    for (const Problem *p = c->problems ? c->problems->next : NULL; p; p = p->next, n++)
        if (n < TOLD_MAX) what = STR_CAT(c->arena, what, S(" "), problem_text(c, p));
    if (n <= TOLD_MAX) return what;
    Buf b = buf_new(c->arena, what.n + 40);
    buf_add(&b, what);
    buf_add(&b, S(" And "));
    buf_add_i64(&b, n - TOLD_MAX);
    buf_add(&b, S(" more."));
    return buf_str(&b);
}

/* One line, in English: "traad: WHERE: WHAT". Settings are a list to work through: a line for each fault. */
static void tell(Ctx *c, Str where)
{
    Buf b = buf_new(c->arena, 64000);
    bool is_list = str_eq(where, S("settings")) || str_eq(where, S("config check"));
    for (const Problem *p = c->problems && is_list ? c->problems->next : NULL; p; p = p->next)
        add_line(&b, p->field.n ? p->field : where, msg_text(c, p->what));
    Str what = msg_is_empty(c->message) ? S("failed") : msg_text(c, c->message);
    add_line(&b, c->problems && c->problems->field.n ? c->problems->field : where, is_list ? what : with_others(c, what));
    fwrite(b.p, 1, (size_t)b.n, stderr);
}

static bool read_file(Ctx *c, Str path, Str *ret)
{
    FILE *f = fopen(str_z(c->arena, path), "rb");
    if (!f) return false;
    Buf b = buf_new(c->arena, 1 << 20);
    b.n = (ptrdiff_t)fread(b.p, 1, (size_t)b.max, f);
    bool is_read = !ferror(f); /* a folder opens, and is no file */
    fclose(f);
    *ret = buf_str(&b);
    return is_read && b.n < b.max;
}

static Err read_config(Ctx *c, Str path, Settings *settings)
{
    Str text = {0};
    if (!read_file(c, path, &text))
        return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, S("cannot read "), path)));
    return settings_read(c, path, text, settings);
}

/* Takes "--config FILE" and "--SETTING VALUE" out of the words; what is left
   belongs to the command. The file comes first, whatever the order. */
static Err take_settings(Ctx *c, const Str *argv, ptrdiff_t n, Settings *settings, Args *ret)
{
    Str *left = NEW(c->arena, Str, n);
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i + 1 < n; i++)
        if (str_eq(argv[i], S("--config"))) TRY(read_config(c, argv[i + 1], settings));
    for (ptrdiff_t i = 0; i < n; i++) {
        bool has_value = i + 1 < n && str_starts(argv[i], S("--"));
        if (has_value && str_eq(argv[i], S("--config"))) {
            i++;
            continue;
        }
        Err err = has_value ? settings_set(c, str_sub(argv[i], 2, argv[i].n), argv[i + 1], settings) : E_NOT_FOUND;
        if (!has_value && settings_has(argv[i])) return fail(c, E_INVALID, msg_verbatim(STR_CAT(c->arena, argv[i], S(" takes a value"))));
        if (err == E_NOT_FOUND) left[kept++] = argv[i];
        else if (err == OK) i++;
        else return err;
    }
    if (!settings->keys.n) {
        bool is_file = !str_starts(settings->store, S("postgresql://")) && !str_starts(settings->store, S("postgres://"));
        settings->keys = is_file ? STR_CAT(c->arena, settings->store, S(".keys")) : S("var/traad.keys");
    }
    if (str_starts(settings->public_address, S("https://"))) settings->secure_cookies = true;
    *ret = (Args){left, kept};
    return OK;
}

static bool is_help(Str word)
{
    return str_eq(word, S("--help")) || str_eq(word, S("-h"));
}

static Err run(Ctx *c, Args args, Buf *out, Str *ret_where)
{
    ptrdiff_t words = 0;
    if (args.n == 0) return program_help(c, args, out);
    if (is_help(args.v[args.n - 1])) return program_help(c, (Args){args.v, args.n - 1}, out);
    const Command *command = program_find(args, &words);
    if (!command) {
        *ret_where = args.v[0];
        return fail(c, E_INVALID, msg_verbatim(S("unknown command; see traad help")));
    }
    *ret_where = str_of_z(command->name);
    args = (Args){args.v + words, args.n - words};
    if (command->needs_store) {
        TRY(flags_fit(c, command, args));
        TRY(program_open(c, false));
    }
    if (command->writes) TRY(program_open_writer(c));
    Err err = command->run(c, args, out);
    program_close(c);
    return err;
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0) return 1;
    ArenaRange range = arena_range_open((ptrdiff_t)4 << 30);
    Arena arena = arena_of(range, NULL);
    Ctx c;
    ctx_init(&c, &arena, now(), (Random){.fill = system_random});
    Settings settings = settings_default();
    struct App app = {.settings = &settings};
    c.app = &app;
    if (!pdf_fonts_open(&app.fonts) || !sheet_press_open(&app.press)) {
        fputs("traad: start: the embedded fonts do not open\n", stderr);
        return 1;
    }
    c.lang = LANG_EN;
    Str *words = NEW(&arena, Str, argc);
    for (int i = 1; i < argc; i++) words[i - 1] = str_of_z(argv[i]);
    Args args = {0};
    Buf out = buf_new(&arena, (ptrdiff_t)1 << 30);
    Str where = S("settings");
    Err err = take_settings(&c, words, argc - 1, &settings, &args);
    if (err == OK) err = run(&c, args, &out, &where);
    if (err == OK) err = program_print(&c, &out);
    if (err != OK) tell(&c, where);
    ctx_end(&c);
    pdf_fonts_close(&app.fonts);
    sheet_press_close(&app.press);
    return err == OK ? 0 : err == E_INVALID ? 2 : 1;
}
