/* The header file: one record line, a line for each signal, comments behind '#'. Parsed in a private copy of the text,
   in which words are ended in place. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ecg/wfdb_file.h"
#include "ecgraft/memory.h"
#include "ecgraft/wfdb.h"

/* More than any real header has. */
enum { MOST_HEADER_BYTES = 1 << 20, MOST_SIGNALS = 4096, MOST_SAMPLES_PER_FRAME = 1 << 16 };

typedef struct line {
  char *at; /* what is not yet read of it */
  int number;
  const char *path;
} line;

static bool blank(char c) {
  return c == ' ' || c == '\t';
}

/* The next word, ended in place; NULL at the end of the line. */
static char *next_word(line *l) {
  while (blank(*l->at))
    l->at++;
  if (!*l->at)
    return NULL;
  char *word = l->at;
  while (*l->at && !blank(*l->at))
    l->at++;
  if (*l->at)
    *l->at++ = '\0';
  return word;
}

/* The failure that a word is not what it should be. What came from the file is shown with printable characters only. */
static eg_status wrong(const line *l, const char *expected, const char *word) {
  char shown[48];
  if (!word)
    return eg_fail(EG_WORLD, "%s, line %d: expected %s, got the end of the line", l->path, l->number, expected);
  size_t n = 0;
  for (; n < sizeof shown - 1 && word[n]; n++)
    shown[n] = word[n] >= ' ' && word[n] <= '~' ? word[n] : '?';
  shown[n] = '\0';
  return eg_fail(EG_WORLD, "%s, line %d: expected %s, got \"%s\"", l->path, l->number, expected, shown);
}

static bool digit(char c) {
  return c >= '0' && c <= '9';
}

/* [+-]digits at *at, which then stands behind it. False, with *at unchanged, where there is none or it does not fit. */
static bool read_integer(const char **at, int64_t *value) {
  const char *s = *at;
  bool negative = *s == '-';
  if (*s == '-' || *s == '+')
    s++;
  if (!digit(*s))
    return false;
  int64_t v = 0;
  for (; digit(*s); s++) {
    if (v > (INT64_MAX - 9) / 10)
      return false;
    v = v * 10 + (*s - '0');
  }
  *value = negative ? -v : v;
  *at = s;
  return true;
}

/* [+-]digits[.digits][e[+-]digits]: strtod would also take "nan" and "0x1p3", and heeds the locale. */
static bool read_decimal(const char **at, double *value) {
  const char *s = *at;
  bool negative = *s == '-', any = false;
  if (*s == '-' || *s == '+')
    s++;
  uint64_t mantissa = 0;
  int scale = 0; /* value = mantissa 10^scale */
  for (bool fraction = false; digit(*s) || (*s == '.' && !fraction); s++) {
    if (*s == '.') {
      fraction = true;
      continue;
    }
    any = true;
    if (mantissa < 100000000000000000u) {
      mantissa = mantissa * 10 + (uint64_t)(*s - '0');
      scale -= fraction;
    } else if (scale < 1000) {
      scale += !fraction; /* a digit beyond the 17 that a double can tell */
    }
  }
  if (!any)
    return false;
  if (*s == 'e' || *s == 'E') {
    const char *e = s + 1;
    int64_t exponent;
    if (read_integer(&e, &exponent) && exponent > -10000 && exponent < 10000) {
      scale += (int)exponent;
      s = e;
    }
  }
  /* One division or product by an exact power of ten: correctly rounded for what people write in headers. */
  double v = (double)mantissa;
  v = scale < 0 ? v / pow(10.0, -scale) : v * pow(10.0, scale);
  if (!isfinite(v))
    return false;
  *value = negative ? -v : v;
  *at = s;
  return true;
}

/* An optional integer word; absent leaves *value. */
static eg_status integer_word(line *l, int64_t *value, const char *what, bool *given) {
  char *word = next_word(l);
  if (given)
    *given = word != NULL;
  if (!word)
    return EG_OK;
  const char *at = word;
  if (!read_integer(&at, value) || *at)
    return wrong(l, what, word);
  return EG_OK;
}

static eg_status parse_rate(line *l, eg_wfdb_header *h) {
  h->rate = 250; /* header(5): where it is absent */
  char *word = next_word(l);
  if (!word)
    return EG_OK;
  const char *at = word, *what = "a sampling rate above 0, as in 500 or 500/500(0)";
  if (!read_decimal(&at, &h->rate) || !(h->rate > 0))
    return wrong(l, what, word);
  h->counter_rate = h->rate;
  if (*at == '/') {
    at++;
    if (!read_decimal(&at, &h->counter_rate))
      return wrong(l, what, word);
    if (*at == '(') {
      at++;
      if (!read_decimal(&at, &h->base_counter) || *at++ != ')')
        return wrong(l, what, word);
    }
  }
  return *at ? wrong(l, what, word) : EG_OK;
}

