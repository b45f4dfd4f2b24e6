/*
 * Tests of the agent's parsers (frame.c, fields.c, descriptors.c) on malformed input. Built with sanitizers by
 * test/agent/run, which is how a read or write past an end is seen.
 */
#define _GNU_SOURCE
#include "../../src/agent/agent.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int passed, failed;

static void check(int holds, const char *what) {
  if (holds) {
    passed++;
    return;
  }
  failed++;
  printf("FAIL: %s\n", what);
}

/* xorshift64*: the same inputs on every run. */
static uint64_t state = 0x9e3779b97f4a7c15u;

static uint32_t next_random(uint32_t below) {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 33) % below;
}

/* A copy in memory of exactly its length, so that one byte too far is an error. */
static uint8_t *exactly(const void *data, size_t length) {
  uint8_t *copy = malloc(length ? length : 1);
  if (length > 0) memcpy(copy, data, length);
  return copy;
}

static int parse_spec(const void *data, size_t length) {
  struct spec spec;
  uint8_t *copy = exactly(data, length);
  int result = spec_parse(copy, length, &spec);
  free(copy);
  spec_free(&spec);
  return result;
}

static int parse_frame(const void *data, size_t length, struct frame *frame, size_t *consumed) {
  uint8_t *copy = exactly(data, length);
  int result = frame_parse(copy, length, frame, consumed);
  /* Touch what it says is there. */
  volatile uint8_t sum = 0;
  for (size_t i = 0; result == 1 && i < frame->length; i++) sum = (uint8_t)(sum + frame->payload[i]);
  free(copy);
  return result;
}

/* A spec with every field, two of each that may come more than once. */
static struct buffer whole_spec(void) {
  static const uint8_t zeros[64];
  struct buffer spec = {0}, inner = {0};
  field_append_text(&inner, T_ARGV, "inner");
  field_append_u32(&inner, T_FLAGS, SPAWN_BARRIER);
  for (int twice = 0; twice < 2; twice++) {
    field_append_text(&spec, T_ARGV, "program");
    field_append_text(&spec, T_ENV, "NAME=value");
    field_append_text(&spec, T_TREE, "/tree");
    field_append(&spec, T_MOUNT, "tmpfs\0/tmp\0mode=1777", 21);
    field_append(&spec, T_SETUP, "mkdir\0/out", 10);
    field_append(&spec, T_TEARDOWN, "rmdir\0/out", 10);
    field_append(&spec, T_RLIMIT, zeros, 20);
    field_append_text(&spec, T_CWD, "/");
    field_append_text(&spec, T_HOSTNAME, "host");
    field_append_text(&spec, T_EXECUTABLE, "/bin/true");
    field_append(&spec, T_GROUPS, zeros, 12);
    field_append(&spec, T_AFFINITY, zeros, 4);
    field_append(&spec, T_INNER, inner.data, inner.length);
  }
  field_append_u32(&spec, T_UID, 1);
  field_append_u32(&spec, T_GID, 2);
  field_append_u32(&spec, T_UMASK, 022);
  field_append_u64(&spec, T_DEADLINE_MS, UINT64_MAX);
  field_append_u32(&spec, T_GRACE_MS, 5);
  field_append(&spec, T_TERMINAL, zeros, 8);
  field_append_u32(&spec, T_REPEAT, 3);
  field_append_u32(&spec, T_FLAGS, SPAWN_NEW_PID);
  field_append_u64(&spec, T_OUTPUT_LIMIT, 7);
  field_append(&spec, T_USER_MAP, zeros, 8);
  field_append_u64(&spec, T_CAPABILITIES, 0);
  field_append_u64(&spec, T_MEMORY_MAX, 1u << 20);
  field_append_u64(&spec, T_PIDS_MAX, 9);
  field_append_u32(&spec, T_INSIDE, 3);
  field_append_u32(&spec, T_CONNECT, 65535);
  field_append_u32(&spec, T_NETWORK_OF, 4);
  buffer_free(&inner);
  return spec;
}

