#include "ecgraft/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ecg/synth.h"
#include "ecgraft/memory.h"
#include "ecgraft/parallel.h"

/* Numbers of a seed are addressed by site, purpose and who or which. */
enum { OF_PATIENT = 1, OF_RECORD, OF_COUNT, OF_PERSON };

eg_status eg_synth_hospital_named(eg_synth_hospital *hospital, char letter) {
  if (letter == 'A')
    *hospital = (eg_synth_hospital){
        .prevalence = {[EG_SYNTH_NORM] = .15,
                       [EG_SYNTH_AF] = .17,
                       [EG_SYNTH_IAVB] = .11,
                       [EG_SYNTH_LBBB] = .06,
                       [EG_SYNTH_RBBB] = .22,
                       [EG_SYNTH_PAC] = .09,
                       [EG_SYNTH_PVC] = .1,
                       [EG_SYNTH_STD] = .12,
                       [EG_SYNTH_STE] = .05},
        .several = .15,
        .severity = .4,
        .heart_rate = 74,
        .gain = 1,
        .gain_spread = .12,
        .electrode = .08,
        .wander = .08,
        .hum = .005,
        .muscle = .03,
        .noise_spread = .8,
        .hum_frequency = 50,
        .artefact = .2,
        .bandwidth = 150,
    };
  else if (letter == 'B')
    *hospital = (eg_synth_hospital){
        .prevalence = {[EG_SYNTH_NORM] = .17,
                       [EG_SYNTH_AF] = .06,
                       [EG_SYNTH_IAVB] = .08,
                       [EG_SYNTH_SB] = .16,
                       [EG_SYNTH_LAD] = .09,
                       [EG_SYNTH_STACH] = .12,
                       [EG_SYNTH_TAB] = .18,
                       [EG_SYNTH_TINV] = .08,
                       [EG_SYNTH_LQT] = .1,
                       [EG_SYNTH_PAC] = .06},
        .several = .25,
        .severity = .3,
        .heart_rate = 78,
        .gain = .8,
        .gain_spread = .15,
        .electrode = .11,
        .wander = .12,
        .hum = .01,
        .muscle = .045,
        .noise_spread = .8,
        .hum_frequency = 60,
        .artefact = .3,
        .bandwidth = 40,
    };
  else
    return eg_fail(EG_USAGE, "synth: expected hospital 'A' or 'B', got '%c'", letter);
  return EG_OK;
}

typedef struct range {
  const char *name;
  double value, low, high;
} range;

/* False for NaN as well. */
static bool within(const range *r) {
  return r->value >= r->low && r->value <= r->high;
}

eg_status eg_synth_check(const eg_synth_options *options) {
  const eg_synth_hospital *h = &options->hospital;
  const range ranges[] = {
      {"rate (Hz)", options->rate, 50, 2000},
      {"length (seconds)", (double)options->length / options->rate, 5, 3600},
      {"repeat", options->repeat, 0, 1},
      {"noise", options->noise, 0, 100},
      {"several", h->several, 0, 1},
      {"severity", h->severity, 0, 1},
      {"heart_rate (beats a minute)", h->heart_rate, 65, 90},
      {"gain", h->gain, .01, 100},
      {"gain_spread", h->gain_spread, 0, 1},
      {"electrode", h->electrode, 0, 1},
      {"wander (mV)", h->wander, 0, 10},
      {"hum (mV)", h->hum, 0, 10},
      {"muscle (mV)", h->muscle, 0, 10},
      {"noise_spread", h->noise_spread, 0, 2},
      {"hum_frequency (Hz)", h->hum_frequency, 10, 1000},
      {"artefact", h->artefact, 0, 1},
      {"bandwidth (Hz)", h->bandwidth, 10, 1000},
  };
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    if (!within(&ranges[i]))
      return eg_fail(EG_USAGE, "synth: expected %s from %g to %g, got %g", ranges[i].name, ranges[i].low,
                     ranges[i].high, ranges[i].value);
  double sum = 0;
  for (int c = 0; c < EG_SYNTH_CLASSES; c++) {
    range prevalence = {eg_synth_class_name((eg_synth_class)c), h->prevalence[c], 0, 1e9};
    if (!within(&prevalence))
      return eg_fail(EG_USAGE, "synth: expected the prevalence of %s from 0 to 1e+09, got %g", prevalence.name,
                     prevalence.value);
    sum += prevalence.value;
  }
  return sum > 0 ? EG_OK : eg_fail(EG_USAGE, "synth: expected a prevalence above 0 for at least one class");
}

