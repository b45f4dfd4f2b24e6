/*
 * archparity-agent: starts, feeds, limits, times and reaps the processes of a subject.
 * The protocol is described in protocol.md; protocol.ts holds the same numbers.
 */
#ifndef ARCHPARITY_AGENT_H
#define ARCHPARITY_AGENT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define AGENT_VERSION "4"
#define MAX_FRAME (1u << 20)
/* A spec holds argv and environment, of which execve(2) takes at most 6 MiB. */
#define MAX_SPEC_FRAME (1u << 24)
#define FRAME_HEADER 9u

/* Descriptors of an init, whoever started it. */
enum { CONTROL_FD = 3, LOG_FD = 4, BARRIER_FD = 5 };
/* stdin, stdout, stderr, control, log: what an init is given. */
enum { HANDED = LOG_FD + 1 };

enum frame_type {
  /* peer to agent */
  FRAME_SPAWN = 0x01,
  FRAME_STDIN = 0x02,
  FRAME_SIGNAL = 0x03,
  FRAME_RESIZE = 0x04,
  FRAME_KILL = 0x05,
  FRAME_PUT = 0x06,
  FRAME_PUT_DATA = 0x07,
  FRAME_GET = 0x08,
  FRAME_TREE = 0x09,
  FRAME_MOUNT = 0x0a,
  FRAME_STAT = 0x0b,
  FRAME_WATCH = 0x0c,
  FRAME_SPAWN_AFTER = 0x0d,
  FRAME_BEGIN = 0x0e,
  /* server to init; with BESIDE come the descriptors of another init */
  FRAME_SPEC = 0x20,
  FRAME_BESIDE = 0x21,
  /* agent to peer */
  FRAME_HELLO = 0x81,
  FRAME_STARTED = 0x82,
  FRAME_OUTPUT = 0x83,
  FRAME_STDIN_ACK = 0x84,
  FRAME_EXIT = 0x86,
  FRAME_ENTRY = 0x87,
  FRAME_ENTRY_DATA = 0x88,
  FRAME_DONE = 0x89,
  FRAME_OK = 0x8a,
  FRAME_ERROR = 0x8b,
  FRAME_FAILED = 0x8c,
  FRAME_LAUNCHER = 0x8d,
  FRAME_STEP_FAILED = 0x8e,
  FRAME_FILE_DATA = 0x8f,
  FRAME_SPACE = 0x90,
  FRAME_ENTRY_HOLE = 0x91,
  FRAME_ENTRY_UNREAD = 0x92,
  FRAME_SHORTAGE = 0x93,
  /* init to server, with the terminal's master as SCM_RIGHTS */
  FRAME_TERMINAL = 0xa0,
};

enum field_tag {
  T_ARGV = 1,
  T_ENV = 2,
  T_CWD = 3,
  T_UID = 4,
  T_GID = 5,
  T_GROUPS = 6,
  T_UMASK = 7,
  T_RLIMIT = 8,
  T_DEADLINE_MS = 9,
  T_GRACE_MS = 10,
  T_TERMINAL = 11,
  T_AFFINITY = 12,
  T_REPEAT = 13,
  T_FLAGS = 14,
  T_MOUNT = 15,
  T_OUTPUT_LIMIT = 16,
  T_TREE = 17,
  T_INNER = 18,
  T_HOSTNAME = 19,
  T_EXECUTABLE = 20,
  T_USER_MAP = 21,
  T_ROOT = 22,
  T_CAPABILITIES = 23,
  T_SETUP = 24,
  T_TEARDOWN = 25,
  T_MEMORY_MAX = 26,
  T_PIDS_MAX = 27,
  T_INSIDE = 28,
  T_CONNECT = 29,
  T_NETWORK_OF = 30,
  T_ADDRESS = 31,
};

enum spawn_flag {
  SPAWN_NEW_PID = 1u << 0,
  SPAWN_NEW_MOUNT = 1u << 1,
  SPAWN_NEW_NET = 1u << 2,
  SPAWN_NEW_IPC = 1u << 3,
  SPAWN_NEW_UTS = 1u << 4,
  SPAWN_LAUNCHER = 1u << 5,
  SPAWN_STDIN_NULL = 1u << 6,
  SPAWN_IN_PLACE = 1u << 7,
  SPAWN_BARRIER = 1u << 8,
  SPAWN_LASTING = 1u << 9,
  SPAWN_OUTPUT_NULL = 1u << 10,
  SPAWN_FIXED_ADDRESSES = 1u << 11,
  SPAWN_QUIET = 1u << 12,
  SPAWN_INDEPENDENT_SETUP = 1u << 13,
  SPAWN_DATAGRAMS = 1u << 14,
  SPAWN_LOOK = 1u << 15,
  SPAWN_BOUND_PROCESSES = 1u << 16,
};

/* --- frame.c ------------------------------------------------------------------------------ */

struct buffer {
  uint8_t *data;
  size_t length, capacity, start;
};

void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_consume(struct buffer *buffer, size_t length);
void buffer_free(struct buffer *buffer);
static inline size_t buffer_pending(const struct buffer *buffer) { return buffer->length - buffer->start; }

