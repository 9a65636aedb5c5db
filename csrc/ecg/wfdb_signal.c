/* Signal files: frames of samples of one or more signals, turned into physical values. Files are read piece by piece,
   so that memory beside the result is small however long a record is. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "ecg/wfdb_convert.h"
#include "ecg/wfdb_file.h"
#include "ecg/wfdb_flac.h"
#include "ecg/wfdb_format.h"
#include "ecgraft/memory.h"
#include "ecgraft/wfdb.h"

/* Samples in a piece, about: read at once, as most records are as a whole; and in a block of it, which stays in the
   first cache while it is decoded and converted. */
enum { PIECE = 1 << 16, BLOCK = 1 << 12 };

/* Consecutive signals that share a file. */
typedef struct group {
  int first, count;
  const eg_wfdb_format *format;
  int64_t offset;
  int64_t samples; /* in a frame, of all its signals */
  char *path;
  int descriptor; /* -1 while closed */
  int64_t size;
  eg_wfdb_flac_stream flac; /* where the format is FLAC */
} group;

typedef struct job {
  eg_wfdb_signals *out;
  const eg_wfdb_header *header;
  int64_t frames;
  int per_frame;  /* samples of the result for each frame: 1, or what all signals have */
  bool verify;    /* what a file says of itself */
  bool checksums; /* and what the header says of its signals */
} job;

/* What a piece of a file is read with. */
typedef struct scratch {
  int64_t piece;      /* frames */
  int64_t block;      /* frames; of a FLAC stream the whole piece */
  uint8_t *bytes;     /* of a piece in the file's format; of a FLAC stream, samples of 4 bytes */
  int32_t *samples;   /* (block, samples in a frame) */
  eg_wfdb_flac *flac; /* NULL for other formats */
} scratch;

double eg_wfdb_millivolts(const char *units) {
  static const struct {
    const char *name;
    double factor;
  } known[] = {{"mv", 1},       {"uv", 1e-3}, {"\xc2\xb5v", 1e-3}, {"\xce\xbcv", 1e-3},
               {"\xb5v", 1e-3}, {"nv", 1e-6}, {"v", 1e3}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const char *a = known[i].name, *b = units;
    while (*a && (*a == *b || (*b >= 'A' && *b <= 'Z' && *b - 'A' + 'a' == *a)))
      a++, b++;
    if (!*a && !*b)
      return known[i].factor;
  }
  return 0;
}

/* The path of a signal file, beside the header. A name that would lead elsewhere is refused. */
static eg_status signal_path(char **out, const eg_wfdb_header *h, int index) {
  const char *file = h->signals[index].file;
  if (strcmp(file, "~") == 0)
    return eg_fail(EG_WORLD, "%s: signal %d (%s) has no samples: its file is \"~\"", h->path, index + 1,
                   h->signals[index].name);
  if (strchr(file, '/') || strchr(file, '\\') || strcmp(file, "..") == 0 || strcmp(file, ".") == 0 ||
      strcmp(file, "-") == 0)
    return eg_fail(EG_WORLD, "%s: expected the plain name of a signal file beside the header, got \"%.80s\"", h->path,
                   file);
  const char *slash = strrchr(h->path, '/');
  size_t folder = slash ? (size_t)(slash - h->path) + 1 : 0, name = strlen(file);
  char *path = eg_alloc(folder + name + 1);
  if (!path)
    return EG_NOMEM;
  memcpy(path, h->path, folder);
  memcpy(path + folder, file, name + 1);
  *out = path;
  return EG_OK;
}

/* Makes the group that begins at signal `first`: its layout is checked before its file is opened. */
static eg_status group_open(group *g, const eg_wfdb_header *h, int first) {
  const eg_wfdb_signal *s = &h->signals[first];
  *g = (group){.first = first, .descriptor = -1, .offset = s->offset};
  EG_TRY(signal_path(&g->path, h, first));
  g->format = eg_wfdb_format_find(s->format);
  if (!g->format)
    return eg_fail(EG_WORLD,
                   "%s: signal %d: expected format 8, 16, 24, 32, 61, 80, 160, 212, 310, 311, 508, 516 or 524, got %d",
                   h->path, first + 1, s->format);
  int i = first;
  for (; i < h->n_signals && strcmp(h->signals[i].file, s->file) == 0; i++) {
    const eg_wfdb_signal *other = &h->signals[i];
    if (other->format != s->format || (other->offset != s->offset && other->offset != 0))
      return eg_fail(EG_WORLD, "%s: signals %d and %d share %s but not its format and byte offset", h->path, first + 1,
                     i + 1, s->file);
    if (g->format->flac_bits && other->samples_per_frame != s->samples_per_frame)
      return eg_fail(EG_WORLD,
                     "%s: signals of the FLAC file %s have the same number of samples in a frame, got %d for signal %d "
                     "and %d for signal %d",
                     h->path, s->file, s->samples_per_frame, first + 1, other->samples_per_frame, i + 1);
    g->samples += other->samples_per_frame;
  }
  g->count = i - first;
  if (g->format->flac_bits && g->count > EG_WFDB_FLAC_CHANNELS)
    return eg_fail(EG_WORLD, "%s: a FLAC file holds at most %d signals, got %d in %s", h->path, EG_WFDB_FLAC_CHANNELS,
                   g->count, s->file);
  EG_TRY(eg_file_open(&g->descriptor, &g->size, g->path));
  if (g->format->flac_bits)
    return eg_wfdb_flac_look(&g->flac, g->descriptor, g->size, g->path, g->count, g->format->flac_bits);
  return EG_OK;
}