static void test_frames(void) {
  struct buffer out = {0};
  struct frame frame;
  size_t consumed = 0;
  frame_append(&out, FRAME_SPAWN, 0xdeadbeef, "payload", 7);
  check(parse_frame(out.data, out.length, &frame, &consumed) == 1, "a whole frame is found");
  check(frame.type == FRAME_SPAWN && frame.id == 0xdeadbeef && frame.length == 7, "its parts are right");
  check(consumed == out.length, "it is consumed whole");
  for (size_t cut = 0; cut < out.length; cut++)
    check(parse_frame(out.data, cut, &frame, &consumed) == 0, "a cut frame waits for more");
  frame_append(&out, FRAME_KILL, 1, NULL, 0);
  check(parse_frame(out.data, out.length, &frame, &consumed) == 1 && frame.length == 7, "one frame at a time");
  check(parse_frame(out.data + consumed, out.length - consumed, &frame, &consumed) == 1 && frame.length == 0,
        "a frame without payload");
  buffer_free(&out);

  uint8_t header[FRAME_HEADER] = {0};
  for (uint32_t framed = 0; framed < FRAME_HEADER - 4; framed++) {
    write_u32(header, framed);
    check(parse_frame(header, sizeof header, &frame, &consumed) == -1, "shorter than its header");
  }
  const uint32_t long_ones[] = {MAX_SPEC_FRAME + 1, 0x7fffffff, 0x80000000u, UINT32_MAX - 4, UINT32_MAX};
  for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones; i++) {
    write_u32(header, long_ones[i]);
    check(parse_frame(header, 4, &frame, &consumed) == -1, "longer than allowed");
  }
  const uint8_t types[] = {FRAME_SPAWN, FRAME_SPEC, FRAME_STDIN, FRAME_PUT_DATA, FRAME_OUTPUT, 0};
  for (size_t i = 0; i < sizeof types; i++) {
    uint32_t limit = i < 2 ? MAX_SPEC_FRAME : MAX_FRAME;
    header[4] = types[i];
    write_u32(header, limit);
    check(parse_frame(header, sizeof header, &frame, &consumed) == 0, "the longest frame is allowed");
    write_u32(header, limit + 1);
    check(parse_frame(header, sizeof header, &frame, &consumed) == -1, "one byte more is not");
  }
}

static void test_frame_pipes(void) {
  struct buffer storage = {0};
  struct frame frame;
  int ends[2];
  check(pipe(ends) == 0, "pipe");
  check(frame_write(ends[1], FRAME_SPEC, 5, "abc", 3) == 0, "a frame is written");
  check(frame_read(ends[0], &storage, &frame) == 0 && frame.type == FRAME_SPEC && frame.length == 3, "and read");
  check(write(ends[1], "\0\0\0\4", 4) == 4 && write(ends[1], "xxxxxxxx", 8) == 8, "a malformed one is written");
  check(frame_read(ends[0], &storage, &frame) < 0, "and refused");
  close(ends[0]);
  close(ends[1]);
  check(pipe(ends) == 0, "pipe");
  struct buffer out = {0};
  frame_append(&out, FRAME_SPEC, 5, "abcdef", 6);
  check(write_all(ends[1], out.data, out.length - 1) == 0, "a cut one is written");
  close(ends[1]);
  check(frame_read(ends[0], &storage, &frame) < 0, "and its end seen");
  close(ends[0]);
  buffer_free(&out);
  buffer_free(&storage);
}

static void test_buffers(void) {
  struct buffer buffer = {0};
  uint8_t expected = 0, written = 0;
  size_t pending = 0;
  int right = 1;
  for (int round = 0; round < 20000; round++) {
    uint8_t chunk[300];
    size_t length = next_random(sizeof chunk);
    for (size_t i = 0; i < length; i++) chunk[i] = written++;
    buffer_append(&buffer, chunk, length);
    pending += length;
    size_t taken = next_random((uint32_t)pending + 1);
    for (size_t i = 0; i < taken; i++) right &= buffer.data[buffer.start + i] == expected++;
    buffer_consume(&buffer, taken);
    pending -= taken;
    right &= buffer_pending(&buffer) == pending;
  }
  check(right, "a buffer gives back what it took, in order");
  check(buffer.capacity < 1 << 16, "and does not grow without need");
  buffer_free(&buffer);
}

static void test_failures(void) {
  struct failure failure = {.error = -1};
  uint8_t payload[FAILURE_SIZE];
  memset(failure.step, 'x', sizeof failure.step);
  check(write_failure(payload, &failure) == FAILURE_SIZE, "a step without its end is cut");
  check(read_u32(payload) == UINT32_MAX, "and the errno kept");
}

