/* The descriptors of an init on their way from one process to another (SCM_RIGHTS, unix(7)). */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union rights {
  char space[CMSG_SPACE(HANDED * sizeof(int))];
  struct cmsghdr align;
};

int send_descriptors(int to, const void *data, size_t length, const int fds[HANDED]) {
  union rights rights = {0};
  struct iovec part = {(void *)(uintptr_t)data, length};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = rights.space, .msg_controllen = sizeof rights.space};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(HANDED * sizeof(int));
  memcpy(CMSG_DATA(header), fds, HANDED * sizeof(int));
  ssize_t sent;
  while ((sent = sendmsg(to, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
  }
  return sent == (ssize_t)length ? 0 : -1;
}

ssize_t receive_descriptors(int from, void *data, size_t room, int fds[HANDED]) {
  union rights rights;
  struct iovec part = {data, room};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = rights.space, .msg_controllen = sizeof rights.space};
  ssize_t got;
  while ((got = recvmsg(from, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  fds[0] = -1;
  struct cmsghdr *header = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return got;
  int whole = header->cmsg_len == CMSG_LEN(HANDED * sizeof(int));
  if (whole) memcpy(fds, CMSG_DATA(header), HANDED * sizeof(int));
  /* Another number of them is nothing of ours. */
  for (size_t i = 0; !whole && CMSG_LEN((i + 1) * sizeof(int)) <= header->cmsg_len; i++) {
    int fd;
    memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
    close(fd);
  }
  return got;
}

void take_places(const int fds[HANDED]) {
  int raised[HANDED];
  /* Above the targets first: they may be each other's. */
  for (int i = 0; i < HANDED; i++) raised[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 64);
  for (int i = 0; i < HANDED; i++)
    if (raised[i] < 0 || dup2(raised[i], i) < 0) _exit(71);
  close_from(HANDED);
}
