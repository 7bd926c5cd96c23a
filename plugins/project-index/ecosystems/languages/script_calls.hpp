// SPDX-License-Identifier: Apache-2.0
// Calls in build scripts: find_package(Boost 1.81 REQUIRED), dependency('zlib', version: '>=1.2').
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::project_index {

struct ScriptCall {
  std::string name;                // in lower case
  std::vector<std::string> words;  // of the arguments, without quotes, commas and brackets

  // The word behind `key`; empty without it.
  std::string after(std::string_view key) const;
  // The word at a place; empty when there are fewer.
  std::string word(std::size_t index) const;
};

// Calls of the `wanted` functions (in lower case), also within arguments of others. No more than
// 1 KiB and 64 words of the arguments are looked at, so that unfinished calls cost no more than
// finished ones.
void for_each_call(std::string_view code, const std::vector<std::string_view>& wanted,
                   const std::function<void(const ScriptCall&)>& on_call);

}  // namespace toolpost::project_index
