/* Which passwords are too easy to guess: known leaked ones (password_leaked.c),
   and all that are made as those are. What stands on such lists is made of few
   parts, so we count the parts. A common word, a
   row of keys, a run of one character or a group of digits is worth little,
   every other letter one. So "Sommer2024!Sommer" is refused, four words that
   do not belong together are not. Sources: ASVS 5.0 V6.2.1–12 (length over
   composition); NIST SP 800-63B §5.1.1.2. */
#include "base/buf.h"
#include "base/number.h"
#include "core/access/access.h"
#include "core/access/password_leaked.h"
#include "text/name.h"

enum { PASSWORD_MIN = 12, PASSWORD_MAX = 200, WORTH_WORD = 3, WORTH_DIGITS = 1, WORTH_MIN = 8 };

/* Longest first where one begins another; folded. The words that stand in most
   published lists of leaked passwords, their Danish sisters, months, weekdays,
   and what this program and its users are called (ASVS V6.1.2: words of context). */
static const char *const cheap[] = {
    "adgangskode", "kodeord", "hemmelig", "password", "passwort", "passord", "losenord", "secret", "letmein", "welcome",
    "velkommen", "default", "changeme", "administrator", "admin", "systemadm", "sysadm", "root", "guest", "bruger", "user",
    "login", "logind", "master", "test", "demo", "qwertyuiop", "qwerty", "qwertz", "azerty", "asdfghjkl", "asdfgh", "asdf",
    "zxcvbnm", "zxcvbn", "zxcv", "qazwsx", "1qaz2wsx",
    "1q2w3e4r5t", "1q2w3e4r", "1q2w3e", "q1w2e3r4", "q1w2e3", "abcdefgh", "abcdef", "abcd", "abc",
    "iloveyou", "jegelskerdig", "elskerdig",
    "loveyou", "love", "skat", "skatter", "dragon", "monkey", "football", "fodbold", "baseball", "superman", "batman",
    "starwars", "pokemon", "princess", "prinsesse", "sunshine", "solskin", "shadow", "trustno", "whatever", "computer",
    "internet", "google", "facebook", "microsoft", "windows", "danmark", "denmark", "kobenhavn", "copenhagen", "arhus",
    "alborg", "odense", "esbjerg", "liverpool", "arsenal", "chelsea", "barcelona", "brondby", "hejmeddig",
    "hejsa", "hello", "goddag", "farvel", "sommer", "summer", "efterar", "forar", "vinter", "winter", "spring", "autumn",
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december",
    "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lordag", "sondag", "monday", "friday", "sunday", "jul", "ferie",
    "rodtrad", "roedtrad", "rodetrad", "roed", "trad", "kommune", "skoleleder", "skolen", "skole", "school", "laerer",
    "larer", "paedagog", "padagog", "forvaltning", "konsulent", "leder", "elev", "klasse", "folkeskole", "medarbejder",
    "mormor", "farmor", "morfar", "farfar", "familie", "family", "hund", "kat", "freedom", "mustang", "michael", "jessica",
    "charlie", "daniel", "jordan", "ashley", "andrew", "thomas", "maria", "peter", "lars", "jens", "anders", "mette", "anne",
};

/* Small letters without accents, æøå and the digits and signs that stand for
   letters written as those letters. */
static Str plain(Ctx *c, Str s)
{
    Str lower = text_name_fold(c->arena, s);
    Buf b = buf_new(c->arena, lower.n + 1);
    for (ptrdiff_t at = 0; at < lower.n;) {
        int len = 0;
        int32_t ch = str_next_char(lower, at, &len);
        at += len;
        if (ch == 0xe6 || ch == 0xe5) ch = 'a';
        if (ch == 0xf8) ch = 'o';
        /* Another alphabet: any letter will do, as long as different ones stay different. */
        buf_add_char(&b, (char)(ch < 128 ? ch : 'a' + ch % 26));
    }
    return buf_str(&b);
}

static char letter_for(char ch)
{
    static const char from[] = "013457@$!", to[] = "oieastasi";
    for (int i = 0; from[i]; i++)
        if (ch == from[i]) return to[i];
    return ch;
}

