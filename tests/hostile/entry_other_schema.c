/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration schema that the operator never saw. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.entry-other-schema");
  entry.create = unreachable_create;
  entry.config_schema = text_of("{\"type\":\"string\"}");
  return &entry;
}
