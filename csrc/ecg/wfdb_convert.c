#include "ecg/wfdb_convert.h"

#include <math.h>

#include "ecgraft/memory.h"

enum { RUN = 256 };

/* The usual file: one sample of each of up to RUN signals in a frame, no skew, no differences, and gains with which
   every value is an ordinary number. A run of its frames is then one row of numbers, each with its own baseline, gain
   and sum, which goes through vectors whatever the number of signals; a run without a sample from the ends of the
   format's range has neither missing nor saturated ones. What is not asked for is converted as well, and dropped. */
struct eg_wfdb_plain {
  int64_t width; /* entries of a run, the signals over and over: a multiple of the samples in a frame */
  bool direct;   /* the columns of the result are the file's */
  bool single;   /* a quotient of two eg_real gives the bits that rounding one of doubles gives */
  double gain[RUN], factor[RUN];
  eg_real gain_single[RUN], row[RUN];
  int32_t baseline[RUN];
  uint32_t sum[RUN]; /* of which 16 bits count */
};

/* Whole numbers up to this are an eg_real each. The quotient of two floats, rounded once, has the bits of their
   quotient in double, rounded again to float, because 53 >= 2 24 + 2 (Figueroa, When is double rounding innocuous?,
   1995). */
#ifdef EG_DOUBLE
static const double EXACT = 9007199254740992.0; /* 2^53 */
#else
static const double EXACT = 16777216.0; /* 2^24 */
#endif

/* The largest magnitude of a sample less its baseline. */
static double widest(const eg_wfdb_format *f, const eg_wfdb_signal *s) {
  return fmax(-(double)f->least, (double)f->most) + fabs((double)s->baseline);
}

static bool is_plain(const eg_wfdb_converter *c) {
  if (c->format->differences || c->samples > RUN)
    return false;
  for (int i = 0; i < c->n_columns; i++) {
    const eg_wfdb_signal *s = c->columns[i].signal;
    double most = widest(c->format, s);
    if (s->samples_per_frame != 1 || s->skew != 0 || !(most <= INT32_MAX) ||
        !(most / fabs(s->gain) * fmax(1, c->columns[i].factor) < 1e38))
      return false;
  }
  return true;
}

static void fill_entry(eg_wfdb_plain *p, int64_t at, double gain, double factor, int32_t baseline) {
  p->gain[at] = gain;
  p->factor[at] = factor;
  p->gain_single[at] = (eg_real)gain;
  p->baseline[at] = baseline;
}

static void fill(eg_wfdb_plain *p, const eg_wfdb_converter *c) {
  p->direct = c->n_columns == c->samples && c->out->n == c->samples;
  p->single = true;
  for (int64_t at = 0; at < p->width; at++)
    fill_entry(p, at, 1, 1, 0);
  for (int i = 0; i < c->n_columns; i++) {
    const eg_wfdb_column *column = &c->columns[i];
    const eg_wfdb_signal *s = column->signal;
    p->direct = p->direct && column->place == column->position;
    p->single =
        p->single && column->factor == 1 && (double)(eg_real)s->gain == s->gain && widest(c->format, s) <= EXACT;
    for (int64_t at = column->position; at < p->width; at += c->samples)
      fill_entry(p, at, s->gain, column->factor, (int32_t)s->baseline);
  }
}

eg_status eg_wfdb_convert_begin(eg_wfdb_converter *c) {
  c->plain = NULL;
  if (!is_plain(c))
    return EG_OK;
  eg_wfdb_plain *p = eg_alloc_zero(1, sizeof *p);
  if (!p)
    return EG_NOMEM;
  p->width = RUN / c->samples * c->samples;
  fill(p, c);
  c->plain = p;
  return EG_OK;
}

void eg_wfdb_convert_end(eg_wfdb_converter *c) {
  const eg_wfdb_plain *p = c->plain;
  for (int i = 0; p && i < c->n_columns; i++)
    for (int64_t at = c->columns[i].position; at < p->width; at += c->samples)
      c->columns[i].sum += (uint16_t)p->sum[at];
  eg_free(c->plain);
  c->plain = NULL;
}

/* y (n) from v (n), n up to the width; whether a sample is `low` or less, or `high` or more. */
static bool run_single(eg_wfdb_plain *p, eg_real *restrict y, const int32_t *restrict v, int64_t n, int32_t low,
                       int32_t high) {
  const int32_t *restrict baseline = p->baseline;
  const eg_real *restrict gain = p->gain_single;
  uint32_t *restrict sum = p->sum;
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t i = 0; i < n; i++) {
    int32_t x = v[i];
    least = x < least ? x : least;
    most = x > most ? x : most;
    sum[i] += (uint32_t)x;
    y[i] = (eg_real)(x - baseline[i]) / gain[i];
  }
  return least <= low || most >= high;
}

