/* SPDX-License-Identifier: Apache-2.0 */
/* A payload nested thousands of levels deep. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  static char payload[64 * 1024];

  enum { kDepth = 20000 };

  memset(payload, 0, sizeof payload);
  strcpy(payload, "{\"content\":[],\"deep\":");
  memset(payload + strlen(payload), '[', kDepth);
  memset(payload + strlen(payload), ']', kDepth);
  strcat(payload, "}");
  (void)answer(id, payload);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("payload_deep", on_call);
}

HOSTILE_PLUGIN("hostile.payload-deep")
