/* The kernels of kernels/rnn_cells.h, to be compiled after one of the ORDER VECTOR headers. Each step is written for a
   vector of n hidden units, of which only the last is shorter than VEC_WIDTH. */
#include "kernels/rnn_cells.h"
#include "kernels/vector/part.h"
#include "kernels/vector/vmath.h"

/* Runs `call`, in which j is the first hidden unit and n their number, over `hidden` units. */
#define FOR_UNITS(call)                                                                                                \
  do {                                                                                                                 \
    int64_t j = 0;                                                                                                     \
    for (; j + VEC_WIDTH <= hidden; j += VEC_WIDTH) {                                                                  \
      const int64_t n = VEC_WIDTH;                                                                                     \
      call;                                                                                                            \
    }                                                                                                                  \
    if (j < hidden) {                                                                                                  \
      const int64_t n = hidden - j;                                                                                    \
      call;                                                                                                            \
    }                                                                                                                  \
  } while (0)

/* a (1 - a): the slope of the sigmoid from its value; and that of tanh */
VEC vec sigmoid_slope(vec a) {
  return vec_fnma(a, a, a);
}
VEC vec tanh_slope(vec a) {
  return vec_fnma(a, a, vec_set(1));
}

typedef struct lstm {
  vec i, f, g, o;
} lstm;

VEC lstm lstm_load(const eg_real *at, int64_t hidden, int64_t n) {
  return (lstm){load_some(at, n), load_some(at + hidden, n), load_some(at + 2 * hidden, n),
                load_some(at + 3 * hidden, n)};
}

VEC void lstm_store(eg_real *at, int64_t hidden, int64_t n, lstm a) {
  store_some(at, n, a.i);
  store_some(at + hidden, n, a.f);
  store_some(at + 2 * hidden, n, a.g);
  store_some(at + 3 * hidden, n, a.o);
}

/* One division serves all four. */
VEC lstm lstm_activate(lstm a) {
  vec_ratio i = vec_sigmoid_ratio(a.i), f = vec_sigmoid_ratio(a.f), g = vec_tanh_ratio(a.g), o = vec_sigmoid_ratio(a.o);
  vec i_f = vec_mul(i.under, f.under), g_o = vec_mul(g.under, o.under);
  vec all = vec_div(vec_set(1), vec_mul(i_f, g_o)), of_i_f = vec_mul(all, g_o), of_g_o = vec_mul(all, i_f);
  return (lstm){vec_mul(i.over, vec_mul(of_i_f, f.under)), vec_mul(f.over, vec_mul(of_i_f, i.under)),
                vec_mul(g.over, vec_mul(of_g_o, o.under)), vec_mul(o.over, vec_mul(of_g_o, g.under))};
}

VEC vec lstm_cell(lstm a, vec c_before) {
  return vec_fma(a.f, c_before, vec_mul(a.i, a.g));
}

VEC void lstm_out_units(int64_t n, int64_t hidden, const eg_real *activated, eg_real *c, eg_real *h, eg_real *y,
                        eg_real *gates) {
  lstm a = lstm_load(activated, hidden, n);
  vec cell = lstm_cell(a, load_some(c, n));
  vec_ratio t = vec_tanh_ratio(cell);
  vec out = vec_div(vec_mul(a.o, t.over), t.under);
  store_some(c, n, cell);
  store_some(h, n, out);
  store_some(y, n, out);
  if (gates)
    lstm_store(gates, hidden, n, a);
}

/* In two passes over a row: in one, a step's long chain of operations would wait for itself. */
static void lstm_forward(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *c, eg_rnn_rows h, eg_rnn_rows y,
                         eg_real *gates) {
  for (int64_t s = 0; s < rows; s++) {
    eg_real *a = sums.at + s * sums.pitch, *kept = gates ? gates + s * 4 * hidden : NULL;
    eg_real *cell = c + s * hidden, *out = h.at + s * h.pitch, *copy = y.at + s * y.pitch;
    FOR_UNITS(lstm_store(a + j, hidden, n, lstm_activate(lstm_load(a + j, hidden, n))));
    FOR_UNITS(lstm_out_units(n, hidden, a + j, cell + j, out + j, copy + j, kept ? kept + j : NULL));
  }
}

