#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tally.h"

static int add_word(struct words *words, const char *text, size_t length) {
  for (size_t i = 0; i < words->used; i++) {
    const char *known = words->list[i].text;
    if (strncmp(known, text, length) == 0 && known[length] == 0) {
      words->list[i].count++;
      return 0;
    }
  }
  if (words->used == words->room) {
    size_t room = words->room ? 2 * words->room : 16;
    struct word *list = realloc(words->list, room * sizeof *list);
    if (!list) return -1;
    words->list = list;
    words->room = room;
  }
  char *copy = strndup(text, length);
  if (!copy) return -1;
  words->list[words->used++] = (struct word){copy, 1};
  return 0;
}

static int compare_words(const void *left, const void *right) {
  const struct word *a = left, *b = right;
  if (a->count != b->count) return a->count > b->count ? -1 : 1;
  return strcmp(a->text, b->text);
}

int count_words(struct words *words, const char *text, size_t length) {
  size_t from = 0;
  for (size_t at = 0; at <= length; at++) {
    /* A plain char is signed on amd64 and unsigned on arm64: isalnum wants neither. */
    if (at < length && isalnum((unsigned char)text[at])) continue;
    if (at > from && add_word(words, text + from, at - from) < 0) return -1;
    from = at + 1;
  }
  qsort(words->list, words->used, sizeof *words->list, compare_words);
  return 0;
}

void free_words(struct words *words) {
  for (size_t i = 0; i < words->used; i++) free(words->list[i].text);
  free(words->list);
  *words = (struct words){0};
}
