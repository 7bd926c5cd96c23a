/* SPDX-License-Identifier: Apache-2.0 */
/* create() succeeds without an instance. */
#include "hostile.h"

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  (void)args;
  (void)host;
  (void)ctx;
  *out = NULL;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.create-null", create)
