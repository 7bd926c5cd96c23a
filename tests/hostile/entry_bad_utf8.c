/* SPDX-License-Identifier: Apache-2.0 */
/* A name that is not UTF-8. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-bad-utf8");
  entry.create = unreachable_create;
  entry.name = text_of("caf\xE9");
  return &entry;
}
