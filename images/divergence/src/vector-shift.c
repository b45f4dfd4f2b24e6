// flags: -O2
// Scalar shifts by >= width wrap on both (the count is taken modulo 32). Vector shifts do not: NEON's
// sshl/ushl give 0, SSE2 has no shift per element, so gcc falls back to scalar ones, which wrap.
#include <stdio.h>

typedef unsigned vector __attribute__((vector_size(16)));

int main(void) {
  volatile unsigned count = 33;
  volatile vector ones = {1, 1, 1, 1}, counts = {33, 33, 33, 33};
  vector shifted = ones << counts;
  printf("scalar 1 << 33: %u\n", 1u << count);
  printf("vector 1 << 33: %u\n", shifted[0]);
  return 0;
}
