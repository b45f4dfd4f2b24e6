/* Requests on the agent's own file system (put, get, stat, tree, mount) and its hello. */
#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Tags of hello and of stat's answer; the same numbers stand in protocol.ts. */
enum hello_tag { H_VERSION = 1, H_MACHINE, H_KERNEL, H_PAGE_SIZE, H_CPU, H_PID, H_UID, H_LIMITS };
enum stat_tag { S_DEVICE = 1, S_INODE, S_MODE, S_SIZE, S_LINK };

/* An existing file is opened as it is, so that a write to binfmt_misc's `register` is one write. */
enum { PUT_EXISTING = 1u };

struct upload {
  struct upload *next;
  uint32_t id;
  int fd;
};

static struct upload *uploads;

static void answer_failure(uint32_t id, const char *what, const char *path) {
  struct failure failure;
  fail(&failure, "%s %s", what, path);
  peer_send_error(FRAME_ERROR, id, &failure);
}

static char *path_of(const struct frame *frame, size_t offset) {
  if (frame->length <= offset) return NULL;
  char *path = strndup((const char *)frame->payload + offset, frame->length - offset);
  if (!path) _exit(71);
  return path;
}

static void open_upload(const struct frame *frame) {
  char *path = path_of(frame, 8);
  if (!path) {
    errno = EPROTO;
    answer_failure(frame->id, "put", "");
    return;
  }
  uint32_t flags = read_u32(frame->payload);
  mode_t mode = (mode_t)read_u32(frame->payload + 4) & 07777;
  /* O_NONBLOCK: a fifo that nobody reads must not hold up everything else. */
  int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | (flags & PUT_EXISTING ? 0 : O_CREAT | O_TRUNC), mode);
  /* Exactly the mode that was asked for, whatever our umask is. */
  if (fd < 0 || (!(flags & PUT_EXISTING) && fchmod(fd, mode) < 0)) {
    answer_failure(frame->id, "open", path);
    if (fd >= 0) close(fd);
  } else {
    struct upload *upload = malloc(sizeof *upload);
    if (!upload) _exit(71);
    *upload = (struct upload){uploads, frame->id, fd};
    uploads = upload;
  }
  free(path);
}

/* Data for an upload that failed is dropped: its error was sent already. */
static void continue_upload(const struct frame *frame) {
  struct upload **link = &uploads;
  while (*link && (*link)->id != frame->id) link = &(*link)->next;
  struct upload *upload = *link;
  if (!upload) return;
  if (frame->length > 0 && write_all(upload->fd, frame->payload, frame->length) == 0) return;
  int failed = frame->length > 0;
  if (failed) answer_failure(frame->id, "write", "");
  if (close(upload->fd) < 0 && !failed) answer_failure(frame->id, "close", "");
  else if (!failed) peer_send(FRAME_OK, frame->id, NULL, 0);
  *link = upload->next;
  free(upload);
}

