/* SPDX-License-Identifier: Apache-2.0 */
/* A text whose size covers all of memory. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-wild-text");
  entry.create = unreachable_create;
  entry.vendor.size = SIZE_MAX;
  return &entry;
}
