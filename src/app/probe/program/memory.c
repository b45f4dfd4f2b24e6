// Area "memory": pages, mappings, and code that a program writes itself.
#include "probe.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static void *map(size_t length, int protection) {
  void *area = mmap(NULL, length, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) not_tried("mmap");
  return area;
}

void probe_page_size(void) {
  answer("%zu", page_size());
  detail("AT_PAGESZ %lu", getauxval(AT_PAGESZ));
}

void probe_madvise_dontneed(void) {
  char *area = map(page_size(), PROT_READ | PROT_WRITE);
  area[0] = 1;
  if (madvise(area, page_size(), MADV_DONTNEED) < 0)
    answer("%s", error_name(errno));
  else
    answer("%s", area[0] == 0 ? "zeroes the page" : "ignored");
}

void probe_fork_wipe(void) {
  char *area = map(page_size(), PROT_READ | PROT_WRITE);
  area[0] = 1;
  if (madvise(area, page_size(), MADV_WIPEONFORK) < 0) {
    answer("%s", error_name(errno));
    return;
  }
  pid_t child = fork();
  if (child == 0) _exit(area[0]);
  int status = 0;
  waitpid(child, &status, 0);
  answer("%s", WEXITSTATUS(status) == 0 ? "works" : "ignored");
}

void probe_map_noreplace(void) {
  void *area = map(page_size(), PROT_READ);
  void *again = mmap(area, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  answer("%s", again == MAP_FAILED ? error_name(errno) : again == area ? "replaces" : "takes another place");
}

void probe_high_address(void) {
  // The top of 47 bits, which every 64-bit program of both architectures may use.
  uintptr_t wanted = (1UL << 47) - (64UL << 20);
  void *area = mmap((void *)wanted, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  answer("%s", area == MAP_FAILED ? error_name(errno) : (uintptr_t)area == wanted ? "works" : "takes another place");
}

void probe_address_bits(void) {
  // A hint above 2^47 is honoured only where addresses have more bits.
  uintptr_t wanted = 1UL << 47;
  void *area = mmap((void *)wanted, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  answer("%s", area == MAP_FAILED ? error_name(errno) : (uintptr_t)area >= wanted ? "more than 47" : "47");
}

void probe_remap(void) {
  char *area = map(2 * page_size(), PROT_READ | PROT_WRITE);
  area[0] = 42;
  char *moved = mremap(area, page_size(), 16 * page_size(), MREMAP_MAYMOVE);
  answer("%s", moved == MAP_FAILED ? error_name(errno) : moved[0] == 42 ? "works" : "content is lost");
}

void probe_remap_dontunmap(void) {
  enum { DONTUNMAP = 4 };
  char *area = map(page_size(), PROT_READ | PROT_WRITE);
  // Not mremap(): the C library hands the address on, which must be 0, only for MREMAP_FIXED.
  long moved = syscall(SYS_mremap, area, page_size(), page_size(), MREMAP_MAYMOVE | DONTUNMAP, 0UL);
  answer_call(moved == -1 ? -1 : 0);
}

// A function that returns its number, in machine code.
static void write_function(uint8_t *code, uint8_t number) {
#if defined(__x86_64__)
  const uint8_t bytes[] = {0xb8, number, 0, 0, 0, 0xc3};
  memcpy(code, bytes, sizeof bytes);
#elif defined(__aarch64__)
  const uint32_t words[] = {0x52800000U | (uint32_t)number << 5, 0xd65f03c0U};
  memcpy(code, words, sizeof words);
#endif
  __builtin___clear_cache((char *)code, (char *)code + 16);
}

static int call(const uint8_t *code) {
  int (*function)(void);
  memcpy(&function, &code, sizeof code);
  return function();
}

void probe_generated_code(void) {
  uint8_t *code = mmap(NULL, page_size(), PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (code == MAP_FAILED) {
    answer("%s", error_name(errno));
    return;
  }
  write_function(code, 7);
  int first = call(code);
  write_function(code, 9);
  int second = call(code);
  answer("%s", first == 7 && second == 9 ? "runs, also when changed" : "runs stale code");
}

void probe_two_views_of_code(void) {
  int memory = memfd_create("code", MFD_CLOEXEC);
  if (memory < 0 || ftruncate(memory, (off_t)page_size()) < 0) not_tried("memfd_create");
  uint8_t *writable = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  uint8_t *executable = mmap(NULL, page_size(), PROT_READ | PROT_EXEC, MAP_SHARED, memory, 0);
  if (writable == MAP_FAILED || executable == MAP_FAILED) not_tried("mmap");
  write_function(writable, 7);
  __builtin___clear_cache((char *)executable, (char *)executable + 16);
  int first = call(executable);
  write_function(writable, 9);
  __builtin___clear_cache((char *)executable, (char *)executable + 16);
  int second = call(executable);
  answer("%s", first == 7 && second == 9 ? "runs, also when changed" : "runs stale code");
}

static sigjmp_buf back;

static void leave(int number) { siglongjmp(back, number); }

void probe_execute_protection(void) {
  uint8_t *code = map(page_size(), PROT_READ | PROT_WRITE);
  write_function(code, 7);
  signal(SIGSEGV, leave);
  if (sigsetjmp(back, 1) == 0)
    answer("code runs on a page without PROT_EXEC: %d", call(code));
  else
    answer("SIGSEGV");
}

void probe_shared_memory(void) {
  volatile int *area = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) not_tried("mmap");
  pid_t child = fork();
  if (child == 0) {
    *area = 42;
    _exit(0);
  }
  waitpid(child, NULL, 0);
  answer("%s", *area == 42 ? "works" : "is not shared");
}

void probe_system_v_memory(void) {
  int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
  if (id < 0) {
    answer("%s", error_name(errno));
    return;
  }
  void *area = shmat(id, NULL, 0);
  shmctl(id, IPC_RMID, NULL);
  answer_call(area == (void *)-1 ? -1 : 0);
}

void probe_file_seals(void) {
  int memory = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (memory < 0) {
    answer("%s", error_name(errno));
    return;
  }
  if (fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE) < 0)
    answer("%s", error_name(errno));
  else
    answer("a write is %s", write(memory, "x", 1) < 0 ? error_name(errno) : "not refused");
}

void probe_resident_pages(void) {
  unsigned char in = 0;
  volatile char *area = map(page_size(), PROT_READ | PROT_WRITE);
  area[0] = 1;
  answer_call(mincore((void *)(uintptr_t)area, page_size(), &in));
}

void probe_unaligned_access(void) {
  char bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  volatile char *at = bytes;
  uint64_t value = 0;
  signal(SIGBUS, leave);
  if (sigsetjmp(back, 1) != 0) {
    answer("SIGBUS");
    return;
  }
  memcpy(&value, (const char *)(uintptr_t)at + 1, sizeof value);
  value = *(volatile uint64_t *)(uintptr_t)(at + 1);
  answer("%s", value == 0x0807060504030201UL ? "works" : "another value");
}
