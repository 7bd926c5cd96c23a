/* SPDX-License-Identifier: Apache-2.0 */
/* A tool whose input schema is malformed. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "unexpected");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_defined("definition_bad_schema",
                     "{\"name\":\"definition_bad_schema\",\"inputSchema\":{\"type\":\"object\","
                     "\"properties\":{\"x\":{\"type\":\"objekt\"}}}}",
                     on_call);
}

HOSTILE_PLUGIN("hostile.definition-bad-schema")