/* Whether word stands at `at`, digits and signs read as the letters they stand for. */
static bool stands_at(Str s, ptrdiff_t at, Str word)
{
    if (word.n > s.n - at) return false;
    for (ptrdiff_t i = 0; i < word.n; i++)
        if (s.p[at + i] != word.p[i] && letter_for(s.p[at + i]) != word.p[i]) return false;
    return true;
}

static ptrdiff_t cheap_word_at(Str s, ptrdiff_t at, Strs own)
{
    ptrdiff_t longest = 0;
    for (ptrdiff_t i = 0; i < COUNT_OF(cheap); i++) {
        Str word = str_of_z(cheap[i]);
        if (word.n > longest && stands_at(s, at, word)) longest = word.n;
    }
    for (ptrdiff_t i = 0; i < own.n; i++)
        if (own.v[i].n > longest && stands_at(s, at, own.v[i])) longest = own.v[i].n;
    return longest;
}

/* Length of a run of one character or of neighbours (abc, 321), at least 3; else 0. */
static ptrdiff_t run_at(Str s, ptrdiff_t at)
{
    if (at + 2 >= s.n) return 0;
    int step = s.p[at + 1] - s.p[at];
    if (step < -1 || step > 1) return 0;
    ptrdiff_t n = 2;
    while (at + n < s.n && s.p[at + n] - s.p[at + n - 1] == step) n++;
    return n >= 3 ? n : 0;
}

static ptrdiff_t digits_at(Str s, ptrdiff_t at)
{
    ptrdiff_t n = 0;
    while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9') n++;
    return n;
}

/* A part counts the first time only: "hund hund hund" is one word. */
static bool seen_before(Str s, ptrdiff_t at, ptrdiff_t n)
{
    ptrdiff_t first = str_find(s, str_sub(s, at, at + n), 0);
    return first >= 0 && first + n <= at;
}

static int64_t worth(Str s, Strs own)
{
    int64_t sum = 0;
    for (ptrdiff_t at = 0; at < s.n;) {
        ptrdiff_t word = cheap_word_at(s, at, own), run = run_at(s, at), digits = digits_at(s, at);
        ptrdiff_t part = word > run ? word : run;
        if (digits > part) part = digits;
        if (part == 0) {
            bool is_letter = s.p[at] != ' ' && s.p[at] != '-';
            sum += is_letter && !(at >= 3 && seen_before(s, at - 2, 3));
            at++;
            continue;
        }
        if (!seen_before(s, at, part)) sum += part == digits ? WORTH_DIGITS : WORTH_WORD;
        at += part;
    }
    return sum;
}

/* The parts of login and name, four letters or more. */
static Strs own_words(Ctx *c, Str login, Str name)
{
    enum { OWN_MAX = 16 };
    Strs own = {.v = NEW(c->arena, Str, OWN_MAX)};
    Str texts[] = {plain(c, login), plain(c, name)};
    for (ptrdiff_t i = 0; i < COUNT_OF(texts); i++) {
        ptrdiff_t from = 0;
        for (ptrdiff_t at = 0; at <= texts[i].n; at++) {
            bool inside = at < texts[i].n && texts[i].p[at] >= 'a' && texts[i].p[at] <= 'z';
            if (inside) continue;
            if (at - from >= 4 && own.n < OWN_MAX) own.v[own.n++] = str_sub(texts[i], from, at);
            from = at + 1;
        }
    }
    return own;
}

Err access_password_check(Ctx *c, Str password, Str login, Str name)
{
    ptrdiff_t n = str_chars(password);
    if (n < PASSWORD_MIN || n > PASSWORD_MAX)
        ctx_problem(c, S("password"), T("Vælg en adgangskode på 12–200 tegn, for eksempel tre ord, der ikke hører sammen."));
    else if (login.n && str_find(text_name_fold(c->arena, password), text_name_fold(c->arena, login), 0) >= 0)
        ctx_problem(c, S("password"), T("Adgangskoden må ikke indeholde dit brugernavn."));
    else if (password_is_leaked(text_lower(c->arena, password)) || worth(plain(c, password), own_words(c, login, name)) < WORTH_MIN)
        ctx_problem(c, S("password"),
                    T("Adgangskoden er for let at gætte. Vælg tre eller fire ord, der ikke hører sammen, "
                      "og som ikke er dit navn, en årstid eller et tastemønster."));
    return ctx_check(c);
}