struct frame {
  uint8_t type;
  uint32_t id;
  const uint8_t *payload;
  size_t length;
};

/* The longest `length` of a frame of a type. */
uint32_t frame_limit(uint8_t type);
/* 1: a frame was found at the start of the data; 0: more data is needed; -1: malformed. */
int frame_parse(const uint8_t *data, size_t length, struct frame *frame, size_t *consumed);
void frame_append(struct buffer *out, uint8_t type, uint32_t id, const void *payload, size_t length);
/* Writes a whole frame to a blocking descriptor; 0 or -1. */
int frame_write(int fd, uint8_t type, uint32_t id, const void *payload, size_t length);
/* Reads exactly one frame from a blocking descriptor into *storage; 0, or -1 at end or error. */
int frame_read(int fd, struct buffer *storage, struct frame *frame);
int write_all(int fd, const void *data, size_t length);
uint32_t read_u32(const uint8_t *data);
uint64_t read_u64(const uint8_t *data);
void write_u32(uint8_t *at, uint32_t value);
void write_u64(uint8_t *at, uint64_t value);

/* A call that failed. */
struct failure {
  int error;
  char step[256];
};

#define FAILURE_SIZE (4 + sizeof((struct failure *)0)->step)
/* The payload of a failure or error frame; returns its length. */
size_t write_failure(uint8_t payload[FAILURE_SIZE], const struct failure *failure);

/* --- digest.c ----------------------------------------------------------------------------- */

/* The digest of no bytes. */
#define DIGEST_START UINT64_C(0xcbf29ce484222325)
/* The digest of what `digest` is of, followed by the data. */
uint64_t digest_add(uint64_t digest, const uint8_t *data, size_t length);

/* --- fields.c ----------------------------------------------------------------------------- */

struct field {
  uint8_t tag;
  const uint8_t *data;
  size_t length;
};

/* Walks tag-length-value fields: 1 found, 0 end, -1 malformed. *offset starts at 0. */
int field_next(const uint8_t *data, size_t length, size_t *offset, struct field *field);
void field_append(struct buffer *out, uint8_t tag, const void *data, size_t length);
void field_append_u32(struct buffer *out, uint8_t tag, uint32_t value);
void field_append_u64(struct buffer *out, uint8_t tag, uint64_t value);
void field_append_text(struct buffer *out, uint8_t tag, const char *text);

struct spec_limit {
  uint32_t resource;
  uint64_t soft, hard;
};

struct words {
  char **items;
  size_t count;
};

/* What one init has to do. Every pointer is owned by the spec. */
struct spec {
  struct words argv, env, mounts, trees, setup, teardown;
  /* lengths of the NUL-separated lists in mounts, setup and teardown */
  size_t *mount_lengths, *setup_lengths, *teardown_lengths;
  char *cwd, *hostname, *executable, *root;
  /* Where to connect to; absent = 127.0.0.1. */
  char *address;
  int has_uid, has_gid, has_umask, has_terminal, has_user_map, has_capabilities, has_groups;
  uint32_t uid, gid, umask, flags, grace_ms, repeat, rows, columns, map_uid, map_gid;
  uint64_t deadline_ms, capabilities, output_limit, memory_max, pids_max;
  /* Ids of other spawns; connect: a port, 0 = none. */
  int has_inside, has_network_of;
  uint32_t inside, network_of, connect;
  uint32_t *groups, *cpus;
  size_t group_count, cpu_count;
  struct spec_limit *limits;
  size_t limit_count;
  uint8_t *inner;
  size_t inner_length;
  int has_inner;
};

/* 0, or -1 for a malformed spec. */
int spec_parse(const uint8_t *data, size_t length, struct spec *spec);
void spec_free(struct spec *spec);
/* Splits a NUL-separated list into a NULL-terminated vector (one allocation for the vector). */
char **split_list(char *list, size_t length, size_t *count);

/* --- mounts.c ----------------------------------------------------------------------------- */

