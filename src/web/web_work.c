/* A few threads for what must not hold up the network: searches, files,
   hashing, pages that wait for their audit row. */
#include "web/web_inside.h"

static Request *take_first(Workers *w)
{
    Request *r = w->first;
    w->first = r->next;
    if (!w->first) w->last = NULL;
    w->queued--;
    return r;
}

static void *work(void *user)
{
    Workers *w = user;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->stop) pthread_cond_wait(&w->wake, &w->lock);
        if (!w->first) break;
        Request *r = take_first(w);
        pthread_mutex_unlock(&w->lock);
        w->run(r);
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

Err web_workers_open(Ctx *c, Arena *keep, int n, void (*run)(Request *r), Workers *w)
{
    *w = (Workers){.run = run, .threads = NEW(keep, pthread_t, n)};
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    for (; w->n < n; w->n++) {
        if (pthread_create(&w->threads[w->n], NULL, work, w) == 0) continue;
        web_workers_close(w);
        return fail(c, E_BUSY, msg_verbatim(S("cannot start a worker thread")));
    }
    return OK;
}

void web_workers_close(Workers *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_broadcast(&w->wake);
    pthread_mutex_unlock(&w->lock);
    for (int i = 0; i < w->n; i++) pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
}

Err web_workers_take(Workers *w, Request *r)
{
    pthread_mutex_lock(&w->lock);
    bool has_room = w->queued < WEB_WORK_QUEUE && !w->stop;
    if (has_room) {
        r->next = NULL;
        if (w->last) w->last->next = r;
        else w->first = r;
        w->last = r;
        w->queued++;
        pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->lock);
    return has_room ? OK : E_BUSY;
}
