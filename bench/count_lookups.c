/* For LD_PRELOAD: counts the look-ups of a program, which are its runs of
   SQLite statements that read and have columns (BEGIN, COMMIT and writes are
   none). At the program's end the sum is the content of ./lookups. */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>

int sqlite3_step(sqlite3_stmt *st);

static _Atomic long lookups; /* style: what is preloaded has no owner to hang it on */

int sqlite3_step(sqlite3_stmt *st)
{
    static int (*real)(sqlite3_stmt *); /* style: found once */
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
    if (!sqlite3_stmt_busy(st) && sqlite3_stmt_readonly(st) && sqlite3_column_count(st) > 0) lookups++;
    return real(st);
}

__attribute__((destructor)) static void tell(void)
{
    FILE *f = fopen("lookups", "w");
    if (!f) return;
    fprintf(f, "%ld\n", lookups);
    fclose(f);
}
