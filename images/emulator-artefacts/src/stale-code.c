// flags: -O2
// Code that is written through a second mapping: QEMU 7.2 goes on with its old translation (JITs with W^X).
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int run(uint8_t *writable, const uint8_t *executable, uint8_t number) {
#if defined(__aarch64__)
  const uint32_t code[] = {0x52800000U | (uint32_t)number << 5, 0xd65f03c0U};
#else
  const uint8_t code[] = {0xb8, number, 0, 0, 0, 0xc3};
#endif
  memcpy(writable, code, sizeof code);
  __builtin___clear_cache((char *)executable, (char *)executable + sizeof code);
  int (*function)(void);
  memcpy(&function, &executable, sizeof function);
  return function();
}

int main(void) {
  int memory = memfd_create("code", MFD_CLOEXEC);
  if (ftruncate(memory, 4096) < 0) return 1;
  uint8_t *writable = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  const uint8_t *executable = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, memory, 0);
  puts("a function is changed through a second mapping");
  int before = run(writable, executable, 7), after = run(writable, executable, 9);
  printf("it returns %d, then %d\n", before, after);
  return 0;
}
