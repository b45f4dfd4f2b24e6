/*
 * A digest of the bytes that are not kept, so that two lanes can be compared in them: FNV-1a with 64 bits
 * (Fowler, Noll and Vo; draft-eastlake-fnv). It tells accidents apart, not forgeries.
 */
#include "agent.h"

uint64_t digest_add(uint64_t digest, const uint8_t *data, size_t length) {
  for (size_t i = 0; i < length; i++) digest = (digest ^ data[i]) * UINT64_C(0x100000001b3);
  return digest;
}
