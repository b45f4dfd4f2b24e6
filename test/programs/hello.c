// Prints the architecture it was compiled for, then its arguments, one a line.
#include <stdio.h>

#if defined(__x86_64__)
#define ARCH "amd64"
#elif defined(__aarch64__)
#define ARCH "arm64"
#else
#define ARCH "another architecture"
#endif

int main(int argc, char **argv) {
  puts("hello from " ARCH);
  for (int i = 0; i < argc; i++) printf("argv[%d]=%s\n", i, argv[i]);
  return 0;
}
