#include "config.h"

#include <math.h>
#include <string.h>

#include "tally.h"

void measure_words(const struct words *words, double *mean, double *deviation) {
  double sum = 0, squares = 0, count = 0;
  for (size_t i = 0; i < words->used; i++) {
    double length = (double)strlen(words->list[i].text), weight = (double)words->list[i].count;
    sum += weight * length;
    squares += weight * length * length;
    count += weight;
  }
  *mean = count > 0 ? sum / count : 0;
  *deviation = count > 0 ? sqrt(squares / count - *mean * *mean) : 0;
}
