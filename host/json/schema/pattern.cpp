// SPDX-License-Identifier: Apache-2.0
#include "json/schema/pattern.hpp"

#include "json/schema/schema.hpp"
#include "json/schema/text.hpp"

#include <re2/re2.h>

namespace toolpost::json {
namespace {

// RE2 falls back from its automaton to simulation when memory is short: instructions times bytes.
constexpr std::uint64_t kWorkPerStep = 4096;

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern, const SchemaLimits& limits) {
  if (pattern.size() > limits.pattern_length) {
    return Error{Errc::kLimit,
                 "the pattern is longer than " + std::to_string(limits.pattern_length) + " bytes"};
  }
  auto translated = ecma_to_re2(pattern);
  if (!translated) return std::move(translated).error().in("the pattern " + quoted(pattern));
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(limits.pattern_memory);
  auto program = std::make_unique<const re2::RE2>(*translated, options);
  if (!program->ok()) {
    return Error{Errc::kUnsupported,
                 "the pattern " + quoted(pattern) + " cannot be used: " + program->error()};
  }
  if (static_cast<std::size_t>(program->ProgramSize()) > limits.pattern_program) {
    return Error{Errc::kLimit, "the pattern " + quoted(pattern) + " is too complex"};
  }
  return Pattern{pattern, std::move(program)};
}

Pattern::Pattern(std::string_view source, std::unique_ptr<const re2::RE2> program)
    : source_(source),
      program_(std::move(program)),
      size_(static_cast<std::uint64_t>(program_->ProgramSize())) {}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, *program_);
}

std::uint64_t Pattern::steps(std::size_t length) const {
  return 1 + length * size_ / kWorkPerStep;
}

}  // namespace toolpost::json
