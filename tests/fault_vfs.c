#include "fault_vfs.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* One change of a file that no sync has made durable yet. */
typedef struct Change {
    int64_t at;
    int n; /* bytes; −1: the file was cut off at `at` */
    unsigned char *bytes;
    struct Change *next;
} Change;

/* A held file as all its connections see it. */
typedef struct Image {
    char *path;
    unsigned char *bytes;
    int64_t n, room;
    Change *first, **last; /* oldest first */
    struct Image *next;
} Image;

typedef struct FaultFile {
    sqlite3_file base;
    sqlite3_file *real; /* stands behind this struct */
    Image *image;       /* NULL: not held */
    bool counts;        /* database, log or journal, no temporary file */
} FaultFile;

static struct Disk {
    pthread_mutex_t lock;
    sqlite3_vfs vfs, *real;
    FaultPlan plan;
    int64_t calls[FAULT_CALLS];
    bool hold, is_cut;
    int64_t cut_in;
    uint64_t seed;
    int open_files;
    Image *images;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the plan ---------------------------------------------------------- */

static int should_fail(FaultCall call)
{
    int64_t n = ++disk.calls[call];
    const FaultPlan *p = &disk.plan;
    if (p->at == 0 || p->call != call || n < p->at) return SQLITE_OK;
    return n == p->at || p->for_good ? p->error : SQLITE_OK;
}

static bool coin(void)
{
    disk.seed = disk.seed * 6364136223846793005u + 1442695040888963407u;
    return disk.seed >> 63;
}

/* A test that cannot go on has no result at all. */
static void must(bool holds)
{
    if (!holds) abort();
}

/* ---- images ------------------------------------------------------------ */

static void image_room(Image *image, int64_t n)
{
    if (n <= image->room) return;
    int64_t room = n * 2;
    image->bytes = realloc(image->bytes, (size_t)room);
    must(image->bytes != NULL);
    memset(image->bytes + image->room, 0, (size_t)(room - image->room));
    image->room = room;
}

static Image *image_of(const char *path, sqlite3_file *real)
{
    for (Image *i = disk.images; i; i = i->next)
        if (strcmp(i->path, path) == 0) return i;
    Image *image = calloc(1, sizeof *image);
    sqlite3_int64 size = 0;
    must(image != NULL && real->pMethods->xFileSize(real, &size) == SQLITE_OK);
    *image = (Image){.path = strdup(path), .n = size, .next = disk.images};
    image->last = &image->first;
    image_room(image, size);
    if (size > 0) must(real->pMethods->xRead(real, image->bytes, (int)size, 0) == SQLITE_OK);
    disk.images = image;
    return image;
}

static void remember(Image *image, const void *bytes, int n, int64_t at)
{
    Change *change = calloc(1, sizeof *change);
    must(change != NULL);
    *change = (Change){.at = at, .n = n};
    if (n > 0) {
        change->bytes = malloc((size_t)n);
        must(change->bytes != NULL);
        memcpy(change->bytes, bytes, (size_t)n);
    }
    *image->last = change;
    image->last = &change->next;
}

static void forget_changes(Image *image)
{
    for (Change *ch = image->first, *next; ch; ch = next) {
        next = ch->next;
        free(ch->bytes);
        free(ch);
    }
    image->first = NULL;
    image->last = &image->first;
}

static void forget_image(Image **at)
{
    Image *image = *at;
    *at = image->next;
    forget_changes(image);
    free(image->bytes);
    free(image->path);
    free(image);
}

static void make_durable(sqlite3_file *real, const Change *ch, int n)
{
    if (ch->n < 0)
        must(real->pMethods->xTruncate(real, ch->at) == SQLITE_OK);
    else if (n > 0)
        must(real->pMethods->xWrite(real, ch->bytes, n, ch->at) == SQLITE_OK);
}

/* ---- the cut ----------------------------------------------------------- */

/* Some of what waited for a sync had reached the disk, in any order that a
   disk may choose; the newest change is torn in the middle. Opened as a log
   whatever it is: the system's VFS then looks for nothing beside it. */
static void cut_image(Image *image)
{
    sqlite3_file *real = calloc(1, (size_t)disk.real->szOsFile);
    int out = 0;
    must(real != NULL);
    must(disk.real->xOpen(disk.real, image->path, real, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, &out) == SQLITE_OK);
    for (const Change *ch = image->first; ch; ch = ch->next)
        if (coin()) make_durable(real, ch, ch->next ? ch->n : ch->n / 2);
    real->pMethods->xClose(real);
    free(real);
    forget_changes(image);
}

static bool power_fails_now(void)
{
    if (disk.cut_in == 0 || --disk.cut_in > 0) return false;
    for (Image *i = disk.images; i; i = i->next)
        if (i->first) cut_image(i);
    disk.is_cut = true;
    return true;
}

/* ---- file methods ------------------------------------------------------ */

static FaultFile *of(sqlite3_file *f)
{
    return (FaultFile *)f;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return of(f)->real;
}

static int f_close(sqlite3_file *f)
{
    int rc = real_of(f)->pMethods->xClose(real_of(f));
    pthread_mutex_lock(&disk.lock);
    disk.open_files--;
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int read_image(const Image *image, unsigned char *to, int n, int64_t at)
{
    int64_t there = image->n > at ? image->n - at : 0;
    int got = there < n ? (int)there : n;
    if (got > 0) memcpy(to, image->bytes + at, (size_t)got);
    if (got < n) memset(to + got, 0, (size_t)(n - got));
    return got < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int f_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    pthread_mutex_lock(&disk.lock);
    bool held = of(f)->image != NULL;
    int rc = disk.is_cut ? SQLITE_IOERR_READ : SQLITE_OK;
    if (rc == SQLITE_OK && held) rc = read_image(of(f)->image, to, n, at);
    pthread_mutex_unlock(&disk.lock);
    if (rc != SQLITE_OK || held) return rc;
    return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static int write_image(Image *image, const void *from, int n, int64_t at)
{
    image_room(image, at + n);
    memcpy(image->bytes + at, from, (size_t)n);
    if (at + n > image->n) image->n = at + n;
    remember(image, from, n, at);
    return power_fails_now() ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

static int f_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_IOERR_WRITE : of(f)->counts ? should_fail(FAULT_AT_WRITE) : SQLITE_OK;
    if (rc == SQLITE_OK && of(f)->image)
        rc = write_image(of(f)->image, from, n, at);
    else if (rc == SQLITE_OK)
        rc = real_of(f)->pMethods->xWrite(real_of(f), from, n, at);
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    Image *image = of(f)->image;
    if (!image) return real_of(f)->pMethods->xTruncate(real_of(f), size);
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
    if (rc == SQLITE_OK) {
        image_room(image, size);
        if (size < image->n) memset(image->bytes + size, 0, (size_t)(image->n - size));
        image->n = size;
        remember(image, NULL, -1, size);
    }
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

/* The real disk is not asked to flush: for what is tested here the file is the
   disk, and a real flush would only take time. */
static int f_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    Image *image = of(f)->image;
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_IOERR_FSYNC : of(f)->counts ? should_fail(FAULT_AT_SYNC) : SQLITE_OK;
    if (rc == SQLITE_OK && image) {
        for (const Change *ch = image->first; ch; ch = ch->next) make_durable(real_of(f), ch, ch->n);
        forget_changes(image);
    }
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int f_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    if (!of(f)->image) return real_of(f)->pMethods->xFileSize(real_of(f), ret);
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_IOERR_FSTAT : SQLITE_OK;
    *ret = of(f)->image->n;
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int f_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int f_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int f_reserved(sqlite3_file *f, int *ret)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int f_traits(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, ret);
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int f_shm_unmap(sqlite3_file *f, int drop)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), drop);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_traits,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

/* ---- disk methods ------------------------------------------------------ */

enum { COUNTED = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL };

static int d_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    FaultFile *file = of(f);
    *file = (FaultFile){.real = (sqlite3_file *)(file + 1), .counts = (flags & COUNTED) && path};
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_CANTOPEN : file->counts ? should_fail(FAULT_AT_OPEN) : SQLITE_OK;
    if (rc == SQLITE_OK) rc = disk.real->xOpen(disk.real, path, file->real, flags, out);
    if (rc == SQLITE_OK) {
        file->base.pMethods = &methods;
        if (disk.hold && file->counts) file->image = image_of(path, file->real);
        disk.open_files++;
    }
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

static int d_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    (void)sync_folder;
    pthread_mutex_lock(&disk.lock);
    int rc = disk.is_cut ? SQLITE_IOERR_DELETE : disk.real->xDelete(disk.real, path, 0);
    for (Image **at = &disk.images; rc == SQLITE_OK && *at;) {
        if (strcmp((*at)->path, path) == 0)
            forget_image(at);
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&disk.lock);
    return rc;
}

/* ---- for the tests ----------------------------------------------------- */

const char *fault_vfs_open(void)
{
    if (!disk.real) {
        must((disk.real = sqlite3_vfs_find(NULL)) != NULL);
        disk.vfs = *disk.real;
        disk.vfs.zName = "fault";
        disk.vfs.szOsFile = (int)sizeof(FaultFile) + disk.real->szOsFile;
        disk.vfs.xOpen = d_open;
        disk.vfs.xDelete = d_delete;
        must(sqlite3_vfs_register(&disk.vfs, 0) == SQLITE_OK);
    }
    return disk.vfs.zName;
}

void fault_vfs_plan(FaultPlan plan)
{
    pthread_mutex_lock(&disk.lock);
    disk.plan = plan;
    memset(disk.calls, 0, sizeof disk.calls);
    pthread_mutex_unlock(&disk.lock);
}

int64_t fault_vfs_calls(FaultCall call)
{
    pthread_mutex_lock(&disk.lock);
    int64_t n = disk.calls[call];
    pthread_mutex_unlock(&disk.lock);
    return n;
}

void fault_vfs_hold(bool hold)
{
    pthread_mutex_lock(&disk.lock);
    disk.hold = hold;
    pthread_mutex_unlock(&disk.lock);
}

void fault_vfs_cut(int64_t at, uint64_t seed)
{
    pthread_mutex_lock(&disk.lock);
    disk.cut_in = at;
    disk.seed = seed;
    pthread_mutex_unlock(&disk.lock);
}

bool fault_vfs_is_cut(void)
{
    pthread_mutex_lock(&disk.lock);
    bool is_cut = disk.is_cut;
    pthread_mutex_unlock(&disk.lock);
    return is_cut;
}

void fault_vfs_power(void)
{
    pthread_mutex_lock(&disk.lock);
    assert(disk.open_files == 0);
    while (disk.images) forget_image(&disk.images);
    disk.is_cut = false;
    disk.cut_in = 0;
    pthread_mutex_unlock(&disk.lock);
}
