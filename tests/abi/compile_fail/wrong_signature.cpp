// SPDX-License-Identifier: Apache-2.0
// expect: invalid conversion from|different number of parameters
// A handler without the call id is no on_call.
#include <toolpost/plugin.h>

#ifdef TOOLPOST_BAD
static void TOOLPOST_CALL on_call(void*, const toolpost_request*) noexcept {}
#else
static void TOOLPOST_CALL on_call(void*, toolpost_call_id, const toolpost_request*) noexcept {}
#endif

toolpost_item make_item();

toolpost_item make_item() {
  toolpost_item item{};
  item.on_call = on_call;
  return item;
}
