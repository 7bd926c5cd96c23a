/* SPDX-License-Identifier: Apache-2.0 */
/* An instance without start(). */
#include "hostile.h"

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  (void)args;
  static toolpost_plugin plugin;
  remember_host(host, ctx);
  plugin = correct_plugin(NULL);
  *out = &plugin;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.plugin-no-start", create)
