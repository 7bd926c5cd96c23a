/* SPDX-License-Identifier: Apache-2.0 */
/* The entry function returns nothing. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  return NULL;
}
