/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the host: stands between it and the directories that TOOLPOST_LAYER_DIRECTORIES
 * names (separated by colons). It does two things there.
 *
 * It notes every change and every sync in the file TOOLPOST_LAYER_TRACE, in the order in which they
 * happened, with what was written; from that storage_trace.py makes what a power cut would leave.
 *
 * It lets the n-th call of a kind fail, write less than it was given, or not come back, as the file
 * TOOLPOST_LAYER_CONTROL says, which the harness maps as well; all calls are counted there. */
#define _GNU_SOURCE
/* Its wrappers of the functions that are replaced here would be defined twice. */
#undef _FORTIFY_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

/* Kinds of calls and of notes; storage_trace.py has the same numbers. */
enum kind {
  OPEN_FILE,
  WRITE,
  SYNC,      /* of a file */
  SYNC_NAME, /* of a directory */
  RENAME,
  UNLINK,
  TRUNCATE,
  RESERVE,
  LOCK,
  MAKE_DIRECTORY,
  LINK,
  KINDS,
  SYNC_BEGINS = 32, /* a note only */
};

/* Actions below this are error numbers. */
enum { SHORT_WRITE = 0x10000, STALL = 0x20000 };

enum { ALL_KINDS = 0xffff, MAX_DESCRIPTORS = 4096, MAX_DIRECTORIES = 4 };

struct control {
  _Atomic uint32_t action; /* 0: nothing is wrong */
  _Atomic uint32_t kind;   /* or ALL_KINDS */
  _Atomic uint32_t first;  /* the number of the call, from 1, that is the first to be hit */
  _Atomic uint32_t count;  /* how many are hit, 0: all that follow */
  _Atomic uint32_t hits;
  _Atomic uint32_t waiting; /* calls that are stalled now */
  _Atomic uint32_t no_sync; /* fdatasync succeeds and does nothing */
  _Atomic uint32_t calls[KINDS];
  _Atomic uint32_t all_calls;
};

struct note {
  uint64_t time_ns;
  uint64_t inode;
  uint64_t value; /* offset, size, or the number of the sync's beginning */
  uint32_t kind;
  uint32_t error;
  uint32_t name_bytes;
  uint32_t data_bytes;
};

struct place {
  uint64_t device;
  uint64_t inode; /* 0: nothing of ours */
  int is_directory;
};

static struct control nowhere;
static struct control* control = &nowhere;
static struct place descriptors[MAX_DESCRIPTORS];
static char directories[MAX_DIRECTORIES][512];
static int directory_count;
static int trace = -1;
static uint64_t syncs;
/* Holds while a change is made and noted, so that notes stand in the order of the changes. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int open_plainly(const char* path, int flags) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

__attribute__((constructor)) static void begin(void) {
  const char* names = getenv("TOOLPOST_LAYER_DIRECTORIES");
  const char* trace_path = getenv("TOOLPOST_LAYER_TRACE");
  const char* control_path = getenv("TOOLPOST_LAYER_CONTROL");
  while (names != NULL && *names != '\0' && directory_count < MAX_DIRECTORIES) {
    const size_t size = strcspn(names, ":");
    if (size >= sizeof directories[0]) abort();
    memcpy(directories[directory_count++], names, size);
    names += size + (names[size] == ':');
  }
  if (trace_path != NULL) {
    trace = open_plainly(trace_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC);
    /* Out of the way of the host's own descriptors. */
    if (trace >= 0) trace = (int)syscall(SYS_fcntl, trace, F_DUPFD_CLOEXEC, 900);
    if (trace < 0) abort();
  }
  if (control_path != NULL) {
    const int fd = open_plainly(control_path, O_RDWR | O_CLOEXEC);
    void* mapped = fd < 0 ? MAP_FAILED
                          : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) abort();
    syscall(SYS_close, fd);
    control = mapped;
  }
}

