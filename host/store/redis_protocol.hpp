// SPDX-License-Identifier: Apache-2.0
// Redis' protocol without a socket: commands as text, and replies read by hiredis. A reply is one
// value: lists are refused, so that no length that a server claims makes anybody take memory, and
// no command here is answered with one.
#pragma once

#include "store/store.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct redisReader;

namespace toolpost::store {

std::string command_text(Words words);

// Reads the reply to one command after the other.
class ReplyReader {
 public:
  // A reply that is longer is refused before it is read.
  explicit ReplyReader(std::size_t max_bytes);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Nothing: more bytes are missing. After an error the rest of the connection means nothing.
  Result<std::optional<Reply>> feed(std::string_view bytes);

 private:
  struct Functions;

  struct Freed {
    void operator()(redisReader* reader) const noexcept;
  };

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;  // of the reply that is being read
  Reply reply_;
  std::unique_ptr<redisReader, Freed> reader_;
};

}  // namespace toolpost::store
