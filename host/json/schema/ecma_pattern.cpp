// SPDX-License-Identifier: Apache-2.0
// Where the two syntaxes differ, and nothing else: what means the same in both passes unread.
#include "base/ascii.hpp"
#include "json/schema/pattern.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace toolpost::json {
namespace {

// White space and line ends of ECMA-262 and their complement, as members of a class.
constexpr std::string_view kSpace =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view kNotSpace =
    R"(\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027})"
    R"(\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view kNotLineEnd = R"([^\n\r\x{2028}\x{2029}])";
constexpr std::string_view kAnything = R"([\x{0}-\x{10ffff}])";
constexpr std::string_view kNothing = R"([^\x{0}-\x{10ffff}])";
// The letters whose escape means the same; RE2 takes more and means other things by them.
constexpr std::string_view kSameEscapes = "dDwWbBtnvfrx";
constexpr std::string_view kHexDigits = "0123456789abcdef";

struct Category {
  std::string_view name;
  std::string_view abbreviation;
};

// General categories that ECMA-262 also knows by their long names.
constexpr std::array kCategories = {
    Category{"Letter", "L"},
    Category{"Uppercase_Letter", "Lu"},
    Category{"Lowercase_Letter", "Ll"},
    Category{"Titlecase_Letter", "Lt"},
    Category{"Modifier_Letter", "Lm"},
    Category{"Other_Letter", "Lo"},
    Category{"Mark", "M"},
    Category{"Combining_Mark", "M"},
    Category{"Nonspacing_Mark", "Mn"},
    Category{"Spacing_Mark", "Mc"},
    Category{"Enclosing_Mark", "Me"},
    Category{"Number", "N"},
    Category{"Decimal_Number", "Nd"},
    Category{"digit", "Nd"},
    Category{"Letter_Number", "Nl"},
    Category{"Other_Number", "No"},
    Category{"Punctuation", "P"},
    Category{"punct", "P"},
    Category{"Connector_Punctuation", "Pc"},
    Category{"Dash_Punctuation", "Pd"},
    Category{"Open_Punctuation", "Ps"},
    Category{"Close_Punctuation", "Pe"},
    Category{"Initial_Punctuation", "Pi"},
    Category{"Final_Punctuation", "Pf"},
    Category{"Other_Punctuation", "Po"},
    Category{"Symbol", "S"},
    Category{"Math_Symbol", "Sm"},
    Category{"Currency_Symbol", "Sc"},
    Category{"Modifier_Symbol", "Sk"},
    Category{"Other_Symbol", "So"},
    Category{"Separator", "Z"},
    Category{"Space_Separator", "Zs"},
    Category{"Line_Separator", "Zl"},
    Category{"Paragraph_Separator", "Zp"},
    Category{"Other", "C"},
    Category{"Control", "Cc"},
    Category{"cntrl", "Cc"},
    Category{"Format", "Cf"},
    Category{"Private_Use", "Co"},
};

std::string_view property_name(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string_view::npos) text.remove_prefix(equals + 1);
  const auto* const found =
      std::find_if(kCategories.begin(), kCategories.end(),
                   [text](const Category& category) { return category.name == text; });
  return found == kCategories.end() ? text : found->abbreviation;
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  Result<std::string> run() {
    while (!rest_.empty() && error_ == nullptr) step();
    if (error_ == nullptr && in_class_) error_ = "a character class is not closed";
    if (error_ != nullptr) return Error{Errc::kUnsupported, error_};
    return std::move(out_);
  }

 private:
  void step() {
    const char c = take();
    if (c == '\\') {
      escape();
    } else if (in_class_) {
      if (c == '[') out_ += '\\';
      out_ += c;
      if (c == ']') in_class_ = false;
    } else if (c == '[') {
      open_class();
    } else if (c == '(') {
      open_group();
    } else if (c == '.') {
      out_ += kNotLineEnd;
    } else {
      out_ += c;
    }
  }

  void open_class() {
    if (skip("^]")) {
      out_ += kAnything;
    } else if (skip("]")) {
      out_ += kNothing;
    } else {
      in_class_ = true;
      out_ += '[';
      if (skip("^")) out_ += '^';
    }
  }

