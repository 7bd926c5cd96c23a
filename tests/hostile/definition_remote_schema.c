/* SPDX-License-Identifier: Apache-2.0 */
/* A tool whose input schema refers to another machine. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "unexpected");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_defined("definition_remote_schema",
                     "{\"name\":\"definition_remote_schema\",\"inputSchema\":{\"type\":\"object\","
                     "\"properties\":{\"x\":{\"$ref\":\"https://schemas.example/x.json\"}}}}",
                     on_call);
}

HOSTILE_PLUGIN("hostile.definition-remote-schema")
