/* One mail: composing it, and handing it to the server by libcurl. Composing is
   ours because curl's own (curl_mime) makes multipart messages only. */
#include "core/mail/mail.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "core/app.h"

/* ---- what may be sent --------------------------------------------------------- */

static bool is_plain(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');
}

static bool is_domain(Str s)
{
    if (s.n < 1 || !is_plain(s.p[0]) || !is_plain(s.p[s.n - 1])) return false;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (!is_plain(s.p[i]) && s.p[i] != '-' && s.p[i] != '.') return false;
    return str_find(s, S(".."), 0) < 0;
}

/* The unquoted local part of RFC 5322: letters and these, dots between. */
static bool is_local(Str s)
{
    const Str others = S("!#$%&'*+-/=?^_`{|}~.");
    if (s.n < 1 || s.n > 64 || s.p[0] == '.' || s.p[s.n - 1] == '.') return false;
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (!is_plain(s.p[i]) && str_find_char(others, s.p[i], 0) < 0) return false;
    return str_find(s, S(".."), 0) < 0;
}

bool mail_is_address(Str s)
{
    ptrdiff_t at = str_find_char(s, '@', 0);
    return s.n <= 254 && at > 0 && is_local(str_sub(s, 0, at)) && is_domain(str_sub(s, at + 1, s.n));
}

static bool is_one_line(Str s, ptrdiff_t chars_max)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 32 || s.p[i] == 127) return false;
    return s.n > 0 && str_is_utf8(s) && str_chars(s) <= chars_max;
}

static bool is_text(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 32 && s.p[i] != '\n' && s.p[i] != '\t') return false;
    return s.n > 0 && s.n <= MAIL_TEXT_MAX && str_is_utf8(s);
}

static bool is_language(Str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if (!is_plain(s.p[i]) && s.p[i] != '-') return false;
    return s.n <= 16;
}

typedef struct Sender {
    Str name, address;
} Sender;

/* "address" or "Name <address>". */
static bool read_sender(Str from, Sender *ret)
{
    Sender s = {.address = str_trim(from)};
    ptrdiff_t open = str_find_char(from, '<', 0);
    if (open >= 0) {
        Str rest = str_trim(str_sub(from, open + 1, from.n));
        if (!str_ends(rest, S(">"))) return false;
        s = (Sender){.name = str_trim(str_sub(from, 0, open)), .address = str_sub(rest, 0, rest.n - 1)};
    }
    if (s.name.n && !is_one_line(s.name, 100)) return false;
    if (!mail_is_address(s.address)) return false;
    *ret = s;
    return true;
}

/* ---- composing ------------------------------------------------------------------ */

/* Bytes of the longest start of s that is at most max bytes and ends between characters. */
static ptrdiff_t whole_chars(Str s, ptrdiff_t max)
{
    ptrdiff_t at = 0;
    for (int len = 0; at < s.n; at += len) {
        (void)str_next_char(s, at, &len);
        if (at + len > max) break;
    }
    return at;
}

/* Always in encoded words (RFC 2047), 45 bytes each: 60 of base64 and 12 around
   them stay under the 75 of the rule, and no letter means anything in a header. */
static void put_words(Buf *b, Str s)
{
    for (bool is_first = true; s.n; is_first = false) {
        char base64[64];
        ptrdiff_t n = whole_chars(s, 45);
        sodium_bin2base64(base64, sizeof base64, (const unsigned char *)s.p, (size_t)n, sodium_base64_VARIANT_ORIGINAL);
        buf_add(b, is_first ? S("=?UTF-8?B?") : S("\r\n =?UTF-8?B?"));
        buf_add(b, str_of_z(base64));
        buf_add(b, S("?="));
        s = str_sub(s, n, s.n);
    }
}

