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
  toolpost_item item = tool_item("payload_huge",
                                 "{\"name\":\"payload_huge\",\"description\":\"a test\","
                                 "\"inputSchema\":{\"type\":\"object\"}}",
                                 on_call);
  toolpost_item status = tool_item("payload_huge_status",
                                   "{\"name\":\"payload_huge_status\",\"description\":\"a test\","
                                   "\"inputSchema\":{\"type\":\"object\"}}",
                                   on_status);
  (void)self;
  item.timeout_ms = status.timeout_ms = 5000; /* so much takes its time under a sanitizer */
  (void)the_host->add(the_ctx, &status);
  return the_host->add(the_ctx, &item);
}

HOSTILE_PLUGIN("hostile.payload-huge")
