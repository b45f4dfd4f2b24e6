/*
 * A connection to a service: an init beside the service's, in its network, connects to a port, of the loopback
 * interface unless an address is given, and passes bytes between the connection and the streams that the server gave it.
 * With datagrams, each piece that is read is one.
 */
#define _GNU_SOURCE
#include "agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Bytes that wait for a side which does not take them. */
#define MOST_WAITING (1u << 18)

/* One direction: what was read from one side and is not yet written to the other. */
struct flow {
  int from, to;
  struct buffer waiting;
  /* ended: no more comes; closed: the other side was told. */
  int ended, closed;
};

static void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/* A service that accepts nothing is waited for as long as the server lives; 0 or -1 with errno. */
static int await_connection(int fd) {
  struct pollfd polled[] = {{fd, POLLOUT, 0}, {CONTROL_FD, POLLIN, 0}};
  int error = 0;
  socklen_t size = sizeof error;
  while (!polled[0].revents) {
    if (poll(polled, 2, -1) < 0) continue;
    if (polled[1].revents) _exit(0);
  }
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

/* The family of the address, or -1 with errno. */
static int read_address(const struct spec *spec, struct sockaddr_storage *address, socklen_t *size) {
  struct sockaddr_in *four = (struct sockaddr_in *)address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
  memset(address, 0, sizeof *address);
  *size = sizeof *four;
  four->sin_family = AF_INET;
  four->sin_port = htons((uint16_t)spec->connect);
  four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!spec->address || inet_pton(AF_INET, spec->address, &four->sin_addr) == 1) return AF_INET;
  memset(address, 0, sizeof *address);
  *size = sizeof *six;
  six->sin6_family = AF_INET6;
  six->sin6_port = htons((uint16_t)spec->connect);
  if (inet_pton(AF_INET6, spec->address, &six->sin6_addr) == 1) return AF_INET6;
  errno = EINVAL;
  return -1;
}

static int open_connection(const struct spec *spec, struct failure *failure) {
  struct sockaddr_storage address;
  socklen_t size;
  int family = read_address(spec, &address, &size);
  if (family < 0) return fail(failure, "read the address %s", spec->address);
  int datagrams = (spec->flags & SPAWN_DATAGRAMS) != 0;
  int fd = socket(family, (datagrams ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(failure, "make a socket");
  set_nonblocking(fd);
  int connected = connect(fd, (struct sockaddr *)&address, size);
  if (connected < 0 && errno == EINPROGRESS) connected = await_connection(fd);
  if (connected < 0) {
    fail(failure, "connect to port %u", spec->connect);
    close(fd);
    return -1;
  }
  /* What a request consists of was put together by our peer: nothing is gained by waiting for more. */
  int on = 1;
  if (!datagrams) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/* 0, or -1 when that side broke. */
static int fill(struct flow *flow) {
  uint8_t chunk[65536];
  ssize_t got = read(flow->from, chunk, sizeof chunk);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got < 0) return -1;
  if (got == 0) flow->ended = 1;
  buffer_append(&flow->waiting, chunk, (size_t)got);
  return 0;
}

static int drain(struct flow *flow) {
  while (buffer_pending(&flow->waiting) > 0) {
    ssize_t written = write(flow->to, flow->waiting.data + flow->waiting.start, buffer_pending(&flow->waiting));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return 0;
    if (written < 0) return -1;
    buffer_consume(&flow->waiting, (size_t)written);
  }
  return 0;
}

/* Until the service has said all; a peer that sends no more may still listen. */
static int pass_bytes(struct flow *sent, struct flow *answered) {
  while (!answered->ended || buffer_pending(&answered->waiting) > 0) {
    short from_peer = !sent->ended && buffer_pending(&sent->waiting) < MOST_WAITING ? POLLIN : 0;
    short to_service = buffer_pending(&sent->waiting) > 0 ? POLLOUT : 0;
    short from_service = !answered->ended && buffer_pending(&answered->waiting) < MOST_WAITING ? POLLIN : 0;
    struct pollfd polled[] = {
        {from_peer ? sent->from : -1, from_peer, 0},
        {from_service || to_service ? answered->from : -1, (short)(from_service | to_service), 0},
        {buffer_pending(&answered->waiting) > 0 ? answered->to : -1, POLLOUT, 0},
        /* Nobody says anything to us: its end is ours. */
        {CONTROL_FD, POLLIN, 0},
    };
    if (poll(polled, sizeof polled / sizeof *polled, -1) < 0) continue;
    if (polled[3].revents) _exit(0);
    if (polled[0].revents && fill(sent) < 0) sent->ended = 1;
    if (polled[1].revents & (POLLIN | POLLHUP | POLLERR) && !answered->ended && fill(answered) < 0) return -1;
    /* A service that takes no more may still have something to say. */
    if (drain(sent) < 0) {
      buffer_consume(&sent->waiting, buffer_pending(&sent->waiting));
      sent->ended = 1;
    }
    if (sent->ended && !sent->closed && buffer_pending(&sent->waiting) == 0) {
      shutdown(sent->to, SHUT_WR);
      sent->closed = 1;
    }
    if (drain(answered) < 0) return 0;
  }
  return 0;
}

void relay(const struct spec *spec) {
  struct failure failure = {0};
  int connection = open_connection(spec, &failure);
  if (connection < 0) {
    tell_failure(&failure);
    _exit(0);
  }
  tell_started(1, 0);
  set_nonblocking(STDIN_FILENO);
  set_nonblocking(STDOUT_FILENO);
  struct flow sent = {.from = STDIN_FILENO, .to = connection};
  struct flow answered = {.from = connection, .to = STDOUT_FILENO};
  if (pass_bytes(&sent, &answered) < 0) {
    fail(&failure, "read from port %u", spec->connect);
    tell_failure(&failure);
  }
  _exit(0);
}
