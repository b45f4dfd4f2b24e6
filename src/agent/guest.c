/*
 * `archparity-agent guest`: PID 1 of a microVM, started by the kernel from an initramfs. It makes the
 * machine usable, says on the virtio port that it is ready, and serves whoever sends a greeting there.
 * Between the two a snapshot can be taken: what must not be the same in every machine that resumes it,
 * the clock and the entropy, comes with the greeting. When a peer goes, all that it started is killed.
 */
#define _GNU_SOURCE
#include "server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char READY[] = "APREADY\n";
enum { ENTROPY = 64 };

struct greeting {
  /* big endian: nanoseconds since the epoch */
  uint8_t time[8];
  uint8_t entropy[ENTROPY];
};

/*
 * What the kernel may have as modules; those that are built in are not found and not missed. The two groups
 * are loaded side by side: under emulation that is a good part of a boot.
 */
static const char *const DEVICES[] = {"virtio_pci", "virtio_console", "virtio_scsi", "sd_mod", NULL};
static const char *const FILE_SYSTEMS[] = {"crc32c_generic", "ext4", "overlay", NULL};

static void complain(const char *what) {
  int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  if (fd >= 0) dprintf(fd, "<2>archparity: %s: %s", what, strerror(errno));
  if (fd >= 0) close(fd);
}

static void give_up(const char *what) __attribute__((noreturn));

static void give_up(const char *what) {
  complain(what);
  reboot(RB_POWER_OFF);
  _exit(1);
}

static void pause_ms(long ms) {
  struct timespec moment = {0, ms * 1000000};
  nanosleep(&moment, NULL);
}

/* --- the file system ---------------------------------------------------------------------- */

static void mount_at(const char *type, const char *target, unsigned long flags, const char *options) {
  mkdir(target, 0755);
  if (mount(type, target, type, flags, options) < 0) complain(target);
}

/*
 * pivot_root(2), which container runtimes call, refuses the initramfs itself as the root. A mount of the
 * same on top of it will do.
 */
static void leave_rootfs(void) {
  mkdir("/mnt", 0755);
  if (mount("/", "/mnt", NULL, MS_BIND, NULL) < 0 || chdir("/mnt") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 ||
      chroot(".") < 0 || chdir("/") < 0)
    complain("move the root");
}

static void mount_system(void) {
  mount_at("devtmpfs", "/dev", MS_NOSUID, "mode=755");
  mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755");
  mount_at("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_at("devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "mode=0620,ptmxmode=0666,gid=5");
  mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_at("mqueue", "/dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_at("cgroup2", "/sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  if (symlink("/proc/self/fd", "/dev/fd") < 0 || symlink("/proc/self/fd/0", "/dev/stdin") < 0 ||
      symlink("/proc/self/fd/1", "/dev/stdout") < 0 || symlink("/proc/self/fd/2", "/dev/stderr") < 0)
    complain("make links in /dev");
}

/* --- modules ------------------------------------------------------------------------------ */

/*
 * A host adapter asks each of its 256 possible targets for a disk when it is found. There is none, then:
 * disks come later and announce themselves. To ask costs a guest under emulation a tenth of its boot, so
 * the adapter is to find nothing to ask; what announces itself is looked at from allow_scans() on. Where
 * scsi_mod is built in, the kernel's command line says the same.
 */
static const char SCAN_NOTHING[] = "scan=manual";

static void allow_scans(void) {
  int fd = open("/sys/module/scsi_mod/parameters/scan", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, "sync", 4) < 0) complain("allow scans for disks");
  close(fd);
}

static int load_file(const char *directory, const char *file) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", directory, file);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  size_t length = strlen(path);
  int compressed = length < 3 || strcmp(path + length - 3, ".ko") != 0;
  const char *parameters = strstr(file, "/scsi_mod.ko") ? SCAN_NOTHING : "";
  /* 4: MODULE_INIT_COMPRESSED_FILE */
  int result = (int)syscall(SYS_finit_module, fd, parameters, compressed ? 4 : 0);
  int error = errno;
  close(fd);
  errno = error;
  return result < 0 && errno != EEXIST ? -1 : 0;
}

/* Whether a line of modules.dep is that of a module: `-` and `_` are the same in names (modprobe(8)). */
static int is_line_of(const char *line, const char *name) {
  const char *colon = strchr(line, ':');
  if (!colon) return 0;
  const char *base = colon;
  while (base > line && base[-1] != '/') base--;
  for (; *name; name++, base++)
    if (*base != *name && !(*base == '-' && *name == '_')) return 0;
  return !strncmp(base, ".ko", 3);
}

/* `module: dependency…`: the last dependency has to be loaded first (modules.dep(5)). */
static void load_line(const char *directory, char *line) {
  char *files[64];
  size_t count = 0;
  for (char *word = strtok(line, ": \n"); word && count < 64; word = strtok(NULL, ": \n")) files[count++] = word;
  while (count-- > 0)
    if (load_file(directory, files[count]) < 0) complain(files[count]);
}

