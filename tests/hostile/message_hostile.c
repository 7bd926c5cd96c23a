/* SPDX-License-Identifier: Apache-2.0 */
/* Fails with a message full of control characters, line breaks and bad UTF-8, and with data that
 * is no JSON. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  toolpost_outcome outcome = outcome_of("{\"line\":\n");
  outcome.status = TOOLPOST_E_UNAVAILABLE;
  outcome.message = text_of("over\nthe\r\n\x1B[2Jline\xFF");
  (void)the_host->complete(the_ctx, id, &outcome);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("message_hostile", on_call);
}

HOSTILE_PLUGIN("hostile.message-hostile")
