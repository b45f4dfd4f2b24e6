#include "config.h"

#include "tally.h"

uint64_t digest_bytes(const void *data, size_t length) {
  const unsigned char *bytes = data;
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
  return hash;
}
