// SPDX-License-Identifier: Apache-2.0
// JSON-RPC batches, which the revision 2025-03-26 has and no other: several messages in one array,
// answered together.
#pragma once

#include "base/error.hpp"
#include "call/call.hpp"
#include "json/parser.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::transport {

inline constexpr std::size_t kMaxBatch = 64;

// Whether the text is an array, as far as its first character tells.
bool is_batch(std::string_view text);

// The texts of the messages of a batch. Fails on what is no JSON, empty, or too long.
Result<std::vector<std::string>> split_batch(std::string_view text, json::Parser& parser,
                                             const json::Limits& limits);

// Collects the answers of one batch and gives them on together as a JSON array; as empty text when
// every request was cancelled, since an empty array is no answer.
class BatchAnswer : public std::enable_shared_from_this<BatchAnswer> {
 public:
  using Done = std::function<void(std::string)>;

  explicit BatchAnswer(Done done) : done_(std::move(done)) {}

  // Where one request of the batch is to be answered. Its progress is not passed on: there is no
  // stream it could travel on. If it is let go without an answer, the rest goes without it.
  std::shared_ptr<call::Responder> part();
  // All requests have been handed out. True when there was none, so that nothing will follow.
  bool all_given();

 private:
  class Part;

  void part_done();
  void finish();

  Done done_;
  std::string answers_;
  std::size_t open_ = 0;
  std::size_t given_ = 0;
  bool complete_ = false;
};

}  // namespace toolpost::transport
