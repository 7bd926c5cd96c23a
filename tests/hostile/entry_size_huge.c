/* SPDX-License-Identifier: Apache-2.0 */
/* An entry that claims four gigabytes; reading its tail would crash. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-size-huge");
  entry.create = unreachable_create;
  entry.struct_size = UINT32_MAX;
  return &entry;
}
