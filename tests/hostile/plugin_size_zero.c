/* SPDX-License-Identifier: Apache-2.0 */
/* An instance whose size was never set. */
#include "hostile.h"

static toolpost_status start(void* self) {
  (void)self;
  return TOOLPOST_OK;
}

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  (void)args;
  static toolpost_plugin plugin;
  remember_host(host, ctx);
  plugin = correct_plugin(start);
  plugin.struct_size = 0;
  *out = &plugin;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.plugin-size-zero", create)
