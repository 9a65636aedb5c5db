#include "ecgraft/memory.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Each block has a header of 64 bytes before it. Sizes are rounded up to 64 bytes, from 512 bytes on to eight steps an
   octave, and freed blocks wait in a list for each step; the part of a large block that nobody touches costs address
   space, not memory. */

enum { HEADER = 64, SMALLEST_LOG = 6, STEPS_PER_OCTAVE = 8, OCTAVES = 42, CLASSES = OCTAVES * STEPS_PER_OCTAVE };

#if defined(__SANITIZE_ADDRESS__) || defined(EG_NO_CACHE)
#define KEEP_FREED 0
#else
#define KEEP_FREED 1
#endif

/* A sanitizer notices a step out of a block only where that is closed to it: the system's block begins with our header,
   and may have room behind. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define CLOSE(from, bytes) ASAN_POISON_MEMORY_REGION(from, bytes)
#define OPEN(from, bytes) ASAN_UNPOISON_MEMORY_REGION(from, bytes)
#else
#define CLOSE(from, bytes) (void)0
#define OPEN(from, bytes) (void)0
#endif

typedef struct header {
  size_t bytes;    /* as asked */
  size_t capacity; /* behind the header */
  int class;       /* -1: not kept */
  struct header *next;
} header;

static struct {
  eg_memory_info info;
  header *freed[CLASSES];
  size_t limit; /* of held(); 0: none */
  uint64_t fail_at, count;
  bool fail_forever;
} heap;

#define LOCKED EG_MEMORY_PRAGMA(omp critical(eg_memory))
#define EG_MEMORY_PRAGMA(text) _Pragma(#text)

/* The class of a size, and the capacity of that class in *capacity. */
static int class_of(size_t bytes, size_t *capacity) {
  *capacity = bytes;
  if (!KEEP_FREED || bytes > SIZE_MAX / 2)
    return -1;
  bytes = bytes < 64 ? 64 : (bytes + 63) / 64 * 64;
  int log = 63 - __builtin_clzll((unsigned long long)bytes);
  size_t base = (size_t)1 << log, step = base / STEPS_PER_OCTAVE;
  size_t index = (bytes - base + step - 1) / step; /* 0 .. 8 */
  int class = (log - SMALLEST_LOG) * STEPS_PER_OCTAVE + (int)index;
  if (class >= CLASSES)
    return -1;
  *capacity = base + index * step;
  return class;
}

static bool must_fail(void) {
  bool fail = false;
  LOCKED {
    heap.info.calls++;
    if (heap.fail_at > 0) {
      heap.count++;
      fail = heap.count == heap.fail_at || (heap.fail_forever && heap.count > heap.fail_at);
    }
  }
  return fail;
}

static size_t held(void) {
  return heap.info.live + heap.info.blocks * HEADER;
}

static bool is_too_much(size_t bytes) {
  bool much;
  LOCKED {
    much = heap.limit > 0 && (bytes > heap.limit || held() > heap.limit - bytes);
  }
  return much;
}

static void trim(void) {
  for (int class = 0; class < CLASSES; class ++) {
    header *h;
    LOCKED {
      h = heap.freed[class];
      heap.freed[class] = NULL;
      for (header *each = h; each; each = each->next)
        heap.info.cached -= each->capacity;
    }
    while (h) {
      header *next = h->next;
      free(h);
      h = next;
    }
  }
}

/* Bytes of the system's block, or 0 where there can be none. */
static size_t whole(size_t capacity) {
  size_t bytes = capacity + HEADER + 63;
  return bytes < capacity ? 0 : bytes / 64 * 64;
}

static header *from_system(size_t capacity) {
  size_t bytes = whole(capacity);
  return bytes ? aligned_alloc(64, bytes) : NULL;
}

void *eg_alloc(size_t bytes) {
  size_t capacity;
  int class = class_of(bytes, &capacity);
  header *h = NULL;
  if (must_fail()) {
    eg_fail(EG_NOMEM, "out of memory: %zu bytes asked (failure injected)", bytes);
    return NULL;
  }
  if (is_too_much(bytes)) {
    eg_fail(EG_NOMEM, "out of memory: %zu bytes asked, which is more than is allowed here", bytes);
    return NULL;
  }
  if (class >= 0) {
    LOCKED {
      h = heap.freed[class];
      if (h) {
        heap.freed[class] = h->next;
        heap.info.cached -= h->capacity;
      }
    }
  }
  bool asked = !h;
  if (!h)
    h = from_system(capacity);
  if (!h && KEEP_FREED) {
    trim();
    h = from_system(capacity);
  }
  if (!h) {
    eg_fail(EG_NOMEM, "out of memory: %zu bytes asked", bytes);
    return NULL;
  }
  *h = (header){.bytes = bytes, .capacity = capacity, .class = class};
  LOCKED {
    heap.info.live += bytes;
    heap.info.blocks++;
    heap.info.asked += asked;
    if (heap.info.live > heap.info.peak)
      heap.info.peak = heap.info.live;
  }
  CLOSE((char *)h + HEADER + bytes, whole(capacity) - HEADER - bytes);
  CLOSE(h, HEADER);
  return (char *)h + HEADER;
}

void *eg_alloc_zero(size_t count, size_t size) {
  size_t bytes;
  if (!eg_size_mul(&bytes, count, size)) {
    eg_fail(EG_NOMEM, "out of memory: %zu x %zu bytes asked", count, size);
    return NULL;
  }
  void *block = eg_alloc(bytes);
  if (block)
    memset(block, 0, bytes);
  return block;
}

void *eg_realloc(void *block, size_t bytes) {
  void *fresh = eg_alloc(bytes);
  if (fresh && block) {
    const header *h = (const header *)((char *)block - HEADER);
    OPEN(h, HEADER);
    memcpy(fresh, block, h->bytes < bytes ? h->bytes : bytes);
    eg_free(block);
  }
  return fresh;
}

void eg_free(void *block) {
  if (!block)
    return;
  header *h = (header *)((char *)block - HEADER);
  OPEN(h, HEADER);
  bool keep = h->class >= 0;
  LOCKED {
    heap.info.live -= h->bytes;
    heap.info.blocks--;
    if (keep) {
      h->next = heap.freed[h->class];
      heap.freed[h->class] = h;
      heap.info.cached += h->capacity;
    }
  }
  if (!keep)
    free(h);
}

char *eg_strdup(const char *source) {
  size_t bytes = strlen(source) + 1;
  char *copy = eg_alloc(bytes);
  if (copy)
    memcpy(copy, source, bytes);
  return copy;
}

bool eg_size_mul(size_t *product, size_t a, size_t b) {
  return !__builtin_mul_overflow(a, b, product);
}

eg_memory_info eg_memory(void) {
  eg_memory_info info;
  LOCKED {
    info = heap.info;
  }
  return info;
}

void eg_memory_reset_peak(void) {
  LOCKED {
    heap.info.peak = heap.info.live;
  }
}

void eg_memory_trim(void) {
  trim();
}

void eg_memory_limit(size_t bytes) {
  LOCKED {
    size_t now = held();
    heap.limit = bytes == 0 ? 0 : bytes > SIZE_MAX - now ? SIZE_MAX : now + bytes;
  }
}

void eg_memory_fail_at(uint64_t nth, bool forever) {
  LOCKED {
    heap.fail_at = nth;
    heap.fail_forever = forever;
    heap.count = 0;
  }
}
