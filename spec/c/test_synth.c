/* The synthetic ECG: its physics, its rhythm, its truth confirmed by rule from the signals alone, its repeatability. */
#include "check.h"
#include "ecg_rules.h"
#include "ecgraft/parallel.h"
#include "ecgraft/synth.h"

#ifdef __SANITIZE_ADDRESS__
enum { MANY = 800 }; /* fewer: the sanitizers look at memory, not at shares */
#else
enum { MANY = 4000 };
#endif

static eg_synth_options hospital(char letter, double rate, double seconds) {
  eg_synth_options options = {.seed = 11, .rate = rate, .length = (int64_t)(rate * seconds), .repeat = .2, .noise = 1};
  if (eg_synth_hospital_named(&options.hospital, letter) != EG_OK)
    abort();
  return options;
}

static void only(eg_synth_options *options, eg_synth_class class) {
  memset(options->hospital.prevalence, 0, sizeof options->hospital.prevalence);
  options->hospital.prevalence[class] = 1;
  options->hospital.several = 0;
}

static eg_real *signals_for(const eg_synth_options *options, int64_t records) {
  eg_real *x = eg_alloc((size_t)(records * options->length * EG_SYNTH_LEADS) * sizeof *x);
  if (!x)
    abort();
  return x;
}

static void names_and_exclusions(void) {
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    CHECK_INT(eg_synth_class_named(eg_synth_class_name((eg_synth_class)c)), c);
    for (int other = 0; other < EG_SYNTH_CLASSES; other++)
      CHECK(eg_synth_compatible((eg_synth_class)c, (eg_synth_class)other) ==
            eg_synth_compatible((eg_synth_class)other, (eg_synth_class)c));
    CHECK(c == EG_SYNTH_NORM || !eg_synth_compatible(EG_SYNTH_NORM, (eg_synth_class)c));
  }
  CHECK_INT(eg_synth_class_named("VEB"), EG_SYNTH_PVC);
  CHECK_INT(eg_synth_class_named("norm"), -1);
  CHECK(eg_synth_compatible(EG_SYNTH_MI, EG_SYNTH_STE));
  CHECK(!eg_synth_compatible(EG_SYNTH_AF, EG_SYNTH_IAVB));
}

static void refuses_what_makes_no_sense(void) {
  eg_synth_hospital h;
  CHECK_FAILS(eg_synth_hospital_named(&h, 'C'), EG_USAGE, "'A' or 'B', got 'C'");
  eg_synth_options good = hospital('A', 100, 10), bad;
  CHECK_OK(eg_synth_check(&good));
  bad = good, bad.rate = 20;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "rate (Hz) from 50 to 2000, got 20");
  bad = good, bad.rate = NAN;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "rate (Hz)");
  bad = good, bad.length = 100;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "length (seconds) from 5 to 3600, got 1");
  bad = good, bad.hospital.several = 1.5;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "several from 0 to 1, got 1.5");
  bad = good, bad.hospital.muscle = -1;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "muscle (mV)");
  bad = good, bad.hospital.prevalence[EG_SYNTH_LVH] = -.1;
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "prevalence of LVH");
  bad = good, memset(bad.hospital.prevalence, 0, sizeof bad.hospital.prevalence);
  CHECK_FAILS(eg_synth_check(&bad), EG_USAGE, "at least one class");
  CHECK_FAILS(eg_synth_generate(&good, -1, 1, NULL, NULL, NULL), EG_USAGE, "got -1 and 1");
}

