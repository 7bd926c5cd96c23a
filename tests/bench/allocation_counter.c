/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a server: counts its allocations in a file that the benchmark maps as well, so
 * that reading the count disturbs nothing. TOOLPOST_ALLOCATION_COUNT names the file. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own names for the functions that are replaced here. */
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* old, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

#define EXPORT __attribute__((visibility("default")))

static _Atomic uint64_t before_mapping;
static _Atomic uint64_t* counter = &before_mapping;

static void count(void) {
  atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

__attribute__((constructor)) static void map_counter(void) {
  const char* path = getenv("TOOLPOST_ALLOCATION_COUNT");
  void* mapped;
  int fd;
  if (path == NULL) return;
  fd = open(path, O_RDWR);
  if (fd < 0) return;
  mapped = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) counter = mapped;
}

EXPORT void* malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

EXPORT void* calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

EXPORT void* realloc(void* old, size_t size) {
  count();
  return __libc_realloc(old, size);
}

EXPORT void* aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

EXPORT int posix_memalign(void** out, size_t alignment, size_t size) {
  count();
  *out = __libc_memalign(alignment, size);
  return *out == NULL ? ENOMEM : 0;
}