static void test_specs(void) {
  struct buffer spec = whole_spec();
  check(parse_spec(spec.data, spec.length) == 0, "a spec with every field");
  check(parse_spec(spec.data, 0) == -1, "a spec without argv");
  /* A cut is malformed, or it fell between two fields and what is left has an argv. */
  size_t offset = 0, whole = 0;
  struct field field;
  for (size_t cut = 0; cut < spec.length; cut++) {
    while (offset < cut && field_next(spec.data, spec.length, &offset, &field) == 1) whole++;
    int between = offset == cut && cut > 0;
    check(parse_spec(spec.data, cut) == (between ? 0 : -1), "a cut spec");
  }
  struct spec parsed;
  check(spec_parse(spec.data, spec.length, &parsed) == 0, "parsed");
  check(parsed.argv.count == 2 && parsed.argv.items[2] == NULL, "argv ends with NULL");
  check(parsed.group_count == 3 && parsed.cpu_count == 1 && parsed.limit_count == 2, "lists");
  check(parsed.mount_lengths[1] == 21, "lengths of lists");
  check(parsed.deadline_ms == UINT64_MAX && parsed.output_limit == 7 && parsed.repeat == 3, "numbers");
  check(parsed.memory_max == 1u << 20 && parsed.pids_max == 9, "limits of memory and processes");
  check(parsed.has_inside && parsed.inside == 3 && parsed.has_network_of && parsed.network_of == 4, "other spawns");
  check(parsed.connect == 65535, "a port");
  spec_free(&parsed);
  buffer_free(&spec);
}

static void test_field_sizes(void) {
  const uint8_t fixed[] = {T_UID, T_GID, T_UMASK, T_GRACE_MS, T_REPEAT, T_FLAGS, T_TERMINAL,
                           T_USER_MAP, T_DEADLINE_MS, T_OUTPUT_LIMIT, T_CAPABILITIES, T_RLIMIT, T_MEMORY_MAX,
                           T_PIDS_MAX, T_INSIDE, T_NETWORK_OF};
  static const uint8_t zeros[64];
  for (size_t i = 0; i < sizeof fixed; i++) {
    int accepted = 0;
    for (size_t size = 0; size < sizeof zeros; size++) {
      struct buffer spec = {0};
      field_append_text(&spec, T_ARGV, "a");
      field_append(&spec, fixed[i], zeros, size);
      accepted += parse_spec(spec.data, spec.length) == 0;
      buffer_free(&spec);
    }
    check(accepted == 1, "a field of fixed size has one size");
  }
  for (int tag = 0; tag < 256; tag++) {
    struct buffer spec = {0};
    field_append_text(&spec, T_ARGV, "a");
    field_append(&spec, (uint8_t)tag, zeros, tag == T_RLIMIT ? 20 : tag == T_GROUPS ? 4 : 8);
    if (tag == 0 || tag > T_ADDRESS)
      check(parse_spec(spec.data, spec.length) == -1, "an unknown tag");
    else
      parse_spec(spec.data, spec.length);
    buffer_free(&spec);
  }
  for (size_t size = 1; size < 12; size++) {
    struct buffer spec = {0};
    field_append_text(&spec, T_ARGV, "a");
    field_append(&spec, T_GROUPS, zeros, size);
    check(parse_spec(spec.data, spec.length) == (size % 4 ? -1 : 0), "a list of numbers");
    buffer_free(&spec);
  }
}

/* A connection has a port and needs no words. */
static void test_ports(void) {
  const uint32_t wrong[] = {0, 65536, UINT32_MAX}, right[] = {1, 80, 65535};
  for (int with_words = 0; with_words < 2; with_words++)
    for (size_t i = 0; i < 3; i++) {
      struct buffer spec = {0};
      if (with_words) field_append_text(&spec, T_ARGV, "a");
      field_append_u32(&spec, T_CONNECT, wrong[i]);
      check(parse_spec(spec.data, spec.length) == -1, "no port");
      buffer_free(&spec);
      if (with_words) field_append_text(&spec, T_ARGV, "a");
      field_append_u32(&spec, T_CONNECT, right[i]);
      check(parse_spec(spec.data, spec.length) == 0, "a port");
      buffer_free(&spec);
    }
}

static int count_open(void) {
  int open = 0;
  for (int fd = 0; fd < 256; fd++) open += fcntl(fd, F_GETFD) >= 0;
  return open;
}

