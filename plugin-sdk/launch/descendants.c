/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over /proc.  A child of ours cannot vanish under our hands, for only we reap it; a
 * deeper descendant can, and its number be given anew, so that one is signalled through a pidfd
 * that was compared with what the pass saw. */
#define _GNU_SOURCE
#include "descendants.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct process {
  pid_t pid;
  pid_t parent;
  unsigned long long started;
  char state;
  char is_descendant;
} process;

typedef struct process_list {
  process* items;
  size_t count;
  size_t capacity;
} process_list;

/* Fields 3, 4 and 22 of /proc/PID/stat.  The name in field 2 may hold spaces and parentheses, so
 * reading starts behind the last one. */
static int read_process(const char* pid_text, process* out) {
  char path[64];
  char text[1024];
  const char* fields;
  ssize_t size;
  int fd;
  int parent;
  snprintf(path, sizeof path, "/proc/%s/stat", pid_text);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  size = read(fd, text, sizeof text - 1);
  close(fd);
  if (size <= 0) return 0;
  text[size] = '\0';
  fields = strrchr(text, ')');
  if (fields == NULL) return 0;
  if (sscanf(fields + 1,
             " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
             &out->state, &parent, &out->started) != 3) {
    return 0;
  }
  out->pid = (pid_t)strtol(pid_text, NULL, 10);
  out->parent = (pid_t)parent;
  out->is_descendant = 0;
  return 1;
}

static process* next_slot(process_list* list) {
  if (list->count == list->capacity) {
    const size_t capacity = list->capacity == 0 ? 512 : list->capacity * 2;
    process* grown = (process*)realloc(list->items, capacity * sizeof *grown);
    if (grown == NULL) return NULL;
    list->items = grown;
    list->capacity = capacity;
  }
  return &list->items[list->count];
}

/* Without memory it stops early: the caller repeats its passes, and killed ones make room. */
static int read_all(process_list* list) {
  DIR* directory = opendir("/proc");
  const struct dirent* entry;
  if (directory == NULL) return -1;
  while ((entry = readdir(directory)) != NULL) {
    process* slot;
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    slot = next_slot(list);
    if (slot == NULL) break;
    if (read_process(entry->d_name, slot)) ++list->count;
  }
  closedir(directory);
  return 0;
}

static int compare_pids(const void* left, const void* right) {
  const pid_t a = ((const process*)left)->pid;
  const pid_t b = ((const process*)right)->pid;
  return (a > b) - (a < b);
}

static int is_marked(const process_list* list, pid_t pid) {
  process wanted;
  const process* found;
  wanted.pid = pid;
  found = (const process*)bsearch(&wanted, list->items, list->count, sizeof wanted, compare_pids);
  return found != NULL && found->is_descendant;
}

/* Repeats until nothing changes: numbers wrap around, so a child may come before its parent. */
static void mark_descendants(process_list* list, pid_t self) {
  int has_changed = list->count > 0;
  if (has_changed) qsort(list->items, list->count, sizeof *list->items, compare_pids);
  while (has_changed) {
    size_t index;
    has_changed = 0;
    for (index = 0; index < list->count; ++index) {
      process* item = &list->items[index];
      if (item->is_descendant) continue;
      if (item->parent == self || (item->parent > 1 && is_marked(list, item->parent))) {
        item->is_descendant = 1;
        has_changed = 1;
      }
    }
  }
}

static void signal_deeper(const process* seen, int signal) {
  char pid_text[16];
  process now;
  const int fd = (int)syscall(SYS_pidfd_open, seen->pid, 0);
  if (fd < 0) return; /* gone, or an old kernel: it becomes our child when its parent has ended */
  snprintf(pid_text, sizeof pid_text, "%d", (int)seen->pid);
  if (read_process(pid_text, &now) && now.started == seen->started) {
    syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
  }
  close(fd);
}

int signal_descendants(int signal) {
  const pid_t self = getpid();
  process_list list = {NULL, 0, 0};
  size_t index;
  int count = 0;
  if (read_all(&list) != 0) return -1;
  mark_descendants(&list, self);
  for (index = 0; index < list.count; ++index) {
    const process* item = &list.items[index];
    if (!item->is_descendant || item->state == 'Z') continue;
    ++count;
    if (item->parent == self) {
      kill(item->pid, signal);
    } else {
      signal_deeper(item, signal);
    }
  }
  free(list.items);
  return count;
}
