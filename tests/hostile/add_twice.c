/* SPDX-License-Identifier: Apache-2.0 */
/* The same tool twice. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "unexpected");
}

static toolpost_status start(void* self) {
  (void)self;
  (void)add_tool("add_twice", on_call);
  return add_tool("add_twice", on_call);
}

HOSTILE_PLUGIN("hostile.add-twice")
