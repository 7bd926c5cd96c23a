// SPDX-License-Identifier: Apache-2.0
#include "json/parser.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace toolpost::json {
namespace {

namespace bj = boost::json;

// Errors of this parser that Boost.JSON does not know; `refused` stops basic_parser.
bj::error_code refused() {
  return bj::make_error_code(bj::error::object_too_large);
}

// Builds the tree bottom-up: finished values wait on a stack until their container closes.
class TreeBuilder {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names are basic_parser's.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  // NOLINTEND(readability-identifier-naming)

  void reset(std::string_view text, const Limits& limits) {
    text_ = text;
    limits_ = limits;
    arena_ = Arena{};
    values_.clear();
    keys_.clear();
    partial_.clear();
    elements_ = 0;
    reason_ = nullptr;
  }

  Document take() { return {std::move(arena_), values_.front()}; }

  // Null when the failure is basic_parser's own.
  const char* reason() const { return reason_; }

  bool on_document_begin(bj::error_code&) { return true; }

  bool on_document_end(bj::error_code&) { return true; }

  bool on_object_begin(bj::error_code&) { return true; }

  bool on_array_begin(bj::error_code&) { return true; }

  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }

  bool on_comment(bj::string_view, bj::error_code&) { return true; }

  bool on_number_part(bj::string_view, bj::error_code&) { return true; }

  bool on_object_end(std::size_t count, bj::error_code& ec) {
    if (count > limits_.members) return refuse("an object has too many keys", ec);
    auto* members = static_cast<Member*>(arena_.allocate(count * sizeof(Member)));
    for (std::size_t i = 0; i < count; ++i) {
      new (members + i)
          Member{keys_[keys_.size() - count + i], values_[values_.size() - count + i]};
    }
    keys_.resize(keys_.size() - count);
    values_.resize(values_.size() - count);
    const std::span<const Member> span{members, count};
    if (has_duplicate(span)) return refuse("an object has the same key twice", ec);
    return push(Value{span}, ec);
  }

  bool on_array_end(std::size_t count, bj::error_code& ec) {
    auto* items = static_cast<Value*>(arena_.allocate(count * sizeof(Value)));
    std::uninitialized_copy(values_.end() - static_cast<std::ptrdiff_t>(count), values_.end(),
                            items);
    values_.resize(values_.size() - count);
    return push(Value{std::span<const Value>{items, count}}, ec);
  }

  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }

  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return gather(part); }

  bool on_key(bj::string_view part, std::size_t, bj::error_code& ec) {
    std::string_view key;
    if (!finish(part, key, ec)) return false;
    keys_.push_back(key);
    return true;
  }

  bool on_string(bj::string_view part, std::size_t, bj::error_code& ec) {
    std::string_view text;
    return finish(part, text, ec) && push(Value{text}, ec);
  }

  bool on_int64(std::int64_t i, bj::string_view, bj::error_code& ec) { return push(Value{i}, ec); }

  bool on_uint64(std::uint64_t u, bj::string_view, bj::error_code& ec) {
    return push(Value{u}, ec);
  }

  bool on_double(double d, bj::string_view, bj::error_code& ec) {
    if (!std::isfinite(d)) return refuse("a number is out of range", ec);
    return push(Value{d}, ec);
  }

  bool on_bool(bool b, bj::error_code& ec) { return push(Value{b}, ec); }

  bool on_null(bj::error_code& ec) { return push(Value{}, ec); }

 private:
  bool refuse(const char* reason, bj::error_code& ec) {
    reason_ = reason;
    ec = refused();
    return false;
  }

  bool push(Value value, bj::error_code& ec) {
    if (++elements_ > limits_.elements) return refuse("the text has too many values", ec);
    values_.push_back(value);
    return true;
  }

  bool gather(bj::string_view part) {
    partial_.append(part.data(), part.size());
    return true;
  }

  // The whole string: in place when it came in one piece from the text, else copied.
  bool finish(bj::string_view last, std::string_view& out, bj::error_code& ec) {
    const bool in_text = last.data() >= text_.data() && last.data() < text_.data() + text_.size();
    if (partial_.empty() && (in_text || last.empty())) {
      out = last.empty() ? std::string_view{""} : std::string_view{last.data(), last.size()};
    } else {
      partial_.append(last.data(), last.size());
      auto* copy = static_cast<char*>(arena_.allocate(partial_.size()));
      std::memcpy(copy, partial_.data(), partial_.size());
      out = {copy, partial_.size()};
      partial_.clear();
    }
    if (std::memchr(out.data(), 0, out.size()) != nullptr) {
      return refuse("a string contains NUL", ec);
    }
    return true;
  }

  bool has_duplicate(std::span<const Member> members) {
    constexpr std::size_t kFew = 12;
    if (members.size() <= kFew) {
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (members[i].key == members[j].key) return true;
        }
      }
      return false;
    }
    sorted_.clear();
    for (const Member& member : members) sorted_.push_back(member.key);
    std::sort(sorted_.begin(), sorted_.end());
    return std::adjacent_find(sorted_.begin(), sorted_.end()) != sorted_.end();
  }

  std::string_view text_;
  Limits limits_;
  Arena arena_;
  std::vector<Value> values_;
  std::vector<std::string_view> keys_;
  std::vector<std::string_view> sorted_;
  std::string partial_;
  std::size_t elements_ = 0;
  const char* reason_ = nullptr;
};

bj::parse_options options_for(const Limits& limits) {
  bj::parse_options options;
  options.max_depth = limits.depth;
  options.allow_comments = limits.comments;
  options.allow_trailing_commas = limits.comments;
  return options;
}

}  // namespace

struct Parser::Impl {
  explicit Impl(const Limits& limits) : parser(options_for(limits)), made_for(limits) {}

  bj::basic_parser<TreeBuilder> parser;
  Limits made_for;
  SyntaxError error;
};

Parser::Parser() = default;
Parser::~Parser() = default;
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;

Result<Document> Parser::parse(std::string_view text, const Limits& limits) {
  if (!impl_ || impl_->made_for.depth != limits.depth ||
      impl_->made_for.comments != limits.comments) {
    impl_ = std::make_unique<Impl>(limits);
  }
  auto& parser = impl_->parser;
  parser.reset();
  parser.handler().reset(text, limits);
  bj::error_code ec;
  std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = bj::make_error_code(bj::error::extra_data);
  if (!ec) return parser.handler().take();
  const char* reason = parser.handler().reason();
  impl_->error = {used, reason != nullptr ? std::string{reason} : ec.message()};
  return invalid("invalid JSON at byte " + std::to_string(used) + ": " + impl_->error.message);
}

const SyntaxError& Parser::last_error() const noexcept {
  return impl_->error;
}

Result<Document> parse(std::string_view text, const Limits& limits) {
  return Parser{}.parse(text, limits);
}

}  // namespace toolpost::json
