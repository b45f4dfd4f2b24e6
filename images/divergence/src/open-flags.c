// flags: -O2
// O_DIRECTORY, O_NOFOLLOW and O_DIRECT have each other's values on the two (asm/fcntl.h).
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

int main(void) {
  puts("open flags, octal");
  printf("O_DIRECTORY %o\n", O_DIRECTORY);
  printf("O_NOFOLLOW %o\n", O_NOFOLLOW);
  printf("O_DIRECT %o\n", O_DIRECT);
  return 0;
}
