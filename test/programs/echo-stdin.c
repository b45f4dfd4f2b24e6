// Copies stdin to stdout until it ends; the exit code says whether all was written.
#include <unistd.h>

int main(void) {
  static char buffer[65536];
  ssize_t length;
  while ((length = read(0, buffer, sizeof buffer)) > 0) {
    for (ssize_t done = 0, n; done < length; done += n) {
      n = write(1, buffer + done, (size_t)(length - done));
      if (n < 0) return 1;
    }
  }
  return length < 0 ? 1 : 0;
}
