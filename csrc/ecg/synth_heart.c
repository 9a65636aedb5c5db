/* The waves of one patient's beats. Directions, times and amplitudes of the typical beat are in the tables; a patient's
   own scatter around them. */
#include <math.h>

#include "ecg/synth.h"

static const double DEGREE = 0.017453292519943295;

const double synth_dower[8][3] = {{.632, -.235, .059},  {.235, 1.066, -.132}, {-.515, .157, -.917},
                                  {.044, .164, -1.387}, {.882, .098, -1.277}, {1.213, .127, -.601},
                                  {1.125, .127, -.086}, {.831, .076, .230}};
enum { LEAD_I, LEAD_II, LEAD_V1, LEAD_V5 = 6, LEAD_V6 };

/* 1.6 g u exp(-((t - mu) / sigma)^2 / 2), u the unit vector of `direction`. */
typedef struct template_wave {
  double mu, sigma, direction[3], g, gate;
} template_wave;

static const template_wave normal[3] = {
    {12, 7, {-.4, .2, -.55}, .18, 0}, {40, 12, {.72, .62, .3}, 1, 0}, {70, 6, {-.3, -.45, .65}, .28, 0}};
static const template_wave right_block = {92, 16, {-.35, -.35, -.85}, .55, 120};
static const template_wave right_delay = {82, 9, {-.35, -.35, -.85}, 1, 0};
static const template_wave left_block[3] = {
    {12, 7, {.55, -.15, .6}, .22, 0}, {60, 22, {.72, .62, .3}, .8, 0}, {90, 28, {.5, -.2, .5}, .7, 0}};
/* Dead muscle leaves the forces of the other side: Q in the leads that face the region. */
static const template_wave q_wave[SYNTH_REGIONS] = {
    {22, 11, {.05, .1, 1}, .45, 0}, {21, 11, {.1, -1, .1}, .42, 0}, {21, 11, {-1, -.05, .1}, .42, 0}};
enum { MAIN_WAVE = 1 }; /* the free wall of the left ventricle's, in both */
/* Where premature ventricular beats begin: outflow tract and apex of the right, free and inferior wall of the left
   ventricle. The second wave is the turn of the vector on its way. */
static const template_wave ventricular[4][2] = {
    {{55, 25, {.35, .85, .4}, 1.2, 0}, {98, 17, {.1, .75, .6}, .35, 0}},
    {{55, 25, {.6, -.55, .6}, 1.2, 0}, {98, 17, {.2, -.7, .7}, .35, 0}},
    {{55, 25, {-.7, .45, -.55}, 1.2, 0}, {98, 17, {-.8, .1, -.5}, .35, 0}},
    {{55, 25, {-.3, -.75, -.6}, 1.2, 0}, {98, 17, {-.6, -.5, -.6}, .35, 0}}};
static const double st_elevation[SYNTH_REGIONS][3] = {{.06, .025, -.29}, {-.1, .18, -.02}, {.28, -.015, -.01}};
static const double st_depression[3] = {-.2, -.19, .08};

static double norm(const double v[3]) {
  return sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
}

static double dot(const double a[3], const double b[3]) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/* v <- length * unit(v + deviation * scatter) */
static void scattered(double v[3], const double direction[3], const double scatter[3], double deviation,
                      double length) {
  double size = norm(direction);
  for (int i = 0; i < 3; i++)
    v[i] = direction[i] / size + deviation * scatter[i];
  size = norm(v);
  for (int i = 0; i < 3; i++)
    v[i] *= length / size;
}

static void rotate(double v[3], int a, int b, double angle) {
  double x = v[a], y = v[b];
  v[a] = cos(angle) * x - sin(angle) * y;
  v[b] = sin(angle) * x + cos(angle) * y;
}

static synth_wave gaussian(double mu, double sigma, double gate) {
  return (synth_wave){.start = mu, .stop = mu, .rise = sigma, .fall = sigma, .gate = gate};
}

static synth_wave qrs_wave(const template_wave *from, const synth_patient *patient, int index, double factor) {
  const double *scatter = patient->scatter[index];
  double stretch = index < SYNTH_QRS_WAVES ? patient->stretch : 1;
  synth_wave wave = gaussian(from->mu * stretch + scatter[4], from->sigma * stretch, from->gate * stretch);
  scattered(wave.v, from->direction, scatter, .12, 1.6 * from->g * factor * patient->size * exp(.1 * scatter[3]));
  return wave;
}

static double shape_at(const synth_wave *wave, double t) {
  double u = t < wave->start ? (t - wave->start) / wave->rise : t > wave->stop ? (t - wave->stop) / wave->fall : 0;
  return exp(-u * u / 2) / (wave->gate > 0 ? 1 + exp((t - wave->gate) / 3) : 1);
}

/* The integral of a wave's shape, ms. */
static double shape_area(const synth_wave *wave) {
  if (wave->gate <= 0)
    return wave->stop - wave->start + 1.2533141373155003 * (wave->rise + wave->fall); /* sqrt(pi / 2) */
  double sum = 0;
  for (double t = wave->start - 5 * wave->rise; t < wave->stop + 5 * wave->fall; t += 1)
    sum += shape_at(wave, t);
  return sum;
}

