/* SPDX-License-Identifier: Apache-2.0 */
/* A tool whose definition has another name than its key. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "unexpected");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_defined("definition_other_name",
                     "{\"name\":\"ping\",\"inputSchema\":{\"type\":\"object\"}}", on_call);
}

HOSTILE_PLUGIN("hostile.definition-other-name")
