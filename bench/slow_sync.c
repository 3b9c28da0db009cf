/* For LD_PRELOAD: every fsync and fdatasync takes SLOW_SYNC_US microseconds more,
   as on a common server's disk; a virtual machine's may answer in a tenth of a
   millisecond, and then grouping commits has little to save. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int SyncFn(int fd);

static int slowly(const char *name, int fd)
{
    const char *us = getenv("SLOW_SYNC_US");
    long ns = us ? strtol(us, NULL, 10) * 1000 : 0;
    SyncFn *sync_fn = (SyncFn *)dlsym(RTLD_NEXT, name);
    nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
    return sync_fn(fd);
}

int fdatasync(int fd)
{
    return slowly("fdatasync", fd);
}

int fsync(int fd)
{
    return slowly("fsync", fd);
}