static void group_close(group *g) {
  if (g->descriptor >= 0)
    eg_file_close(g->descriptor);
  eg_free(g->path);
  *g = (group){.descriptor = -1};
}

/* Frames in a group's file, against what the header says. */
static eg_status group_frames(int64_t *frames, const group *g, const eg_wfdb_header *h) {
  if (g->format->flac_bits)
    return eg_wfdb_flac_frames(frames, &g->flac, h->length, (int)(g->samples / g->count), g->offset);
  int64_t there = g->size > g->offset ? eg_wfdb_format_samples(g->format, g->size - g->offset) / g->samples : 0;
  if (h->length == 0) {
    if (there == 0)
      return eg_fail(EG_WORLD, "%s: expected samples from byte %" PRId64 " on, got %" PRId64 " bytes", g->path,
                     g->offset, g->size);
    *frames = there;
    return EG_OK;
  }
  if (h->length > there) {
    int64_t bytes;
    if (h->length > INT64_MAX / g->samples || !eg_wfdb_format_bytes(g->format, h->length * g->samples, &bytes) ||
        bytes > INT64_MAX - g->offset)
      return eg_fail(EG_WORLD, "%s: %" PRId64 " samples of each signal are more than any file holds", h->path,
                     h->length);
    return eg_fail(EG_WORLD,
                   "%s: expected at least %" PRId64 " bytes (%" PRId64
                   " samples of %d signals in format %d from byte %" PRId64 " on), got %" PRId64
                   " bytes, enough for %" PRId64,
                   g->path, bytes + g->offset, h->length, g->count, g->format->number, g->offset, g->size, there);
  }
  *frames = h->length;
  return EG_OK;
}

/* The physical value of a digital one. */
static double physical(const eg_wfdb_signal *s, double factor, int32_t v) {
  double x = ((double)v - (double)s->baseline) / s->gain;
  return factor != 1 ? x * factor : x;
}

void eg_wfdb_rails(eg_real rails[2], const eg_wfdb_signal *signal) {
  const eg_wfdb_format *f = eg_wfdb_format_find(signal->format);
  double factor = eg_wfdb_millivolts(signal->units);
  bool known = f && !f->differences;
  factor = factor != 0 ? factor : 1;
  rails[0] = known ? (eg_real)physical(signal, factor, f->least + f->has_invalid) : (eg_real)NAN;
  rails[1] = known ? (eg_real)physical(signal, factor, f->most) : (eg_real)NAN;
}

/* What skew leaves without samples at the end. */
static void fill_end(const job *j, const eg_wfdb_column *c) {
  int64_t lost = c->signal->skew < j->frames ? c->signal->skew : j->frames;
  for (int64_t i = (j->frames - lost) * j->per_frame; i < j->frames * j->per_frame; i++) {
    j->out->values[i * j->out->n + c->place] = (eg_real)NAN;
    j->out->invalid++;
  }
}

static eg_status column_check(const job *j, const group *g, const eg_wfdb_column *c) {
  const eg_wfdb_signal *s = c->signal;
  int index = (int)(s - j->header->signals) + 1;
  if (j->checksums && s->has_checksum && (uint16_t)s->checksum != c->sum)
    return eg_fail(EG_WORLD,
                   "%s: the samples of signal %d (%s) have checksum %d, the header says %" PRId64
                   "; without verify it is read all the same",
                   g->path, index, s->name, (int16_t)c->sum, s->checksum);
  if (!(c->peak <= 3e38))
    return eg_fail(EG_WORLD, "%s: signal %d (%s) reaches %g %s: its gain of %g cannot be right", j->header->path, index,
                   s->name, c->peak, s->units, s->gain);
  return EG_OK;
}

/* The next frames of a FLAC file. It has the samples of a frame as (samples, signals); they become (signals, samples),
   as other formats have them. */
