/* SPDX-License-Identifier: Apache-2.0 */
/* Removes its neighbour's tool, one that never was, and everything else it can think of. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  char text[128];
  const toolpost_status foreign = the_host->remove(the_ctx, TOOLPOST_KIND_TOOL, "ping", 4);
  const toolpost_status unknown = the_host->remove(the_ctx, TOOLPOST_KIND_TOOL, "none", 4);
  const toolpost_status no_kind = the_host->remove(the_ctx, 99, "ping", 4);
  const toolpost_status null_key = the_host->remove(the_ctx, TOOLPOST_KIND_TOOL, NULL, 4);
  snprintf(text, sizeof text, "%d %d %d %d", (int)foreign, (int)unknown, (int)no_kind,
           (int)null_key);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("remove_foreign", on_call);
}

HOSTILE_PLUGIN("hostile.remove-foreign")
