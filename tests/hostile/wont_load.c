/* SPDX-License-Identifier: Apache-2.0 */
/* A constructor of the library never returns. Its name makes it the last one that is loaded. */
#include "hostile.h"

#include <unistd.h>

__attribute__((constructor)) static void construct(void) {
  while (pause() != 0) continue;
}

HOSTILE_ENTRY("hostile.wont-load", unreachable_create)
