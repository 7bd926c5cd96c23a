/* SPDX-License-Identifier: Apache-2.0 */
/* Built for a major version that the entry symbol does not belong to. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-wrong-major");
  entry.create = unreachable_create;
  entry.abi_version = 2u << 16;
  return &entry;
}
