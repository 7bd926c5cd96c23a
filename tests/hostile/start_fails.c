/* SPDX-License-Identifier: Apache-2.0 */
/* start() registers a tool, then fails and says why. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "unexpected");
}

static toolpost_status start(void* self) {
  (void)self;
  static const char why[] = "no fuel left";
  (void)add_tool("start_fails", on_call);
  the_host->set_error(the_ctx, why, sizeof why - 1);
  return TOOLPOST_E_UNAVAILABLE;
}

HOSTILE_PLUGIN("hostile.start-fails")