static eg_status flac_piece(const group *g, const scratch *s, int64_t count) {
  int64_t each = g->samples / g->count;
  if (each == 1)
    return eg_wfdb_flac_read(s->flac, s->samples, count);
  const int32_t *from = (const int32_t *)s->bytes;
  int32_t *to = s->samples;
  EG_TRY(eg_wfdb_flac_read(s->flac, (int32_t *)s->bytes, count * each));
  for (int64_t i = 0; i < count; i++, from += g->samples, to += g->samples)
    for (int c = 0; c < g->count; c++)
      for (int64_t k = 0; k < each; k++)
        to[c * each + k] = from[k * g->count + c];
  return EG_OK;
}

/* Reads frames first .. first+count-1 of a group's file and puts them in place. */
static eg_status group_piece(const group *g, eg_wfdb_converter *c, const scratch *s, int64_t first, int64_t count) {
  if (s->flac) {
    EG_TRY(flac_piece(g, s, count));
    eg_wfdb_convert(c, s->samples, first, count);
    return EG_OK;
  }
  int64_t begin, length, at = 0;
  if (!eg_wfdb_format_bytes(g->format, first * g->samples, &begin) ||
      !eg_wfdb_format_bytes(g->format, count * g->samples, &length))
    return eg_fail(EG_WORLD, "%s: too long", g->path);
  EG_TRY(eg_file_read(g->descriptor, s->bytes, g->offset + begin, (size_t)length, g->path));
  for (int64_t i = 0; i < count; i += s->block) {
    int64_t rows = count - i < s->block ? count - i : s->block;
    eg_wfdb_format_bytes(g->format, i * g->samples, &at); /* less than `length` */
    eg_wfdb_format_decode(g->format, s->samples, s->bytes + at, rows * g->samples);
    eg_wfdb_convert(c, s->samples, first + i, rows);
  }
  return EG_OK;
}

/* Reads the columns of one group. */
static eg_status group_read(const job *j, const group *g, eg_wfdb_converter *c, const scratch *s) {
  for (int64_t first = 0; first < j->frames; first += s->piece)
    EG_TRY(group_piece(g, c, s, first, j->frames - first < s->piece ? j->frames - first : s->piece));
  eg_wfdb_convert_end(c);
  if (s->flac && j->verify)
    EG_TRY(eg_wfdb_flac_end(s->flac));
  for (int i = 0; i < c->n_columns; i++) {
    fill_end(j, &c->columns[i]);
    EG_TRY(column_check(j, g, &c->columns[i]));
  }
  return EG_OK;
}

/* The columns of a group among those asked for, in the order of the file. */
static int group_columns(eg_wfdb_column *columns, const group *g, const eg_wfdb_header *h, const int *channels, int n) {
  int count = 0;
  int64_t position = 0;
  for (int i = g->first; i < g->first + g->count; i++) {
    const eg_wfdb_signal *s = &h->signals[i];
    double factor = eg_wfdb_millivolts(s->units);
    for (int place = 0; place < n; place++)
      if ((channels ? channels[place] : place) == i)
        columns[count++] = (eg_wfdb_column){.place = place,
                                            .position = position,
                                            .samples = s->samples_per_frame,
                                            .signal = s,
                                            .factor = factor != 0 ? factor : 1,
                                            .value = (int32_t)s->initial};
    position += s->samples_per_frame;
  }
  return count;
}

static eg_status group_convert(const job *j, const group *g, const int *channels) {
  /* Whole blocks in each piece: a multiple of the samples in a block. */
  scratch s = {.piece = (PIECE / g->samples + 1) * g->format->samples};
  s.block = g->format->flac_bits ? s.piece : (BLOCK / g->samples + 1) * g->format->samples;
  int64_t room;
  if (s.piece > j->frames)
    s.piece = j->frames;
  if (s.block > s.piece)
    s.block = s.piece;
  if (s.piece > INT64_MAX / 8 / g->samples || !eg_wfdb_format_bytes(g->format, s.piece * g->samples, &room))
    return eg_fail(EG_WORLD, "%s: frames of %" PRId64 " samples are too long", g->path, g->samples);
  eg_wfdb_column *columns = eg_alloc_zero((size_t)j->out->n, sizeof *columns);
  eg_wfdb_converter c = {
      .out = j->out, .format = g->format, .samples = g->samples, .per_frame = j->per_frame, .columns = columns};
  s.bytes = eg_alloc((size_t)room);
  s.samples = eg_alloc((size_t)(s.block * g->samples) * sizeof *s.samples);
  eg_status status = columns && s.bytes && s.samples ? EG_OK : EG_NOMEM;
  if (status == EG_OK && g->format->flac_bits)
    status = eg_wfdb_flac_begin(&s.flac, &g->flac, g->offset, j->frames * (g->samples / g->count), j->verify);
  if (status == EG_OK) {
    c.n_columns = group_columns(columns, g, j->header, channels, j->out->n);
    status = eg_wfdb_convert_begin(&c);
  }
  if (status == EG_OK)
    status = group_read(j, g, &c, &s);
  eg_wfdb_convert_end(&c);
  eg_wfdb_flac_free(s.flac);
  eg_free(s.samples);
  eg_free(s.bytes);
  eg_free(columns);
  return status;
}

