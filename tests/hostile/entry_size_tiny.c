/* SPDX-License-Identifier: Apache-2.0 */
/* An entry that ends before its id. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-size-tiny");
  entry.create = unreachable_create;
  entry.struct_size = 8;
  return &entry;
}
