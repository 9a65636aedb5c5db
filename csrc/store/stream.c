/* A thread reads batches into a ring of slots; the caller takes them out in order. */
#define _POSIX_C_SOURCE 200809L
#include "ecgraft/stream.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "ecgraft/memory.h"
#include "ecgraft/store.h"
#include "store/store.h"

enum { SLOTS = 3 };

struct eg_stream {
  /* The reader's alone while its thread runs. */
  eg_store *store;
  char *name;
  int64_t *rows;
  int64_t count, batch;
  double scale;

  pthread_t thread;
  bool running;

  /* Behind the lock. */
  pthread_mutex_t lock;
  pthread_cond_t changed;
  eg_tensor *slots[SLOTS];
  int64_t read, taken; /* batches */
  bool stop;
  eg_status status; /* what ended the reading before its end */
  char *message;
};

static int64_t batches_of(const eg_stream *s) {
  return s->count / s->batch + (s->count % s->batch != 0);
}

/* Waits until a slot is free; false: it is to stop. */
static bool wait_for_room(eg_stream *s) {
  pthread_mutex_lock(&s->lock);
  while (!s->stop && s->read - s->taken == SLOTS)
    pthread_cond_wait(&s->changed, &s->lock);
  bool go_on = !s->stop;
  pthread_mutex_unlock(&s->lock);
  return go_on;
}

static void hand_over(eg_stream *s, eg_tensor *x, eg_status status) {
  /* The text of a failure is this thread's: it is kept for the caller's. */
  char *message = status == EG_OK ? NULL : eg_strdup(eg_failure());
  pthread_mutex_lock(&s->lock);
  if (status == EG_OK) {
    s->slots[s->read % SLOTS] = x;
    s->read++;
  } else {
    s->status = status;
    s->message = message;
  }
  pthread_cond_broadcast(&s->changed);
  pthread_mutex_unlock(&s->lock);
}

static void *run(void *context) {
  eg_stream *s = context;
  eg_status status = EG_OK;
  for (int64_t i = 0, n = batches_of(s); i < n && status == EG_OK && wait_for_room(s); i++) {
    int64_t first = i * s->batch, here = s->count - first < s->batch ? s->count - first : s->batch;
    eg_tensor *x;
    status = eg_store_gather(&x, s->store, s->name, s->rows + first, here, s->scale);
    hand_over(s, x, status);
  }
  return NULL;
}

/* Signals are for the other threads: an interruption is the caller's to see. */
static int start(eg_stream *s) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&s->thread, NULL, run, s);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed;
}

static eg_status prepare(eg_stream *s, const char *path, const char *name, const int64_t *rows) {
  s->name = eg_strdup(name);
  s->rows = eg_alloc_zero((size_t)s->count, sizeof *rows);
  if (!s->name || !s->rows)
    return EG_NOMEM;
  if (s->count > 0)
    memcpy(s->rows, rows, (size_t)s->count * sizeof *rows);
  EG_TRY(eg_store_open(&s->store, path));
  eg_store_use_one_thread(s->store);
  if (eg_store_find(s->store, name) < 0)
    return eg_fail(EG_USAGE, "%s: there is no array '%.200s'", path, name);
  int failed = start(s);
  if (failed)
    return eg_fail(EG_WORLD, "%s: no thread can be started to read it: %s", path, strerror(failed));
  s->running = true;
  return EG_OK;
}

eg_status eg_stream_open(eg_stream **out, const char *path, const char *name, const int64_t *rows, int64_t count,
                         int64_t batch, double scale) {
  *out = NULL;
  if (batch < 1 || count < 0)
    return eg_fail(EG_USAGE, "stream: expected batches of at least 1 row, got %lld of %lld rows", (long long)batch,
                   (long long)count);
  eg_stream *s = eg_alloc_zero(1, sizeof *s);
  if (!s)
    return EG_NOMEM;
  s->count = count;
  s->batch = batch;
  s->scale = scale;
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->changed, NULL);
  eg_status status = prepare(s, path, name, rows);
  if (status == EG_OK)
    *out = s;
  else
    eg_stream_close(s);
  return status;
}

eg_status eg_stream_next(eg_tensor **out, eg_stream *s) {
  *out = NULL;
  eg_status status = EG_OK;
  pthread_mutex_lock(&s->lock);
  bool ended = s->taken == batches_of(s);
  while (!ended && s->read == s->taken && s->status == EG_OK)
    pthread_cond_wait(&s->changed, &s->lock);
  if (s->read > s->taken) {
    eg_tensor **slot = &s->slots[s->taken % SLOTS];
    *out = *slot;
    *slot = NULL;
    s->taken++;
    pthread_cond_broadcast(&s->changed);
  } else if (!ended) {
    status = s->message ? eg_fail(s->status, "%s", s->message) : s->status;
  }
  pthread_mutex_unlock(&s->lock);
  return status;
}

void eg_stream_close(eg_stream *s) {
  if (!s)
    return;
  if (s->running) {
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
  }
  for (int i = 0; i < SLOTS; i++)
    eg_tensor_release(s->slots[i]);
  eg_store_close(s->store);
  pthread_cond_destroy(&s->changed);
  pthread_mutex_destroy(&s->lock);
  eg_free(s->message);
  eg_free(s->name);
  eg_free(s->rows);
  eg_free(s);
}
