// Area "CPU": which instructions run, and what the CPU says of itself. Each instruction is executed: a SIGILL is
// the answer that it is not there.
#include "probe.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf back;

static void leave(int number) { siglongjmp(back, number); }

// Runs the statement and answers whether it did.
#define TRY_INSTRUCTION(...)                                     \
  do {                                                           \
    signal(SIGILL, leave);                                       \
    signal(SIGSEGV, leave);                                      \
    int caught = sigsetjmp(back, 1);                             \
    if (caught == 0) {                                           \
      __asm__ volatile(__VA_ARGS__);                             \
      answer("runs");                                            \
    } else {                                                     \
      answer("%s", caught == SIGILL ? "SIGILL" : "SIGSEGV");     \
    }                                                            \
  } while (0)

#if defined(__aarch64__)
void probe_crc_instruction(void) { TRY_INSTRUCTION(".inst 0x1ac15000" ::: "x0"); }
void probe_aes_instruction(void) { TRY_INSTRUCTION(".inst 0x4e284820" ::: "v0"); }
void probe_sha_instruction(void) { TRY_INSTRUCTION(".inst 0x5e280820" ::: "v0"); }
void probe_wide_vectors(void) { TRY_INSTRUCTION(".inst 0x04bf5020" ::: "x0"); }  // SVE: rdvl x0, #1
void probe_random_instruction(void) { TRY_INSTRUCTION(".inst 0xd53b2400" ::: "x0", "cc"); }  // mrs x0, rndr
void probe_atomic_instruction(void) {
  uint64_t word = 0;
  TRY_INSTRUCTION("mov x1, %0\n .inst 0xf8200020" ::"r"(&word) : "x0", "x1", "memory");  // LSE: ldadd x0, x0, [x1]
}
void probe_dot_product(void) { TRY_INSTRUCTION(".inst 0x4e809400" ::: "v0"); }  // sdot v0.4s, v0.16b, v0.16b
void probe_half_precision(void) { TRY_INSTRUCTION(".inst 0x4e401400" ::: "v0"); }  // fadd v0.8h, v0.8h, v0.8h
void probe_pointer_authentication(void) {
  // The generic form pacga, which is no hint: it needs the feature.
  TRY_INSTRUCTION(".inst 0x9ac03000" ::: "x0");
}
void probe_identification(void) {
  uint64_t value = 0;
  signal(SIGILL, leave);
  if (sigsetjmp(back, 1) != 0) {
    answer("SIGILL");
    return;
  }
  __asm__ volatile("mrs %0, midr_el1" : "=r"(value));
  answer("readable");
  detail("MIDR_EL1 0x%08lx", value);
}
void probe_cycle_counter(void) {
  uint64_t frequency, first, second;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
  __asm__ volatile("isb\n mrs %0, cntvct_el0" : "=r"(first));
  usleep(10000);
  __asm__ volatile("isb\n mrs %0, cntvct_el0" : "=r"(second));
  answer("%s", second > first ? "counts" : "stands still");
  detail("%lu Hz", frequency);
}
void probe_cache_line(void) {
  uint64_t type;
  __asm__ volatile("mrs %0, ctr_el0" : "=r"(type));
  answer("%d bytes", 4 << ((type >> 16) & 15));
}
#elif defined(__x86_64__)
void probe_crc_instruction(void) { TRY_INSTRUCTION("crc32b %%al, %%ecx" ::: "ecx"); }
void probe_aes_instruction(void) { TRY_INSTRUCTION("aesenc %%xmm0, %%xmm0" ::: "xmm0"); }
void probe_sha_instruction(void) { TRY_INSTRUCTION("sha256msg1 %%xmm0, %%xmm0" ::: "xmm0"); }
void probe_wide_vectors(void) { TRY_INSTRUCTION("vpaddd %%ymm0, %%ymm0, %%ymm0" ::: "xmm0"); }
void probe_random_instruction(void) { TRY_INSTRUCTION("rdrand %%rax" ::: "rax", "cc"); }
void probe_atomic_instruction(void) {
  uint64_t word = 0;
  TRY_INSTRUCTION("lock xaddq %%rax, %0" : "+m"(word)::"rax", "cc");
}
void probe_dot_product(void) { TRY_INSTRUCTION(".byte 0xc4,0xe2,0x79,0x50,0xc0" ::: "xmm0"); }  // AVX-VNNI vpdpbusd
void probe_half_precision(void) { TRY_INSTRUCTION("vcvtph2ps %%xmm0, %%xmm0" ::: "xmm0"); }
void probe_pointer_authentication(void) { answer("this architecture has none"); }
void probe_identification(void) {
  unsigned a = 0, b, c = 0, d;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  answer("readable");
  detail("%.4s%.4s%.4s", (const char *)&b, (const char *)&d, (const char *)&c);
}
void probe_cycle_counter(void) {
  uint64_t first = __builtin_ia32_rdtsc();
  usleep(10000);
  answer("%s", __builtin_ia32_rdtsc() > first ? "counts" : "stands still");
}
void probe_cache_line(void) {
  unsigned a = 1, b, c = 0, d;
  __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  answer("%u bytes", ((b >> 8) & 255) * 8);
}
#endif

void probe_hardware_capabilities(void) {
  answer("AT_HWCAP 0x%lx", getauxval(AT_HWCAP));
  detail("AT_HWCAP2 0x%lx", getauxval(AT_HWCAP2));
}

void probe_vdso(void) { answer_truth(getauxval(AT_SYSINFO_EHDR) != 0); }

void probe_raw_clock(void) {
  struct timespec resolution;
  if (clock_getres(CLOCK_MONOTONIC_RAW, &resolution) < 0)
    answer("%s", error_name(errno));
  else
    answer("%ld ns", resolution.tv_nsec);
}
