/* SPDX-License-Identifier: Apache-2.0 */
/* Takes calls and forgets them. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)id;
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("complete_never", on_call);
}

HOSTILE_PLUGIN("hostile.complete-never")
