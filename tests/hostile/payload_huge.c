/* SPDX-License-Identifier: Apache-2.0 */
/* A payload of 64 MiB; its second tool tells what complete() said. */
#include "hostile.h"

#include <pthread.h>
#include <stdlib.h>

enum { kSize = 64 << 20 };

/* complete() answers the client before it returns here, so the next call may come first. */
static pthread_mutex_t returned = PTHREAD_MUTEX_INITIALIZER;
static toolpost_status seen = 1;

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  static const char head[] = "{\"content\":[{\"type\":\"text\",\"text\":\"";
  static const char tail[] = "\"}]}";
  toolpost_outcome outcome;
  char* payload = malloc(kSize);
  (void)user_data;
  (void)request;
  if (payload == NULL) return;
  memset(payload, 'x', kSize);
  memcpy(payload, head, sizeof head - 1);
  memcpy(payload + kSize - (sizeof tail - 1), tail, sizeof tail - 1);
  outcome = outcome_of("");
  outcome.payload.data = payload;
  outcome.payload.size = kSize;
  pthread_mutex_lock(&returned);
  seen = the_host->complete(the_ctx, id, &outcome);
  pthread_mutex_unlock(&returned);
  free(payload);
}

static void on_status(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char text[32];
  (void)user_data;
  (void)request;
  pthread_mutex_lock(&returned);
  snprintf(text, sizeof text, "%d", (int)seen);
  pthread_mutex_unlock(&returned);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  (void)add_tool("payload_huge_status", on_status);
  return add_tool("payload_huge", on_call);
}

HOSTILE_PLUGIN("hostile.payload-huge")
