/* SPDX-License-Identifier: Apache-2.0 */
/* An entry longer than any the host knows, with something in the part beyond. */
#include "hostile.h"

static struct {
  toolpost_entry entry;
  uint64_t newer_field;
} newer;

const toolpost_entry* toolpost_entry_v1(void) {
  newer.entry = correct_entry("hostile.entry-unknown-tail");
  newer.entry.create = unreachable_create;
  newer.entry.struct_size = sizeof newer;
  newer.newer_field = 1;
  return &newer.entry;
}
