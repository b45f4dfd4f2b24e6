// flags: -O2 -Wno-type-limits
// The classic bug: getchar() stored in a char never equals EOF where char is unsigned.
#include <stdio.h>

int main(void) {
  int rounds = 0;
  char c;
  while ((c = (char)getchar()) != EOF && rounds < 100) rounds++;
  puts("reading into a char until EOF");
  printf("EOF seen: %s\n", rounds < 100 ? "yes" : "no");
  return 0;
}
