/* SPDX-License-Identifier: Apache-2.0 */
/* start() never returns. */
#include "hostile.h"

#include <unistd.h>

static toolpost_status start(void* self) {
  (void)self;
  while (pause() != 0) continue;
  return TOOLPOST_OK;
}

HOSTILE_PLUGIN("hostile.start-endless")
