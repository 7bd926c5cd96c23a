// SPDX-License-Identifier: Apache-2.0
// A template becomes a regular expression of RE2, which never goes back.
#include "mcp/uri_template.hpp"

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "base/utf8.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace toolpost::mcp {
namespace {

constexpr std::int64_t kMaxProgramBytes = std::int64_t{1} << 20;

// What an expression puts before its first value (of a query: before each part) and between values,
// and what a value may hold.
struct Operator {
  char sign;          // 0: none
  const char* first;  // a regular expression
  const char* separator;
  bool named;     // name=value
  bool reserved;  // values keep reserved characters
};

constexpr std::array<Operator, 8> kOperators = {{{0, "", ",", false, false},
                                                 {'+', "", ",", false, true},
                                                 {'#', "#", ",", false, true},
                                                 {'.', "\\.", "\\.", false, false},
                                                 {'/', "/", "/", false, false},
                                                 {';', ";", ";", true, false},
                                                 {'?', "[?&]", "", true, false},
                                                 {'&', "&", "", true, false}}};

bool is_query(char sign) {
  return sign == '?' || sign == '&';
}

// Unreserved characters and what is percent-encoded; UTF-8 as IRIs have it.
constexpr const char* kSimpleValue = "(?:[A-Za-z0-9\\-._~]|%[0-9A-Fa-f]{2}|[^\\x00-\\x7f])*";
// A variable that is named may be a list, which has its commas as they are.
constexpr const char* kNamedValue = "(?:[A-Za-z0-9\\-._~,]|%[0-9A-Fa-f]{2}|[^\\x00-\\x7f])*";
constexpr const char* kReservedValue = "[^\\x00-\\x20\\x7f]*";

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alnum(c) || c == '_' || c == '.' || c == '-';
  });
}

// :N, at most four digits.
bool is_length(std::string_view digits) {
  return digits.size() <= 4 && is_digits(digits) && digits.front() != '0';
}

// Without * or :N, which say how a value is written but not which values there are.
std::string_view plain_name(std::string_view variable) {
  if (variable.ends_with('*')) return variable.substr(0, variable.size() - 1);
  const std::size_t colon = variable.find(':');
  if (colon == std::string_view::npos) return variable;
  return is_length(variable.substr(colon + 1)) ? variable.substr(0, colon) : std::string_view{};
}

// A value that says something that is no text stays as it was written.
std::string decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  const bool is_text = is_utf8(decoded) && decoded.find('\0') == std::string::npos;
  return is_text ? decoded : std::string{text};
}

// One variable, with what stands before it. Where each has a sign of its own, it may be left out.
void append_variable(std::string& pattern, const Operator& op, std::string_view name,
                     bool is_first) {
  const std::string value = op.reserved ? kReservedValue : op.named ? kNamedValue : kSimpleValue;
  const std::string quoted = RE2::QuoteMeta({name.data(), name.size()});
  const char* sign = is_first ? op.first : op.separator;
  if (is_query(op.sign)) {  // each part of it is one of all names, with a value
    pattern.append(is_first ? "" : "|").append(quoted);
  } else if (op.sign == ';') {  // without "=" where it is empty
    pattern.append("(?:;").append(quoted).append("((?:=").append(value).append(")?))?");
  } else {
    const bool optional = op.sign == '.' || op.sign == '/';
    pattern.append("(?:").append(sign).append("(").append(value).append("))");
    if (optional) pattern.append("?");
  }
}

}  // namespace

struct UriTemplate::Compiled {
  // What a group of the pattern holds: the value of a variable, or the whole of a query.
  struct Group {
    char sign = 0;          // of its expression
    std::size_t first = 0;  // of its variables in `names`
    std::size_t count = 1;  // more than one in a query only
  };

  // False when it is no query of these variables, each once.
  bool read_query(const Group& group, std::string_view text, Variables& variables) const;

  std::unique_ptr<RE2> pattern;
  std::vector<Group> groups;
  std::vector<std::string> names;
  std::size_t literal_size = 0;
};

bool UriTemplate::Compiled::read_query(const Group& group, std::string_view text,
                                       Variables& variables) const {
  const auto begin = names.begin() + static_cast<std::ptrdiff_t>(group.first);
  const auto end = begin + static_cast<std::ptrdiff_t>(group.count);
  std::array<std::optional<std::string_view>, kMaxVariables> values;
  for (char sign = group.sign; !text.empty(); sign = '&') {
    if (text.front() != sign) return false;
    text.remove_prefix(1);
    const std::string_view part = text.substr(0, text.find_first_of("?&"));
    text.remove_prefix(part.size());
    const std::size_t equals = part.find('=');
    const auto name = std::find(begin, end, part.substr(0, equals));
    auto& value = values[static_cast<std::size_t>(name - begin)];
    if (value) return false;
    value = part.substr(equals + 1);
  }
  for (std::size_t i = 0; i < group.count; ++i) {
    if (values[i])
      variables.emplace_back(begin[static_cast<std::ptrdiff_t>(i)], decode(*values[i]));
  }
  return true;
}