/* Notes errno and the step; always -1. */
int fail(struct failure *failure, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Performs the mount operations in order; 0, or -1 with the failing step. */
int perform_mounts(const struct words *mounts, const size_t *lengths, struct failure *failure);
int bring_loopback_up(struct failure *failure);

/* --- shield.c ----------------------------------------------------------------------------- */

/* Each gives 0, or -1 with errno. A private /dev with the usual nodes. */
int mount_devices(const char *target);
/* What of a /dev is no other spawn's: its terminals and its shared memory. */
int mount_terminals(const char *target);
/* Makes what is there read-only. */
int protect_path(const char *path);
/* Covers what is there: a file by /dev/null, a directory by an empty one. */
int mask_path(const char *path);

/* --- text.c ------------------------------------------------------------------------------- */

/* Writes a text to a file that is there, by one write(2); 0, or -1 with errno. */
int write_text(const char *path, const char *text);

/* --- restrain.c --------------------------------------------------------------------------- */

/* Called by the init of a case, before its mounts cover /proc/sys. */
void restrain_case(uint32_t flags);

/* --- tree.c ------------------------------------------------------------------------------- */

/* Called for each frame that the walk yields; a non-zero return ends the walk. */
typedef int (*frame_sink)(void *context, uint8_t type, const void *payload, size_t length);

/* A directory whose path below the root leaves no room for a name in so much is not entered. */
#define MAX_TREE_PATH 16384u
/* Bytes of all files together that one walk reads: the peer hashes them. */
#define MAX_TREE_BYTES (1ull << 30)

/* What may still be read of contents. */
struct reading {
  uint64_t bytes;
  /* CLOCK_MONOTONIC; 0 = any time. */
  uint64_t until_ns;
};

int walk_tree(const char *root, struct reading *reading, uint32_t label, frame_sink sink, void *context);

/* --- changes.c ---------------------------------------------------------------------------- */

/* Notes what is below a directory: tell_trees then tells of it only what changed since. Once in a process. */
int remember_tree(const char *path);

/* --- descriptors.c ------------------------------------------------------------------------ */

/* Sends data with the descriptors of an init; 0, or -1 with errno. */
int send_descriptors(int to, const void *data, size_t length, const int fds[HANDED]);
/* As recvmsg(2); fds[0] is -1 when none came. */
ssize_t receive_descriptors(int from, void *data, size_t room, int fds[HANDED]);
/* Puts the descriptors of an init in their places and closes all others. */
void take_places(const int fds[HANDED]);

/* --- relay.c ------------------------------------------------------------------------------ */

/* Connects to a port, of the loopback interface unless an address is given, and passes bytes between it and stdin and stdout. */
void relay(const struct spec *spec) __attribute__((noreturn));

/* --- look.c ------------------------------------------------------------------------------- */

/* Tells on stdout what runs here: processes, sockets, interfaces, names; or, with a path in argv, what that is. */
void look_around(const struct spec *spec) __attribute__((noreturn));

/* --- signals.c ---------------------------------------------------------------------------- */

/*
 * Blocks the ends of children and the signals that ask for ours, and gives a descriptor that tells of them; -1
 * with errno. The mask of before, when wanted; flags of signalfd(2).
 */
int watch_signals(sigset_t *before, int flags);

/* --- descendants.c ------------------------------------------------------------------------ */

/* Signals every descendant of this process; in a PID namespace of its own, everything. */
void signal_descendants(int signal_number);
/* Kills and reaps until nothing is left; what is born meanwhile is killed in the next round. */
void clear_descendants(void);

/* --- report.c ----------------------------------------------------------------------------- */

struct ending {
  int status, timed_out;
  uint64_t wall_ns;
  struct rusage usage;
};

/* Each writes to CONTROL_FD; when the server is gone, everything here is ended and _exit called. */
void tell(uint8_t type, const void *payload, size_t length);
void tell_failure(const struct failure *failure);
/* `machine` as program_machine gives it. */
void tell_started(pid_t pid, uint32_t machine);
void tell_step_failed(uint8_t phase, size_t index, int status);
void tell_exit(uint32_t iteration, const struct ending *ending);
void tell_launcher(const struct ending *ending);
void tell_trees(const struct spec *spec);

/* --- machine.c ---------------------------------------------------------------------------- */

/* e_machine << 16 | EI_CLASS << 8 | EI_DATA of a program or of its script's interpreter; 0 = not known. */
uint32_t program_machine(const char *path);

/* --- launch.c ----------------------------------------------------------------------------- */

struct child {
  pid_t pid;
  int report_fd;
};

/* Starts the subject (or one setup step) as the spec says; 0 or -1 with the failing step. */
int launch_child(const struct spec *spec, char **argv, const int fds[3], int terminal_slave, struct child *child,
                 struct failure *failure);
/* Waits for the exec of a child; 0 with the machine of its program, or -1 with the failing step. */
int await_exec(const struct child *child, uint32_t *machine, struct failure *failure);
/* Turns this process into the subject; returns only when it failed. */
void become_subject(const struct spec *spec, char **argv, int terminal_slave, struct failure *failure);
int open_terminal(const struct spec *spec, int *master, int *slave, struct failure *failure);
/* Closes every descriptor from `first` on. */
void close_from(unsigned first);

/* --- init.c, serve.c, lane.c, handover.c, guard.c, guest.c, calibrate.c --------------------------------- */

/* Runs one spec that it reads from CONTROL_FD; never returns. */
void run_init(void) __attribute__((noreturn));
/* Speaks the protocol on stdin and stdout until the peer goes; never returns. */
void serve(void) __attribute__((noreturn));
/* Enters the lane's namespaces, then serves. */
int enter_lane(int argc, char **argv);
/* Starts a container by docker and gives its init the descriptors of one; gives docker's exit code. */
int hand_over(char **argv);
/* Takes the descriptors of an init from a socket and becomes it. */
void adopt(const char *path) __attribute__((noreturn));
/* Runs a program that dies with us; gives its exit code. */
int guard(char **argv);
/* PID 1 of a microVM. */
int run_guest(void);
/* Prints how many nanoseconds a fixed piece of work takes. */
int calibrate(void);

#endif
