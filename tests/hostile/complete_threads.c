/* SPDX-License-Identifier: Apache-2.0 */
/* Eight threads complete the same call at once; the call's tool tells how many were believed. */
#include "hostile.h"

#include <pthread.h>
#include <stdatomic.h>

enum { kThreads = 8 };

static pthread_barrier_t together;
static toolpost_call_id contested;
static atomic_int believed;

static void* complete_it(void* unused) {
  (void)unused;
  pthread_barrier_wait(&together);
  if (answer_text(contested, "one of eight") == TOOLPOST_OK) atomic_fetch_add(&believed, 1);
  return NULL;
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  char text[64];
  pthread_t threads[kThreads];
  const int before = atomic_load(&believed);
  contested = id;
  pthread_barrier_init(&together, NULL, kThreads);
  for (int i = 0; i < kThreads; ++i) pthread_create(&threads[i], NULL, complete_it, NULL);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  pthread_barrier_destroy(&together);
  snprintf(text, sizeof text, "believed %d", atomic_load(&believed) - before);
  the_host->log(the_ctx, 0, TOOLPOST_SEVERITY_WARN, text, strlen(text));
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("complete_threads", on_call);
}

HOSTILE_PLUGIN("hostile.complete-threads")