static void lstm_gates(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *gates) {
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = sums.at + s * sums.pitch;
    eg_real *kept = gates + s * 4 * hidden;
    FOR_UNITS(lstm_store(kept + j, hidden, n, lstm_activate(lstm_load(a + j, hidden, n))));
  }
}

static void lstm_cells(int64_t rows, int64_t hidden, const eg_real *gates, const eg_real *c_before, eg_real *c) {
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = gates + s * 4 * hidden, *before = c_before + s * hidden;
    eg_real *cell = c + s * hidden;
    FOR_UNITS(store_some(cell + j, n, lstm_cell(lstm_load(a + j, hidden, n), load_some(before + j, n))));
  }
}

VEC void lstm_backward_units(int64_t n, int64_t hidden, const eg_real *gates, const eg_real *c_before, const eg_real *c,
                             const eg_real *dy, const eg_real *dh, eg_real *dc, eg_real *d) {
  lstm a = lstm_load(gates, hidden, n), da;
  vec_ratio ratio = vec_tanh_ratio(load_some(c, n));
  vec t = vec_div(ratio.over, ratio.under);
  vec v = vec_add(load_some(dh, n), load_some(dy, n));
  vec cell = vec_fma(vec_mul(v, a.o), tanh_slope(t), load_some(dc, n));
  da.i = vec_mul(vec_mul(cell, a.g), sigmoid_slope(a.i));
  da.f = vec_mul(vec_mul(cell, load_some(c_before, n)), sigmoid_slope(a.f));
  da.g = vec_mul(vec_mul(cell, a.i), tanh_slope(a.g));
  da.o = vec_mul(vec_mul(v, t), sigmoid_slope(a.o));
  lstm_store(d, hidden, n, da);
  store_some(dc, n, vec_mul(cell, a.f));
}

static void lstm_backward(int64_t rows, int64_t hidden, const eg_real *gates, const eg_real *c_before, const eg_real *c,
                          const eg_real *dy, int64_t dy_pitch, eg_rnn_rows dh, eg_real *dc, eg_rnn_rows d) {
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = gates + s * 4 * hidden, *before = c_before + s * hidden, *cell = c + s * hidden;
    const eg_real *v = dy + s * dy_pitch, *u = dh.at + s * dh.pitch;
    eg_real *w = dc + s * hidden, *to = d.at + s * d.pitch;
    FOR_UNITS(lstm_backward_units(n, hidden, a + j, before + j, cell + j, v + j, u + j, w + j, to + j));
  }
}

/* Where a GRU's sums begin: q r z n. */
typedef struct gru_places {
  int64_t r, z, n;
} gru_places;

VEC gru_places gru_places_of(int64_t hidden) {
  int64_t one = (hidden + VEC_WIDTH - 1) / VEC_WIDTH * VEC_WIDTH;
  int64_t two = (2 * hidden + VEC_WIDTH - 1) / VEC_WIDTH * VEC_WIDTH;
  return (gru_places){one, one + hidden, one + two};
}

typedef struct gru {
  vec r, z, n, q;
} gru;

/* Activated from sums. */
VEC gru gru_activate(const eg_real *sums, gru_places p, int64_t n) {
  vec_ratio r = vec_sigmoid_ratio(load_some(sums + p.r, n)), z = vec_sigmoid_ratio(load_some(sums + p.z, n));
  vec both = vec_div(vec_set(1), vec_mul(r.under, z.under)), q = load_some(sums, n);
  vec reset = vec_mul(r.over, vec_mul(both, z.under));
  vec_ratio fresh = vec_tanh_ratio(vec_fma(reset, q, load_some(sums + p.n, n)));
  return (gru){reset, vec_mul(z.over, vec_mul(both, r.under)), vec_div(fresh.over, fresh.under), q};
}

