/* SPDX-License-Identifier: Apache-2.0 */
/* A result that its own output schema forbids. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer(id, "{\"content\":[],\"structuredContent\":{\"count\":\"many\"}}");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_defined("payload_wrong_output",
                     "{\"name\":\"payload_wrong_output\",\"inputSchema\":{\"type\":\"object\"},"
                     "\"outputSchema\":{\"type\":\"object\",\"required\":[\"count\"],"
                     "\"properties\":{\"count\":{\"type\":\"integer\"}}}}",
                     on_call);
}

HOSTILE_PLUGIN("hostile.payload-wrong-output")
