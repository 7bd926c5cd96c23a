// SPDX-License-Identifier: Apache-2.0
// expect: could not convert|no matching function|no viable conversion|cannot convert
// A synchronous handler cannot forget to answer.
#include <toolpost/sdk.hpp>

using toolpost::sdk::Call;
using toolpost::sdk::Result;

toolpost::sdk::Tool make_item();

toolpost::sdk::Tool make_item() {
  toolpost::sdk::Tool tool("x");
#ifdef TOOLPOST_BAD
  tool.run([](const Call&) {});
#else
  tool.run([](const Call&) { return Result(); });
#endif
  return tool;
}
