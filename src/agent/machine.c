/* Which machine a program is for. */
#define _GNU_SOURCE
#include "agent.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What exec(2) looks at (BINPRM_BUF_SIZE), and how many interpreters of interpreters it follows. */
enum { HEAD = 256, INTERPRETERS = 5 };

static ssize_t read_head(const char *path, char head[HEAD]) {
  /* Without O_NONBLOCK the open of a FIFO would wait for a writer. */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -1;
  struct stat facts;
  ssize_t got = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) ? pread(fd, head, HEAD, 0) : -1;
  close(fd);
  return got;
}

/* The interpreter of a `#!` line; 0 when there is none. */
static int read_interpreter(const char head[HEAD], ssize_t length, char interpreter[HEAD + 1]) {
  if (length < 3 || head[0] != '#' || head[1] != '!') return 0;
  char line[HEAD + 1] = {0};
  memcpy(line, head + 2, (size_t)length - 2);
  line[strcspn(line, "\n")] = 0;
  const char *start = line + strspn(line, " \t");
  snprintf(interpreter, HEAD + 1, "%.*s", (int)strcspn(start, " \t"), start);
  return *interpreter != 0;
}

/*
 * Looked at before exec, in the subject's root and with its rights. Afterwards /proc/PID/exe says what the
 * kernel executed, but a short program is gone before anybody reads it; a ptrace stop at exec would be exact,
 * too, yet inside a container the init has no CAP_SYS_PTRACE, and without that a tracer takes setuid and file
 * capabilities from the program (ptrace(2)). This costs an open and a read. A program that may be executed
 * and not read is of no known machine (0).
 */
uint32_t program_machine(const char *path) {
  char head[HEAD], name[HEAD + 1];
  for (int step = 0; step <= INTERPRETERS; step++) {
    ssize_t got = read_head(path, head);
    if (got >= EI_NIDENT + 4 && !memcmp(head, ELFMAG, SELFMAG)) {
      const uint8_t *at = (const uint8_t *)head;
      const uint8_t *machine = at + EI_NIDENT + 2;
      uint32_t number = at[EI_DATA] == ELFDATA2MSB ? (uint32_t)(machine[0] << 8 | machine[1])
                                                   : (uint32_t)(machine[1] << 8 | machine[0]);
      return number << 16 | (uint32_t)at[EI_CLASS] << 8 | at[EI_DATA];
    }
    if (!read_interpreter(head, got, name)) return 0;
    path = name;
  }
  return 0;
}
