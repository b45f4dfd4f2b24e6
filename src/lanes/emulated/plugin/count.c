/*
 * SPDX-License-Identifier: MIT
 *
 * A plugin of QEMU's user-mode emulation that counts the instructions of its guest. QEMU loads it, so what it
 * is combined with is under the GPL, version 2; this file's licence is compatible with that. The declarations
 * below are those of the plugin interface of version 1 (QEMU 6.0 to 8.2), written from its documentation.
 *
 * Every process of a case has one page of a file that all of them map. It is counted there in place, so
 * nothing is to be written at the end, and no count is lost by exec, _exit or SIGKILL. No descriptor stays
 * open: guests close those they do not know. A page is 512 counters: the first one is counted up inline
 * by translated code, the others belong to threads.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
typedef struct {
  const char *target_name;
} info_start;
enum { CB_NO_REGS = 0, INLINE_ADD_U64 = 0 };

extern void qemu_plugin_register_vcpu_init_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, unsigned));
extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
extern void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t,
                                                 void (*)(qemu_plugin_id_t, unsigned, int64_t, uint64_t, uint64_t,
                                                          uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { PAGE = 4096, COUNTERS = PAGE / sizeof(uint64_t) };

/* The file: this page, then one for each process. count-file.ts reads it. */
struct header {
  _Atomic uint64_t processes;
  /* Processes that found no page left. */
  _Atomic uint64_t uncounted;
};

static uint8_t *file;
static size_t file_pages;
/* Always at this address, whichever process it is: translated code has it built in. */
static uint64_t *counters;
static atomic_uint cpus;
static atomic_int is_parallel;
static int64_t mmap_number;

/* Moves a page that no other process has to `counters`. A shared mapping of size 0 is duplicated (mremap(2)). */
static void take_page(void) {
  struct header *header = (struct header *)file;
  uint64_t slot = 1 + atomic_fetch_add(&header->processes, 1);
  if (slot >= file_pages) {
    atomic_fetch_add(&header->uncounted, 1);
    mmap(counters, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return;
  }
  if (mremap(file + slot * PAGE, 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, counters) == MAP_FAILED)
    atomic_fetch_add(&header->uncounted, 1);
}

static int map_file(const char *path) {
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat facts;
  void *mapped = MAP_FAILED;
  if (fstat(fd, &facts) == 0 && facts.st_size >= 2 * PAGE) {
    file_pages = (size_t)facts.st_size / PAGE;
    mapped = mmap(NULL, file_pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  close(fd);
  if (mapped == MAP_FAILED) return -1;
  file = mapped;
  counters = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return counters == MAP_FAILED ? -1 : 0;
}

static void count_on_cpu(unsigned cpu, void *instructions) {
  /* More threads at a time share a counter. */
  _Atomic uint64_t *counter = (_Atomic uint64_t *)&counters[1 + cpu % (COUNTERS - 1)];
  if (cpu < COUNTERS - 1)
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + (uintptr_t)instructions,
                          memory_order_relaxed);
  else
    atomic_fetch_add_explicit(counter, (uintptr_t)instructions, memory_order_relaxed);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  size_t instructions = qemu_plugin_tb_n_insns(block);
  if (atomic_load(&is_parallel))
    qemu_plugin_register_vcpu_tb_exec_cb(block, count_on_cpu, CB_NO_REGS, (void *)(uintptr_t)instructions);
  else
    qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &counters[0], instructions);
}

/* QEMU translates everything anew when a second thread begins, so nothing is left that counts inline. */
static void see_cpu(qemu_plugin_id_t id, unsigned cpu) {
  (void)id, (void)cpu;
  if (atomic_fetch_add(&cpus, 1) > 0) atomic_store(&is_parallel, 1);
}

/* It does so for shared memory, too, and then not again for the first thread: count for threads from here on. */
static void see_syscall(qemu_plugin_id_t id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                        uint64_t flags, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
  (void)id, (void)cpu, (void)a1, (void)a2, (void)a3, (void)a5, (void)a6, (void)a7, (void)a8;
  if (number == mmap_number && (flags & MAP_SHARED)) atomic_store(&is_parallel, 1);
}

/* mmap or mmap2 of what the guest is for. */
static int64_t find_mmap(const char *target) {
  static const struct {
    const char *target;
    int64_t number;
  } table[] = {{"aarch64", 222}, {"x86_64", 9}, {"riscv64", 222}, {"loongarch64", 222}, {"arm", 192}, {"i386", 192},
               {"ppc64le", 90},  {"s390x", 90}, {"mips64el", 5009}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!strcmp(table[i].target, target)) return table[i].number;
  return -1;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const info_start *info, int argc, char **argv) {
  const char *path = NULL;
  for (int i = 0; i < argc; i++)
    if (!strncmp(argv[i], "out=", 4)) path = argv[i] + 4;
  /* Outside of cases there is no such file, and nothing to count. */
  if (!path || map_file(path) < 0) return 0;
  take_page();
  pthread_atfork(NULL, NULL, take_page);
  mmap_number = find_mmap(info->target_name);
  if (mmap_number < 0) is_parallel = 1;
  qemu_plugin_register_vcpu_init_cb(id, see_cpu);
  qemu_plugin_register_vcpu_syscall_cb(id, see_syscall);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