static void note(enum kind kind, int error, uint64_t inode, uint64_t value, const char* name,
                 const void* data, size_t data_bytes) {
  struct timespec now;
  struct note head;
  char* text;
  size_t name_bytes = name == NULL ? 0 : strlen(name);
  if (trace < 0) return;
  clock_gettime(CLOCK_MONOTONIC, &now);
  memset(&head, 0, sizeof head);
  head.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  head.inode = inode;
  head.value = value;
  head.kind = kind;
  head.error = (uint32_t)error;
  head.name_bytes = (uint32_t)name_bytes;
  head.data_bytes = (uint32_t)data_bytes;
  /* One write, so that a kill leaves no half of a note. */
  text = malloc(sizeof head + name_bytes + data_bytes);
  if (text == NULL) abort();
  memcpy(text, &head, sizeof head);
  if (name_bytes > 0) memcpy(text + sizeof head, name, name_bytes);
  if (data_bytes > 0) memcpy(text + sizeof head + name_bytes, data, data_bytes);
  if (syscall(SYS_write, trace, text, sizeof head + name_bytes + data_bytes) < 0) abort();
  free(text);
}

/* What is to become of this call: 0, an error number, or SHORT_WRITE. Stalls in here. */
static int fate(enum kind kind) {
  const uint32_t number = atomic_fetch_add(&control->calls[kind], 1) + 1;
  const uint32_t all = atomic_fetch_add(&control->all_calls, 1) + 1;
  const uint32_t action = atomic_load(&control->action);
  const uint32_t chosen = atomic_load(&control->kind);
  const uint32_t count = atomic_load(&control->count);
  const uint32_t at = chosen == ALL_KINDS ? all : number;
  const uint32_t first = atomic_load(&control->first);
  if (action == 0 || (chosen != ALL_KINDS && chosen != (uint32_t)kind)) return 0;
  if (at < first || (count != 0 && at >= first + count)) return 0;
  atomic_fetch_add(&control->hits, 1);
  if (action != STALL) return (int)action;
  atomic_fetch_add(&control->waiting, 1);
  while (atomic_load(&control->action) == STALL) {
    const struct timespec moment = {0, 1000000};
    nanosleep(&moment, NULL);
  }
  atomic_fetch_sub(&control->waiting, 1);
  return 0;
}

static int is_error(int what) {
  return what > 0 && what < SHORT_WRITE;
}

static int fail_with(int error) {
  errno = error;
  return -1;
}

static struct place* place_of(int fd) {
  if (fd < 0 || fd >= MAX_DESCRIPTORS || descriptors[fd].inode == 0) return NULL;
  return &descriptors[fd];
}

/* The name that is noted: the path with its directory. NULL when it is none of ours. */
static const char* full_name(int directory, const char* path, char* out, size_t size) {
  const struct place* place = place_of(directory);
  int i;
  if (path[0] == '/') {
    snprintf(out, size, "%s", path);
  } else if (place != NULL && place->is_directory) {
    char link[64];
    char base[512];
    ssize_t got;
    snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    got = readlink(link, base, sizeof base - 1);
    if (got < 0) return NULL;
    base[got] = '\0';
    snprintf(out, size, "%s/%s", base, path);
  } else {
    return NULL;
  }
  for (i = 0; i < directory_count; ++i) {
    const size_t length = strlen(directories[i]);
    if (strncmp(out, directories[i], length) == 0 && (out[length] == '/' || out[length] == '\0')) {
      return out;
    }
  }
  return NULL;
}

static void remember(int fd) {
  struct stat status;
  if (fd < 0 || fd >= MAX_DESCRIPTORS || fstat(fd, &status) != 0) return;
  descriptors[fd].device = status.st_dev;
  descriptors[fd].inode = status.st_ino;
  descriptors[fd].is_directory = S_ISDIR(status.st_mode);
}

static int open_ours(int directory, const char* path, const char* name, int flags, mode_t mode) {
  struct stat before;
  int fd;
  int was_there;
  int what = 0;
  /* A directory that is opened to be listed or synced is no file that is made. */
  if ((flags & O_DIRECTORY) == 0) what = fate(OPEN_FILE);
  if (is_error(what)) return fail_with(what);
  pthread_mutex_lock(&order);
  was_there = fstatat(directory, path, &before, AT_SYMLINK_NOFOLLOW) == 0;
  fd = (int)syscall(SYS_openat, directory, path, flags, mode);
  if (fd >= 0) {
    const int error = errno;
    remember(fd);
    if (!was_there && (flags & O_CREAT) != 0) {
      note(OPEN_FILE, 0, descriptors[fd].inode, 0, name, NULL, 0);
    }
    if (was_there && (flags & O_TRUNC) != 0)
      note(TRUNCATE, 0, descriptors[fd].inode, 0, name, NULL, 0);
    errno = error;
  }
  pthread_mutex_unlock(&order);
  return fd;
}

