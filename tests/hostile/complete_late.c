/* SPDX-License-Identifier: Apache-2.0 */
/* Completes a call long after its deadline, when the client has its answer. */
#include "hostile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static _Atomic toolpost_status seen = 1;

static void* answer_later(void* id) {
  sleep(4);
  seen = answer_text(*(toolpost_call_id*)id, "late");
  return NULL;
}

static void on_status(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char text[32];
  (void)user_data;
  (void)request;
  snprintf(text, sizeof text, "%d", (int)seen);
  (void)answer_text(id, text);
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  pthread_t thread;
  static toolpost_call_id late;
  late = id;
  pthread_create(&thread, NULL, answer_later, &late);
  pthread_detach(thread);
}

static toolpost_status start(void* self) {
  (void)self;
  (void)add_tool("complete_late_status", on_status);
  return add_tool("complete_late", on_call);
}

HOSTILE_PLUGIN("hostile.complete-late")
