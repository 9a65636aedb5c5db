/* libFLAC decodes; everything around it is done here. Metadata are read by this file, in a few bytes, and libFLAC is
   handed a stream that has none but what describes the samples: it would take memory for a seek table on the word of
   its length. What it takes by itself is then bounded by the format: a block has at most 65535 samples of 8 channels,
   which is about 10 MB. */
#include "ecg/wfdb_flac.h"

#ifndef EG_HAVE_FLAC

bool eg_wfdb_flac_built(void) {
  return false;
}

static eg_status refuse(const char *path) {
  return eg_fail(EG_WORLD,
                 "%s: is compressed by FLAC, which this build of ECGraft cannot read: install libflac-dev "
                 "(Fedora: flac-devel, Homebrew: flac) and build again",
                 path);
}

eg_status eg_wfdb_flac_look(eg_wfdb_flac_stream *stream, int descriptor, int64_t size, const char *path, int channels,
                            int bits) {
  *stream =
      (eg_wfdb_flac_stream){.descriptor = descriptor, .path = path, .size = size, .channels = channels, .bits = bits};
  return refuse(path);
}

eg_status eg_wfdb_flac_frames(int64_t *frames, const eg_wfdb_flac_stream *stream, int64_t declared, int per_frame,
                              int64_t first) {
  (void)declared, (void)per_frame, (void)first;
  *frames = 0;
  return refuse(stream->path);
}

eg_status eg_wfdb_flac_begin(eg_wfdb_flac **out, const eg_wfdb_flac_stream *stream, int64_t first, int64_t length,
                             bool verify) {
  (void)first, (void)length, (void)verify;
  *out = NULL;
  return refuse(stream->path);
}

eg_status eg_wfdb_flac_read(eg_wfdb_flac *flac, int32_t *samples, int64_t n) {
  (void)flac, (void)samples, (void)n;
  return EG_OK; /* there is no decoder to call it with */
}

eg_status eg_wfdb_flac_end(eg_wfdb_flac *flac) {
  (void)flac;
  return EG_OK;
}

void eg_wfdb_flac_free(eg_wfdb_flac *flac) {
  (void)flac;
}

#else

#include <FLAC/stream_decoder.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ecg/wfdb_file.h"
#include "ecgraft/memory.h"

/* A stream begins with "fLaC", then blocks of metadata: a byte (the highest bit: the last block; the rest: its kind),
   its length in three bytes, its content. The first is the one that describes the samples. */
enum { BEFORE_INFO = 8, HEAD = BEFORE_INFO + EG_WFDB_FLAC_INFO, MOST_BLOCKS = 1024 };

/* A frame takes 8 bytes and at least one for each channel, and holds up to 65536 samples of each. */
enum { FRAME_BYTES = 8, FRAME_SAMPLES = 65536 };

/* Bytes of a file that are counted; no product of counts below overflows. */
#define MOST_BYTES ((int64_t)1 << 42)

/* Samples that are believed to be in a file without looking: so many a byte, and so many in any file. An ECG has one to
 * four a byte. */
enum { PLAIN_PER_BYTE = 64, PLAIN = 1 << 20 };

struct eg_wfdb_flac {
  const eg_wfdb_flac_stream *stream;
  FLAC__StreamDecoder *decoder;
  uint8_t head[HEAD]; /* what libFLAC reads before the first frame */
  int64_t at;         /* bytes that libFLAC has read, of the head and of the frames */
  int64_t skip;       /* samples of each channel that are still to be passed over, */
  int64_t left;       /* and then to be kept; what comes after them is not looked at */
  int64_t decoded;    /* samples of each channel so far */
  int32_t *to;        /* where they go, */
  int64_t room;       /* while there is room; */
  int32_t *held;      /* else they wait here, from `taken` on */
  int64_t taken, waiting, most_waiting;
  eg_status status; /* of the first thing that went wrong, its text set */
};

bool eg_wfdb_flac_built(void) {
  return true;
}

static uint32_t big_endian(const uint8_t *bytes, int n) {
  uint32_t v = 0;
  for (int i = 0; i < n; i++)
    v = v << 8 | bytes[i];
  return v;
}

/* Finds the first frame, behind the last block of metadata. `head` is the file's. */
static eg_status find_audio(eg_wfdb_flac_stream *s, const uint8_t *head) {
  s->audio = HEAD;
  bool last = head[4] & 0x80;
  for (int count = 1; !last; count++) {
    uint8_t block[4];
    if (count == MOST_BLOCKS)
      return eg_fail(EG_WORLD, "%s: expected at most %d blocks of metadata", s->path, MOST_BLOCKS);
    if (s->audio > s->size - (int64_t)sizeof block)
      return eg_fail(EG_WORLD, "%s: its metadata go on to byte %" PRId64 ", the file has %" PRId64, s->path,
                     s->audio + (int64_t)sizeof block, s->size);
    EG_TRY(eg_file_read(s->descriptor, block, s->audio, sizeof block, s->path));
    last = block[0] & 0x80;
    s->audio += (int64_t)sizeof block + big_endian(block + 1, 3);
  }
  if (s->audio > s->size)
    return eg_fail(EG_WORLD, "%s: its metadata go on to byte %" PRId64 ", the file has %" PRId64, s->path, s->audio,
                   s->size);
  return EG_OK;
}

