// Area "procfs": what a program reads of itself and of the machine.
#include "probe.h"

#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { OWN_MACHINE = EM_X86_64 };
#define OWN_CPUINFO "vendor_id"
#elif defined(__aarch64__)
enum { OWN_MACHINE = EM_AARCH64 };
#define OWN_CPUINFO "CPU implementer"
#endif

static char text[1 << 20];

void probe_exe_link(void) {
  char target[PATH_MAX] = "", own[PATH_MAX];
  if (readlink("/proc/self/exe", target, sizeof target - 1) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  answer("%s", realpath(own_path(), own) != NULL && strcmp(target, own) == 0 ? "this program" : "another file");
}

void probe_exe_open(void) {
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  Elf64_Ehdr header;
  if (file < 0 || read(file, &header, sizeof header) != sizeof header)
    answer("%s", error_name(errno));
  else
    answer("%s", header.e_machine == OWN_MACHINE ? "this program" : "a program of another architecture");
}

static void exec_itself(const void *unused) {
  (void)unused;
  execl("/proc/self/exe", "itself", "--say", "works", NULL);
  tell_exec_failed();
}

void probe_exe_exec(void) {
  char line[256];
  int status = capture_child(exec_itself, NULL, line, sizeof line);
  if (strcmp(line, "works") == 0)
    answer("works");
  else if (line[0] == 'E' && strchr(line, ' ') == NULL)
    answer("%s", line);
  else
    answer("another program starts, exit %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

void probe_own_command_line(void) {
  ssize_t length = read_file("/proc/self/cmdline", text, sizeof text);
  if (length < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", strcmp(text + strlen(text) + 1, "own-command-line") == 0 ? "as started" : "another");
}

static pid_t start_waiting(int *output) {
  int ends[2];
  if (pipe(ends) < 0) not_tried("pipe");
  pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    execl(own_path(), "waiting-child", "--wait", NULL);
    _exit(127);
  }
  char byte;
  close(ends[1]);
  if (read(ends[0], &byte, 1) != 1) {
    errno = EPROTO;
    not_tried("start of a child");
  }
  *output = ends[0];
  return child;
}

static void read_of_child(const char *name, ssize_t *length) {
  int output = -1;
  pid_t child = start_waiting(&output);
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)child, name);
  *length = read_file(path, text, sizeof text);
  int error = errno;
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  errno = error;
}

void probe_other_command_line(void) {
  ssize_t length = 0;
  read_of_child("cmdline", &length);
  if (length < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", strcmp(text, "waiting-child") == 0 ? "as started" : "another");
}

void probe_other_name(void) {
  ssize_t length = 0;
  read_of_child("comm", &length);
  char own[PATH_MAX];
  const char *name = realpath(own_path(), own) == NULL ? "" : strrchr(own, '/') + 1;
  text[strcspn(text, "\n")] = '\0';
  if (length < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", strncmp(text, name, 15) == 0 ? "the program's" : "another");
}

void probe_cpuinfo(void) {
  if (read_file("/proc/cpuinfo", text, sizeof text) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", strstr(text, OWN_CPUINFO) != NULL ? "of this architecture" : "of another architecture");
}

void probe_maps(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) {
    answer("%s", error_name(errno));
    return;
  }
  uintptr_t here = (uintptr_t)probe_maps;
  bool found = false, foreign = false;
  char line[4096];
  while (fgets(line, sizeof line, maps) != NULL) {
    uintptr_t from = 0, to = 0;
    char mode[8] = "";
    if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %7s", &from, &to, mode) != 3) continue;
    // A translator shows guest code as not executable: it never runs on the real CPU.
    if (here >= from && here < to) found = mode[2] == 'x' || mode[0] == 'r';
    foreign |= strstr(line, "qemu") != NULL;
  }
  fclose(maps);
  answer("%s", !found ? "lack this code" : foreign ? "show an emulator" : "show this code");
}

void probe_auxv(void) {
  int file = open("/proc/self/auxv", O_RDONLY | O_CLOEXEC);
  Elf64_auxv_t entry;
  while (file >= 0 && read(file, &entry, sizeof entry) == sizeof entry) {
    if (entry.a_type != AT_ENTRY) continue;
    answer("%s", entry.a_un.a_val == getauxval(AT_ENTRY) ? "this program's" : "another's");
    return;
  }
  answer("%s", file < 0 ? error_name(errno) : "nothing");
}

void probe_environment(void) {
  // The environment at the start, as execve(2) placed it.
  ssize_t length = read_file("/proc/self/environ", text, sizeof text);
  if (length < 0)
    answer("%s", error_name(errno));
  else if (environ[0] == NULL)
    answer("%s", length == 0 ? "the same" : "another");
  else
    answer("%s", strcmp(text, environ[0]) == 0 ? "the same, in order" : "another or in another order");
}

void probe_status_name(void) {
  ssize_t length = read_file("/proc/self/comm", text, sizeof text);
  text[strcspn(text, "\n")] = '\0';
  char own[PATH_MAX];
  const char *name = realpath(own_path(), own) == NULL ? "" : strrchr(own, '/') + 1;
  if (length < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", strncmp(text, name, 15) == 0 ? "the program's" : "another");
}

void probe_stat_stack(void) {
  // Field 28, startstack: collectors of garbage scan from there (proc(5)).
  if (read_file("/proc/self/stat", text, sizeof text) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  char *at = strrchr(text, ')');
  for (int field = 2; at != NULL && field < 28; field++) at = strchr(at + 1, ' ');
  uintptr_t start = at == NULL ? 0 : strtoull(at, NULL, 10);
  uintptr_t here = (uintptr_t)&at;
  answer("%s", start == 0 ? "not said" : start >= here && start - here < (8UL << 20) ? "this stack" : "another place");
}

void probe_kernel_release(void) {
  struct utsname name;
  if (uname(&name) < 0 || read_file("/proc/sys/kernel/osrelease", text, sizeof text) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  text[strcspn(text, "\n")] = '\0';
  answer("%s", strcmp(text, name.release) == 0 ? "uname and procfs agree" : "uname and procfs differ");
  detail("%s", name.release);
}

void probe_machine_name(void) {
  struct utsname name;
  if (uname(&name) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", name.machine);
}
