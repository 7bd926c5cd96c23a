// SPDX-License-Identifier: Apache-2.0
// How the tokens look that are known by their beginning. For base/redact.hpp.
#pragma once

#include <cstddef>
#include <string_view>

namespace toolpost {

// Whether what begins at `at` comes after an escape of a JSON string like \n, whose letter is no
// part of it.
bool follows_escape(std::string_view text, std::size_t at) noexcept;

// Looks for tokens in one text, in ascending places; remembers how far a word goes, so that no
// text makes it look at the same bytes again and again.
class TokenShapes {
 public:
  explicit TokenShapes(std::string_view text) : text_(text) {}

  // Behind the token that begins at `at`; 0 when none does.
  std::size_t end_of_token(std::size_t at);

 private:
  struct Word {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  std::size_t end_of_word(std::size_t at, Word& known) const;
  std::size_t end_of_web_token(std::size_t at);
  bool has_dense_part(std::size_t begin, std::size_t end) const;

  std::string_view text_;
  Word word_{};
  Word next_word_{};
};

}  // namespace toolpost