/* Einthoven: III = II - I. Goldberger: aVR = -(I + II)/2, aVL = I - II/2, aVF = II - I/2. */
static void leads_agree(void) {
  enum { RECORDS = 40 };
  eg_synth_options options = hospital('B', 250, 10);
  options.hospital.artefact = 1;
  eg_real *x = signals_for(&options, RECORDS);
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, NULL, NULL));
  double worst = 0, largest = 0;
  for (int64_t i = 0; i < RECORDS * options.length; i++) {
    const eg_real *s = x + i * EG_SYNTH_LEADS;
    double one = (double)s[I_], two = (double)s[II_];
    worst = fmax(worst, fabs((double)s[III_] - (two - one)));
    worst = fmax(worst, fabs((double)s[AVR_] + (one + two) / 2));
    worst = fmax(worst, fabs((double)s[AVL_] - (one - two / 2)));
    worst = fmax(worst, fabs((double)s[AVF_] - (two - one / 2)));
    largest = fmax(largest, fabs(one));
  }
  CHECK_NEAR(worst, 0, 1e-6);
  CHECK(largest > .3 && largest < 10);
  eg_free(x);
}

static void same_bits_for_any_number_of_threads(void) {
  enum { RECORDS = 30 };
  eg_synth_options options = hospital('A', 100, 10);
  size_t bytes = (size_t)(RECORDS * options.length * EG_SYNTH_LEADS) * sizeof(eg_real);
  eg_real *x = signals_for(&options, RECORDS), *y = signals_for(&options, RECORDS);
  int threads = eg_num_threads();
  eg_set_num_threads(1);
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, NULL, NULL));
  for (int n = 2; n <= 3; n++) {
    eg_set_num_threads(n);
    memset(y, 0, bytes);
    CHECK_OK(eg_synth_generate(&options, 0, RECORDS, y, NULL, NULL));
    CHECK_SAME_BITS(x, y, bytes);
  }
  int64_t row = options.length * EG_SYNTH_LEADS; /* in two parts */
  memset(y, 0, bytes);
  CHECK_OK(eg_synth_generate(&options, 7, RECORDS - 7, y + 7 * row, NULL, NULL));
  CHECK_OK(eg_synth_generate(&options, 0, 7, y, NULL, NULL));
  CHECK_SAME_BITS(x, y, bytes);
  options.seed++;
  CHECK_OK(eg_synth_generate(&options, 0, 1, y, NULL, NULL));
  CHECK(memcmp(x, y, (size_t)row * sizeof *x) != 0);
  options.seed--, options.site++;
  CHECK_OK(eg_synth_generate(&options, 0, 1, y, NULL, NULL));
  CHECK(memcmp(x, y, (size_t)row * sizeof *x) != 0);
  eg_set_num_threads(threads);
  eg_free(x);
  eg_free(y);
}

static eg_status one_record(void) {
  eg_synth_options options = hospital('A', 50, 5);
  static eg_real x[250 * EG_SYNTH_LEADS];
  return eg_synth_generate(&options, 0, 1, x, NULL, NULL);
}

static void survives_lack_of_memory(void) {
  CHECK_NOMEM(one_record());
}

/* What the rules say of many records. */
typedef struct tally {
  int records, right;                                       /* right: with just the findings that the generator says */
  int having[EG_SYNTH_CLASSES], right_of[EG_SYNTH_CLASSES]; /* the same of the records that show a class */
  int measured;
  double errors[5]; /* sums of squares over those measured: PR, QRS, QT, axis, heart rate */
} tally;

