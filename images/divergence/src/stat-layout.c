// flags: -O2
// The kernel's struct stat: st_mode lies at byte 24 on amd64 and at 16 on arm64 (asm/stat.h).
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_directory(const unsigned char *buffer, size_t offset) {
  uint32_t mode;
  memcpy(&mode, buffer + offset, sizeof mode);
  return S_ISDIR(mode);
}

int main(void) {
  unsigned char buffer[256] = {0};
  if (syscall(SYS_newfstatat, AT_FDCWD, "/", buffer, 0) != 0) return 1;
  puts("raw stat of /");
  printf("st_mode of a directory at byte 16: %d\n", is_directory(buffer, 16));
  printf("st_mode of a directory at byte 24: %d\n", is_directory(buffer, 24));
  printf("sizeof(struct stat): %zu\n", sizeof(struct stat));
  return 0;
}
