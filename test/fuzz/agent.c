/*
 * The agent's parsers under libFuzzer: what a lane's other end may send, found by coverage. scripts/soak builds it with
 * clang's sanitizers; test/agent/parsers.c tries random inputs in each test run.
 */
#include "../../src/agent/agent.h"

#include <stdlib.h>
#include <string.h>

static void fuzz_frames(const uint8_t *data, size_t length) {
  struct frame frame;
  size_t consumed = 0;
  while (length > 0 && frame_parse(data, length, &frame, &consumed) == 1) {
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < frame.length; i++) sum = (uint8_t)(sum + frame.payload[i]);
    data += consumed;
    length -= consumed;
  }
}

static void fuzz_spec(const uint8_t *data, size_t length) {
  struct spec spec;
  spec_parse(data, length, &spec);
  spec_free(&spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  /* Exactly as long as it is, so that a read past its end is seen. */
  size_t length = size - 1;
  uint8_t *copy = malloc(length ? length : 1);
  if (copy == NULL) return 0;
  memcpy(copy, data + 1, length);
  if (data[0] & 1) fuzz_spec(copy, length);
  else fuzz_frames(copy, length);
  free(copy);
  return 0;
}
