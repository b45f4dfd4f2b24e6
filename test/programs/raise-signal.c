// raise-signal NUMBER: dies by that signal (or survives it and exits 3).
#include <signal.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  raise(atoi(argv[1]));
  return 3;
}
