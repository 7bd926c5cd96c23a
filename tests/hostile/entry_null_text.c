/* SPDX-License-Identifier: Apache-2.0 */
/* A text without data but with a size. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-null-text");
  entry.create = unreachable_create;
  entry.name.data = NULL;
  return &entry;
}
