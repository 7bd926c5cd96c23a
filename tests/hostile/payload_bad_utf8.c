/* SPDX-License-Identifier: Apache-2.0 */
/* A payload that is not UTF-8. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer(id, "{\"content\":[{\"type\":\"text\",\"text\":\"caf\xE9\"}]}");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("payload_bad_utf8", on_call);
}

HOSTILE_PLUGIN("hostile.payload-bad-utf8")
