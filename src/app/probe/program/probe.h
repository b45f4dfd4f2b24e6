// Shared by the files of archparity-probe. `probes.h` is made by scripts/build from src/app/probe/probe-list.ts:
// a probe that is listed and not written does not link, one that is written and not listed does not compile.
#ifndef ARCHPARITY_PROBE_H
#define ARCHPARITY_PROBE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "probes.h"

#define DECLARE_PROBE(id, function) void function(void);
PROBES(DECLARE_PROBE)
#undef DECLARE_PROBE

// The answer: what is compared between lanes.
void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Shown beside the answer and never compared: values that differ from machine to machine.
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
// "works", or the name of errno when a call returned a negative number.
void answer_call(long result);
// "yes" or "no".
void answer_truth(bool truth);
// "exit N" or the name of the signal, of a wait status.
void answer_status(int status);
// The preparation failed with errno, so there is no answer. Does not return.
_Noreturn void not_tried(const char *what);
// The same with a reason in words.
_Noreturn void not_tried_because(const char *reason);

// ENOENT, EPERM, … of an errno.
const char *error_name(int error);
// Runs in a child process; its wait status.
int run_in_child(void (*run)(void));
// Runs in a child process whose stdout is read: the first line of it, without its end.
int capture_child(void (*run)(const void *argument), const void *argument, char *line, size_t size);
// For a child of capture_child whose exec has returned: tells errno as the line.
_Noreturn void tell_exec_failed(void);

// The path by which this program was executed.
const char *own_path(void);
// A copy of this program in the working directory.
void copy_program(const char *name, mode_t mode);
// The bytes of a small file, ended by 0; -1 with errno.
ssize_t read_file(const char *path, char *buffer, size_t size);

#endif
