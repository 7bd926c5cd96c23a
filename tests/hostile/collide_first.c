/* SPDX-License-Identifier: Apache-2.0 */
/* Has a tool of the same name as its sibling collide_second. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "collide_first");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("collide", on_call);
}

HOSTILE_PLUGIN("hostile.collide-first")
