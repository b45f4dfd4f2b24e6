// flags: -O2 -Wno-type-limits
// wchar_t is int on amd64 (psABI) and unsigned int on arm64 (AAPCS64).
#include <stdio.h>
#include <wchar.h>

int main(void) {
  volatile wchar_t c = (wchar_t)-1;
  printf("wchar_t of %zu bytes holding all ones\n", sizeof(wchar_t));
  printf("below zero: %s\n", c < 0 ? "yes" : "no");
  return 0;
}
