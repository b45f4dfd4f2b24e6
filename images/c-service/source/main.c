#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tally.h"

static void stop(int signal) {
  (void)signal;
  _exit(0);
}

static int serve(unsigned port) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (listener < 0) return perror("socket"), 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 64) < 0) return perror("listen"), 1;
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  signal(SIGPIPE, SIG_IGN);
  printf("listening on %u\n", port);
  fflush(stdout);
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0 && errno != EINTR) return perror("accept"), 1;
    if (connection < 0) continue;
    answer_request(connection);
    close(connection);
  }
}

static int describe_input(void) {
  char text[65536];
  size_t length = fread(text, 1, sizeof text, stdin);
  char *answer = describe_text(text, length);
  if (!answer) return 1;
  fputs(answer, stdout);
  free(answer);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "--version")) return puts(PACKAGE_STRING), 0;
  if (argc == 2 && !strcmp(argv[1], "--sizes"))
    return printf("long %d, long double %d, wchar_t %d, pointer %d, %s endian\n", SIZEOF_LONG, SIZEOF_LONG_DOUBLE,
                  SIZEOF_WCHAR_T, SIZEOF_VOID_P,
#ifdef WORDS_BIGENDIAN
                  "big"
#else
                  "little"
#endif
                  ),
           0;
  if (argc == 2 && !strcmp(argv[1], "-")) return describe_input();
  if (argc == 1) return serve(8080);
  fputs("usage: tally [--version | --sizes | -]\n", stderr);
  return 2;
}
