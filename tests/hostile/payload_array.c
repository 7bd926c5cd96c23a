/* SPDX-License-Identifier: Apache-2.0 */
/* A payload that is not an object. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer(id, "[1,2,3]");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("payload_array", on_call);
}

HOSTILE_PLUGIN("hostile.payload-array")
