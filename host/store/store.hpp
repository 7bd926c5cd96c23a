// SPDX-License-Identifier: Apache-2.0
// A server beside this one that several of us share: it is asked in words and answers with one
// value. What stands in it is never needed for a right answer, only for a faster one: whoever asks
// goes on without it when it does not answer.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace toolpost::store {

// A command and its arguments; any bytes.
using Words = std::span<const std::string_view>;

struct Reply {
  enum class Kind { kNothing, kText, kNumber, kError };
  Kind kind = Kind::kNothing;
  std::string text{};       // of kText, and of kError as the server sent it
  std::int64_t number = 0;  // of kNumber
};

class Store {
 public:
  virtual ~Store() = default;
  // Worker threads only: blocks, but never longer than the store's deadline. Errors are short, in
  // our words, and have nothing in them that the server sent beyond a code such as "OOM".
  virtual Result<Reply> ask(Words words) = 0;
};

}  // namespace toolpost::store