eg_status eg_wfdb_flac_look(eg_wfdb_flac_stream *stream, int descriptor, int64_t size, const char *path, int channels,
                            int bits) {
  eg_wfdb_flac_stream *s = stream;
  *s = (eg_wfdb_flac_stream){.descriptor = descriptor, .path = path, .size = size};
  uint8_t head[HEAD];
  if (size < HEAD)
    return eg_fail(EG_WORLD, "%s: expected a FLAC stream, at least %d bytes, got %" PRId64, path, HEAD, size);
  EG_TRY(eg_file_read(descriptor, head, 0, HEAD, path));
  if (memcmp(head, "fLaC", 4) != 0)
    return eg_fail(EG_WORLD, "%s: expected a FLAC stream, got a file that does not begin with \"fLaC\"", path);
  if ((head[4] & 0x7f) != 0 || big_endian(head + 5, 3) != EG_WFDB_FLAC_INFO)
    return eg_fail(EG_WORLD,
                   "%s: expected metadata that begin with %d bytes about the stream (kind 0), got %" PRIu32
                   " bytes of kind %d",
                   path, EG_WFDB_FLAC_INFO, big_endian(head + 5, 3), head[4] & 0x7f);
  /* 16 bits each: the smallest and the largest block; 24 bits each: the smallest and the largest frame; 20 bits: the
     rate; 3 bits: channels - 1; 5 bits: bits - 1; 36 bits: samples; 128 bits: their MD5 sum. */
  memcpy(s->info, head + BEFORE_INFO, EG_WFDB_FLAC_INFO);
  s->channels = (s->info[12] >> 1 & 7) + 1;
  s->bits = (s->info[12] << 4 & 0x10) + (s->info[13] >> 4) + 1;
  s->length = (int64_t)(s->info[13] & 0x0f) << 32 | (int64_t)big_endian(s->info + 14, 4);
  if (s->channels != channels)
    return eg_fail(EG_WORLD, "%s: the header lists %d signals in it, the stream has %d channels", path, channels,
                   s->channels);
  if (s->bits > bits)
    return eg_fail(EG_WORLD, "%s: the header says samples of at most %d bits, the stream has %d bits", path, bits,
                   s->bits);
  return find_audio(s, head);
}

/* What libFLAC reads: the head, then the file from its first frame on. */
static FLAC__StreamDecoderReadStatus on_read(const FLAC__StreamDecoder *decoder, FLAC__byte buffer[], size_t *bytes,
                                             void *client) {
  (void)decoder;
  eg_wfdb_flac *f = client;
  const eg_wfdb_flac_stream *s = f->stream;
  if (f->status != EG_OK || *bytes == 0)
    return FLAC__STREAM_DECODER_READ_STATUS_ABORT;
  int64_t place = s->audio + f->at - HEAD, there = f->at < HEAD ? HEAD - f->at : s->size - place;
  size_t n = there < (int64_t)*bytes ? (size_t)there : *bytes;
  *bytes = n;
  if (n == 0)
    return FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
  if (f->at < HEAD)
    memcpy(buffer, f->head + f->at, n);
  else
    f->status = eg_file_read(s->descriptor, buffer, place, n, s->path);
  if (f->status != EG_OK)
    return FLAC__STREAM_DECODER_READ_STATUS_ABORT;
  f->at += (int64_t)n;
  return FLAC__STREAM_DECODER_READ_STATUS_CONTINUE;
}

/* to (n, channels) from samples first .. first+n-1 of a block; false where one is beyond what `bits` bits hold. */
static bool interleave(int32_t *to, const FLAC__int32 *const block[], int channels, int bits, int64_t first,
                       int64_t n) {
  const int32_t most = (int32_t)((1u << (bits - 1)) - 1), least = -most - 1;
  bool inside = true;
  for (int c = 0; c < channels; c++)
    for (int64_t i = 0; i < n; i++) {
      int32_t v = block[c][first + i];
      inside = inside && v >= least && v <= most;
      to[i * channels + c] = v;
    }
  return inside;
}

