/* SPDX-License-Identifier: Apache-2.0 */
/* plugin.h with nothing before it, in C and in C++.  Taking every size makes compilers that lay out
 * lazily report padding. */
#include <toolpost/plugin.h>

#define TOOLPOST_STRUCT(type, size) extern char use_##type[sizeof(type)];
#define TOOLPOST_FIELD(type, field, offset, size)
#define TOOLPOST_VALUE(name, value)
#include "layout_v1_0.inc"

int knows_last_function(const toolpost_host* host);

int knows_last_function(const toolpost_host* host) {
  static const toolpost_str product = TOOLPOST_LIT("fake");
  return TOOLPOST_HAS(host, toolpost_host, remaining_ms) && host->product.size == product.size;
}
