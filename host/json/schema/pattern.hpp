// SPDX-License-Identifier: Apache-2.0
// The regular expressions of schemas: ECMA-262 with the flag u, carried over to RE2, which matches
// in time linear in the text. What RE2 cannot do (look-around, back-references) is refused.
#pragma once

#include "base/error.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace toolpost::json {

struct SchemaLimits;

// The same expression in RE2's syntax; RE2 still decides whether it is one.
Result<std::string> ecma_to_re2(std::string_view pattern);

// Matches anywhere in a text, as JSON Schema has it. Immutable.
class Pattern {
 public:
  static Result<Pattern> compile(std::string_view pattern, const SchemaLimits& limits);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool matches(std::string_view text) const;

  // In ECMA-262, as it stood in the schema.
  const std::string& source() const { return source_; }

  // An upper bound of the work that matching a text of this length takes.
  std::uint64_t steps(std::size_t length) const;

 private:
  Pattern(std::string_view source, std::unique_ptr<const re2::RE2> program);

  std::string source_;
  std::unique_ptr<const re2::RE2> program_;
  std::uint64_t size_;
};

}  // namespace toolpost::json
