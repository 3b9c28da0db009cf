/* A real SMTP server (tests/smtp_server.py, Debian's python3-aiosmtpd) for one
   test; the test is skipped where it is not installed. It ends with the test's
   Ctx. What it does with a mail is told by the recipient's local part:
     refused@…  550 at RCPT          later@…  451 at RCPT, always
     once@…     451 the first time   lost@…   keeps the mail, then drops the line without an answer
     broken@…   drops the line at RCPT
     slow@…     keeps the mail, then answers after half a minute */
#ifndef TESTS_SMTP_H
#define TESTS_SMTP_H

#include <sys/types.h>

#include "served.h"

typedef struct SmtpServer {
    pid_t pid;
    int keep;         /* its standard input: it ends when this does */
    char folder[60];
    int port;
} SmtpServer;

/* Sets the settings' smtp and mail-from to it. */
SmtpServer *test_smtp(Served *served);
void test_smtp_stop(SmtpServer *server);
/* The n-th mail it kept, from 1, with "FROM > TO" as its first line; p NULL: there is none. */
Str test_smtp_message(const SmtpServer *server, int n);
int test_smtp_count(const SmtpServer *server);
/* How many were for this address. */
int test_smtp_to(const SmtpServer *server, const char *address);

#endif