static bool run_double(eg_wfdb_plain *p, eg_real *restrict y, const int32_t *restrict v, int64_t n, int32_t low,
                       int32_t high) {
  int32_t least = INT32_MAX, most = INT32_MIN;
  for (int64_t i = 0; i < n; i++) {
    int32_t x = v[i];
    least = x < least ? x : least;
    most = x > most ? x : most;
    p->sum[i] += (uint32_t)x;
    y[i] = (eg_real)((double)(x - p->baseline[i]) / p->gain[i] * p->factor[i]);
  }
  return least <= low || most >= high;
}

/* Counts samples from the ends of the range, and marks missing ones, in `rows` frames from row `first` on. */
static void ends(eg_wfdb_converter *c, const int32_t *frame, int64_t first, int64_t rows) {
  const eg_wfdb_format *f = c->format;
  eg_wfdb_signals *out = c->out;
  for (int i = 0; i < c->n_columns; i++)
    for (int64_t r = 0; r < rows; r++) {
      int32_t v = frame[r * c->samples + c->columns[i].position];
      out->saturated += v == f->most || v == f->least + f->has_invalid;
      if (f->has_invalid && v == f->least) {
        out->invalid++;
        out->values[(first + r) * out->n + c->columns[i].place] = (eg_real)NAN;
      }
    }
}

static void convert_plain(eg_wfdb_converter *c, const int32_t *frame, int64_t first, int64_t count) {
  eg_wfdb_plain *p = c->plain;
  const eg_wfdb_format *f = c->format;
  eg_wfdb_signals *out = c->out;
  const int64_t rows_of_run = p->width / c->samples;
  for (int64_t i = 0; i < count; i += rows_of_run) {
    const int64_t rows = count - i < rows_of_run ? count - i : rows_of_run;
    const int32_t *v = frame + i * c->samples;
    eg_real *y = p->direct ? out->values + (first + i) * out->n : p->row;
    bool at_end = (p->single ? run_single : run_double)(p, y, v, rows * c->samples, f->least + f->has_invalid, f->most);
    if (!p->direct)
      for (int64_t r = 0; r < rows; r++)
        for (int k = 0; k < c->n_columns; k++)
          out->values[(first + i + r) * out->n + c->columns[k].place] = y[r * c->samples + c->columns[k].position];
    if (at_end)
      ends(c, v, first + i, rows);
  }
}

/* One column, sample by sample. */
static void convert_column(const eg_wfdb_converter *converter, eg_wfdb_column *c, const int32_t *frame, int64_t first,
                           int64_t count) {
  const eg_wfdb_format *f = converter->format;
  const eg_wfdb_signal *s = c->signal;
  const int32_t low = f->least + f->has_invalid;
  const int per_frame = converter->per_frame;
  eg_wfdb_signals *out = converter->out;
  double peak = c->peak;
  for (int64_t i = 0; i < count; i++, frame += converter->samples) {
    int64_t row = first + i - s->skew;
    double sum = 0;
    for (int k = 0; k < c->samples; k++) {
      int32_t v = frame[c->position + k];
      if (f->differences)
        v = c->value = (int32_t)((uint32_t)c->value + (uint32_t)v);
      else
        out->saturated += v == f->most || v == low;
      c->sum += (uint16_t)v;
      double x = NAN;
      if (f->has_invalid && v == f->least) {
        out->invalid++;
      } else {
        x = ((double)v - (double)s->baseline) / s->gain;
        if (c->factor != 1)
          x *= c->factor;
        if (fabs(x) > peak)
          peak = fabs(x);
      }
      if (per_frame > 1 && row >= 0)
        out->values[(row * per_frame + k) * out->n + c->place] = (eg_real)x;
      sum += x;
    }
    if (per_frame == 1 && row >= 0)
      out->values[row * out->n + c->place] = (eg_real)(c->samples == 1 ? sum : sum / c->samples);
  }
  c->peak = peak;
}

void eg_wfdb_convert(eg_wfdb_converter *c, const int32_t *frame, int64_t first, int64_t count) {
  if (c->plain) {
    convert_plain(c, frame, first, count);
    return;
  }
  for (int i = 0; i < c->n_columns; i++)
    convert_column(c, &c->columns[i], frame, first, count);
}
