// Area "threads": threads, what they share, and what happens when one of them ends.
#include "probe.h"

#include <dirent.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *add_many(void *counter) {
  for (int i = 0; i < 20000; i++) __atomic_fetch_add((int *)counter, 1, __ATOMIC_SEQ_CST);
  return NULL;
}

void probe_many_threads(void) {
  enum { THREADS = 64 };
  pthread_t threads[THREADS];
  int counter = 0, started = 0;
  for (; started < THREADS; started++)
    if ((errno = pthread_create(&threads[started], NULL, add_many, &counter)) != 0) break;
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  if (started < THREADS)
    answer("%s", error_name(errno));
  else
    answer("%s", counter == THREADS * 20000 ? "works, nothing lost" : "additions are lost");
}

static void *hold_and_end(void *mutex) {
  pthread_mutex_lock(mutex);
  return NULL;
}

void probe_robust_mutex(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  pthread_t thread;
  if ((errno = pthread_create(&thread, NULL, hold_and_end, &mutex)) != 0) not_tried("pthread_create");
  pthread_join(thread, NULL);
  int error = pthread_mutex_trylock(&mutex);
  answer("%s", error_name(error));
}

void probe_pi_mutex(void) {
  unsigned word = 0;
  answer_call(syscall(SYS_futex, &word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
}

void probe_process_shared_mutex(void) {
  struct {
    pthread_mutex_t mutex;
    int sum;
  } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) not_tried("mmap");
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_init(&shared->mutex, &attributes);
  pid_t child = fork();
  for (int i = 0; i < 10000; i++) {
    pthread_mutex_lock(&shared->mutex);
    shared->sum++;
    pthread_mutex_unlock(&shared->mutex);
  }
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  answer("%s", shared->sum == 20000 ? "works" : "additions are lost");
}

static void *wait_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

void probe_thread_cancel(void) {
  pthread_t thread;
  if ((errno = pthread_create(&thread, NULL, wait_for_ever, NULL)) != 0) not_tried("pthread_create");
  void *result = NULL;
  pthread_cancel(thread);
  pthread_join(thread, &result);
  answer("%s", result == PTHREAD_CANCELED ? "works" : "not cancelled");
}

static volatile pid_t signalled;

static void note_thread(int number) {
  (void)number;
  signalled = (pid_t)syscall(SYS_gettid);
}

static void *store_id_and_wait(void *id) {
  *(volatile pid_t *)id = (pid_t)syscall(SYS_gettid);
  return wait_for_ever(NULL);
}

void probe_thread_signal(void) {
  signal(SIGUSR1, note_thread);
  volatile pid_t id = 0;
  pthread_t thread;
  if ((errno = pthread_create(&thread, NULL, store_id_and_wait, (void *)&id)) != 0) not_tried("pthread_create");
  while (id == 0) sched_yield();
  pthread_kill(thread, SIGUSR1);
  for (int i = 0; i < 5000 && signalled == 0; i++) usleep(1000);
  answer("%s", signalled == id ? "in the thread it was sent to" : signalled == 0 ? "lost" : "in another thread");
}

static void *set_name_and_wait(void *named) {
  prctl(PR_SET_NAME, "second-thread");
  *(volatile pid_t *)named = (pid_t)syscall(SYS_gettid);
  return wait_for_ever(NULL);
}

void probe_thread_name(void) {
  volatile pid_t id = 0;
  pthread_t thread;
  if ((errno = pthread_create(&thread, NULL, set_name_and_wait, (void *)&id)) != 0) not_tried("pthread_create");
  while (id == 0) sched_yield();
  char path[64], name[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/comm", (int)id);
  if (read_file(path, name, sizeof name) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  answer("%s", strcmp(name, "second-thread\n") == 0 ? "as set" : "another");
}

void probe_thread_count(void) {
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == NULL) {
    answer("%s", error_name(errno));
    return;
  }
  int count = 0;
  for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
    if (entry->d_name[0] != '.') count++;
  closedir(tasks);
  answer("%d", count);
}

void probe_thread_affinity(void) {
  cpu_set_t all, one;
  if (sched_getaffinity(0, sizeof all, &all) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  int first = 0;
  while (first < CPU_SETSIZE && !CPU_ISSET(first, &all)) first++;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  if (sched_setaffinity(0, sizeof one, &one) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", sched_getcpu() == first ? "works" : "ignored");
}

static void exec_from_thread_child(const void *path);

static void *exec_program(void *path) {
  execl(path, "program", "--say", "works", NULL);
  tell_exec_failed();
}

static void exec_from_thread_child(const void *path) {
  pthread_t thread;
  pthread_create(&thread, NULL, exec_program, (void *)(size_t)path);
  pthread_join(thread, NULL);
}

void probe_exec_from_thread(void) {
  char line[64];
  int status = capture_child(exec_from_thread_child, own_path(), line, sizeof line);
  if (line[0] != '\0')
    answer("%s", line);
  else
    answer_status(status);
}