static void load_group(const char *const *group) {
  struct utsname names;
  char directory[256], path[300];
  uname(&names);
  snprintf(directory, sizeof directory, "/lib/modules/%s", names.release);
  snprintf(path, sizeof path, "%s/modules.dep", directory);
  FILE *file = fopen(path, "re");
  if (!file) return;
  static char line[16384];
  for (; *group; group++) {
    rewind(file);
    while (fgets(line, sizeof line, file))
      if (is_line_of(line, *group)) {
        load_line(directory, line);
        break;
      }
  }
  fclose(file);
}

static void load_modules(void) {
  pid_t other = fork();
  if (other == 0) {
    load_group(FILE_SYSTEMS);
    _exit(0);
  }
  load_group(DEVICES);
  allow_scans();
  if (other < 0) load_group(FILE_SYSTEMS);
  else waitpid(other, NULL, 0);
}

/* --- the port ----------------------------------------------------------------------------- */

static int open_named_port(const char *name) {
  DIR *directory = opendir("/sys/class/virtio-ports");
  int found = -1;
  struct dirent *entry;
  while (directory && found < 0 && (entry = readdir(directory))) {
    char path[512], text[64] = "";
    snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
    FILE *file = fopen(path, "re");
    if (!file) continue;
    if (fgets(text, sizeof text, file)) text[strcspn(text, "\n")] = 0;
    fclose(file);
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    if (!strcmp(text, name)) found = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  }
  if (directory) closedir(directory);
  return found;
}

static int open_port(void) {
  for (int round = 0; round < 3000; round++) {
    int fd = open_named_port("archparity");
    if (fd >= 0) return fd;
    pause_ms(10);
  }
  give_up("open the virtio port");
}

static void reap(void) {
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
}

static void say_ready(int port) {
  /* Until the host's end is known to be open, what is written is lost. */
  struct pollfd polled = {port, POLLOUT, 0};
  while (poll(&polled, 1, 10) < 0 || (polled.revents & POLLHUP) || !(polled.revents & POLLOUT)) pause_ms(1);
  while (write(port, READY, sizeof READY - 1) < 0) pause_ms(1);
}

static void await_greeting(int port, struct greeting *greeting) {
  size_t got = 0;
  while (got < sizeof *greeting) {
    struct pollfd polled = {port, POLLIN, 0};
    poll(&polled, 1, 1000);
    reap();
    ssize_t count = read(port, (uint8_t *)greeting + got, sizeof *greeting - got);
    if (count > 0) got += (size_t)count;
    /* 0: nobody is there; whoever comes next begins anew. */
    if (count == 0) {
      got = 0;
      pause_ms(5);
    }
  }
}

/* --- serving ------------------------------------------------------------------------------ */

static void take_greeting(const struct greeting *greeting) {
  uint64_t now = read_u64(greeting->time);
  struct timespec time = {(time_t)(now / 1000000000u), (long)(now % 1000000000u)};
  if (clock_settime(CLOCK_REALTIME, &time) < 0) complain("set the clock");
  struct {
    struct rand_pool_info info;
    uint8_t data[ENTROPY];
  } pool = {.info = {.entropy_count = ENTROPY * 8, .buf_size = ENTROPY}};
  memcpy(pool.info.buf, greeting->entropy, ENTROPY);
  int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) < 0 || ioctl(fd, RNDRESEEDCRNG) < 0) complain("add entropy");
  if (fd >= 0) close(fd);
}

static void serve_peer(int port) {
  pid_t server = fork();
  if (server < 0) give_up("fork");
  if (server == 0) {
    dup2(port, STDIN_FILENO);
    dup2(port, STDOUT_FILENO);
    int console = open("/dev/console", O_WRONLY | O_NOCTTY);
    if (console >= 0) dup2(console, STDERR_FILENO);
    close_from(3);
    setsid();
    if (use_cgroups("/sys/fs/cgroup") < 0) complain("limit memory and processes");
    serve();
  }
  pid_t ended;
  while ((ended = waitpid(-1, NULL, 0)) != server)
    if (ended < 0 && errno != EINTR) break;
  kill(-1, SIGKILL);
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
  }
}

int run_guest(void) {
  struct failure failure = {0};
  umask(022);
  leave_rootfs();
  mount_system();
  load_modules();
  sethostname("archparity", strlen("archparity"));
  if (bring_loopback_up(&failure) < 0) complain(failure.step);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  int port = open_port();
  say_ready(port);
  for (;;) {
    struct greeting greeting;
    await_greeting(port, &greeting);
    take_greeting(&greeting);
    serve_peer(port);
  }
}