/* Reads clean records by rule into the tally; returns how many were right. */
static int confirmed(eg_synth_options options, int records, tally *all) {
  enum { AT_ONCE = 200 };
  static eg_synth_truth truth[AT_ONCE];
  static rule_reading reading[AT_ONCE];
  static uint32_t found[AT_ONCE];
  options.clean = true;
  eg_real *x = signals_for(&options, AT_ONCE);
  int right = 0;
  for (int first = 0; first < records; first += AT_ONCE) {
    if (eg_synth_generate(&options, first, AT_ONCE, x, truth, NULL) != EG_OK)
      break;
    EG_PARALLEL_FOR
    for (int i = 0; i < AT_ONCE; i++) {
      int n = (int)options.length;
      found[i] = rule_read(&reading[i], x + (int64_t)i * n * EG_SYNTH_LEADS, n) ? rule_findings(&reading[i], n) : 0;
    }
    for (int i = 0; i < AT_ONCE; i++) {
      bool same = found[i] == truth[i].findings;
      right += same;
      for (int c = 0; c < EG_SYNTH_CLASSES; c++)
        if (EG_SYNTH_HAS(truth[i].findings, c))
          all->having[c]++, all->right_of[c] += same;
      if (!same || EG_SYNTH_HAS(found[i], EG_SYNTH_AF) || EG_SYNTH_HAS(found[i], EG_SYNTH_TAB))
        continue;
      const double off[5] = {reading[i].pr - truth[i].pr, reading[i].qrs - truth[i].qrs, reading[i].qt - truth[i].qt,
                             remainder(reading[i].axis - truth[i].axis, 360),
                             60000 / reading[i].rr - truth[i].heart_rate};
      for (int k = 0; k < 5; k++)
        all->errors[k] += off[k] * off[k];
      all->measured++;
    }
  }
  eg_free(x);
  all->records += records, all->right += right;
  return right;
}

static void labels_are_confirmed_by_rule(void) {
  tally all = {0};
  for (int set = 0; set < 3; set++) { /* the two hospitals, and every class as often as any other, several at once */
    eg_synth_options options = hospital(set == 1 ? 'B' : 'A', RULE_RATE, 10);
    int n = set == 2 ? MANY : 3 * MANY / 4, so;
    if (set == 2) {
      options.hospital.several = .3;
      for (int c = 0; c < EG_SYNTH_CLASSES; c++)
        options.hospital.prevalence[c] = 1;
    }
    so = confirmed(options, n, &all);
    CHECK(so >= .99 * n);
    if (so < .99 * n)
      printf("set %d: the rules confirm %d of %d\n", set, so, n);
  }
  if (MANY == 4000)
    CHECK_INT(all.records, 10000);
  CHECK(all.right >= .99 * all.records);
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    /* no class lives off the others; fibrillation over a wide QRS is what the rules find hardest */
    CHECK(all.having[c] > MANY / 20 && all.right_of[c] >= .93 * all.having[c]);
    if (all.right_of[c] < .93 * all.having[c])
      printf("%s: the rules confirm %d of %d\n", eg_synth_class_name((eg_synth_class)c), all.right_of[c],
             all.having[c]);
  }
  REQUIRE(all.measured > all.records / 2);
  CHECK(sqrt(all.errors[0] / all.measured) < 10); /* PR, ms */
  CHECK(sqrt(all.errors[1] / all.measured) < 12); /* QRS, ms */
  CHECK(sqrt(all.errors[2] / all.measured) < 12); /* QT, ms */
  CHECK(sqrt(all.errors[3] / all.measured) < 5);  /* axis, degrees */
  CHECK(sqrt(all.errors[4] / all.measured) < 2);  /* beats a minute */
}

/* The rules have no part in the labels: they disagree where a record is given another's. */
static void rules_tell_records_apart(void) {
  eg_synth_options options = hospital('A', RULE_RATE, 10);
  options.clean = true;
  eg_real *x = signals_for(&options, 1);
  static const eg_synth_class classes[] = {EG_SYNTH_NORM, EG_SYNTH_AF,  EG_SYNTH_LBBB, EG_SYNTH_RBBB, EG_SYNTH_IAVB,
                                           EG_SYNTH_LVH,  EG_SYNTH_LAD, EG_SYNTH_STE,  EG_SYNTH_STD,  EG_SYNTH_TINV};
  for (size_t c = 0; c < sizeof classes / sizeof *classes; c++) {
    static rule_reading reading;
    only(&options, classes[c]);
    REQUIRE_OK(eg_synth_generate(&options, 3, 1, x, NULL, NULL));
    REQUIRE(rule_read(&reading, x, (int)options.length));
    CHECK_INT(rule_findings(&reading, (int)options.length), 1u << classes[c]);
  }
  eg_free(x);
}

