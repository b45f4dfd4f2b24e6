// flags: -O2
// The emulator has a second thread: setns and unshare of user namespaces fail, and tools that count threads miscount.
#include <dirent.h>
#include <stdio.h>

int main(void) {
  int threads = 0;
  DIR *tasks = opendir("/proc/self/task");
  for (struct dirent *entry; tasks != NULL && (entry = readdir(tasks)) != NULL;) threads += entry->d_name[0] != '.';
  puts("a program without threads of its own");
  printf("threads: %d\n", threads);
  return 0;
}
