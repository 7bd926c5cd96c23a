// SPDX-License-Identifier: Apache-2.0
// The lines are short and many: each is parsed into memory on the stack.
#include "symbols/symbol_line.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace toolpost::project_index {
namespace {

namespace json = boost::json;

constexpr std::size_t kLineMemory = 4096;
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

std::uint32_t number_at(const json::object& line, std::string_view key) {
  const json::value* value = line.if_contains(key);
  if (value == nullptr || !value->is_int64()) return 0;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value->get_int64(), 0, UINT32_MAX));
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

std::string bounded(std::string_view text) {
  return text.size() <= SymbolLineReader::kMaxDetail ? std::string(text) : std::string();
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
  const std::string_view name = text_at(*object, "name");
  if (type != "tag" || name.empty() || name.size() > kMaxName || is_made_up(name)) {
    return LineKind::kNothing;
  }
  symbol.name = name;
  symbol.kind = bounded(text_at(*object, "kind"));
  symbol.scope = without_anonymous(bounded(text_at(*object, "scope")));
  symbol.signature = bounded(text_at(*object, "signature"));
  symbol.line = number_at(*object, "line");
  symbol.end_line = number_at(*object, "end");
  return LineKind::kSymbol;
}

}  // namespace toolpost::project_index
