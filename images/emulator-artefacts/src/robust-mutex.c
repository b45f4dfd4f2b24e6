// flags: -O2 -pthread
// Without set_robust_list nobody learns that the owner of a mutex has ended.
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

static void *lock_and_end(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_mutex_t mutex;
  pthread_t owner;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&mutex, &attributes);
  pthread_create(&owner, NULL, lock_and_end, &mutex);
  pthread_join(owner, NULL);
  puts("a robust mutex whose owner has ended");
  int error = pthread_mutex_trylock(&mutex);
  printf("trylock: %s\n", error == EOWNERDEAD ? "EOWNERDEAD" : error == EBUSY ? "EBUSY" : "another error");
  return 0;
}
