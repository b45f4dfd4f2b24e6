// flags: -O2
// count-primes [LIMIT]: pure computing for benchmarks; prints how many primes lie below LIMIT (200000).
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int limit = argc > 1 ? atoi(argv[1]) : 200000, count = 0;
  for (int n = 2; n < limit; n++) {
    int prime = 1;
    for (int d = 2; d * d <= n && prime; d++) prime = n % d != 0;
    count += prime;
  }
  printf("%d primes below %d\n", count, limit);
  return 0;
}