UriTemplate::UriTemplate(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

UriTemplate::UriTemplate(UriTemplate&&) noexcept = default;
UriTemplate& UriTemplate::operator=(UriTemplate&&) noexcept = default;
UriTemplate::~UriTemplate() = default;

// Appends the pattern of what stands between the braces.
Result<> UriTemplate::add_expression(Compiled& compiled, std::string_view expression,
                                     std::string& pattern) {
  const char sign = expression.empty() ? '\0' : expression.front();
  const auto* found = std::find_if(kOperators.begin() + 1, kOperators.end(),
                                   [&](const Operator& one) { return one.sign == sign; });
  const Operator& op = found == kOperators.end() ? kOperators.front() : *found;
  if (op.sign != 0) expression.remove_prefix(1);
  if (op.sign == '#') pattern.append("(?:");
  if (is_query(op.sign)) {
    pattern.append("((?:").append(op.first).append("(?:");
    compiled.groups.push_back({op.sign, compiled.names.size(), 0});
  }
  bool is_first = true;
  for (bool is_last = false; !is_last; is_first = false) {
    const std::size_t comma = expression.find(',');
    is_last = comma == std::string_view::npos;
    const std::string name{plain_name(expression.substr(0, comma))};
    if (!is_name(name)) return invalid("has an expression that RFC 6570 does not know");
    auto& names = compiled.names;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      return invalid("names the variable " + name + " twice");
    }
    if (names.size() == kMaxVariables) return invalid("has too many variables");
    if (is_query(op.sign)) {
      ++compiled.groups.back().count;
    } else {
      compiled.groups.push_back({op.sign, names.size()});
    }
    names.push_back(name);
    append_variable(pattern, op, name, is_first);
    if (!is_last) expression.remove_prefix(comma + 1);
  }
  if (op.sign == '#') pattern.append(")?");
  if (is_query(op.sign)) pattern.append(")=").append(kNamedValue).append(")*)");
  return {};
}

Result<UriTemplate> UriTemplate::compile(std::string_view text) {
  auto compiled = std::make_unique<Compiled>();
  std::string pattern;
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    const std::string_view literal = text.substr(0, open);
    pattern.append(RE2::QuoteMeta({literal.data(), literal.size()}));
    compiled->literal_size += literal.size();
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) {
      return invalid("has a brace without its partner");
    }
    auto done = add_expression(*compiled, text.substr(open + 1, close - open - 1), pattern);
    if (!done) return done.error();
    text.remove_prefix(close + 1);
  }
  if (compiled->names.empty()) return invalid("has no variable: it is a resource");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  compiled->pattern = std::make_unique<RE2>(pattern, options);
  if (!compiled->pattern->ok()) return invalid("is too large");
  return UriTemplate{std::move(compiled)};
}

std::optional<UriTemplate::Variables> UriTemplate::match(std::string_view uri) const {
  const std::size_t count = compiled_->groups.size();
  std::array<re2::StringPiece, kMaxVariables + 1> groups;
  const re2::StringPiece text{uri.data(), uri.size()};
  if (!compiled_->pattern->Match(text, 0, uri.size(), RE2::ANCHOR_BOTH, groups.data(),
                                 static_cast<int>(count + 1))) {
    return std::nullopt;
  }
  Variables variables;
  for (std::size_t i = 0; i < count; ++i) {
    const Compiled::Group& group = compiled_->groups[i];
    std::string_view value{groups[i + 1].data(), groups[i + 1].size()};
    if (value.data() == nullptr) continue;
    if (is_query(group.sign)) {
      if (!compiled_->read_query(group, value, variables)) return std::nullopt;
      continue;
    }
    if (group.sign == ';' && !value.empty()) value.remove_prefix(1);
    variables.emplace_back(compiled_->names[group.first], decode(value));
  }
  return variables;
}

const std::vector<std::string>& UriTemplate::variables() const noexcept {
  return compiled_->names;
}

std::size_t UriTemplate::literal_size() const noexcept {
  return compiled_->literal_size;
}

}  // namespace toolpost::mcp
