// flood-output MEBIBYTES: writes that much to stdout, in lines of 64 bytes.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  static char block[65536];
  long blocks = (argc > 1 ? atol(argv[1]) : 1) * 16;
  memset(block, 'x', sizeof block);
  for (size_t end = 63; end < sizeof block; end += 64) block[end] = '\n';
  while (blocks-- > 0) {
    for (size_t done = 0; done < sizeof block;) {
      ssize_t n = write(1, block + done, sizeof block - done);
      if (n < 0) return 1;
      done += (size_t)n;
    }
  }
  return 0;
}
