/* Tag-length-value fields (u8 tag, u32 length, bytes) and the spec of a spawn made of them. */
#define _GNU_SOURCE
#include "agent.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int field_next(const uint8_t *data, size_t length, size_t *offset, struct field *field) {
  if (*offset == length) return 0;
  if (length - *offset < 5) return -1;
  uint32_t size = read_u32(data + *offset + 1);
  if (size > length - *offset - 5) return -1;
  field->tag = data[*offset];
  field->data = data + *offset + 5;
  field->length = size;
  *offset += 5 + (size_t)size;
  return 1;
}

void field_append(struct buffer *out, uint8_t tag, const void *data, size_t length) {
  uint8_t header[5] = {tag};
  write_u32(header + 1, (uint32_t)length);
  buffer_append(out, header, sizeof header);
  buffer_append(out, data, length);
}

void field_append_u32(struct buffer *out, uint8_t tag, uint32_t value) {
  uint8_t bytes[4];
  write_u32(bytes, value);
  field_append(out, tag, bytes, sizeof bytes);
}

void field_append_u64(struct buffer *out, uint8_t tag, uint64_t value) {
  uint8_t bytes[8];
  write_u64(bytes, value);
  field_append(out, tag, bytes, sizeof bytes);
}

void field_append_text(struct buffer *out, uint8_t tag, const char *text) { field_append(out, tag, text, strlen(text)); }

static void *allocate(void *old, size_t size) {
  void *grown = realloc(old, size);
  if (!grown) _exit(71);
  return grown;
}

static char *copy_text(const struct field *field) {
  char *copy = allocate(NULL, field->length + 1);
  memcpy(copy, field->data, field->length);
  copy[field->length] = 0;
  return copy;
}

/* Keeps items NULL-terminated, ready for exec. */
static void push_word(struct words *words, const struct field *field) {
  words->items = allocate(words->items, (words->count + 2) * sizeof *words->items);
  words->items[words->count++] = copy_text(field);
  words->items[words->count] = NULL;
}

static void push_list(struct words *words, size_t **lengths, const struct field *field) {
  push_word(words, field);
  *lengths = allocate(*lengths, words->count * sizeof **lengths);
  (*lengths)[words->count - 1] = field->length;
}

static int take_numbers(const struct field *field, uint32_t **numbers, size_t *count) {
  if (field->length % 4 != 0) return -1;
  free(*numbers);
  *count = field->length / 4;
  *numbers = allocate(NULL, field->length + 4);
  for (size_t i = 0; i < *count; i++) (*numbers)[i] = read_u32(field->data + 4 * i);
  return 0;
}

static void replace_text(char **text, const struct field *field) {
  free(*text);
  *text = copy_text(field);
}

/* Sizes of the fixed-size fields; 0 = any. */
static size_t fixed_size(uint8_t tag) {
  switch (tag) {
  case T_UID:
  case T_GID:
  case T_UMASK:
  case T_GRACE_MS:
  case T_REPEAT:
  case T_FLAGS:
  case T_INSIDE:
  case T_CONNECT:
  case T_NETWORK_OF:
    return 4;
  case T_TERMINAL:
  case T_USER_MAP:
  case T_DEADLINE_MS:
  case T_OUTPUT_LIMIT:
  case T_CAPABILITIES:
  case T_MEMORY_MAX:
  case T_PIDS_MAX:
    return 8;
  case T_RLIMIT:
    return 20;
  default:
    return 0;
  }
}