static bool wanted(const int *channels, int n, int index) {
  for (int i = 0; i < n; i++)
    if (!channels || channels[i] == index)
      return true;
  return false;
}

/* The samples in a frame that all signals asked for have; 1 where they differ. */
static int common_samples(const eg_wfdb_header *h, const int *channels, int n) {
  int common = 0;
  for (int i = 0; i < n; i++) {
    int samples = h->signals[channels ? channels[i] : i].samples_per_frame;
    if (common && samples != common)
      return 1;
    common = samples;
  }
  return common;
}

static bool gives_checksums(const eg_wfdb_header *h) {
  for (int i = 0; i < h->n_signals; i++)
    if (h->signals[i].has_checksum && h->signals[i].checksum != 0)
      return true;
  return false;
}

/* Opens the files of the signals asked for, and agrees on the number of frames. */
static eg_status open_groups(group *groups, int *n_groups, int64_t *frames, const eg_wfdb_header *h,
                             const int *channels, int n) {
  *n_groups = 0;
  for (int i = 0, end; i < h->n_signals; i = end) {
    bool any = false;
    for (end = i; end < h->n_signals && strcmp(h->signals[end].file, h->signals[i].file) == 0; end++)
      any = any || wanted(channels, n, end);
    if (!any)
      continue;
    group *g = &groups[(*n_groups)++];
    EG_TRY(group_open(g, h, i));
    int64_t there = 0;
    EG_TRY(group_frames(&there, g, h));
    if (g != groups && there != *frames)
      return eg_fail(EG_WORLD, "%s: %s holds %" PRId64 " samples of each signal, %s %" PRId64, h->path, groups->path,
                     *frames, g->path, there);
    for (group *other = groups; other < g; other++)
      if (strcmp(other->path, g->path) == 0)
        return eg_fail(EG_WORLD, "%s: the signals of %s do not stand together", h->path, g->path);
    *frames = there;
  }
  return EG_OK;
}

static eg_status read_all(job *j, group *groups, int n_groups, const int *channels) {
  eg_wfdb_signals *out = j->out;
  size_t rows, count, bytes;
  if (!eg_size_mul(&rows, (size_t)j->frames, (size_t)j->per_frame) || !eg_size_mul(&count, rows, (size_t)out->n) ||
      !eg_size_mul(&bytes, count, sizeof *out->values) || bytes > (size_t)PTRDIFF_MAX)
    return eg_fail(EG_WORLD, "%s: %" PRId64 " samples of %d signals are more than memory holds", j->header->path,
                   j->frames, out->n);
  out->values = eg_alloc(bytes);
  if (!out->values)
    return EG_NOMEM;
  out->length = (int64_t)rows;
  out->rate = j->header->rate * j->per_frame;
  for (int i = 0; i < n_groups; i++)
    EG_TRY(group_convert(j, &groups[i], channels));
  return EG_OK;
}

eg_status eg_wfdb_signals_read(eg_wfdb_signals *out, const eg_wfdb_header *header, const int *channels, int n,
                               bool verify) {
  *out = (eg_wfdb_signals){.n = n};
  if (header->segments)
    return eg_fail(EG_WORLD, "%s: expected one segment, got a record of %d; read its segments one by one", header->path,
                   header->segments);
  if (!channels)
    out->n = n = header->n_signals;
  if (n < 1)
    return eg_fail(EG_WORLD, "%s: expected at least one signal, got none", header->path);
  for (int i = 0; channels && i < n; i++)
    if (channels[i] < 0 || channels[i] >= header->n_signals)
      return eg_fail(EG_USAGE, "%s: expected channels from 0 to %d, got %d", header->path, header->n_signals - 1,
                     channels[i]);
  group *groups = eg_alloc_zero((size_t)header->n_signals, sizeof *groups);
  if (!groups)
    return EG_NOMEM;
  int n_groups;
  job j = {.out = out, .header = header, .verify = verify, .checksums = verify && gives_checksums(header)};
  eg_status status = open_groups(groups, &n_groups, &j.frames, header, channels, n);
  if (status == EG_OK) {
    j.per_frame = common_samples(header, channels, n);
    status = read_all(&j, groups, n_groups, channels);
  }
  for (int i = 0; i < n_groups; i++)
    group_close(&groups[i]);
  eg_free(groups);
  if (status != EG_OK)
    eg_wfdb_signals_free(out);
  return status;
}

void eg_wfdb_signals_free(eg_wfdb_signals *signals) {
  eg_free(signals->values);
  *signals = (eg_wfdb_signals){0};
}