/* Makes room for n samples that wait. */
static eg_status hold(eg_wfdb_flac *f, int64_t n) {
  if (n > f->most_waiting) {
    eg_free(f->held);
    f->most_waiting = 0;
    f->held = eg_alloc((size_t)n * (size_t)f->stream->channels * sizeof *f->held);
    if (!f->held)
      return EG_NOMEM;
    f->most_waiting = n;
  }
  f->taken = 0;
  f->waiting = n;
  return EG_OK;
}

/* Puts a block where it belongs: past what is skipped, then to the reader, and what he has no room for aside. */
static eg_status keep(eg_wfdb_flac *f, const FLAC__int32 *const block[], int64_t n) {
  const eg_wfdb_flac_stream *s = f->stream;
  int64_t first = f->skip < n ? f->skip : n;
  int64_t kept = f->left < n - first ? f->left : n - first, now = f->room < kept ? f->room : kept;
  f->skip -= first;
  f->left -= kept;
  f->decoded += n;
  bool inside = interleave(f->to, block, s->channels, s->bits, first, now);
  f->to += now * s->channels;
  f->room -= now;
  if (kept > now) {
    EG_TRY(hold(f, kept - now));
    inside = interleave(f->held, block, s->channels, s->bits, first + now, kept - now) && inside;
  }
  if (!inside)
    return eg_fail(EG_WORLD, "%s: has samples beyond its %d bits behind sample %" PRId64, s->path, s->bits,
                   f->decoded - n);
  return EG_OK;
}

static FLAC__StreamDecoderWriteStatus on_write(const FLAC__StreamDecoder *decoder, const FLAC__Frame *frame,
                                               const FLAC__int32 *const block[], void *client) {
  (void)decoder;
  eg_wfdb_flac *f = client;
  const eg_wfdb_flac_stream *s = f->stream;
  const FLAC__FrameHeader *h = &frame->header;
  if (f->status == EG_OK && (h->channels != (unsigned)s->channels || h->bits_per_sample != (unsigned)s->bits))
    f->status =
        eg_fail(EG_WORLD, "%s: says %d channels of %d bits, its frame behind sample %" PRId64 " has %d of %d bits",
                s->path, s->channels, s->bits, f->decoded, (int)h->channels, (int)h->bits_per_sample);
  if (f->status == EG_OK)
    f->status = keep(f, block, h->blocksize);
  return f->status == EG_OK ? FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE : FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
}

/* libFLAC would go on behind the damage; we do not. */
static void on_error(const FLAC__StreamDecoder *decoder, FLAC__StreamDecoderErrorStatus error, void *client) {
  (void)decoder;
  eg_wfdb_flac *f = client;
  const char *what = "what it holds cannot be decoded";
  if (error == FLAC__STREAM_DECODER_ERROR_STATUS_LOST_SYNC)
    what = "no frame begins where one should";
  else if (error == FLAC__STREAM_DECODER_ERROR_STATUS_BAD_HEADER)
    what = "the frame's header is damaged";
  else if (error == FLAC__STREAM_DECODER_ERROR_STATUS_FRAME_CRC_MISMATCH)
    what = "the frame's checksum does not match";
  if (f->status == EG_OK)
    f->status = eg_fail(EG_WORLD, "%s: is damaged behind sample %" PRId64 ": %s", f->stream->path, f->decoded, what);
}

/* Why the decoder stopped. */
static eg_status stopped(const eg_wfdb_flac *f) {
  if (f->status != EG_OK)
    return f->status;
  FLAC__StreamDecoderState state = FLAC__stream_decoder_get_state(f->decoder);
  if (state == FLAC__STREAM_DECODER_MEMORY_ALLOCATION_ERROR)
    return eg_fail(EG_NOMEM, "%s: not enough memory to decode it", f->stream->path);
  if (state == FLAC__STREAM_DECODER_END_OF_STREAM)
    return eg_fail(EG_WORLD, "%s: expected %" PRId64 " more samples of each signal, but it ends behind %" PRId64,
                   f->stream->path, f->skip + f->left, f->decoded);
  return eg_fail(EG_WORLD, "%s: cannot be decoded behind sample %" PRId64, f->stream->path, f->decoded);
}

eg_status eg_wfdb_flac_begin(eg_wfdb_flac **out, const eg_wfdb_flac_stream *stream, int64_t first, int64_t length,
                             bool verify) {
  *out = NULL;
  eg_wfdb_flac *f = eg_alloc(sizeof *f);
  if (!f)
    return EG_NOMEM;
  *f = (eg_wfdb_flac){.stream = stream, .skip = first, .left = length};
  memcpy(f->head, "fLaC\x80\0\0", BEFORE_INFO - 1);
  f->head[BEFORE_INFO - 1] = EG_WFDB_FLAC_INFO;
  memcpy(f->head + BEFORE_INFO, stream->info, EG_WFDB_FLAC_INFO);
  f->decoder = FLAC__stream_decoder_new();
  if (!f->decoder || !FLAC__stream_decoder_set_md5_checking(f->decoder, verify) ||
      FLAC__stream_decoder_init_stream(f->decoder, on_read, NULL, NULL, NULL, NULL, on_write, NULL, on_error, f) !=
          FLAC__STREAM_DECODER_INIT_STATUS_OK) {
    eg_wfdb_flac_free(f);
    return eg_fail(EG_NOMEM, "%s: not enough memory to decode it", stream->path);
  }
  *out = f;
  return EG_OK;
}

