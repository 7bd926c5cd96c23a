/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration's schema is none. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.schema-none");
  entry.config_schema = text_of("{\"type\": \"objekt\"}");
  entry.create = unreachable_create;
  return &entry;
}
