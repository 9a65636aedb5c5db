/* Status codes and the text that goes with the last failure.

   Every function that can fail returns an eg_status. On failure it leaves one line of text, kept per thread until the
   next failure, that says what was expected and what came. Nothing in the library prints or exits. */
#ifndef ECGRAFT_STATUS_H
#define ECGRAFT_STATUS_H

typedef enum eg_status {
  EG_OK = 0,
  EG_NOMEM,    /* an allocation failed */
  EG_USAGE,    /* the caller's mistake: a shape, an option, a range. The Lua face raises it */
  EG_WORLD,    /* the world's: a file missing, damaged, cut short. The Lua face returns nil, message */
  EG_NUMERIC,  /* a NaN or an infinity where none may be */
  EG_CANCELLED /* the caller asked to stop */
} eg_status;

/* Sets the text of the last failure (printf format) and returns `status`. At most 511 characters are kept. */
eg_status eg_fail(eg_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prefixes the text of the last failure: "conv1d: " + text. Returns `status`. */
eg_status eg_fail_in(eg_status status, const char *where);

/* The text of this thread's last failure; "" when there was none. Valid until the next failure. */
const char *eg_failure(void);

/* Returns from the calling function when `call` fails. */
#define EG_TRY(call)                                                                                                   \
  do {                                                                                                                 \
    eg_status eg_try_status = (call);                                                                                  \
    if (eg_try_status != EG_OK)                                                                                        \
      return eg_try_status;                                                                                            \
  } while (0)

#endif