/* NAME[/SEGMENTS] SIGNALS [RATE[/COUNTER[(BASE)]] [LENGTH [TIME] [DATE]]] */
static eg_status parse_record_line(line *l, eg_wfdb_header *h, int64_t *signals) {
  char *word = next_word(l);
  if (!word)
    return wrong(l, "a record line", word);
  h->name = word;
  char *slash = strchr(word, '/');
  if (slash) {
    const char *at = slash + 1;
    int64_t segments;
    if (!read_integer(&at, &segments) || *at || segments < 1 || segments > INT32_MAX)
      return wrong(l, "NAME or NAME/SEGMENTS", word);
    h->segments = (int)segments;
    *slash = '\0';
  }
  bool given;
  EG_TRY(integer_word(l, signals, "the number of signals", &given));
  if (!given)
    return wrong(l, "the number of signals", NULL);
  EG_TRY(parse_rate(l, h));
  EG_TRY(integer_word(l, &h->length, "the number of samples", NULL));
  if (*signals < 0 || h->length < 0)
    return eg_fail(EG_WORLD,
                   "%s, line %d: expected counts of signals and samples of at least 0, got %" PRId64 " and %" PRId64,
                   l->path, l->number, *signals, h->length);
  /* Some sets write the date before the time. */
  h->time = h->date = "";
  while ((word = next_word(l)))
    if (strchr(word, ':') || !strpbrk(word, "/-"))
      h->time = word;
    else
      h->date = word;
  return EG_OK;
}

/* FORMAT[xSAMPLES][:SKEW][+OFFSET] */
static eg_status parse_format(line *l, eg_wfdb_signal *s) {
  char *word = next_word(l);
  const char *at = word, *what = "a signal format, as in 16, 212x2 or 16+24";
  int64_t format, samples = 1;
  if (!word || !digit(*word) || !read_integer(&at, &format) || format > 100000)
    return wrong(l, what, word);
  if (*at == 'x' && (at++, !read_integer(&at, &samples)))
    return wrong(l, what, word);
  if (*at == ':' && (at++, !read_integer(&at, &s->skew)))
    return wrong(l, what, word);
  if (*at == '+' && (at++, !read_integer(&at, &s->offset)))
    return wrong(l, what, word);
  if (*at || samples < 1 || samples > MOST_SAMPLES_PER_FRAME || s->skew < 0 || s->offset < 0)
    return wrong(l, what, word);
  s->format = (int)format;
  s->samples_per_frame = (int)samples;
  return EG_OK;
}

/* [GAIN[(BASELINE)][/UNITS]]; *baseline tells whether one was given. */
static eg_status parse_gain(line *l, eg_wfdb_signal *s, bool *baseline) {
  s->gain = 200;
  s->units = "mV";
  *baseline = false;
  char *word = next_word(l);
  if (!word)
    return EG_OK;
  const char *at = word, *what = "a gain, as in 200, 1000(0)/mV or 4880/mV";
  if (!read_decimal(&at, &s->gain))
    return wrong(l, what, word);
  if (*at == '(') {
    at++;
    if (!read_integer(&at, &s->baseline) || *at++ != ')')
      return wrong(l, what, word);
    *baseline = true;
  }
  if (*at == '/') {
    if (at[1])
      s->units = at + 1;
  } else if (*at) {
    return wrong(l, what, word);
  }
  if (s->gain == 0)
    s->gain = 200; /* header(5): 0 says that it is not known */
  return EG_OK;
}

/* FILE FORMAT [GAIN [RESOLUTION [ZERO [INITIAL [CHECKSUM [BLOCK [NAME]]]]]]] */
static eg_status parse_signal_line(line *l, eg_wfdb_signal *s) {
  char *word = next_word(l);
  s->file = word;
  EG_TRY(parse_format(l, s));
  bool baseline, given;
  EG_TRY(parse_gain(l, s, &baseline));
  EG_TRY(integer_word(l, &s->resolution, "the ADC's resolution in bits", NULL));
  EG_TRY(integer_word(l, &s->zero, "the ADC's zero", NULL));
  if (!baseline)
    s->baseline = s->zero;
  s->initial = s->zero;
  EG_TRY(integer_word(l, &s->initial, "the initial value", NULL));
  EG_TRY(integer_word(l, &s->checksum, "the checksum", &given));
  s->has_checksum = given;
  EG_TRY(integer_word(l, &s->block_size, "the block size", NULL));
  while (blank(*l->at))
    l->at++;
  s->name = l->at;
  return EG_OK;
}

/* Cuts the line that begins at `start` off its successor, and blanks off its end; returns where the next one begins, or
   NULL. Lines end in LF, CR LF or CR. */
static char *end_line(char *start, char *end) {
  char *stop = start;
  while (stop < end && *stop != '\n' && *stop != '\r')
    stop++;
  char *next = NULL;
  if (stop < end)
    next = stop + (stop[0] == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1);
  while (stop > start && blank(stop[-1]))
    stop--;
  *stop = '\0';
  return next;
}

/* Signal lines and comments there are, blank lines left out; the text is split into lines. */
static void count_lines(const char *text, size_t size, int64_t *lines, int64_t *comments) {
  *lines = *comments = 0;
  for (size_t i = 0; i < size; i++) {
    while (i < size && blank(text[i]))
      i++;
    if (i < size && text[i] == '#')
      ++*comments;
    else if (i < size && text[i] != '\n' && text[i] != '\r')
      ++*lines;
    while (i < size && text[i] != '\n' && text[i] != '\r')
      i++;
  }
}