/* RFC 5322 §3.3, in UTC: Tue, 24 Nov 2026 09:00:00 +0000 */
static void put_date(Buf *b, Instant now)
{
    static const char days[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    Date day = date_of_instant(now);
    Civil civil = date_civil(day);
    int64_t second = now.ms / 1000 - (int64_t)day.day * 86400;
    buf_add(b, (Str){days + (ptrdiff_t)3 * date_weekday(day), 3});
    buf_add(b, S(", "));
    buf_add_i64(b, civil.day);
    buf_add_char(b, ' ');
    buf_add(b, (Str){months + (ptrdiff_t)3 * (civil.month - 1), 3});
    buf_add_char(b, ' ');
    buf_add_i64(b, civil.year);
    buf_add_char(b, ' ');
    buf_add_padded(b, second / 3600, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, second / 60 % 60, 2);
    buf_add_char(b, ':');
    buf_add_padded(b, second % 60, 2);
    buf_add(b, S(" +0000"));
}

static void put_headers(Ctx *c, Buf *b, const Sender *sender, const Mail *mail)
{
    buf_add(b, S("From: "));
    put_words(b, sender->name);
    buf_add(b, sender->name.n ? S(" <") : S("<"));
    buf_add(b, sender->address);
    buf_add(b, S(">\r\nTo: <"));
    buf_add(b, mail->to);
    buf_add(b, S(">\r\nSubject: "));
    put_words(b, mail->subject);
    buf_add(b, S("\r\nDate: "));
    put_date(b, c->now);
    buf_add(b, S("\r\nMessage-ID: <"));
    buf_add(b, mail->uid.n ? mail->uid : ctx_uid(c));
    buf_add(b, str_sub(sender->address, str_find_char(sender->address, '@', 0), sender->address.n));
    buf_add(b, S(">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Language: "));
    buf_add(b, mail->language.n ? mail->language : mail->lang == LANG_EN ? S("en") : S("da"));
    buf_add(b, S("\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n"
                 "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
}

/* Quoted-printable (RFC 2045 §6.7): lines of at most 76, a space at the end of one encoded. */
typedef struct Quoted {
    Buf *b;
    int column;
} Quoted;

static void put_byte(Quoted *q, char ch, bool is_last)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char u = (unsigned char)ch;
    bool is_literal = (u > 32 && u < 127 && u != '=') || (u == ' ' && !is_last);
    int width = is_literal ? 1 : 3;
    if (q->column + width > 75) {
        buf_add(q->b, S("=\r\n"));
        q->column = 0;
    }
    q->column += width;
    if (is_literal) {
        buf_add_char(q->b, ch);
        return;
    }
    buf_add_char(q->b, '=');
    buf_add_char(q->b, hex[u >> 4]);
    buf_add_char(q->b, hex[u & 15]);
}

/* One line of format=flowed (RFC 3676 §4.4): stuffed with a space where it begins
   as a quotation or an mbox does. */
static void put_flowed_line(Buf *b, Str line)
{
    Quoted q = {b, 0};
    if (str_starts(line, S(" ")) || str_starts(line, S(">")) || str_starts(line, S("From "))) put_byte(&q, ' ', false);
    for (ptrdiff_t i = 0; i < line.n; i++) put_byte(&q, line.p[i], i == line.n - 1);
    buf_add(b, S("\r\n"));
}

/* Where to break a line of more than 72 characters: behind its last space among
   them, which stays and says that the paragraph goes on. 0: nowhere. */
static ptrdiff_t break_at(Str line)
{
    ptrdiff_t at = 0, best = 0;
    int chars = 0;
    for (int len = 0; at < line.n; at += len, chars++) {
        if (chars >= 72 && best > 0) return best;
        if (str_next_char(line, at, &len) == ' ') best = at + 1;
    }
    return chars > 72 && best < line.n ? best : 0;
}

static Str without_end_spaces(Str line)
{
    while (line.n && line.p[line.n - 1] == ' ') line.n--;
    return line;
}

static void put_text(Buf *b, Str text)
{
    Str line = {0};
    while (str_split(&text, '\n', &line)) {
        line = without_end_spaces(line);
        for (ptrdiff_t n; (n = break_at(line)) > 0; line = str_sub(line, n, line.n)) put_flowed_line(b, str_sub(line, 0, n));
        put_flowed_line(b, line);
    }
}

static Err look(Ctx *c, const Mail *mail)
{
    if (!mail_is_address(mail->to)) return fail(c, E_INVALID, T("E-mailadressen kan ikke bruges. Skriv den som navn@skole.dk."));
    if (!is_one_line(mail->subject, MAIL_SUBJECT_CHARS)) return fail(c, E_INVALID, T("Emnet skal være én linje på højst 200 tegn."));
    if (!is_language(mail->language)) return fail(c, E_INVALID, msg_verbatim(S("not a language of a mail")));
    if (!is_text(mail->text)) return fail(c, E_INVALID, T("Teksten i mailen er tom, for lang eller har tegn, som ikke kan sendes."));
    return OK;
}

Err mail_compose(Ctx *c, Str from, const Mail *mail, Str *ret)
{
    Sender sender = {0};
    TRY(look(c, mail));
    if (!read_sender(from, &sender)) return fail(c, E_BUSY, msg_verbatim(S("mail-from is neither address nor Name <address>")));
    Buf b = buf_new(c->arena, 8000 + 4 * mail->text.n);
    put_headers(c, &b, &sender, mail);
    put_text(&b, mail->text);
    if (b.full) return fail(c, E_INVALID, T("Teksten i mailen er tom, for lang eller har tegn, som ikke kan sendes."));
    *ret = buf_str(&b);
    return OK;
}

/* ---- the line to the server ------------------------------------------------------- */

struct Mailer {
    CURL *curl;
    Str from, sender; /* as in settings; its address alone */
    bool is_down, is_doubtful;
};

bool mail_is_on(const Ctx *c)
{
    return c->app->settings->smtp.n > 0 && c->app->settings->mail_from.n > 0;
}

bool mail_is_down(const Mailer *mailer)
{
    return mailer->is_down;
}

bool mail_is_doubtful(const Mailer *mailer)
{
    return mailer->is_doubtful;
}

static void close_mailer(Ctx *c, void *data)
{
    Mailer *m = data;
    (void)c;
    curl_easy_cleanup(m->curl);
}

/* The first line of the file. */
static Err read_password(Ctx *c, Str path, Str *ret)
{
    Buf b = buf_new(c->arena, 1000);
    int file = open(str_z(c->arena, path), O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, b.p, (size_t)b.max);
    if (file >= 0) close(file);
    if (n <= 0) return fail(c, E_BUSY, msg_verbatim(S("the file of smtp-password cannot be read")));
    Str rest = {b.p, n}, line = {0};
    (void)str_split(&rest, '\n', &line);
    *ret = str_trim(line);
    return OK;
}

static Err log_in(Ctx *c, CURL *curl, const Settings *s)
{
    Str password = {0};
    if (!s->smtp_user.n) return OK;
    if (s->smtp_password.n) TRY(read_password(c, s->smtp_password, &password));
    curl_easy_setopt(curl, CURLOPT_USERNAME, str_z(c->arena, s->smtp_user));
    curl_easy_setopt(curl, CURLOPT_PASSWORD, str_z(c->arena, password));
    return OK;
}

/* curl keeps copies of the texts that it is given. */
static Err set_up(Ctx *c, CURL *curl)
{
    const Settings *s = c->app->settings;
    bool must_hold = s->smtp_tls || s->smtp_user.n || str_starts(s->smtp, S("smtps://"));
    curl_easy_setopt(curl, CURLOPT_URL, str_z(c->arena, s->smtp));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(must_hold ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    /* An offer that anybody on the way could take away is no better with a certificate checked. */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, must_hold ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, must_hold ? 2L : 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    return log_in(c, curl, s);
}

Err mail_open(Ctx *c, Mailer **ret)
{
    const Settings *s = c->app->settings;
    Sender sender = {0};
    if (!mail_is_on(c)) return fail(c, E_BUSY, msg_verbatim(S("no mail is sent: smtp and mail-from are not set")));
    bool is_smtp = str_starts(s->smtp, S("smtp://")) || str_starts(s->smtp, S("smtps://"));
    if (!is_smtp) return fail(c, E_BUSY, msg_verbatim(S("smtp is not smtp://host:port or smtps://host:port")));
    if (!read_sender(s->mail_from, &sender)) return fail(c, E_BUSY, msg_verbatim(S("mail-from is neither address nor Name <address>")));
    Mailer *m = NEW(c->arena, Mailer, 1);
    *m = (Mailer){.curl = curl_easy_init(), .from = s->mail_from, .sender = sender.address};
    if (!m->curl) return fail(c, E_BUSY, msg_verbatim(S("no memory for a line to the mail server")));
    ctx_at_end(c, close_mailer, m);
    TRY(set_up(c, m->curl));
    *ret = m;
    return OK;
}

/* Inside curl: no arena here. */
static size_t give_bytes(char *to, size_t size, size_t count, void *data)
{
    Str *rest = data;
    ptrdiff_t n = (ptrdiff_t)(size * count);
    if (n > rest->n) n = rest->n;
    for (ptrdiff_t i = 0; i < n; i++) to[i] = rest->p[i];
    *rest = str_sub(*rest, n, rest->n);
    return (size_t)n;
}

/* 5yz is "never" (RFC 5321 §4.2.1), but for 53z: the log-in is not right, which
   says nothing of this mail. 421 and no answer at all: the server, not the mail. */
static Err outcome(Ctx *c, Mailer *m, CURLcode code, bool is_given)
{
    long answer = 0;
    curl_easy_getinfo(m->curl, CURLINFO_RESPONSE_CODE, &answer);
    m->is_down = m->is_doubtful = false;
    if (code == CURLE_OK) return OK;
    bool is_log_in = code == CURLE_LOGIN_DENIED || (answer >= 530 && answer < 540);
    bool is_answered = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
    if (is_answered && !is_log_in && answer >= 500 && answer < 600)
        return fail(c, E_INVALID, T("Modtagerens mailserver tager ikke imod mailen."));
    m->is_down = is_log_in || answer < 400 || answer == 421;
    m->is_doubtful = is_given && answer < 400; /* 354 "go on" was the last that was heard */
    return fail(c, E_BUSY, T("Mailserveren tager ikke imod lige nu. Der bliver prøvet igen."));
}

Err mail_send(Ctx *c, Mailer *m, const Mail *mail)
{
    Str message = {0};
    TRY(mail_compose(c, m->from, mail, &message));
    struct curl_slist *to = curl_slist_append(NULL, str_z(c->arena, mail->to));
    if (!to) return fail(c, E_BUSY, msg_verbatim(S("no memory for a mail")));
    curl_easy_setopt(m->curl, CURLOPT_MAIL_FROM, str_z(c->arena, m->sender));
    curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(m->curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(m->curl, CURLOPT_READDATA, &message);
    CURLcode code = curl_easy_perform(m->curl);
    curl_easy_setopt(m->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(to);
    return outcome(c, m, code, message.n == 0);
}