static void send_file(const struct frame *frame) {
  char *path = path_of(frame, 0);
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
  if (!path) errno = EPROTO;
  ssize_t got = fd < 0 ? -1 : 0;
  char *chunk = malloc(65536);
  if (!chunk) _exit(71);
  while (fd >= 0 && (got = read(fd, chunk, 65536)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    peer_send(FRAME_FILE_DATA, frame->id, chunk, (size_t)got);
  }
  if (got < 0) answer_failure(frame->id, "read", path ? path : "");
  else peer_send(FRAME_OK, frame->id, NULL, 0);
  free(chunk);
  if (fd >= 0) close(fd);
  free(path);
}

static void send_stat(const struct frame *frame) {
  char *path = path_of(frame, 0);
  struct stat facts;
  if (!path || stat(path, &facts) < 0) {
    if (!path) errno = EPROTO;
    answer_failure(frame->id, "stat", path ? path : "");
  } else {
    struct buffer fields = {0};
    char link[4096];
    field_append_u64(&fields, S_DEVICE, (uint64_t)facts.st_dev);
    field_append_u64(&fields, S_INODE, (uint64_t)facts.st_ino);
    field_append_u32(&fields, S_MODE, facts.st_mode);
    field_append_u64(&fields, S_SIZE, (uint64_t)facts.st_size);
    ssize_t length = readlink(path, link, sizeof link);
    if (length >= 0) field_append(&fields, S_LINK, link, (size_t)length);
    peer_send(FRAME_OK, frame->id, fields.data, fields.length);
    buffer_free(&fields);
  }
  free(path);
}

static int send_entry(void *context, uint8_t type, const void *payload, size_t length) {
  peer_send(type, *(uint32_t *)context, payload, length);
  return 0;
}

static void send_tree(const struct frame *frame) {
  char *path = path_of(frame, 0);
  uint32_t id = frame->id;
  if (!path || access(path, F_OK) < 0) {
    if (!path) errno = EPROTO;
    answer_failure(id, "walk", path ? path : "");
  } else {
    struct reading reading = {MAX_TREE_BYTES, 0};
    walk_tree(path, &reading, 0, send_entry, &id);
    peer_send(FRAME_OK, id, NULL, 0);
  }
  free(path);
}

static void perform_mount_request(const struct frame *frame) {
  struct failure failure = {0};
  struct buffer fields = {0};
  struct spec spec;
  /* A spec needs an argv; the rest of it is the list of mounts. */
  field_append_text(&fields, T_ARGV, "mount");
  buffer_append(&fields, frame->payload, frame->length);
  int result = spec_parse(fields.data, fields.length, &spec);
  if (result < 0) {
    errno = EPROTO;
    fail(&failure, "read the mounts");
  } else {
    result = perform_mounts(&spec.mounts, spec.mount_lengths, &failure);
  }
  spec_free(&spec);
  buffer_free(&fields);
  if (result < 0) peer_send_error(FRAME_ERROR, frame->id, &failure);
  else peer_send(FRAME_OK, frame->id, NULL, 0);
}

int answer_file_request(const struct frame *frame) {
  switch (frame->type) {
  case FRAME_PUT: open_upload(frame); return 1;
  case FRAME_PUT_DATA: continue_upload(frame); return 1;
  case FRAME_GET: send_file(frame); return 1;
  case FRAME_STAT: send_stat(frame); return 1;
  case FRAME_TREE: send_tree(frame); return 1;
  case FRAME_MOUNT: perform_mount_request(frame); return 1;
  default: return 0;
  }
}

/* The first line of /proc/cpuinfo that names the processor: x86 `model name`, arm64 `CPU part`. */
static void append_cpu(struct buffer *fields) {
  FILE *file = fopen("/proc/cpuinfo", "re");
  char line[256], name[256] = "";
  while (file && !*name && fgets(line, sizeof line, file)) {
    char *value = strchr(line, ':');
    if (!value || (strncmp(line, "model name", 10) && strncmp(line, "CPU part", 8))) continue;
    value += strspn(value, ": \t");
    value[strcspn(value, "\n")] = 0;
    snprintf(name, sizeof name, "%s", value);
  }
  if (file) fclose(file);
  field_append_text(fields, H_CPU, name);
}

void send_hello(void) {
  struct utsname names;
  uname(&names);
  struct buffer fields = {0};
  field_append_text(&fields, H_VERSION, AGENT_VERSION);
  field_append_text(&fields, H_MACHINE, names.machine);
  field_append_text(&fields, H_KERNEL, names.release);
  field_append_u32(&fields, H_PAGE_SIZE, (uint32_t)sysconf(_SC_PAGESIZE));
  append_cpu(&fields);
  field_append_u32(&fields, H_PID, (uint32_t)getpid());
  field_append_u32(&fields, H_UID, (uint32_t)geteuid());
  field_append_u32(&fields, H_LIMITS, (uint32_t)has_cgroups());
  peer_send(FRAME_HELLO, 0, fields.data, fields.length);
  buffer_free(&fields);
}
