/* SPDX-License-Identifier: Apache-2.0 */
/* An entry without create(). */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-no-create");
  entry.create = unreachable_create;
  entry.create = NULL;
  return &entry;
}
