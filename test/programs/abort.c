// Dies by SIGABRT after one line on each stream.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  puts("on stdout");
  fputs("on stderr\n", stderr);
  fflush(stdout);
  abort();
}