static void beats_are_where_they_are_said_to_be(void) {
  enum { RECORDS = 200 };
  eg_synth_options options = hospital('A', 250, 20);
  only(&options, EG_SYNTH_PVC);
  options.hospital.prevalence[EG_SYNTH_PAC] = 1;
  options.clean = true;
  int64_t room = eg_synth_beat_room(&options);
  eg_real *x = signals_for(&options, RECORDS);
  eg_synth_truth truth[RECORDS];
  eg_synth_beat *beats = eg_alloc((size_t)(RECORDS * room) * sizeof *beats);
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, truth, beats));
  int pauses = 0;
  double ratio = 0;
  for (int r = 0; r < RECORDS; r++) {
    const eg_synth_beat *b = beats + r * room;
    bool ventricular = EG_SYNTH_HAS(truth[r].findings, EG_SYNTH_PVC), any = false;
    REQUIRE(truth[r].beats >= 15 && truth[r].beats <= room);
    for (int64_t i = 0; i < truth[r].beats; i++) {
      CHECK(b[i].time >= 0 && b[i].time < 20 && (i == 0 || b[i].time > b[i - 1].time + .2));
      any = any || b[i].type == (ventricular ? 'V' : 'A');
      /* QRS is where it is steep. */
      int at = (int)lround((b[i].time + (b[i].type == 'V' ? .055 : .04)) * 250);
      if (at > 20 && at < options.length - 20)
        CHECK(rule_smooth_slope(x + (int64_t)r * options.length * 12, (int)options.length, at) >
              2 * rule_smooth_slope(x + (int64_t)r * options.length * 12, (int)options.length, at - 20));
      if (i < 2 || i + 1 >= truth[r].beats || b[i].type == 'N' || b[i - 2].type != 'N')
        continue;
      double rr = b[i - 1].time - b[i - 2].time, before = b[i].time - b[i - 1].time, after = b[i + 1].time - b[i].time;
      CHECK(before < 1.1 * rr);
      if (b[i].type == 'V') { /* the pause is full: the sinus beats around are two cycles apart */
        CHECK_NEAR((before + after) / (2 * rr), 1, .2); /* RR itself varies */
        ratio += (before + after) / (2 * rr);
        pauses++;
      } else
        CHECK(after > .85 * rr && after < 1.35 * rr);
    }
    CHECK(any);
  }
  CHECK(pauses > 50);
  CHECK_NEAR(ratio / pauses, 1, .01);
  eg_free(beats);
  eg_free(x);
}

/* Power of RR(t), a value a beat, around a frequency: projections on sine and cosine, summed over a band of 0.06 Hz. */
static double band_power(const double *t, const double *rr, int n, double center) {
  double power = 0, mean = 0;
  for (int i = 0; i < n; i++)
    mean += rr[i] / n;
  for (double f = center - .03; f <= center + .03; f += .001) {
    double c = 0, s = 0;
    for (int i = 0; i < n; i++) {
      c += (rr[i] - mean) * cos(6.283185307179586 * f * t[i]);
      s += (rr[i] - mean) * sin(6.283185307179586 * f * t[i]);
    }
    power += c * c + s * s;
  }
  return power;
}

