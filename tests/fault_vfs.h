/* A disk that fails, for tests: a SQLite VFS over the system's own.
   Two ways to fail, alone or together:
   - the n-th write, sync or opening answers an error of our choice, once or
     from then on;
   - a power cut: what was not synced is gone, the last write torn in the
     middle. `kill -9` does not show that, since the kernel still writes.
   For the second, writes to the database and its log go to memory and reach the
   file at the next successful sync (in order), while reads see both. The shared
   memory of the log (-shm) is real: SQLite makes it anew after a cut.
   One fault disk at a time in a process; every call takes its lock. */
#ifndef TEST_FAULT_VFS_H
#define TEST_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum FaultCall { FAULT_AT_WRITE, FAULT_AT_SYNC, FAULT_AT_OPEN, FAULT_CALLS } FaultCall;

typedef struct FaultPlan {
    FaultCall call;
    int64_t at;    /* the at-th such call from now, from 1; 0: none fails */
    int error;     /* SQLITE_FULL, SQLITE_IOERR_WRITE, … */
    bool for_good; /* all later ones too */
} FaultPlan;

/* Registers the VFS "fault"; its name for StoreOptions.vfs. */
const char *fault_vfs_open(void);
void fault_vfs_plan(FaultPlan plan);
/* Calls of that kind since the last plan. */
int64_t fault_vfs_calls(FaultCall call);

/* From now on writes wait for a sync. Before any file is opened. */
void fault_vfs_hold(bool hold);
/* The power fails at the at-th write from now (1: the very next): half of that
   write and a part of the unsynced ones before it, as seed says, may reach the
   disk; after it every call fails until fault_vfs_power. */
void fault_vfs_cut(int64_t at, uint64_t seed);
bool fault_vfs_is_cut(void);
/* After all files are closed: the disk works again, empty of what was held. */
void fault_vfs_power(void);

#endif
