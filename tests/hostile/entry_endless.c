/* SPDX-License-Identifier: Apache-2.0 */
/* The entry function never returns. */
#include "hostile.h"

#include <unistd.h>

const toolpost_entry* toolpost_entry_v1(void) {
  while (pause() != 0) continue;
  return NULL;
}
