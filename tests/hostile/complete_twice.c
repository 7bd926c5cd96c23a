/* SPDX-License-Identifier: Apache-2.0 */
/* Completes a call twice; its second tool tells what the second time came to. */
#include "hostile.h"

#include <stdatomic.h>

static _Atomic toolpost_status seen = 1;

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
  (void)answer_text(id, "first");
  seen = answer_text(id, "second");
}

static toolpost_status start(void* self) {
  (void)self;
  (void)add_tool("complete_twice_status", on_status);
  return add_tool("complete_twice", on_call);
}

HOSTILE_PLUGIN("hostile.complete-twice")