eg_status eg_wfdb_flac_read(eg_wfdb_flac *flac, int32_t *samples, int64_t n) {
  eg_wfdb_flac *f = flac;
  int channels = f->stream->channels;
  int64_t ready = f->waiting < n ? f->waiting : n;
  if (ready > 0)
    memcpy(samples, f->held + f->taken * channels, (size_t)(ready * channels) * sizeof *samples);
  f->taken += ready;
  f->waiting -= ready;
  f->to = samples + ready * channels;
  f->room = n - ready;
  while (f->room > 0)
    if (!FLAC__stream_decoder_process_single(f->decoder) || f->status != EG_OK ||
        FLAC__stream_decoder_get_state(f->decoder) >= FLAC__STREAM_DECODER_END_OF_STREAM)
      break;
  return f->status == EG_OK && f->room == 0 ? EG_OK : stopped(f);
}

eg_status eg_wfdb_flac_end(eg_wfdb_flac *flac) {
  const eg_wfdb_flac_stream *s = flac->stream;
  bool whole = s->length == flac->decoded;
  if (!FLAC__stream_decoder_finish(flac->decoder) && whole)
    return eg_fail(EG_WORLD,
                   "%s: its samples do not have the MD5 sum that it says; without verify it is read all the same",
                   s->path);
  return EG_OK;
}

void eg_wfdb_flac_free(eg_wfdb_flac *flac) {
  if (!flac)
    return;
  if (flac->decoder)
    FLAC__stream_decoder_delete(flac->decoder);
  eg_free(flac->held);
  eg_free(flac);
}

/* Decodes `length` samples of each channel and keeps none. */
static eg_status decode_for_nothing(const eg_wfdb_flac_stream *s, int64_t length) {
  int32_t last[EG_WFDB_FLAC_CHANNELS];
  eg_wfdb_flac *f;
  EG_TRY(eg_wfdb_flac_begin(&f, s, length - 1, 1, false));
  eg_status status = eg_wfdb_flac_read(f, last, 1);
  eg_wfdb_flac_free(f);
  return status;
}

eg_status eg_wfdb_flac_frames(int64_t *frames, const eg_wfdb_flac_stream *stream, int64_t declared, int per_frame,
                              int64_t first) {
  const eg_wfdb_flac_stream *s = stream;
  int64_t bytes = s->size - s->audio < MOST_BYTES ? s->size - s->audio : MOST_BYTES;
  int64_t most = bytes / (FRAME_BYTES + s->channels) * FRAME_SAMPLES;
  if (s->length > most)
    return eg_fail(EG_WORLD,
                   "%s: says %" PRId64 " samples of each signal, but %" PRId64 " bytes of frames hold at most %" PRId64,
                   s->path, s->length, bytes, most);
  int64_t length = s->length ? s->length : most; /* what the stream does not say turns out when it is decoded */
  int64_t there = length > first ? (length - first) / per_frame : 0;
  if (declared > there) {
    char times[16] = "";
    if (per_frame > 1)
      snprintf(times, sizeof times, " x %d", per_frame);
    return eg_fail(EG_WORLD,
                   "%s: the header says %" PRId64 "%s samples of each signal from sample %" PRId64
                   " on, the stream has %s%" PRId64,
                   s->path, declared, times, first, s->length ? "" : "at most ", length);
  }
  if (declared == 0 && s->length == 0)
    return eg_fail(EG_WORLD, "%s: neither the header nor the stream says how many samples there are", s->path);
  if (declared == 0 && there == 0)
    return eg_fail(EG_WORLD, "%s: expected samples from sample %" PRId64 " on, the stream has %" PRId64, s->path, first,
                   length);
  *frames = declared ? declared : there;
  int64_t end = first + *frames * per_frame;
  if (end * s->channels <= PLAIN + PLAIN_PER_BYTE * bytes)
    return EG_OK;
  if (declared == 0)
    return eg_fail(EG_WORLD,
                   "%s: says %" PRId64 " samples of each signal in %" PRId64
                   " bytes; where the header says so too, they are read",
                   s->path, length, bytes);
  return decode_for_nothing(s, end);
}

#endif