  void open_group() {
    out_ += '(';
    if (!skip("?")) return;
    if (skip(":")) {
      out_ += "?:";
    } else if (rest_.starts_with("=") || rest_.starts_with("!") || rest_.starts_with("<=") ||
               rest_.starts_with("<!")) {
      error_ = "look-ahead and look-behind are not supported";
    } else if (skip("<")) {
      const std::size_t end = rest_.find('>');
      if (end == 0 || end == std::string_view::npos) {
        error_ = "the name of a group is not closed";
        return;
      }
      rest_.remove_prefix(end + 1);
    } else {
      error_ = "\"(?\" must be followed by ':' or '<name>'";
    }
  }

  void escape() {
    if (rest_.empty()) {
      error_ = "it ends with a backslash";
      return;
    }
    const char c = take();
    if (c >= '1' && c <= '9') {
      error_ = "back-references are not supported";
      return;
    }
    switch (c) {
      case 's':
        return append_set(kSpace);
      case 'S':
        return append_set(kNotSpace);
      case '0':
        return append_code_point(0);
      case 'c':
        return control_letter();
      case 'u':
        return unicode_escape();
      case 'p':
      case 'P':
        return property(c);
      case 'k':
        error_ = "back-references are not supported";
        return;
      case 'b':
        if (in_class_) return append_code_point('\b');
        break;
      default:
        break;
    }
    if (is_alpha(c) && kSameEscapes.find(c) == std::string_view::npos) {
      error_ = "it escapes a letter that has no such meaning";
      return;
    }
    // Outside ASCII an escape is not RE2's syntax, and needless.
    if (static_cast<unsigned char>(c) < 0x80) out_ += '\\';
    out_ += c;
  }

  void control_letter() {
    const char letter = rest_.empty() ? '\0' : take();
    if ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')) {
      return append_code_point(static_cast<std::uint32_t>(letter) % 32);
    }
    error_ = "\"\\c\" must be followed by a letter";
  }

  void unicode_escape() {
    auto code = skip("{") ? braced_hex() : hex(4);
    if (code && *code >= 0xD800 && *code <= 0xDBFF && skip("\\u")) {
      const auto low = hex(4);
      code = low && *low >= 0xDC00 && *low <= 0xDFFF
                 ? std::optional{0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)}
                 : std::nullopt;
    }
    const bool lone = code && *code >= 0xD800 && *code <= 0xDFFF;
    if (!code || *code > 0x10FFFF || lone) {
      error_ = "\"\\u\" must be followed by the hexadecimal digits of a character";
      return;
    }
    append_code_point(*code);
  }

  void property(char c) {
    const std::size_t end = rest_.find('}');
    if (!skip("{") || end == std::string_view::npos) {
      error_ = "\"\\p\" must be followed by the name of a property in braces";
      return;
    }
    const std::string_view name = property_name(rest_.substr(0, end - 1));
    rest_.remove_prefix(end);
    ((((out_ += '\\') += c) += '{') += name) += '}';
  }

  void append_set(std::string_view members) {
    if (in_class_) {
      out_ += members;
    } else {
      ((out_ += '[') += members) += ']';
    }
  }

  void append_code_point(std::uint32_t code) {
    out_ += "\\x{";
    for (int shift = 20; shift >= 0; shift -= 4) out_ += kHexDigits[(code >> shift) & 15];
    out_ += '}';
  }

  std::optional<std::uint32_t> braced_hex() {
    const std::size_t end = rest_.find('}');
    if (end == 0 || end > 6) return std::nullopt;
    const auto code = hex(end);
    return skip("}") ? code : std::nullopt;
  }

  std::optional<std::uint32_t> hex(std::size_t digits) {
    std::uint32_t code = 0;
    for (; digits > 0; --digits) {
      if (rest_.empty()) return std::nullopt;
      const char c = take();
      const char lower = static_cast<char>(c | 0x20);
      if (c >= '0' && c <= '9') {
        code = code * 16 + static_cast<std::uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        code = code * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    return code;
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view rest_;
  std::string out_;
  const char* error_ = nullptr;
  bool in_class_ = false;
};

}  // namespace

Result<std::string> ecma_to_re2(std::string_view pattern) {
  return Translator{pattern}.run();
}

}  // namespace toolpost::json