static void sinus_rhythm_has_two_peaks(void) {
  enum { RECORDS = 20 };
  eg_synth_options options = hospital('A', 50, 300);
  only(&options, EG_SYNTH_NORM);
  int64_t room = eg_synth_beat_room(&options);
  eg_real *x = signals_for(&options, RECORDS);
  eg_synth_beat *beats = eg_alloc((size_t)(RECORDS * room) * sizeof *beats);
  double *t = eg_alloc((size_t)room * sizeof *t), *rr = eg_alloc((size_t)room * sizeof *rr);
  eg_synth_truth truth[RECORDS];
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, truth, beats));
  double low = 0, high = 0, between = 0;
  for (int r = 0; r < RECORDS; r++) {
    int n = (int)truth[r].beats - 1;
    for (int i = 0; i < n; i++)
      t[i] = beats[r * room + i].time, rr[i] = beats[r * room + i + 1].time - t[i];
    low += band_power(t, rr, n, .1);
    high += band_power(t, rr, n, .25);
    between += band_power(t, rr, n, .175);
  }
  CHECK_NEAR(low / high, .5, .12);
  CHECK(between < .1 * low);
  eg_free(t);
  eg_free(rr);
  eg_free(beats);
  eg_free(x);
}

static void fibrillation_is_irregular_with_f_waves(void) {
  enum { RECORDS = 100 };
  eg_synth_options options = hospital('A', 250, 10);
  only(&options, EG_SYNTH_AF);
  options.clean = true;
  int64_t room = eg_synth_beat_room(&options), row = options.length * EG_SYNTH_LEADS;
  eg_real *x = signals_for(&options, RECORDS);
  eg_synth_beat *beats = eg_alloc((size_t)(RECORDS * room) * sizeof *beats);
  eg_synth_truth truth[RECORDS];
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, truth, beats));
  double smallest = 1, largest = 0;
  for (int r = 0; r < RECORDS; r++) {
    double squares = 0, shortest = 9;
    int n = 0;
    for (int64_t i = 1; i < truth[r].beats; i++) {
      const eg_synth_beat *b = beats + r * room + i;
      shortest = fmin(shortest, b[0].time - b[-1].time);
      if (b[0].time - b[-1].time < .75) /* the T before it has ended */
        continue;
      for (int k = (int)((b[0].time - .17) * 250); k < (int)((b[0].time - .03) * 250); k++) {
        double v = (double)x[r * row + k * EG_SYNTH_LEADS + V1_];
        squares += v * v, n++;
      }
    }
    CHECK(isnan(truth[r].pr));
    CHECK(shortest > .29);
    if (n > 100) {
      double rms = sqrt(squares / n);
      smallest = fmin(smallest, rms), largest = fmax(largest, rms);
    }
  }
  CHECK(smallest > .010 && smallest < .030); /* 15 uV and 70 uV over a whole record */
  CHECK(largest < .090 && largest > .055);
  eg_free(beats);
  eg_free(x);
}

/* RMS over records and leads of what noise adds; the heart is the same with and without it. */
static double noise_rms(eg_synth_options options, int records) {
  eg_real *with = signals_for(&options, records), *without = signals_for(&options, records);
  double sum = 0;
  int64_t n = records * options.length * EG_SYNTH_LEADS, count = 0;
  if (eg_synth_generate(&options, 0, records, with, NULL, NULL) == EG_OK) {
    options.noise = 0;
    if (eg_synth_generate(&options, 0, records, without, NULL, NULL) == EG_OK)
      for (int64_t i = 0; i < n; i++)
        if (i % 12 >= V1_) { /* limb leads are differences */
          sum += pow((double)with[i] - (double)without[i], 2);
          count++;
        }
  }
  eg_free(with);
  eg_free(without);
  return sqrt(sum / (double)count);
}

