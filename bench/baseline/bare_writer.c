/* Durable submissions a second without HTTP: so many threads in a closed loop
   before the bare writer. One line, tab-separated: engine, mode, sync, threads,
   units, submissions/s, p50 ms, p99 ms, submissions a batch (what writer_bench
   reads).
     bare_writer FOLDER SECONDS THREADS group|one|coal FULL UNITS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/bare_store.h"

enum { THREADS_MAX = 256, SAMPLES = 1 << 20 };

typedef struct Producer {
    pthread_t thread;
    BareWriter *writer;
    uint32_t random;
    double until;
    double *took; /* seconds, the first SAMPLES */
    int64_t n;
} Producer;

static void *produce(void *data)
{
    Producer *p = data;
    Submission s = {0};
    pthread_cond_init(&s.wake, NULL);
    while (bare_now() < p->until) {
        s.unit = (int)(bare_random(&p->random) % (uint32_t)p->writer->units);
        for (int i = 0; i < BARE_ITEMS; i++) s.answer[i] = (unsigned char)(bare_random(&p->random) % BARE_OPTIONS);
        double from = bare_now();
        bare_writer_store(p->writer, &s);
        if (p->n < SAMPLES) p->took[p->n] = bare_now() - from;
        p->n++;
    }
    return NULL;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static Producer all[THREADS_MAX]; /* style: the program's whole state */
    static BareWriter w;
    if (argc != 7 || strcmp(argv[5], "FULL") != 0)
        bare_die("usage: bare_writer FOLDER SECONDS THREADS group|one|coal FULL UNITS", NULL);
    int threads = bare_number(argv, 3, 1, THREADS_MAX), units = bare_number(argv, 6, 1, BARE_UNITS_MAX);
    double seconds = 0;
    if (sscanf(argv[2], "%lf", &seconds) != 1 || !(seconds > 0)) bare_die("SECONDS is no number", NULL);
    bare_writer_open(&w, argv[1], "bare_writer", bare_mode(argv[4]), units);
    double from = bare_now();
    for (int i = 0; i < threads; i++) {
        all[i] = (Producer){.writer = &w, .random = (uint32_t)i * 2654435761u + 1, .until = from + seconds};
        all[i].took = malloc(sizeof(double) * SAMPLES); /* touched only as far as it is used */
        if (!all[i].took || pthread_create(&all[i].thread, NULL, produce, &all[i]) != 0) bare_die("no thread", NULL);
    }
    for (int i = 0; i < threads; i++) pthread_join(all[i].thread, NULL);
    double took = bare_now() - from;
    bare_writer_close(&w);
    size_t n = 0, most = 0;
    for (int i = 0; i < threads; i++) most += (size_t)(all[i].n < SAMPLES ? all[i].n : SAMPLES);
    double *times = malloc(sizeof(double) * (most + 1));
    if (!times) bare_die("no memory", NULL);
    for (int i = 0; i < threads; i++)
        for (int64_t k = 0; k < all[i].n && k < SAMPLES; k++) times[n++] = all[i].took[k];
    qsort(times, n, sizeof *times, by_size);
    printf("sqlite\t%s\tFULL\t%d\t%d\t%.0f\t%.1f\t%.1f\t%.1f\n", argv[4], threads, units, (double)w.stored / took,
           times[n / 2] * 1e3, times[n * 99 / 100] * 1e3, (double)w.stored / (double)w.batches);
    return 0;
}
