// Area "identity": who a program is, and becomes.
#include "probe.h"

#include <linux/capability.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// Somebody else than the caller; exists in every lane that has more than one id.
enum { OTHER_ID = 12345 };

static void exec_identity(const void *path) {
  execl(path, "identity", "--identity", NULL);
  tell_exec_failed();
}

struct identity {
  int effective_user, effective_group, real_user;
  unsigned long secure;
};

static struct identity identity_of(const char *path) {
  char line[128];
  struct identity who = {0};
  capture_child(exec_identity, path, line, sizeof line);
  if (sscanf(line, "%d %d %d %lu", &who.effective_user, &who.effective_group, &who.real_user, &who.secure) != 4) {
    errno = EPROTO;
    not_tried("start of a copy of this program");
  }
  return who;
}

// Where a mount or the process rules privileges out, nothing is learnt of the emulator or the kernel.
static void require_privileged_exec(void) {
  struct statvfs facts;
  if (statvfs(".", &facts) < 0) not_tried("statvfs");
  if ((facts.f_flag & ST_NOSUID) != 0) not_tried_because("the working directory is mounted nosuid");
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) not_tried_because("no_new_privs is set");
}

static void make_special(const char *path, mode_t bit) {
  require_privileged_exec();
  copy_program(path, 0755);
  if (chown(path, OTHER_ID, OTHER_ID) < 0) not_tried("chown to another user");
  if (chmod(path, 0755 | bit) < 0) not_tried("chmod");
}

void probe_setuid_program(void) {
  make_special("./setuid-copy", S_ISUID);
  answer("%s", identity_of("./setuid-copy").effective_user == OTHER_ID ? "honoured" : "ignored");
}

void probe_setgid_program(void) {
  make_special("./setgid-copy", S_ISGID);
  answer("%s", identity_of("./setgid-copy").effective_group == OTHER_ID ? "honoured" : "ignored");
}

void probe_secure_mode(void) {
  make_special("./setuid-copy", S_ISUID);
  answer("AT_SECURE %lu", identity_of("./setuid-copy").secure);
}

void probe_no_new_privileges(void) {
  make_special("./setuid-copy", S_ISUID);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) not_tried("prctl");
  answer("%s", identity_of("./setuid-copy").effective_user == OTHER_ID ? "setuid all the same" : "kept from setuid");
}

static void exec_permitted_as_other(const void *path) {
  if (setresgid(OTHER_ID, OTHER_ID, OTHER_ID) < 0 || setresuid(OTHER_ID, OTHER_ID, OTHER_ID) < 0) _exit(1);
  execl(path, "permitted", "--permitted", NULL);
  tell_exec_failed();
}

void probe_file_capabilities(void) {
  require_privileged_exec();
  copy_program("./capable-copy", 0755);
  struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
  data.data[0].permitted = 1U << CAP_CHOWN;
  if (setxattr("./capable-copy", "security.capability", &data, sizeof data, 0) < 0) not_tried("setxattr");
  char line[64];
  capture_child(exec_permitted_as_other, "./capable-copy", line, sizeof line);
  unsigned long permitted = strtoul(line, NULL, 16);
  answer("%s", line[0] == '\0' || line[0] == 'E' ? (line[0] == '\0' ? "does not start" : line)
               : (permitted & (1UL << CAP_CHOWN)) != 0 ? "honoured"
                                                        : "ignored");
}

static void drop_and_regain(void) {
  if (setresuid(OTHER_ID, OTHER_ID, OTHER_ID) < 0) _exit(2);
  _exit(setuid(0) == 0 ? 1 : 0);
}

void probe_drop_privileges(void) {
  if (geteuid() != 0) {
    errno = EPERM;
    not_tried("setresuid");
  }
  int code = WEXITSTATUS(run_in_child(drop_and_regain));
  answer("%s", code == 0 ? "for good" : code == 1 ? "can be regained" : "refused");
}

static void *wait_in_thread(void *arrived) {
  pthread_barrier_wait(arrived);
  for (;;) pause();
  return NULL;
}

static void change_all_threads(void) {
  pthread_barrier_t arrived;
  pthread_barrier_init(&arrived, NULL, 2);
  pthread_t thread;
  if (pthread_create(&thread, NULL, wait_in_thread, &arrived) != 0) _exit(2);
  pthread_barrier_wait(&arrived);
  _exit(setuid(geteuid()) == 0 ? 0 : 1);
}

void probe_setuid_with_threads(void) {
  int status = run_in_child(change_all_threads);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    answer("works");
  else
    answer_status(status);
}

void probe_capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2] = {0};
  answer_call(syscall(SYS_capget, &header, sets));
  detail("effective 0x%x%08x", sets[1].effective, sets[0].effective);
}

void probe_ambient_capabilities(void) { answer_call(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)); }

void probe_groups(void) {
  gid_t groups[256];
  answer_call(getgroups(256, groups));
}
