// SPDX-License-Identifier: Apache-2.0
// Strict JSON (RFC 8259 with the choices of RFC 7493 that matter): one value and nothing after it,
// valid UTF-8, no duplicate keys (compared after unescaping), no NUL in strings, no number beyond a
// double, and every dimension bounded.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace toolpost::json {

struct Limits {
  std::size_t depth = 64;            // nested arrays and objects
  std::size_t members = 1024;        // keys of one object
  std::size_t elements = 1'000'000;  // values in the whole text
  bool comments = false;             // configuration files: // and /* */, trailing commas
};

// Where and why a text was refused. `offset` counts bytes from the start.
struct SyntaxError {
  std::size_t offset = 0;
  std::string message;
};

// Reusable and cheap to keep; not thread-safe. The tree borrows from `text`.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;

  Result<Document> parse(std::string_view text, const Limits& limits = {});

  // Details of the last failure of parse().
  const SyntaxError& last_error() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For a text that is parsed once.
Result<Document> parse(std::string_view text, const Limits& limits = {});

}  // namespace toolpost::json
