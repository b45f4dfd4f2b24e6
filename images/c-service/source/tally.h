/* tally: counts the words of what it is sent over HTTP, or of its stdin. */
#ifndef TALLY_H
#define TALLY_H

#include <stddef.h>
#include <stdint.h>

struct word {
  char *text;
  size_t count;
};

struct words {
  struct word *list;
  size_t used, room;
};

/* words.c: the words of a text, most frequent first, then by their letters */
int count_words(struct words *words, const char *text, size_t length);
void free_words(struct words *words);

/* digest.c: FNV-1a, 64 bits, the same whatever the byte order */
uint64_t digest_bytes(const void *data, size_t length);

/* statistics.c: mean and deviation of the lengths of words */
void measure_words(const struct words *words, double *mean, double *deviation);

/* answer.c: the answer to a request or to a text, as text that the caller frees */
char *describe_text(const char *text, size_t length);
int answer_request(int connection);

#endif
