// flags: -O2
// va_list is an array (passed by reference) on amd64 and a struct (passed by value) on arm64: whether the
// caller sees that the callee took an argument differs. ISO C 7.16 calls it indeterminate.
#include <stdarg.h>
#include <stdio.h>

__attribute__((noinline)) static int take(va_list arguments) { return va_arg(arguments, int); }

__attribute__((noinline)) static void take_twice(int count, ...) {
  va_list arguments;
  va_start(arguments, count);
  printf("the callee takes %d\n", take(arguments));
  printf("from the same va_list the caller then takes %d\n", va_arg(arguments, int));
  va_end(arguments);
}

int main(void) {
  take_twice(2, 1, 2);
  printf("sizeof(va_list): %zu\n", sizeof(va_list));
  return 0;
}