static eg_status parse(eg_wfdb_header *h, size_t size) {
  int64_t lines, comments, signals = 0, seen = 0;
  count_lines(h->text, size, &lines, &comments);
  if (lines - 1 > MOST_SIGNALS)
    return eg_fail(EG_WORLD, "%s: expected at most %d signals, got %" PRId64 " lines", h->path, MOST_SIGNALS,
                   lines - 1);
  h->comments = eg_alloc_zero((size_t)comments, sizeof *h->comments);
  h->signals = eg_alloc_zero(lines > 0 ? (size_t)lines - 1 : 0, sizeof *h->signals);
  if (!h->comments || !h->signals)
    return EG_NOMEM;
  line l = {.path = h->path};
  for (char *at = h->text, *next; at; at = next) {
    next = end_line(at, h->text + size);
    l.at = at;
    l.number++;
    while (blank(*l.at))
      l.at++;
    if (*l.at == '#') {
      while (*l.at == '#' || blank(*l.at))
        l.at++;
      h->comments[h->n_comments++] = l.at;
    } else if (*l.at && seen++ == 0) {
      EG_TRY(parse_record_line(&l, h, &signals));
      if (h->segments)
        break; /* the lines that follow name segments */
      if (signals != lines - 1)
        return eg_fail(EG_WORLD, "%s: says %" PRId64 " signals, lists %" PRId64, h->path, signals, lines - 1);
    } else if (*l.at) {
      EG_TRY(parse_signal_line(&l, &h->signals[h->n_signals]));
      h->n_signals++;
    }
  }
  if (seen == 0)
    return eg_fail(EG_WORLD, "%s: expected a WFDB header, got no record line", h->path);
  return EG_OK;
}

/* No control characters but those of lines, and the one that DOS put at the end of files. */
static bool is_text(const char *text, size_t size) {
  for (size_t i = 0; i < size; i++)
    if ((unsigned char)text[i] < ' ' && !(text[i] && strchr("\t\n\v\f\r\x1a", text[i])))
      return false;
  return true;
}

eg_status eg_wfdb_header_parse(eg_wfdb_header **out, const char *text, size_t size, const char *path) {
  *out = NULL;
  if (size > MOST_HEADER_BYTES)
    return eg_fail(EG_WORLD, "%s: expected a WFDB header of at most %d bytes, got %zu", path, MOST_HEADER_BYTES, size);
  if (!is_text(text, size))
    return eg_fail(EG_WORLD, "%s: expected a WFDB header, got a file that is not text", path);
  eg_wfdb_header *h = eg_alloc_zero(1, sizeof *h);
  if (!h)
    return EG_NOMEM;
  h->text = eg_alloc(size + 1);
  h->path = eg_strdup(path);
  eg_status status = h->text && h->path ? EG_OK : EG_NOMEM;
  if (status == EG_OK) {
    memcpy(h->text, text, size);
    h->text[size] = '\0';
    status = parse(h, size);
  }
  if (status != EG_OK) {
    eg_wfdb_header_free(h);
    return status;
  }
  *out = h;
  return EG_OK;
}

static bool ends_with(const char *text, const char *tail) {
  size_t n = strlen(text), m = strlen(tail);
  return n > m && strcmp(text + n - m, tail) == 0;
}

eg_status eg_wfdb_header_read(eg_wfdb_header **out, const char *path) {
  *out = NULL;
  size_t n = strlen(path);
  char *header_path = eg_alloc(n + sizeof ".hea");
  if (!header_path)
    return EG_NOMEM;
  memcpy(header_path, path, n + 1);
  if (ends_with(path, ".mat") || ends_with(path, ".dat"))
    n -= strlen(".mat");
  if (!ends_with(path, ".hea"))
    memcpy(header_path + n, ".hea", sizeof ".hea");
  int descriptor;
  int64_t size;
  char *text = NULL;
  eg_status status = eg_file_open(&descriptor, &size, header_path);
  if (status == EG_OK) {
    if (size > MOST_HEADER_BYTES)
      status = eg_fail(EG_WORLD, "%s: expected a WFDB header of at most %d bytes, got %" PRId64, header_path,
                       MOST_HEADER_BYTES, size);
    else if (!(text = eg_alloc((size_t)size)))
      status = EG_NOMEM;
    else
      status = eg_file_read(descriptor, text, 0, (size_t)size, header_path);
    eg_file_close(descriptor);
  }
  if (status == EG_OK)
    status = eg_wfdb_header_parse(out, text, (size_t)size, header_path);
  eg_free(text);
  eg_free(header_path);
  return status;
}

void eg_wfdb_header_free(eg_wfdb_header *header) {
  if (!header)
    return;
  eg_free(header->signals);
  eg_free((void *)header->comments);
  eg_free((void *)header->path);
  eg_free(header->text);
  eg_free(header);
}
