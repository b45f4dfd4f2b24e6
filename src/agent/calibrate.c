/*
 * A fixed piece of work: integer arithmetic, calls through pointers, branches of which some cannot be
 * predicted, and memory in the second-level cache. About 15 ms on a native core of the 2020s. The lanes
 * compare its time under emulation with the native one.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <stdio.h>
#include <time.h>

enum { ROUNDS = 96, WORDS = 1 << 15 };

static uint32_t memory[WORDS];

static uint32_t rotate(uint32_t value) { return value << 13 | value >> 19; }
static uint32_t fold(uint32_t value) { return value ^ value >> 15; }
static uint32_t scale(uint32_t value) { return value * 0x846ca68bu + 1; }
static uint32_t spread(uint32_t value) { return value + (value << 3) + (value & 1 ? 7 : 0); }

/* Volatile, so that the compiler sees calls of it knows not what. */
static uint32_t (*volatile const steps[4])(uint32_t) = {rotate, fold, scale, spread};

static uint32_t work(void) {
  uint32_t sum = 0;
  for (uint32_t round = 0; round < ROUNDS; round++)
    for (uint32_t i = 0; i < WORDS; i++) {
      uint32_t value = steps[i & 3](memory[i] + i);
      value = steps[(i + round) & 3](value);
      if ((value & 31) == 0) sum ^= memory[value % WORDS];
      memory[i] = value + sum;
    }
  return sum;
}

int calibrate(void) {
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC_RAW, &from);
  volatile uint32_t result = work();
  clock_gettime(CLOCK_MONOTONIC_RAW, &to);
  (void)result;
  long long elapsed = (to.tv_sec - from.tv_sec) * 1000000000ll + (to.tv_nsec - from.tv_nsec);
  return printf("%lld\n", elapsed) < 0;
}
