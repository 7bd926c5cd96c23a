/* SPDX-License-Identifier: Apache-2.0 */
/* A payload over several lines, with a line in it that looks like a message of its own. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer(id,
               "{\n\"content\" :\r\n[ {\"type\":\"text\",\n"
               "\"text\":\"{\\\"jsonrpc\\\":\\\"2.0\\\"}\\nline two\"}\n]\n\n}\n");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("payload_newlines", on_call);
}

HOSTILE_PLUGIN("hostile.payload-newlines")