VEC void gru_store(eg_real *at, int64_t hidden, int64_t n, gru a) {
  store_some(at, n, a.r);
  store_some(at + hidden, n, a.z);
  store_some(at + 2 * hidden, n, a.n);
  store_some(at + 3 * hidden, n, a.q);
}

VEC void gru_forward_units(int64_t n, int64_t hidden, const eg_real *sums, gru_places p, eg_real *h, eg_real *y,
                           eg_real *gates) {
  gru a = gru_activate(sums, p, n);
  vec out = vec_fma(a.z, vec_sub(load_some(h, n), a.n), a.n);
  store_some(h, n, out);
  store_some(y, n, out);
  if (gates)
    gru_store(gates, hidden, n, a);
}

static void gru_forward(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_rnn_rows h, eg_rnn_rows y, eg_real *gates) {
  gru_places p = gru_places_of(hidden);
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = sums.at + s * sums.pitch;
    eg_real *out = h.at + s * h.pitch, *copy = y.at + s * y.pitch, *kept = gates ? gates + s * 4 * hidden : NULL;
    FOR_UNITS(gru_forward_units(n, hidden, a + j, p, out + j, copy + j, kept ? kept + j : NULL));
  }
}

static void gru_gates(int64_t rows, int64_t hidden, eg_rnn_rows sums, eg_real *gates) {
  gru_places p = gru_places_of(hidden);
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = sums.at + s * sums.pitch;
    eg_real *kept = gates + s * 4 * hidden;
    FOR_UNITS(gru_store(kept + j, hidden, n, gru_activate(a + j, p, n)));
  }
}

VEC void gru_backward_units(int64_t n, int64_t hidden, const eg_real *gates, gru_places p, const eg_real *h_before,
                            const eg_real *dy, const eg_real *dh, eg_real *direct, eg_real *d) {
  vec r = load_some(gates, n), z = load_some(gates + hidden, n), fresh = load_some(gates + 2 * hidden, n);
  vec q = load_some(gates + 3 * hidden, n), one = vec_set(1);
  vec v = vec_add(vec_add(load_some(dh, n), load_some(direct, n)), load_some(dy, n));
  vec dn = vec_mul(vec_mul(v, vec_sub(one, z)), tanh_slope(fresh));
  store_some(d, n, vec_mul(dn, r));
  store_some(d + p.r, n, vec_mul(vec_mul(dn, q), sigmoid_slope(r)));
  store_some(d + p.z, n, vec_mul(vec_mul(v, vec_sub(load_some(h_before, n), fresh)), sigmoid_slope(z)));
  store_some(d + p.n, n, dn);
  store_some(direct, n, vec_mul(v, z));
}

static void gru_backward(int64_t rows, int64_t hidden, const eg_real *gates, eg_rnn_rows h_before, const eg_real *dy,
                         int64_t dy_pitch, eg_rnn_rows dh, eg_real *direct, eg_rnn_rows d) {
  gru_places p = gru_places_of(hidden);
  for (int64_t s = 0; s < rows; s++) {
    const eg_real *a = gates + s * 4 * hidden, *before = h_before.at + s * h_before.pitch;
    const eg_real *v = dy + s * dy_pitch, *u = dh.at + s * dh.pitch;
    eg_real *w = direct + s * hidden, *to = d.at + s * d.pitch;
    FOR_UNITS(gru_backward_units(n, hidden, a + j, p, before + j, v + j, u + j, w + j, to + j));
  }
}

#define CELLS_NAME_OF(isa) eg_rnn_cells_##isa
#define CELLS_NAME(isa) CELLS_NAME_OF(isa)

const eg_rnn_cells CELLS_NAME(VEC_ISA) = {lstm_forward, gru_forward,   lstm_gates,  gru_gates,
                                          lstm_cells,   lstm_backward, gru_backward};
