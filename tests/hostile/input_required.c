/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for input, whatever the client can answer. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  toolpost_outcome outcome = outcome_of(
      "{\"color\":{\"method\":\"elicitation/create\",\"params\":{\"mode\":\"form\","
      "\"message\":\"Which color?\",\"requestedSchema\":{\"type\":\"object\","
      "\"properties\":{\"color\":{\"type\":\"string\"}}}}}}");
  static const uint8_t state[] = "as it was";
  outcome.kind = TOOLPOST_OUTCOME_INPUT_REQUIRED;
  outcome.resume_state.data = state;
  outcome.resume_state.size = sizeof state - 1;
  if (request->round == 0)
    (void)the_host->complete(the_ctx, id, &outcome);
  else
    (void)answer_text(id,
                      request->resume_state.size == sizeof state - 1 ? "resumed" : "state lost");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("input_required", on_call);
}

HOSTILE_PLUGIN("hostile.input-required")
