// flags: -O2
// uname -m: scripts and installers branch on it.
#include <stdio.h>
#include <sys/utsname.h>

int main(void) {
  struct utsname name;
  if (uname(&name) != 0) return 1;
  puts(name.sysname);
  puts(name.machine);
  return 0;
}
