/* SPDX-License-Identifier: Apache-2.0 */
/* Completes its call from inside on_cancel(), and again from the handler's thread. */
#include "hostile.h"

#include <unistd.h>

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  while (the_host->is_cancelled(the_ctx, id) == 0) usleep(1000);
  (void)answer_text(id, "from the handler");
}

static void on_cancel(void* user_data, toolpost_call_id id) {
  (void)user_data;
  (void)answer_text(id, "from on_cancel");
}

static toolpost_status start(void* self) {
  toolpost_item item = tool_item(
      "cancel_race", "{\"name\":\"cancel_race\",\"inputSchema\":{\"type\":\"object\"}}", on_call);
  (void)self;
  item.on_cancel = on_cancel;
  return the_host->add(the_ctx, &item);
}

HOSTILE_PLUGIN("hostile.cancel-race")
