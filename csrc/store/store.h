/* What the readers of this folder have beside ecgraft/store.h. */
#ifndef EG_STORE_STORE_H
#define EG_STORE_STORE_H

#include <stddef.h>

#include "ecgraft/store.h"

/* As eg_store_open; `bytes` stay the caller's and must outlive the store, `name` stands for the file in messages. */
eg_status eg_store_open_memory(eg_store **out, const void *bytes, size_t count, const char *name);

/* From now on no thread but the caller's works on what is read. */
void eg_store_use_one_thread(eg_store *store);

#endif
