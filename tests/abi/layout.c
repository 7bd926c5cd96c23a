/* SPDX-License-Identifier: Apache-2.0 */
/* Compares plugin.h with the frozen layout.  Compiling is the test; it also runs with flags and
 * compilers that lay out enums and structs in other ways. */
#include <toolpost/plugin.h>

#define TOOLPOST_STRUCT(type, size) _Static_assert(sizeof(type) == (size), "size of " #type);
#define TOOLPOST_FIELD(type, field, offset, size)                                   \
  _Static_assert(offsetof(type, field) == (offset), "offset of " #type "." #field); \
  _Static_assert(sizeof(((type*)0)->field) == (size), "size of " #type "." #field);
#define TOOLPOST_VALUE(name, value) _Static_assert((name) == (value), "value of " #name);

#include "layout_v1_0.inc"

_Static_assert(TOOLPOST_ABI_MAJOR == 1, "a new major needs files of its own");
_Static_assert(sizeof(toolpost_status) == 4 && sizeof(toolpost_kind) == 4 &&
                   sizeof(toolpost_severity) == 4 && sizeof(toolpost_outcome_kind) == 4,
               "no enum type in a signature");
_Static_assert(sizeof(toolpost_call_id) == 8, "call ids have 64 bits");
