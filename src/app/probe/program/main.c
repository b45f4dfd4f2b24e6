// archparity-probe ID: asks the system one question by doing the thing, and prints the answer as
// ANSWER<tab>DETAIL. Exits with 77 when the question could not be put. A crash or a hang is an answer too, so each
// invocation puts one question only.
#include "probe.h"

#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
  const char *id;
  void (*run)(void);
} PROBE_TABLE[] = {
#define ROW(id, function) {id, function},
    PROBES(ROW)
#undef ROW
};

// What copies of this program are executed for: words that start with "--" are no probe.
static int run_as_child(int argc, char **argv) {
  if (strcmp(argv[1], "--say") == 0 && argc == 3) {
    puts(argv[2]);
  } else if (strcmp(argv[1], "--argv0") == 0) {
    puts(argv[0]);
  } else if (strcmp(argv[1], "--identity") == 0) {
    printf("%d %d %d %lu\n", (int)geteuid(), (int)getegid(), (int)getuid(), getauxval(AT_SECURE));
  } else if (strcmp(argv[1], "--permitted") == 0) {
    struct {
      unsigned version;
      int pid;
    } header = {0x20080522, 0};
    struct {
      unsigned effective, permitted, inheritable;
    } sets[2] = {0};
    if (syscall(SYS_capget, &header, sets) < 0) return 1;
    printf("%x\n", sets[0].permitted);
  } else if (strcmp(argv[1], "--wait") == 0) {
    puts("ready");
    fflush(stdout);
    for (;;) pause();
  } else {
    return 2;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc >= 2 && strncmp(argv[1], "--", 2) == 0) return run_as_child(argc, argv);
  for (size_t i = 0; argc == 2 && i < sizeof PROBE_TABLE / sizeof *PROBE_TABLE; i++) {
    if (strcmp(PROBE_TABLE[i].id, argv[1]) != 0) continue;
    PROBE_TABLE[i].run();
    return 0;
  }
  fprintf(stderr, "usage: archparity-probe PROBE\n");
  return 2;
}