static double axis_of(const double v[3]) {
  double one = dot(synth_dower[LEAD_I], v), two = dot(synth_dower[LEAD_II], v);
  return atan2((2 * two - one) / 1.7320508075688772, one) /
         DEGREE; /* aVF is II - I/2, and sqrt(3)/2 of a limb lead's length */
}

static void net_area(double net[3], const synth_wave *waves, int n) {
  net[0] = net[1] = net[2] = 0;
  for (int w = 0; w < n; w++) {
    double area = shape_area(&waves[w]);
    for (int i = 0; i < 3; i++)
      net[i] += area * waves[w].v[i];
  }
}

/* How far the net area's axis is from the wanted one when `part` is turned about z, degrees. */
static double axis_error(const double part[3], const double rest[3], double angle, double axis) {
  double v[3] = {part[0], part[1], part[2]};
  rotate(v, 0, 1, angle);
  for (int i = 0; i < 3; i++)
    v[i] += rest[i];
  return remainder(axis - axis_of(v), 360);
}

/* Turns the first `turning` of n waves about z so that the net area has the wanted axis, or comes near it where the
   others do not allow it. Returns the angle, radians. */
static double turn_to_axis(synth_wave *waves, int turning, int n, double axis) {
  double part[3], rest[3], angle = 0;
  net_area(part, waves, turning);
  net_area(rest, waves + turning, n - turning);
  for (int d = -180; d < 180; d += 10)
    if (fabs(axis_error(part, rest, d * DEGREE, axis)) < fabs(axis_error(part, rest, angle, axis)))
      angle = d * DEGREE;
  for (int round = 0; round < 20; round++) /* half steps settle also where much does not turn */
    angle += .5 * axis_error(part, rest, angle, axis) * DEGREE;
  for (int w = 0; w < turning; w++)
    rotate(waves[w].v, 0, 1, angle);
  return angle;
}

/* Sokolow and Lyon's sum: S in V1 and the larger R of V5 and V6, mV. */
static double sokolow(const synth_wave *waves, int n) {
  double s = 0, r = 0;
  for (double t = 0; t < 120; t += 2) {
    double v[3] = {0, 0, 0};
    for (int w = 0; w < n; w++) {
      double shape = fabs(t - waves[w].start) < 5 * waves[w].rise ? shape_at(&waves[w], t) : 0;
      for (int i = 0; i < 3; i++)
        v[i] += shape * waves[w].v[i];
    }
    s = fmax(s, -dot(synth_dower[LEAD_V1], v));
    r = fmax(r, fmax(dot(synth_dower[LEAD_V5], v), dot(synth_dower[LEAD_V6], v)));
  }
  return s + r;
}

/* Hypertrophy is above 3.5 mV, everything else of normal width below; scaling all waves leaves the axis. */
static void keep_voltage(synth_wave *waves, int n, bool hypertrophy) {
  double sum = sokolow(waves, n), wanted = hypertrophy ? fmax(sum, 3.7) : fmin(sum, 3.3);
  for (int w = 0; w < n; w++)
    for (int i = 0; i < 3; i++)
      waves[w].v[i] *= wanted / sum;
}

/* QRS of conducted beats; returns the angle about z by which the heart is turned, radians. */
static double build_qrs(synth_heart *heart, const synth_patient *patient) {
  uint32_t findings = patient->findings;
  bool left = findings & SYNTH_BIT(LBBB), right = findings & SYNTH_BIT(RBBB), infarct = findings & SYNTH_BIT(MI);
  synth_wave *waves = heart->conducted;
  int n = 0;
  for (int w = 0; w < 3; w++) {
    double septum = infarct && patient->region == SYNTH_ANTERIOR && w == 0 ? .1 : 1;
    waves[n] = qrs_wave(left ? &left_block[w] : &normal[w], patient, n, septum * (w == MAIN_WAVE ? patient->lvh : 1));
    n++;
  }
  if (right || (!left && patient->late > 0)) {
    waves[n] = right ? qrs_wave(&right_block, patient, n, 1) : qrs_wave(&right_delay, patient, n, patient->late);
    n++;
  }
  for (int w = 0; w < n; w++) {
    rotate(waves[w].v, 0, 2, patient->yaw);
    rotate(waves[w].v, 1, 2, patient->pitch);
  }
  int turning = n;
  if (infarct) {
    waves[n] = qrs_wave(&q_wave[patient->region], patient, SYNTH_QRS_WAVES - 1, 1);
    n++;
  }
  double angle = turn_to_axis(waves, turning, n, patient->axis);
  if (!left && !right)
    keep_voltage(waves, n, findings & SYNTH_BIT(LVH));
  double net[3];
  net_area(net, waves, n);
  heart->axis = axis_of(net);
  heart->qrs = (left ? 150 : right ? 125 : patient->late > 0 ? 104 : 90) * patient->stretch;
  heart->n_conducted = n;
  return angle;
}

