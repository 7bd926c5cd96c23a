/* SPDX-License-Identifier: Apache-2.0 */
/* Removes its own tool while it runs. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)the_host->remove(the_ctx, TOOLPOST_KIND_TOOL, "remove_self", strlen("remove_self"));
  (void)answer_text(id, "gone");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("remove_self", on_call);
}

HOSTILE_PLUGIN("hostile.remove-self")