static void noise_has_the_size_asked_for(void) {
  eg_synth_options quiet = hospital('A', 200, 20), options;
  quiet.hospital.wander = quiet.hospital.hum = quiet.hospital.muscle = quiet.hospital.artefact = 0;
  quiet.hospital.noise_spread = 0;
  CHECK_NEAR(noise_rms(quiet, 4), 0, 0);
  options = quiet, options.hospital.wander = .1;
  CHECK_NEAR(noise_rms(options, 60), .1, .025);
  options = quiet, options.hospital.hum = .1;
  double passed =
      exp2(-.5 * pow(50. / (.4 * 200), 2)); /* -3 dB at 0.4 of the sampling rate, below the 150 Hz of the hospital */
  CHECK_NEAR(noise_rms(options, 60), .1 * passed, .01);
  options.hospital.hum_frequency = 120; /* above half the rate */
  CHECK_NEAR(noise_rms(options, 4), 0, 1e-7);
  options = quiet, options.hospital.muscle = .1;
  CHECK_NEAR(noise_rms(options, 60), .125, .025); /* leads differ by a log deviation of 0.4, and it comes and goes */
  options = quiet, options.hospital.artefact = 1;
  CHECK(noise_rms(options, 20) > .01);
}

static void findings_follow_prevalence(void) {
  enum { RECORDS = 6000 };
  eg_synth_options options = hospital('B', 50, 10);
  options.repeat = 0, options.hospital.several = 0, options.length = 500;
  eg_real *x = signals_for(&options, RECORDS / 10);
  static eg_synth_truth truth[RECORDS];
  for (int part = 0; part < 10; part++)
    CHECK_OK(eg_synth_generate(&options, part * RECORDS / 10, RECORDS / 10, x, truth + part * RECORDS / 10, NULL));
  double total = 0;
  for (int c = 0; c < EG_SYNTH_CLASSES; c++)
    total += options.hospital.prevalence[c];
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    int count = 0;
    for (int r = 0; r < RECORDS; r++)
      count += EG_SYNTH_HAS(truth[r].findings, c);
    double share = options.hospital.prevalence[c] / total;
    CHECK_NEAR((double)count / RECORDS, share, 4 * sqrt(share * (1 - share) / RECORDS));
  }
  for (int r = 0; r < RECORDS; r++)
    CHECK_INT(truth[r].patient, r);
  eg_free(x);
}

static void patients_come_back(void) {
  enum { RECORDS = 2000 };
  eg_synth_options options = hospital('A', 50, 10);
  options.hospital.several = 1;
  eg_real *x = signals_for(&options, RECORDS);
  static eg_synth_truth truth[RECORDS];
  CHECK_OK(eg_synth_generate(&options, 0, RECORDS, x, truth, NULL));
  int repeated = 0, several = 0;
  for (int r = 0; r < RECORDS; r++) {
    uint32_t f = truth[r].findings;
    several += (f & (f - 1)) != 0;
    for (int a = 0; a < EG_SYNTH_CLASSES; a++)
      for (int b = 0; b < a; b++)
        CHECK(!EG_SYNTH_HAS(f, a) || !EG_SYNTH_HAS(f, b) || eg_synth_compatible((eg_synth_class)a, (eg_synth_class)b));
    if (r == 0)
      continue;
    CHECK(truth[r].patient == truth[r - 1].patient || truth[r].patient == truth[r - 1].patient + 1);
    if (truth[r].patient == truth[r - 1].patient) {
      CHECK_INT(truth[r].findings, truth[r - 1].findings);
      CHECK(truth[r].heart_rate != truth[r - 1].heart_rate);
      repeated += r < 2 || truth[r - 2].patient != truth[r].patient;
    }
  }
  CHECK_NEAR((double)repeated / (double)(truth[RECORDS - 1].patient + 1), .2, .04);
  CHECK(several > RECORDS / 2);
  eg_free(x);
}

CHECK_MAIN(TEST(names_and_exclusions), TEST(refuses_what_makes_no_sense), TEST(leads_agree),
           TEST(same_bits_for_any_number_of_threads), TEST(survives_lack_of_memory), TEST(rules_tell_records_apart),
           TEST(beats_are_where_they_are_said_to_be), TEST(sinus_rhythm_has_two_peaks),
           TEST(fibrillation_is_irregular_with_f_waves), TEST(noise_has_the_size_asked_for),
           TEST(findings_follow_prevalence), TEST(patients_come_back), TEST(labels_are_confirmed_by_rule))