/* RR is at least 0.3 s, or 0.55 of 0.41 s before a premature beat; and what lies before and behind the record. */
int64_t eg_synth_beat_room(const eg_synth_options *options) {
  return (int64_t)(4.5 * (double)options->length / options->rate) + 16;
}

/* How many records a patient has. */
static int64_t records_of(const eg_rng *root, int64_t patient, double repeat) {
  eg_rng rng = eg_rng_at(root, OF_COUNT, (uint64_t)patient, 0);
  if (eg_rng_uniform(&rng) >= repeat)
    return 1;
  return eg_rng_uniform(&rng) < .7 ? 2 : 3;
}

/* owners[i]: the patient of record first + i. */
static void assign_patients(int64_t *owners, const eg_rng *root, double repeat, int64_t first, int64_t count) {
  int64_t record = 0;
  for (int64_t patient = 0; record < first + count; patient++) {
    int64_t n = records_of(root, patient, repeat);
    for (int64_t i = 0; i < n && record < first + count; i++, record++)
      if (record >= first)
        owners[record - first] = patient;
  }
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Beats with onset within the record, moved to the front. */
static int64_t keep_inside(eg_synth_beat *beats, int64_t n, double seconds) {
  int64_t kept = 0;
  for (int64_t i = 0; i < n; i++)
    if (beats[i].time >= 0 && beats[i].time < seconds)
      beats[kept++] = beats[i];
  return kept;
}

/* Beats a minute over the mean RR, or over the median RR between ordinary beats (between all, where no two follow each
   other); NaN where there is none. `rr` is scratch for n. */
static double rate_of(const eg_synth_beat *beats, int64_t n, bool mean, double *rr) {
  if (n < 2)
    return NAN;
  if (mean)
    return 60 * (double)(n - 1) / (beats[n - 1].time - beats[0].time);
  int64_t count = 0;
  for (int pass = 0; pass < 2 && count == 0; pass++)
    for (int64_t i = 0; i + 1 < n; i++)
      if (pass > 0 || (beats[i].type == 'N' && beats[i + 1].type == 'N'))
        rr[count++] = beats[i + 1].time - beats[i].time;
  qsort(rr, (size_t)count, sizeof *rr, compare);
  return 60 / ((rr[(count - 1) / 2] + rr[count / 2]) / 2);
}

/* Findings that this record shows: in a short one a premature beat may find no place. */
static uint32_t shown(uint32_t findings, const eg_synth_beat *beats, int64_t n) {
  uint32_t premature = 0;
  for (int64_t i = 0; i < n; i++)
    premature |= beats[i].type == 'A' ? SYNTH_BIT(PAC) : beats[i].type == 'V' ? SYNTH_BIT(PVC) : 0;
  findings &= ~(SYNTH_BIT(PAC) | SYNTH_BIT(PVC)) | premature;
  return findings ? findings : SYNTH_BIT(NORM);
}

/* What one record needs beside its place. */
typedef struct scratch {
  eg_real *vector;      /* (length, 3) */
  eg_synth_beat *beats; /* room */
  double *rr;           /* room */
} scratch;

/* NULL where neither ST elevation nor an infarction is seen. */
static const char *region_of(uint32_t findings, synth_region region) {
  static const char *const names[SYNTH_REGIONS] = {"anterior", "inferior", "lateral"};
  return findings & (SYNTH_BIT(STE) | SYNTH_BIT(MI)) ? names[region] : NULL;
}

static void generate(const eg_synth_options *options, const eg_rng *root, int64_t record, int64_t owner,
                     eg_real *signal, eg_synth_truth *truth, scratch *work) {
  synth_patient patient;
  synth_rhythm rhythm;
  synth_heart heart = {0};
  eg_rng of_patient = eg_rng_at(root, OF_PATIENT, (uint64_t)owner, 0);
  eg_rng of_person = eg_rng_at(root, OF_PERSON, (uint64_t)owner, 0);
  eg_rng of_beats = eg_rng_at(root, OF_RECORD, (uint64_t)record, 0);
  eg_rng of_waves = eg_rng_at(root, OF_RECORD, (uint64_t)record, 1);
  eg_rng of_recorder = eg_rng_at(root, OF_RECORD, (uint64_t)record, 2);
  double seconds = (double)options->length / options->rate, widest = .4 * options->rate;
  double bandwidth = options->clean ? widest : fmin(options->hospital.bandwidth, widest);
  synth_patient_draw(&patient, &options->hospital, &of_patient);
  synth_rhythm_draw(&rhythm, work->beats, eg_synth_beat_room(options), &patient, seconds, &of_beats);
  synth_heart_build(&heart, &patient, rhythm.mean_rr);
  synth_heart_render(work->vector, options->length, options->rate, bandwidth, &heart, &patient, work->beats, rhythm.n,
                     &of_waves);
  synth_recorder(signal, work->vector, options, bandwidth, &patient, &of_recorder);
  int age = (int)floor(synth_normal(&of_person, 60, 16, 18, 89.99));
  bool male = eg_rng_uniform(&of_person) < .5;
  int64_t n = keep_inside(work->beats, rhythm.n, seconds);
  *truth = (eg_synth_truth){.findings = shown(patient.findings, work->beats, n),
                            .patient = owner,
                            .heart_rate = rate_of(work->beats, n, !heart.atria, work->rr),
                            .pr = heart.atria ? heart.pr : NAN,
                            .qrs = heart.qrs,
                            .qt = heart.qt,
                            .axis = heart.axis,
                            .region = region_of(patient.findings, patient.region),
                            .age = age,
                            .male = male,
                            .beats = n};
}

static eg_status scratch_new(scratch *work, const eg_synth_options *options) {
  size_t room = (size_t)eg_synth_beat_room(options);
  work->vector = eg_alloc((size_t)options->length * 3 * sizeof *work->vector);
  work->beats = eg_alloc(room * sizeof *work->beats);
  work->rr = eg_alloc(room * sizeof *work->rr);
  return work->vector && work->beats && work->rr ? EG_OK : EG_NOMEM;
}

static void scratch_free(scratch *work, int n) {
  for (int i = 0; work && i < n; i++) {
    eg_free(work[i].vector);
    eg_free(work[i].beats);
    eg_free(work[i].rr);
  }
  eg_free(work);
}

eg_status eg_synth_generate(const eg_synth_options *options, int64_t first, int64_t count, eg_real *signals,
                            eg_synth_truth *truth, eg_synth_beat *beats) {
  EG_TRY(eg_synth_check(options));
  if (first < 0 || count < 0 || first > INT64_MAX / 2 || count > INT64_MAX / 2)
    return eg_fail(EG_USAGE, "synth: expected a first record and a count of 0 or more, got %lld and %lld",
                   (long long)first, (long long)count);
  int threads = eg_num_threads();
  int64_t room = eg_synth_beat_room(options), row = options->length * EG_SYNTH_LEADS;
  scratch *work = eg_alloc_zero((size_t)threads, sizeof *work);
  int64_t *owners = eg_alloc_zero((size_t)count, sizeof *owners);
  eg_status status = work && owners ? EG_OK : EG_NOMEM;
  for (int i = 0; i < threads && status == EG_OK; i++)
    status = scratch_new(&work[i], options);
  if (status == EG_OK) {
    eg_rng seed = eg_rng_seed(options->seed), root = eg_rng_at(&seed, options->site, 0, 0);
    assign_patients(owners, &root, options->repeat, first, count);
    EG_PARALLEL_FOR
    for (int64_t i = 0; i < count; i++) {
      eg_synth_truth found;
      scratch *own = &work[eg_thread_index()];
      generate(options, &root, first + i, owners[i], signals + i * row, &found, own);
      if (truth)
        truth[i] = found;
      if (beats)
        memcpy(beats + i * room, own->beats, (size_t)found.beats * sizeof *beats);
    }
  }
  scratch_free(work, threads);
  eg_free(owners);
  return status;
}
