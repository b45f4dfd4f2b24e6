// Prints nanoseconds of the monotonic clock: never the same twice, so every case with it is flaky.
#include <stdio.h>
#include <time.h>

int main(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf("%lld%09ld\n", (long long)now.tv_sec, now.tv_nsec);
  return 0;
}