static void test_descriptors(void) {
  int ends[2], fds[HANDED] = {0, 1, 2, 1, 2}, got[HANDED];
  char text[16];
  check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
  int before = count_open();
  check(send_descriptors(ends[0], "five", 4, fds) == 0, "descriptors are sent");
  check(receive_descriptors(ends[1], text, sizeof text, got) == 4 && got[0] >= 0, "and received");
  check(count_open() == before + HANDED, "all of them");
  for (int i = 0; i < HANDED; i++) close(got[i]);
  check(write(ends[0], "none", 4) == 4, "bytes alone");
  check(receive_descriptors(ends[1], text, sizeof text, got) == 4 && got[0] == -1, "bring none");
  /* Another number of them. */
  for (size_t count = 1; count <= HANDED + 1; count += HANDED) {
    char space[CMSG_SPACE((HANDED + 1) * sizeof(int))] __attribute__((aligned(16))) = {0};
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    for (size_t i = 0; i < count; i++) memcpy(CMSG_DATA(header) + i * sizeof(int), &(int){1}, sizeof(int));
    check(sendmsg(ends[0], &message, 0) == 1, "a wrong number is sent");
    ssize_t length = receive_descriptors(ends[1], text, sizeof text, got);
    if (count == 1) check(length == 1 && got[0] == -1, "and refused");
    for (int i = 0; got[0] >= 0 && i < HANDED; i++) close(got[i]);
    check(count_open() == before, "without leaving one open");
  }
  close(ends[0]);
  check(receive_descriptors(ends[1], text, sizeof text, got) == 0 && got[0] == -1, "the end brings none");
  close(ends[1]);
}

/* Specs within specs: only one level is looked into at a time, however many there are. */
static void test_nesting(void) {
  struct buffer spec = {0};
  field_append_text(&spec, T_ARGV, "innermost");
  for (int level = 0; level < 2000; level++) {
    struct buffer outer = {0};
    field_append_text(&outer, T_ARGV, "a");
    field_append(&outer, T_INNER, spec.data, spec.length);
    buffer_free(&spec);
    spec = outer;
  }
  check(parse_spec(spec.data, spec.length) == 0, "2000 levels");
  for (int level = 0; level < 2000; level++) {
    struct spec parsed;
    if (spec_parse(spec.data, spec.length, &parsed) < 0 || !parsed.has_inner) {
      check(0, "each level is a spec");
      spec_free(&parsed);
      break;
    }
    spec.length = 0;
    buffer_append(&spec, parsed.inner, parsed.inner_length);
    spec_free(&parsed);
  }
  check(parse_spec(spec.data, spec.length) == 0, "and the innermost one, too");
  buffer_free(&spec);
}

static void test_lists(void) {
  static const struct {
    const char *list;
    size_t length, count;
  } cases[] = {{"", 0, 1}, {"a", 1, 1}, {"a\0b", 3, 2}, {"a\0", 2, 2}, {"\0\0", 2, 3}, {"a\0\0b", 4, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *copy = (char *)exactly(cases[i].list, cases[i].length + 1);
    size_t count;
    char **words = split_list(copy, cases[i].length, &count);
    check(count == cases[i].count && words[count] == NULL, "words of a list");
    free(words);
    free(copy);
  }
}

enum { RANDOM_INPUTS = 250000 };

/* Random bytes, and mutations of a right spec, which get further. */
static void test_random(void) {
  struct buffer right = whole_spec();
  long accepted = 0;
  for (int round = 0; round < RANDOM_INPUTS; round++) {
    uint8_t input[1024];
    size_t length;
    if (round % 2) {
      length = next_random(96);
      for (size_t i = 0; i < length; i++) input[i] = (uint8_t)next_random(round % 4 == 1 ? 256 : 30);
    } else {
      length = right.length < sizeof input ? right.length : sizeof input;
      memcpy(input, right.data, length);
      for (uint32_t change = next_random(4) + 1; change > 0; change--)
        input[next_random((uint32_t)length)] = (uint8_t)next_random(256);
      if (next_random(4) == 0) length = next_random((uint32_t)length);
    }
    struct frame frame;
    size_t consumed, offset = 0;
    struct field field;
    accepted += parse_spec(input, length) == 0;
    parse_frame(input, length, &frame, &consumed);
    uint8_t *copy = exactly(input, length);
    size_t before = 0;
    int found, right_order = 1;
    while ((found = field_next(copy, length, &offset, &field)) == 1) {
      right_order &= offset > before && offset <= length && field.data + field.length == copy + offset;
      before = offset;
    }
    free(copy);
    if (!right_order) check(0, "fields stay within their payload");
  }
  check(accepted > 1000 && accepted < RANDOM_INPUTS, "some random specs are right, most are not");
  passed++;
  printf("%d random inputs, %ld of them specs\n", RANDOM_INPUTS, accepted);
  buffer_free(&right);
}

int main(void) {
  test_frames();
  test_frame_pipes();
  test_buffers();
  test_failures();
  test_specs();
  test_field_sizes();
  test_ports();
  test_descriptors();
  test_nesting();
  test_lists();
  test_random();
  printf("%d passed, %d failed\n", passed, failed);
  return failed > 0;
}
