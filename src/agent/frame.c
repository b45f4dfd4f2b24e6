/* Length-framed messages: u32 length (big endian) of what follows, u8 type, u32 id, payload. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void buffer_append(struct buffer *buffer, const void *data, size_t length) {
  if (buffer->start > 0 && buffer->start == buffer->length) buffer->start = buffer->length = 0;
  if (buffer->length + length > buffer->capacity && buffer->start > 0) {
    memmove(buffer->data, buffer->data + buffer->start, buffer->length - buffer->start);
    buffer->length -= buffer->start;
    buffer->start = 0;
  }
  if (buffer->length + length > buffer->capacity) {
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    while (capacity < buffer->length + length) capacity *= 2;
    uint8_t *grown = realloc(buffer->data, capacity);
    if (!grown) _exit(71);
    buffer->data = grown;
    buffer->capacity = capacity;
  }
  if (length > 0) memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

void buffer_consume(struct buffer *buffer, size_t length) {
  buffer->start += length;
  if (buffer->start == buffer->length) buffer->start = buffer->length = 0;
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  memset(buffer, 0, sizeof *buffer);
}

uint32_t read_u32(const uint8_t *data) {
  return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

uint64_t read_u64(const uint8_t *data) { return (uint64_t)read_u32(data) << 32 | read_u32(data + 4); }

void write_u32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void write_u64(uint8_t *at, uint64_t value) {
  write_u32(at, (uint32_t)(value >> 32));
  write_u32(at + 4, (uint32_t)value);
}

size_t write_failure(uint8_t payload[FAILURE_SIZE], const struct failure *failure) {
  size_t length = strnlen(failure->step, sizeof failure->step);
  write_u32(payload, (uint32_t)failure->error);
  memcpy(payload + 4, failure->step, length);
  return 4 + length;
}

uint32_t frame_limit(uint8_t type) {
  return type == FRAME_SPAWN || type == FRAME_SPAWN_AFTER || type == FRAME_SPEC ? MAX_SPEC_FRAME : MAX_FRAME;
}

int frame_parse(const uint8_t *data, size_t length, struct frame *frame, size_t *consumed) {
  if (length < 4) return 0;
  uint32_t framed = read_u32(data);
  if (framed < FRAME_HEADER - 4 || framed > MAX_SPEC_FRAME) return -1;
  if (length < 5) return 0;
  if (framed > frame_limit(data[4])) return -1;
  if (length < 4 + (size_t)framed) return 0;
  frame->type = data[4];
  frame->id = read_u32(data + 5);
  frame->payload = data + FRAME_HEADER;
  frame->length = framed - (FRAME_HEADER - 4);
  *consumed = 4 + (size_t)framed;
  return 1;
}

void frame_append(struct buffer *out, uint8_t type, uint32_t id, const void *payload, size_t length) {
  uint8_t header[FRAME_HEADER];
  write_u32(header, (uint32_t)(length + FRAME_HEADER - 4));
  header[4] = type;
  write_u32(header + 5, id);
  buffer_append(out, header, sizeof header);
  buffer_append(out, payload, length);
}

int write_all(int fd, const void *data, size_t length) {
  const uint8_t *at = data;
  while (length > 0) {
    ssize_t written = write(fd, at, length);
    if (written < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    at += written;
    length -= (size_t)written;
  }
  return 0;
}

int frame_write(int fd, uint8_t type, uint32_t id, const void *payload, size_t length) {
  struct buffer whole = {0};
  frame_append(&whole, type, id, payload, length);
  int result = write_all(fd, whole.data, whole.length);
  buffer_free(&whole);
  return result;
}

static int read_exactly(int fd, uint8_t *data, size_t length) {
  while (length > 0) {
    ssize_t got = read(fd, data, length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return -1;
    data += got;
    length -= (size_t)got;
  }
  return 0;
}

int frame_read(int fd, struct buffer *storage, struct frame *frame) {
  uint8_t header[FRAME_HEADER];
  if (read_exactly(fd, header, sizeof header) < 0) return -1;
  uint32_t framed = read_u32(header);
  if (framed < FRAME_HEADER - 4 || framed > frame_limit(header[4])) return -1;
  size_t rest = framed - (FRAME_HEADER - 4);
  storage->length = storage->start = 0;
  buffer_append(storage, header, sizeof header);
  while (rest > 0) {
    uint8_t chunk[4096];
    size_t want = rest < sizeof chunk ? rest : sizeof chunk;
    if (read_exactly(fd, chunk, want) < 0) return -1;
    buffer_append(storage, chunk, want);
    rest -= want;
  }
  size_t consumed;
  return frame_parse(storage->data, storage->length, frame, &consumed) == 1 ? 0 : -1;
}