EXPORT int openat(int directory, const char* path, int flags, ...) {
  char buffer[1024];
  const char* name;
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  name = full_name(directory, path, buffer, sizeof buffer);
  if (name != NULL) return open_ours(directory, path, name, flags, mode);
  return (int)syscall(SYS_openat, directory, path, flags, mode);
}

EXPORT int openat64(int directory, const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  return openat(directory, path, flags, mode);
}

EXPORT int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  return openat(AT_FDCWD, path, flags, mode);
}

EXPORT int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  return openat(AT_FDCWD, path, flags, mode);
}

/* What <fcntl.h> makes of open() where the compiler cannot see the flags. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
EXPORT int __open_2(const char* path, int flags) {
  return openat(AT_FDCWD, path, flags);
}

/* Inside the C library this is no call that could be replaced. */
EXPORT int mkostemp(char* pattern, int flags) {
  static _Atomic unsigned number;
  char* end = pattern + strlen(pattern) - 6;
  char digits[16];
  snprintf(digits, sizeof digits, "%03u%03u", (unsigned)getpid() % 1000,
           atomic_fetch_add(&number, 1) % 1000);
  memcpy(end, digits, 6);
  return openat(AT_FDCWD, pattern, O_RDWR | O_CREAT | O_EXCL | flags, 0600);
}

EXPORT int close(int fd) {
  if (fd >= 0 && fd < MAX_DESCRIPTORS) descriptors[fd].inode = 0;
  return (int)syscall(SYS_close, fd);
}

/* Inside the C library its close() is no call that could be replaced. */
EXPORT int closedir(DIR* directory) {
  static int (*real)(DIR*);
  const int fd = dirfd(directory);
  if (real == NULL) *(void**)&real = dlsym(RTLD_NEXT, "closedir");
  if (fd >= 0 && fd < MAX_DESCRIPTORS) descriptors[fd].inode = 0;
  return real(directory);
}

EXPORT ssize_t write(int fd, const void* data, size_t size) {
  const struct place* place = place_of(fd);
  ssize_t put;
  int what;
  if (place == NULL) return (ssize_t)syscall(SYS_write, fd, data, size);
  what = fate(WRITE);
  if (is_error(what)) return fail_with(what);
  if (what == SHORT_WRITE && size > 1) size /= 2;
  pthread_mutex_lock(&order);
  put = (ssize_t)syscall(SYS_write, fd, data, size);
  if (put > 0) {
    const off_t end = lseek(fd, 0, SEEK_CUR);
    note(WRITE, 0, place->inode, (uint64_t)(end - put), NULL, data, (size_t)put);
  }
  pthread_mutex_unlock(&order);
  return put;
}

static int sync_ours(int fd, const struct place* place, int may_do_nothing) {
  const enum kind kind = place->is_directory ? SYNC_NAME : SYNC;
  const uint64_t inode = place->inode;
  uint64_t number;
  int what;
  int result = 0;
  pthread_mutex_lock(&order);
  number = ++syncs;
  note(SYNC_BEGINS, 0, inode, number, NULL, NULL, 0);
  pthread_mutex_unlock(&order);
  what = fate(kind);
  if (is_error(what)) {
    result = fail_with(what);
  } else if (may_do_nothing && atomic_load(&control->no_sync) != 0) {
    return 0;
  } else {
    result = (int)syscall(SYS_fsync, fd);
  }
  what = result == 0 ? 0 : errno;
  pthread_mutex_lock(&order);
  note(kind, what, inode, number, NULL, NULL, 0);
  pthread_mutex_unlock(&order);
  errno = what;
  return result;
}

EXPORT int fdatasync(int fd) {
  const struct place* place = place_of(fd);
  return place != NULL ? sync_ours(fd, place, 1) : (int)syscall(SYS_fdatasync, fd);
}

EXPORT int fsync(int fd) {
  const struct place* place = place_of(fd);
  return place != NULL ? sync_ours(fd, place, 0) : (int)syscall(SYS_fsync, fd);
}

