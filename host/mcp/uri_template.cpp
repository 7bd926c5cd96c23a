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

// What an expression puts before its first value and between values, and what a value may hold.
struct Operator {
  char sign;          // 0: none
  const char* first;  // a regular expression
  const char* separator;
  bool named;     // name=value
  bool reserved;  // values keep reserved characters
};

// Whichever variable of {?a,b} comes first has the question mark; match() sees to that.
constexpr std::array<Operator, 8> kOperators = {{{0, "", ",", false, false},
                                                 {'+', "", ",", false, true},
                                                 {'#', "#", ",", false, true},
                                                 {'.', "\\.", "\\.", false, false},
                                                 {'/', "/", "/", false, false},
                                                 {';', ";", ";", true, false},
                                                 {'?', "[?&]", "[?&]", true, false},
                                                 {'&', "&", "&", true, false}}};

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
  if (op.sign == ';') {  // without "=" where it is empty
    pattern.append("(?:;").append(quoted).append("((?:=").append(value).append(")?))?");
  } else if (op.named) {
    pattern.append("(?:").append(sign).append(quoted).append("=(").append(value).append("))?");
  } else {
    const bool optional = op.sign == '.' || op.sign == '/';
    pattern.append("(?:").append(sign).append("(").append(value).append("))");
    if (optional) pattern.append("?");
  }
}

}  // namespace

struct UriTemplate::Compiled {
  struct Variable {
    std::string name;
    char sign = 0;          // of its expression
    bool is_first = false;  // in its expression
  };

  std::unique_ptr<RE2> pattern;
  std::vector<Variable> variables;
  std::vector<std::string> names;
  std::size_t literal_size = 0;
};

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
    names.push_back(name);
    compiled.variables.push_back({name, op.sign, is_first});
    append_variable(pattern, op, name, is_first);
    if (!is_last) expression.remove_prefix(comma + 1);
  }
  if (op.sign == '#') pattern.append(")?");
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
  if (compiled->variables.empty()) return invalid("has no variable: it is a resource");
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  compiled->pattern = std::make_unique<RE2>(pattern, options);
  if (!compiled->pattern->ok()) return invalid("is too large");
  return UriTemplate{std::move(compiled)};
}

std::optional<UriTemplate::Variables> UriTemplate::match(std::string_view uri) const {
  const std::size_t count = compiled_->variables.size();
  std::array<re2::StringPiece, kMaxVariables + 1> groups;
  const re2::StringPiece text{uri.data(), uri.size()};
  if (!compiled_->pattern->Match(text, 0, uri.size(), RE2::ANCHOR_BOTH, groups.data(),
                                 static_cast<int>(count + 1))) {
    return std::nullopt;
  }
  Variables variables;
  bool query_has_begun = false;
  for (std::size_t i = 0; i < count; ++i) {
    const Compiled::Variable& variable = compiled_->variables[i];
    if (variable.is_first) query_has_begun = false;
    std::string_view value{groups[i + 1].data(), groups[i + 1].size()};
    if (value.data() == nullptr) continue;
    if (variable.sign == '?') {
      const char sign = *(value.data() - variable.name.size() - 2);  // before NAME=
      if (sign != (query_has_begun ? '&' : '?')) return std::nullopt;
      query_has_begun = true;
    }
    if (variable.sign == ';' && !value.empty()) value.remove_prefix(1);
    variables.emplace_back(variable.name, decode(value));
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
