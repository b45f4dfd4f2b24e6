// flags: -O2
// Plain char is signed on amd64 and unsigned on arm64 (AAPCS64 §10.1.2, "char").
#include <stdio.h>

int main(void) {
  volatile char c = (char)0xff;
  puts("plain char holding 0xff");
  printf("as int: %d\n", c);
  return 0;
}
