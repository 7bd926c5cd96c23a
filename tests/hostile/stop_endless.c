/* SPDX-License-Identifier: Apache-2.0 */
/* stop() never returns. */
#include "hostile.h"

#include <unistd.h>

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "running");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("stop_endless", on_call);
}

static void stop(void* self) {
  (void)self;
  for (;;) pause();
}

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  static toolpost_plugin plugin;
  (void)args;
  remember_host(host, ctx);
  plugin = correct_plugin(start);
  plugin.stop = stop;
  *out = &plugin;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.stop-endless", create)
