// flags: -O2
// struct epoll_event is packed on amd64 only (linux/eventpoll.h, EPOLL_PACKED).
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>

int main(void) {
  puts("struct epoll_event");
  printf("size %zu, data at %zu\n", sizeof(struct epoll_event), offsetof(struct epoll_event, data));
  return 0;
}