EXPORT int ftruncate(int fd, off_t size) {
  const struct place* place = place_of(fd);
  int result;
  int what;
  if (place == NULL) return (int)syscall(SYS_ftruncate, fd, size);
  what = fate(TRUNCATE);
  if (is_error(what)) return fail_with(what);
  pthread_mutex_lock(&order);
  result = (int)syscall(SYS_ftruncate, fd, size);
  if (result == 0) note(TRUNCATE, 0, place->inode, (uint64_t)size, NULL, NULL, 0);
  pthread_mutex_unlock(&order);
  return result;
}

EXPORT int fallocate(int fd, int mode, off_t begin_at, off_t size) {
  if (place_of(fd) != NULL) {
    const int what = fate(RESERVE);
    if (is_error(what)) return fail_with(what);
  }
  return (int)syscall(SYS_fallocate, fd, mode, begin_at, size);
}

EXPORT int fcntl(int fd, int command, ...) {
  va_list more;
  void* argument;
  va_start(more, command);
  argument = va_arg(more, void*);
  va_end(more);
  if ((command == F_OFD_SETLK || command == F_OFD_SETLKW) && place_of(fd) != NULL) {
    const int what = fate(LOCK);
    if (is_error(what)) return fail_with(what);
  }
  return (int)syscall(SYS_fcntl, fd, command, argument);
}

EXPORT int renameat(int from_directory, const char* from, int to_directory, const char* to) {
  char from_buffer[1024];
  char to_buffer[1024];
  const char* from_name = full_name(from_directory, from, from_buffer, sizeof from_buffer);
  const char* to_name = full_name(to_directory, to, to_buffer, sizeof to_buffer);
  int result;
  int what;
  if (from_name == NULL || to_name == NULL) {
    return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 0);
  }
  what = fate(RENAME);
  if (is_error(what)) return fail_with(what);
  pthread_mutex_lock(&order);
  result = (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 0);
  if (result == 0) note(RENAME, 0, 0, 0, from_name, to_name, strlen(to_name));
  pthread_mutex_unlock(&order);
  return result;
}

EXPORT int rename(const char* from, const char* to) {
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

EXPORT int linkat(int from_directory, const char* from, int to_directory, const char* to,
                  int flags) {
  char from_buffer[1024];
  char to_buffer[1024];
  const char* from_name = full_name(from_directory, from, from_buffer, sizeof from_buffer);
  const char* to_name = full_name(to_directory, to, to_buffer, sizeof to_buffer);
  int result;
  int what;
  if (from_name == NULL || to_name == NULL) {
    return (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
  }
  what = fate(LINK);
  if (is_error(what)) return fail_with(what);
  pthread_mutex_lock(&order);
  result = (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
  if (result == 0) note(LINK, 0, 0, 0, from_name, to_name, strlen(to_name));
  pthread_mutex_unlock(&order);
  return result;
}

EXPORT int link(const char* from, const char* to) {
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

EXPORT int unlinkat(int directory, const char* path, int flags) {
  char buffer[1024];
  const char* name = full_name(directory, path, buffer, sizeof buffer);
  int result;
  int what;
  if (name == NULL) return (int)syscall(SYS_unlinkat, directory, path, flags);
  what = fate(UNLINK);
  if (is_error(what)) return fail_with(what);
  pthread_mutex_lock(&order);
  result = (int)syscall(SYS_unlinkat, directory, path, flags);
  if (result == 0) note(UNLINK, 0, 0, 0, name, NULL, 0);
  pthread_mutex_unlock(&order);
  return result;
}

EXPORT int unlink(const char* path) {
  return unlinkat(AT_FDCWD, path, 0);
}

EXPORT int mkdirat(int directory, const char* path, mode_t mode) {
  char buffer[1024];
  if (full_name(directory, path, buffer, sizeof buffer) != NULL) {
    const int what = fate(MAKE_DIRECTORY);
    if (is_error(what)) return fail_with(what);
  }
  return (int)syscall(SYS_mkdirat, directory, path, mode);
}

EXPORT int mkdir(const char* path, mode_t mode) {
  return mkdirat(AT_FDCWD, path, mode);
}
