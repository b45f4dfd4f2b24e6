/*
 * write(1, prefix + MIDR_EL1 in 16 hex digits + newline), read(0, byte, 1), exit_group(0). Linux
 * (4.11 and later) and QEMU's user mode answer the mrs, which the CPU itself refuses to a program.
 * PREFIX is set by scripts/build-witnesses.
 */
  .globl _start
_start:
  sub sp, sp, #64 /* the line: PREFIX_LENGTH + 17 bytes */
  mov x1, sp
  adr x2, prefix
  mov x3, #PREFIX_LENGTH
copy:
  ldrb w4, [x2], #1
  strb w4, [x1], #1
  subs x3, x3, #1
  b.ne copy

  mrs x2, midr_el1
  mov x3, #16
digit:
  ror x2, x2, #60 /* the highest four bits come down to the lowest place */
  and x4, x2, #15
  cmp x4, #10
  add x5, x4, #('a' - 10)
  add x4, x4, #'0'
  csel x4, x4, x5, lo
  strb w4, [x1], #1
  subs x3, x3, #1
  b.ne digit
  mov w4, #'\n'
  strb w4, [x1]

  mov x0, #1
  mov x1, sp
  mov x2, #(PREFIX_LENGTH + 17)
  mov x8, #64 /* write */
  svc #0
  mov x0, #0
  mov x1, sp
  mov x2, #1
  mov x8, #63 /* read: returns when the watcher has looked */
  svc #0
  mov x0, #0
  mov x8, #94 /* exit_group */
  svc #0
prefix:
  .ascii PREFIX
  .if PREFIX_LENGTH + 17 > 64
  .error "the line does not fit the stack frame"
  .endif
