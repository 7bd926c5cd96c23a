// SPDX-License-Identifier: Apache-2.0
// expect: use of deleted function|call to implicitly-deleted copy constructor
// A Call has one owner: two could complete it.
#include <toolpost/sdk.hpp>

#include <utility>

void answer(toolpost::sdk::Call call);

void answer(toolpost::sdk::Call call) {
#ifdef TOOLPOST_BAD
  toolpost::sdk::Call other = call;
#else
  toolpost::sdk::Call other = std::move(call);
#endif
  other.complete(toolpost::sdk::Result());
}
