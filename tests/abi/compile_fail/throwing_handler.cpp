// SPDX-License-Identifier: Apache-2.0
// expect: invalid conversion from .* to .*noexcept|different exception specifications
// specifications|assigning to .* from incompatible type A handler that may throw is no on_call.
#include <toolpost/plugin.h>

#ifdef TOOLPOST_BAD
static void TOOLPOST_CALL on_call(void*, toolpost_call_id, const toolpost_request*) {}
#else
static void TOOLPOST_CALL on_call(void*, toolpost_call_id, const toolpost_request*) noexcept {}
#endif

toolpost_item make_item();

toolpost_item make_item() {
  toolpost_item item{};
  item.on_call = on_call;
  return item;
}