/* T's vector, mV. In LBBB and LVH it turns away from the QRS; in RBBB only from its last part. */
static void t_vector(double v[3], const synth_patient *patient, const synth_wave *qrs, double angle) {
  static const double ordinary[3] = {.65, .45, -.4}, left_block_t[3] = {-.68, .27, -.68};
  const double length = .5 * .886; /* |(.65, .45, -.4)| */
  uint32_t findings = patient->findings;
  bool left = findings & SYNTH_BIT(LBBB);
  scattered(v, left ? left_block_t : ordinary, patient->t_scatter, .1,
            (left ? .5 : length) * patient->size * patient->t);
  /* Repolarisation follows an unusual axis only in part. */
  rotate(v, 0, 1, left ? angle : .3 * angle);
  if (findings & SYNTH_BIT(LVH)) {
    double size = norm(v), main_length = norm(qrs[MAIN_WAVE].v);
    for (int i = 0; i < 3; i++)
      v[i] -= .9 * size * qrs[MAIN_WAVE].v[i] / main_length;
  }
  if ((findings & SYNTH_BIT(RBBB)) && !synth_has_any(findings, SYNTH_BIT(TINV) | SYNTH_BIT(TAB)))
    for (int i = 0; i < 3; i++)
      v[i] -= .18 * qrs[3].v[i];
}

/* ST and T behind a QRS: T peaks 220 ms and ends (where the tangent of its fall meets the baseline, two deviations
   behind the peak) 340 ms after J, times `scale`. */
static synth_wave t_wave(double j, double scale) {
  double peak = j + 220 * scale;
  return (synth_wave){.start = peak, .stop = peak, .rise = 72 * scale, .fall = 60 * scale};
}

static synth_wave st_wave(double j, double scale) {
  double until = j + 190 * scale;
  return (synth_wave){.start = j + 6, .stop = until, .rise = 14, .fall = 60 * scale};
}

/* ST's vector, mV: of the finding; else of what is normal, early repolarisation or unspecific depression. */
static void st_vector(double v[3], const synth_patient *patient) {
  bool depressed = patient->findings & SYNTH_BIT(STD), inverted = patient->findings & SYNTH_BIT(TINV);
  double factor = patient->st;
  if (factor == 0) {
    depressed = patient->st_level < 0;
    factor = inverted ? 0 : fabs(patient->st_level);
  }
  for (int i = 0; i < 3; i++)
    v[i] = factor * (depressed ? st_depression[i] : st_elevation[patient->region][i]);
}

static void build_repolarisation(synth_heart *heart, const synth_patient *patient, double angle, double mean_rr) {
  bool wide = synth_has_any(patient->findings, SYNTH_BIT(LBBB) | SYNTH_BIT(RBBB));
  double scale = (patient->qtc * sqrt(mean_rr) - (wide ? 90 : heart->qrs)) / 340;
  synth_wave t = t_wave(heart->qrs, scale), st = st_wave(heart->qrs, scale);
  t_vector(t.v, patient, heart->conducted, angle);
  st_vector(st.v, patient);
  heart->conducted[heart->n_conducted++] = t;
  heart->conducted[heart->n_conducted++] = st;
  heart->qt = heart->qrs + 340 * scale;
}

static void build_ventricular(synth_heart *heart, const synth_patient *patient, double mean_rr) {
  synth_wave *waves = heart->ventricular;
  for (int w = 0; w < 2; w++)
    waves[w] = qrs_wave(&ventricular[patient->focus][w], patient, SYNTH_QRS_WAVES + w, 1);
  double scale = patient->qtc * sqrt(mean_rr) / 430;
  waves[2] = t_wave(140, fmin(scale, 1));
  for (int i = 0; i < 3; i++)
    waves[2].v[i] = -.3 * waves[0].v[i];
  heart->n_ventricular = 3;
}

static void build_atria(synth_heart *heart, const synth_patient *patient, double mean_rr) {
  static const double sinus[3] = {.35, .85, -.15}, low[3] = {.2, -.75, -.2};
  double length = .12 * norm(sinus) * patient->p * sqrt(patient->size);
  heart->atria = !(patient->findings & SYNTH_BIT(AF));
  bool late = patient->findings & SYNTH_BIT(IAVB);
  double pr = patient->pr - .25 * (60 / mean_rr - 70), room = mean_rr * 1000 - heart->qt - 15;
  heart->pr = late ? fmax(212, fmin(pr, room)) : fmax(118, fmin(pr, 189));
  heart->ectopic_pr = late ? heart->pr : fmax(118, heart->pr - 20);
  double stretch = fmin(patient->p_stretch, heart->ectopic_pr / 110); /* P has ended when QRS begins */
  heart->p = heart->ectopic_p = gaussian(55 * stretch, 22 * stretch, 0);
  scattered(heart->p.v, sinus, patient->p_scatter, .12, length);
  scattered(heart->ectopic_p.v, low, patient->ectopic_p, .35, length);
}

void synth_heart_build(synth_heart *heart, const synth_patient *patient, double mean_rr) {
  double angle = build_qrs(heart, patient);
  build_repolarisation(heart, patient, angle, mean_rr);
  build_ventricular(heart, patient, mean_rr);
  build_atria(heart, patient, mean_rr);
}
