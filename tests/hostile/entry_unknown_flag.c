/* SPDX-License-Identifier: Apache-2.0 */
/* A flag from the future. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-unknown-flag");
  entry.create = unreachable_create;
  entry.flags = 1u << 31;
  return &entry;
}
