// SPDX-License-Identifier: Apache-2.0
#include "audit/line.hpp"

#include "audit/chain.hpp"
#include "base/base64.hpp"

#include <charconv>
#include <cstring>

namespace toolpost::audit {
namespace {

// Takes `text` away in front; false when something else stands there.
bool take(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

// The rest of a string up to its quote. None of those that are read here has an escape.
bool take_text(std::string_view& rest, std::string_view& text) {
  const std::size_t end = rest.find('"');
  if (end == std::string_view::npos) return false;
  text = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return text.find('\\') == std::string_view::npos;
}

bool take_number(std::string_view& rest, std::uint64_t& number) {
  const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (ec != std::errc{} || (rest.front() == '0')) return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return true;
}

}  // namespace

std::optional<Line> read_line(std::string_view line) {
  Line read;
  std::string_view rest = line;
  const bool begins = take(rest, R"({"v":1,"chain":")") && take_text(rest, read.chain) &&
                      take(rest, R"(,"seq":)") && !rest.empty() && take_number(rest, read.seq) &&
                      take(rest, R"(,"time":")") && take_text(rest, read.time) &&
                      take(rest, R"(,"type":")") && take_text(rest, read.type);
  if (!begins || !is_chain_name(read.chain)) return std::nullopt;
  const std::size_t end = line.rfind(kHashMember);
  if (end == std::string_view::npos || end < line.size() - rest.size()) return std::nullopt;
  read.hashed = line.substr(0, end);
  rest = line.substr(end + kHashMember.size());
  if (!take(rest, "\"") || !take_text(rest, read.hash) || rest != "}") return std::nullopt;
  return read;
}

bool follows(const Line& line, const Hash& before, Hash* after) {
  const Hash hash = sha256(bytes_of(before), line.hashed);
  const auto stored = decode_base64url(line.hash);
  if (!stored || *stored != bytes_of(hash)) return false;
  *after = hash;
  return true;
}

bool LineSplitter::next(std::string_view& line) {
  const std::size_t end = text_.find('\n', at_);
  if (end == std::string_view::npos) return false;
  line = text_.substr(at_, end - at_);
  at_ = end + 1;
  return true;
}

}  // namespace toolpost::audit
