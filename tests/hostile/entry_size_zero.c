/* SPDX-License-Identifier: Apache-2.0 */
/* An entry whose size was never set. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-size-zero");
  entry.create = unreachable_create;
  entry.struct_size = 0;
  return &entry;
}
