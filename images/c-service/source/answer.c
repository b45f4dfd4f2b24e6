#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tally.h"

enum { LARGEST = 1 << 20 };

char *describe_text(const char *text, size_t length) {
  struct words words = {0};
  char *answer = NULL;
  size_t size = 0;
  double mean, deviation;
  FILE *stream = open_memstream(&answer, &size);
  if (!stream) return NULL;
  if (count_words(&words, text, length) < 0) {
    fclose(stream);
    free(answer);
    return NULL;
  }
  measure_words(&words, &mean, &deviation);
  fprintf(stream, "{\"digest\":\"%016" PRIx64 "\",\"mean\":%.3f,\"deviation\":%.3f,\"words\":[", digest_bytes(text, length),
          mean, deviation);
  for (size_t i = 0; i < words.used; i++)
    fprintf(stream, "%s{\"text\":\"%s\",\"count\":%zu}", i ? "," : "", words.list[i].text, words.list[i].count);
  fprintf(stream, "]}\n");
  fclose(stream);
  free_words(&words);
  return answer;
}

static void send_all(int connection, const char *data, size_t length) {
  while (length > 0) {
    ssize_t count = write(connection, data, length);
    if (count <= 0) return;
    data += count;
    length -= (size_t)count;
  }
}

static void send_answer(int connection, const char *status, const char *body) {
  char head[256];
  int length = snprintf(head, sizeof head,
                        "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                        status, strlen(body));
  send_all(connection, head, (size_t)length);
  send_all(connection, body, strlen(body));
}

/* Reads a request and answers it; 0 when there was one. */
int answer_request(int connection) {
  char *request = malloc(LARGEST + 1);
  size_t got = 0, wanted = 0;
  const char *body = NULL;
  if (!request) return -1;
  for (;;) {
    ssize_t count = read(connection, request + got, LARGEST - got);
    if (count <= 0) break;
    got += (size_t)count;
    request[got] = 0;
    const char *end = strstr(request, "\r\n\r\n");
    if (!end) continue;
    body = end + 4;
    const char *field = strcasestr(request, "\r\ncontent-length:");
    wanted = field && field < end ? strtoul(field + strlen("\r\ncontent-length:"), NULL, 10) : 0;
    if (got - (size_t)(body - request) >= wanted) break;
  }
  int result = body ? 0 : -1;
  if (body && !strncmp(request, "GET /health ", 12)) send_answer(connection, "200 OK", "{\"status\":\"ok\"}\n");
  else if (body && !strncmp(request, "POST /count ", 12)) {
    char *answer = describe_text(body, wanted);
    send_answer(connection, answer ? "200 OK" : "500 Internal Server Error", answer ? answer : "{}\n");
    free(answer);
  } else if (body) send_answer(connection, "404 Not Found", "{\"error\":\"not found\"}\n");
  free(request);
  return result;
}
