/* SPDX-License-Identifier: Apache-2.0 */
/* The library is another plugin than its manifest says. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-wrong-id");
  entry.create = unreachable_create;
  entry.id = text_of("hostile.somebody-else");
  return &entry;
}
