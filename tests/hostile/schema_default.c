/* SPDX-License-Identifier: Apache-2.0 */
/* A property of the configuration has a default that its own schema forbids. */
#include "hostile.h"

const toolpost_entry* toolpost_entry_v1(void) {
  static toolpost_entry entry;
  entry = correct_entry("hostile.schema-default");
  entry.config_schema = text_of(
      "{\"type\": \"object\", \"properties\": {\"count\": {\"type\": \"integer\", \"default\": "
      "\"three\"}}}");
  entry.create = unreachable_create;
  return &entry;
}
