// SPDX-License-Identifier: Apache-2.0
// The lines are short and many.
#include "symbols/symbol_line.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <system_error>

namespace toolpost::project_index {
namespace {

namespace json = boost::json;

constexpr std::size_t kLineMemory = 4096;
constexpr std::string_view kNoSignature = "-";
// How long the number of a name is that ctags has made up from a kind:
// "AnonymousClass0e7dfa000201".
constexpr std::size_t kNumberDigits = 12;

bool all_hexadecimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char byte) { return std::isxdigit(byte) != 0; });
}

std::string_view text_at(const json::object& line, std::string_view key) {
  const json::value* value = line.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return value->get_string();
}

using Fields = std::array<std::string_view, 6>;

// In the order of kTagFormat. False when there are not as many.
bool split(std::string_view line, Fields& fields) {
  for (std::size_t index = 0; index + 1 < fields.size(); ++index) {
    const std::size_t end = line.find('\t');
    if (end == std::string_view::npos) return false;
    fields[index] = line.substr(0, end);
    line.remove_prefix(end + 1);
  }
  fields.back() = line;
  return line.find('\t') == std::string_view::npos;
}

std::uint32_t number_of(std::string_view digits) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::result_out_of_range) return UINT32_MAX;
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

// The byte that ctags writes as "\xHH".
std::optional<char> hexadecimal_byte(std::string_view text) {
  unsigned char byte = 0;
  if (text.size() < 2) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
  if (error != std::errc() || end != text.data() + 2) return std::nullopt;
  return static_cast<char>(byte);
}

// Control characters and backslashes come escaped, so that no field holds a tab or a line end.
void unescape(std::string_view text, std::string& out) {
  constexpr std::string_view kLetters = "abtnvfr";
  constexpr std::string_view kMeanings = "\a\b\t\n\v\f\r";
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\\', at), text.size());
    out += text.substr(at, escape - at);
    at = escape + 2;
    if (at > text.size()) break;
    const char letter = text[escape + 1];
    const std::size_t known = kLetters.find(letter);
    const auto byte = letter == 'x' ? hexadecimal_byte(text.substr(at)) : std::nullopt;
    if (byte) at += 2;
    out += byte ? *byte : known != std::string_view::npos ? kMeanings[known] : letter;
  }
}

bool is_made_up(std::string_view name) {
  constexpr std::string_view kShort = "__anon";
  if (name.substr(0, kShort.size()) == kShort) {
    return name.size() > kShort.size() && all_hexadecimal(name.substr(kShort.size()));
  }
  constexpr std::string_view kLong = "nonymous";
  if (name.substr(0, 1).find_first_of("Aa") != 0 || name.substr(1, kLong.size()) != kLong) {
    return false;
  }
  return name.size() > 1 + kLong.size() + kNumberDigits &&
         all_hexadecimal(name.substr(name.size() - kNumberDigits));
}

// Of a field that may be left out.
void take_detail(std::string_view field, std::string& out) {
  unescape(field, out);
  if (out.size() > SymbolLineReader::kMaxDetail) out.clear();
}

LineKind read_tag(std::string_view line, SourceSymbol& symbol) {
  Fields fields;
  if (!split(line, fields)) return LineKind::kNothing;
  const auto [name, first_line, last_line, kind, signature, scope] = fields;
  unescape(name, symbol.name);
  if (symbol.name.empty() || symbol.name.size() > SymbolLineReader::kMaxName ||
      is_made_up(symbol.name)) {
    return LineKind::kNothing;
  }
  symbol.line = number_of(first_line);
  symbol.end_line = number_of(last_line);
  take_detail(kind, symbol.kind);
  take_detail(signature == kNoSignature ? std::string_view() : signature, symbol.signature);
  take_detail(scope, symbol.scope);
  if (!symbol.scope.empty()) symbol.scope = without_anonymous(symbol.scope);
  return LineKind::kSymbol;
}

}  // namespace

std::string without_anonymous(std::string_view scope) {
  std::string out;
  std::size_t begin = 0;
  while (begin < scope.size()) {
    std::size_t end = scope.find_first_of(".:", begin);
    const std::string_view part = scope.substr(begin, end - begin);
    end = std::min(scope.find_first_not_of(".:", std::min(end, scope.size())), scope.size());
    if (!is_made_up(part)) out += scope.substr(begin, end - begin);
    begin = end;
  }
  while (!out.empty() && (out.back() == ':' || out.back() == '.') && scope.back() != out.back()) {
    out.pop_back();
  }
  return out;
}

LineKind SymbolLineReader::read(std::string_view line, SourceSymbol& symbol) {
  if (line.empty() || line.front() != kTagFormat.front()) return read_notice(line);
  return read_tag(line.substr(1), symbol);
}

LineKind SymbolLineReader::read_notice(std::string_view line) {
  std::array<unsigned char, kLineMemory> memory;
  json::monotonic_resource resource(memory.data(), memory.size());
  json::error_code error;
  parser_.reset(&resource);
  parser_.write(line.data(), line.size(), error);
  if (error) return LineKind::kNothing;
  const json::value value = parser_.release();
  const json::object* object = value.if_object();
  if (object == nullptr) return LineKind::kNothing;
  const std::string_view type = text_at(*object, "_type");
  if (type == "completed") return LineKind::kCompleted;
  if (type == "error" && object->if_contains("fatal") != nullptr) return LineKind::kFatal;
  return LineKind::kNothing;
}

}  // namespace toolpost::project_index
