/* SPDX-License-Identifier: Apache-2.0 */
/* Wants a newer host than its manifest admits. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-newer-host");
  entry.create = unreachable_create;
  entry.min_host_version = TOOLPOST_ABI_VERSION + 1;
  return &entry;
}
