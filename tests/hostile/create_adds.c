/* SPDX-License-Identifier: Apache-2.0 */
/* create() registers a tool, which only start() may. */
#include "hostile.h"

static toolpost_status early_status;

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char text[32];
  (void)user_data;
  (void)request;
  snprintf(text, sizeof text, "%d", (int)early_status);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("create_adds", on_call);
}

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  (void)args;
  static toolpost_plugin plugin;
  remember_host(host, ctx);
  plugin = correct_plugin(start);
  *out = &plugin;
  early_status = add_tool("create_adds_early", on_call);
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.create-adds", create)