static int take_field(struct spec *spec, const struct field *field) {
  size_t size = fixed_size(field->tag);
  if (size != 0 && field->length != size) return -1;
  switch (field->tag) {
  case T_ARGV: push_word(&spec->argv, field); return 0;
  case T_ENV: push_word(&spec->env, field); return 0;
  case T_TREE: push_word(&spec->trees, field); return 0;
  case T_MOUNT: push_list(&spec->mounts, &spec->mount_lengths, field); return 0;
  case T_SETUP: push_list(&spec->setup, &spec->setup_lengths, field); return 0;
  case T_TEARDOWN: push_list(&spec->teardown, &spec->teardown_lengths, field); return 0;
  case T_CWD: replace_text(&spec->cwd, field); return 0;
  case T_HOSTNAME: replace_text(&spec->hostname, field); return 0;
  case T_ROOT: replace_text(&spec->root, field); return 0;
  case T_ADDRESS: replace_text(&spec->address, field); return 0;
  case T_EXECUTABLE: replace_text(&spec->executable, field); return 0;
  case T_UID: spec->uid = read_u32(field->data); spec->has_uid = 1; return 0;
  case T_GID: spec->gid = read_u32(field->data); spec->has_gid = 1; return 0;
  case T_UMASK: spec->umask = read_u32(field->data); spec->has_umask = 1; return 0;
  case T_GRACE_MS: spec->grace_ms = read_u32(field->data); return 0;
  case T_REPEAT: spec->repeat = read_u32(field->data); return 0;
  case T_FLAGS: spec->flags = read_u32(field->data); return 0;
  case T_DEADLINE_MS: spec->deadline_ms = read_u64(field->data); return 0;
  case T_OUTPUT_LIMIT: spec->output_limit = read_u64(field->data); return 0;
  case T_CAPABILITIES: spec->capabilities = read_u64(field->data); spec->has_capabilities = 1; return 0;
  case T_MEMORY_MAX: spec->memory_max = read_u64(field->data); return 0;
  case T_PIDS_MAX: spec->pids_max = read_u64(field->data); return 0;
  case T_INSIDE: spec->inside = read_u32(field->data); spec->has_inside = 1; return 0;
  case T_NETWORK_OF: spec->network_of = read_u32(field->data); spec->has_network_of = 1; return 0;
  case T_CONNECT:
    spec->connect = read_u32(field->data);
    return spec->connect >= 1 && spec->connect <= 65535 ? 0 : -1;
  case T_GROUPS: spec->has_groups = 1; return take_numbers(field, &spec->groups, &spec->group_count);
  case T_AFFINITY: return take_numbers(field, &spec->cpus, &spec->cpu_count);
  case T_TERMINAL:
    spec->has_terminal = 1;
    spec->rows = read_u32(field->data);
    spec->columns = read_u32(field->data + 4);
    return 0;
  case T_USER_MAP:
    spec->has_user_map = 1;
    spec->map_uid = read_u32(field->data);
    spec->map_gid = read_u32(field->data + 4);
    return 0;
  case T_RLIMIT: {
    spec->limits = allocate(spec->limits, (spec->limit_count + 1) * sizeof *spec->limits);
    struct spec_limit limit = {read_u32(field->data), read_u64(field->data + 4), read_u64(field->data + 12)};
    spec->limits[spec->limit_count++] = limit;
    return 0;
  }
  case T_INNER:
    free(spec->inner);
    spec->inner = allocate(NULL, field->length + 1);
    memcpy(spec->inner, field->data, field->length);
    spec->inner_length = field->length;
    spec->has_inner = 1;
    return 0;
  default:
    return -1;
  }
}

int spec_parse(const uint8_t *data, size_t length, struct spec *spec) {
  memset(spec, 0, sizeof *spec);
  spec->repeat = 1;
  spec->grace_ms = 2000;
  spec->output_limit = UINT64_MAX;
  size_t offset = 0;
  struct field field;
  int found;
  while ((found = field_next(data, length, &offset, &field)) == 1)
    if (take_field(spec, &field) < 0) return -1;
  if (found < 0 || (spec->argv.count == 0 && spec->connect == 0 && !(spec->flags & SPAWN_LOOK))) return -1;
  if (spec->env.items == NULL) {
    spec->env.items = allocate(NULL, sizeof *spec->env.items);
    spec->env.items[0] = NULL;
  }
  return 0;
}

static void free_words(struct words *words) {
  for (size_t i = 0; i < words->count; i++) free(words->items[i]);
  free(words->items);
}

void spec_free(struct spec *spec) {
  free_words(&spec->argv);
  free_words(&spec->env);
  free_words(&spec->mounts);
  free_words(&spec->trees);
  free_words(&spec->setup);
  free_words(&spec->teardown);
  free(spec->mount_lengths);
  free(spec->setup_lengths);
  free(spec->teardown_lengths);
  free(spec->cwd);
  free(spec->hostname);
  free(spec->root);
  free(spec->address);
  free(spec->executable);
  free(spec->groups);
  free(spec->cpus);
  free(spec->limits);
  free(spec->inner);
  memset(spec, 0, sizeof *spec);
}

char **split_list(char *list, size_t length, size_t *count) {
  char **items = allocate(NULL, (length + 2) * sizeof *items);
  *count = 0;
  for (size_t at = 0; at <= length; at += strlen(list + at) + 1) items[(*count)++] = list + at;
  items[*count] = NULL;
  return items;
}
