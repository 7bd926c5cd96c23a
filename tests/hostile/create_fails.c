/* SPDX-License-Identifier: Apache-2.0 */
/* create() fails and says why. */
#include "hostile.h"

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  (void)args;
  static const char why[] = "the moon is in the wrong phase";
  (void)out;
  host->set_error(ctx, why, sizeof why - 1);
  return TOOLPOST_E_UNAVAILABLE;
}

HOSTILE_ENTRY("hostile.create-fails", create)
