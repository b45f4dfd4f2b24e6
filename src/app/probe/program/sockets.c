// Area "sockets": what programs tell each other, and ask of the network.
#include "probe.h"

#include <fcntl.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

void probe_pass_descriptor(void) {
  int ends[2], file = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) not_tried("socketpair");
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {0};
  char byte = 'x';
  struct iovec data = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  control.header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  memcpy(CMSG_DATA(&control.header), &file, sizeof file);
  if (sendmsg(ends[0], &message, 0) < 0 || recvmsg(ends[1], &message, 0) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  struct cmsghdr *got = CMSG_FIRSTHDR(&message);
  int received = -1;
  if (got != NULL) memcpy(&received, CMSG_DATA(got), sizeof received);
  answer("%s", received >= 0 && fcntl(received, F_GETFD) >= 0 ? "works" : "nothing arrives");
}

void probe_peer_credentials(void) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) not_tried("socketpair");
  struct ucred who = {0};
  socklen_t length = sizeof who;
  if (getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &who, &length) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", who.pid == getpid() && who.uid == geteuid() ? "right" : "wrong");
}

void probe_netlink(void) { answer_call(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)); }

void probe_kernel_crypto(void) {
  int descriptor = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  struct sockaddr_alg address = {.salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256"};
  if (descriptor < 0)
    answer("socket: %s", error_name(errno));
  else
    answer_call(bind(descriptor, (struct sockaddr *)&address, sizeof address));
}

void probe_tcp_information(void) {
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct tcp_info information;
  socklen_t length = sizeof information;
  if (descriptor < 0) not_tried("socket");
  answer_call(getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &information, &length));
}

void probe_message_queue(void) {
  char name[32];
  snprintf(name, sizeof name, "/archparity-%d", (int)getpid());
  mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL);
  answer_call(queue);
  if (queue >= 0) mq_unlink(name);
}

void probe_inotify(void) {
  int descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (descriptor < 0 || inotify_add_watch(descriptor, ".", IN_CREATE) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  int file = open("watched", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) not_tried("open");
  char buffer[4096] __attribute__((aligned(8)));
  answer("%s", read(descriptor, buffer, sizeof buffer) > 0 ? "works" : "tells nothing");
}

void probe_timer_descriptor(void) {
  int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  struct itimerspec soon = {.it_value = {0, 1000000}};
  uint64_t expirations = 0;
  if (descriptor < 0 || timerfd_settime(descriptor, 0, &soon, NULL) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", read(descriptor, &expirations, sizeof expirations) == 8 && expirations >= 1 ? "works" : "never fires");
}

void probe_pseudo_terminal(void) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) not_tried("posix_openpt");
  if (unlockpt(terminal) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  struct winsize size = {.ws_row = 24, .ws_col = 80}, got = {0};
  if (ioctl(terminal, TIOCSWINSZ, &size) < 0 || ioctl(terminal, TIOCGWINSZ, &got) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", got.ws_col == 80 ? "works" : "another size");
}
