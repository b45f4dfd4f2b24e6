/*
 * What runs in a container, from inside it and without a program of its own: an init beside the subject says which
 * processes there are, which sockets wait for somebody, which interfaces the network has, and what names it knows.
 * Each line is a word and what the kernel or a file has after it. Of a path that is named it says what that is. The
 * exit that follows says that this is all.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than a file of names or a table of sockets has; what follows is left out. */
#define MOST_LINES 100000

/* As the kernel writes paths in /proc/mounts: text of any bytes stays on its line. */
static void tell_text(const char *word, const char *text, size_t length) {
  printf("%s ", word);
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\n' || text[i] == '\\')
      printf("\\%03o", (unsigned)text[i]);
    else
      putchar(text[i]);
  }
  putchar('\n');
}

static void tell_lines(const char *word, const char *path) {
  FILE *file = fopen(path, "re");
  if (!file) return;
  char *line = NULL;
  size_t room = 0;
  for (int count = 0; count < MOST_LINES && getline(&line, &room, file) >= 0; count++)
    tell_text(word, line, strcspn(line, "\n"));
  free(line);
  fclose(file);
}

/* Whether a process is an agent, as the container's init and this one are. */
static int is_ours(const char *pid) {
  char path[64];
  struct stat own, other;
  snprintf(path, sizeof path, "/proc/%.20s/exe", pid);
  if (stat("/proc/self/exe", &own) < 0 || stat(path, &other) < 0) return 0;
  return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* All of it: a name may hold newlines. */
static void tell_process(const char *pid) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  FILE *file = fopen(path, "re");
  if (!file) return;
  size_t length = fread(text, 1, sizeof text, file);
  fclose(file);
  if (length > 0) tell_text("process", text, length - 1);
}

static void tell_processes(void) {
  DIR *directory = opendir("/proc");
  struct dirent *entry;
  while (directory && (entry = readdir(directory)) != NULL) {
    if (strspn(entry->d_name, "0123456789") != strlen(entry->d_name) || is_ours(entry->d_name)) continue;
    tell_process(entry->d_name);
  }
  if (directory) closedir(directory);
}

static int prefix_length(const uint8_t *mask, size_t size) {
  int length = 0;
  for (size_t i = 0; i < size; i++)
    for (int bit = 7; bit >= 0 && mask[i] >> bit & 1; bit--) length++;
  return length;
}

static void tell_address(const struct ifaddrs *one) {
  char text[INET6_ADDRSTRLEN];
  const struct sockaddr *address = one->ifa_addr, *mask = one->ifa_netmask;
  if (!address || !mask) return;
  if (address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    const struct in_addr *bits = &((const struct sockaddr_in *)mask)->sin_addr;
    printf("address %s %s/%d\n", one->ifa_name, text, prefix_length((const uint8_t *)bits, sizeof *bits));
  } else if (address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
    const struct in6_addr *bits = &((const struct sockaddr_in6 *)mask)->sin6_addr;
    printf("address %s %s/%d\n", one->ifa_name, text, prefix_length((const uint8_t *)bits, sizeof *bits));
  }
}

static void tell_interfaces(void) {
  struct if_nameindex *all = if_nameindex();
  int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (struct if_nameindex *one = all; one && one->if_index != 0; one++) {
    struct ifreq request = {0};
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", one->if_name);
    int mtu = any >= 0 && ioctl(any, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
    printf("interface %s %d\n", one->if_name, mtu);
  }
  if (any >= 0) close(any);
  if (all) if_freenameindex(all);
  struct ifaddrs *addresses = NULL;
  if (getifaddrs(&addresses) < 0) return;
  for (const struct ifaddrs *one = addresses; one; one = one->ifa_next) tell_address(one);
  freeifaddrs(addresses);
}

static void tell_content(const char *path) {
  FILE *file = fopen(path, "re");
  if (!file) return;
  puts("content");
  char chunk[65536];
  size_t got;
  while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && fwrite(chunk, 1, got, stdout) == got) {
  }
  fclose(file);
}

/* What a path is, its last link not followed, and what lies there, with the link followed. */
static void tell_path(const char *path) {
  struct stat own, there;
  char target[4096];
  if (lstat(path, &own) < 0) return;
  printf("entry %o %u %u %llu\n", own.st_mode, own.st_uid, own.st_gid, (unsigned long long)own.st_size);
  ssize_t length = S_ISLNK(own.st_mode) ? readlink(path, target, sizeof target) : 0;
  if (length > 0) tell_text("target", target, (size_t)length);
  if (stat(path, &there) < 0) return;
  if (S_ISREG(there.st_mode)) tell_content(path);
  if (!S_ISDIR(there.st_mode)) return;
  DIR *directory = opendir(path);
  struct dirent *entry;
  while (directory && (entry = readdir(directory)) != NULL)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      tell_text("name", entry->d_name, strlen(entry->d_name));
  if (directory) closedir(directory);
}

static void tell_surroundings(void) {
  tell_processes();
  tell_lines("tcp", "/proc/self/net/tcp");
  tell_lines("tcp6", "/proc/self/net/tcp6");
  tell_lines("udp", "/proc/self/net/udp");
  tell_lines("udp6", "/proc/self/net/udp6");
  tell_interfaces();
  tell_lines("hosts", "/etc/hosts");
  tell_lines("resolver", "/etc/resolv.conf");
}

void look_around(const struct spec *spec) {
  struct ending ending = {0};
  tell_started(1, 0);
  if (spec->argv.count > 0)
    tell_path(spec->argv.items[0]);
  else
    tell_surroundings();
  fflush(stdout);
  tell_exit(0, &ending);
  _exit(0);
}
