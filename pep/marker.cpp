// SPDX-License-Identifier: Apache-2.0
#include "pep/marker.hpp"

#include "pep/ascii.hpp"

#include <algorithm>
#include <array>

namespace toolpost::pep {

namespace {

constexpr bool is_word(char c) noexcept {
  return is_alnum(c) || c == '_' || c == '.';
}

bool is_variable(std::string_view word) {
  // The dotted spellings are those of PEP 345, which installers still read.
  static constexpr std::array<std::string_view, 18> kVariables = {"python_version",
                                                                  "python_full_version",
                                                                  "os_name",
                                                                  "os.name",
                                                                  "sys_platform",
                                                                  "sys.platform",
                                                                  "platform_release",
                                                                  "platform_system",
                                                                  "platform_version",
                                                                  "platform.version",
                                                                  "platform_machine",
                                                                  "platform.machine",
                                                                  "platform_python_implementation",
                                                                  "platform.python_implementation",
                                                                  "python_implementation",
                                                                  "implementation_name",
                                                                  "implementation_version",
                                                                  "extra"};
  return std::find(kVariables.begin(), kVariables.end(), word) != kVariables.end();
}

class MarkerParser {
 public:
  explicit MarkerParser(std::string_view text) : text_(text) {}

  Checked<Passed> run() {
    if (!expression(0)) return Refusal{"marker: " + problem_};
    skip_blanks();
    if (!text_.empty()) return Refusal{"marker: expected 'and', 'or' or the end" + here()};
    return Passed{};
  }

 private:
  std::string here() const {
    return text_.empty() ? " at the end" : " before '" + std::string(text_.substr(0, 20)) + "'";
  }

  bool fail(std::string_view what) {
    problem_ = std::string(what) + here();
    return false;
  }

  void skip_blanks() {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
  }

  bool take(std::string_view symbol) {
    if (text_.substr(0, symbol.size()) != symbol) return false;
    text_.remove_prefix(symbol.size());
    return true;
  }

  std::string_view word() {
    std::size_t size = 0;
    while (size < text_.size() && is_word(text_[size])) ++size;
    return text_.substr(0, size);
  }

  bool take_word(std::string_view wanted) {
    skip_blanks();
    if (word() != wanted) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }

  bool expression(int depth) {
    if (depth > kMaxMarkerDepth) return fail("parentheses are nested too deeply");
    do {
      if (!atom(depth)) return false;
    } while (take_word("and") || take_word("or"));
    return true;
  }

  bool atom(int depth) {
    skip_blanks();
    if (!take("(")) return comparison();
    if (!expression(depth + 1)) return false;
    skip_blanks();
    return take(")") || fail("expected ')'");
  }

  bool comparison() {
    bool left_is_variable = false;
    bool right_is_variable = false;
    if (!operand(left_is_variable) || !comparator() || !operand(right_is_variable)) return false;
    if (!left_is_variable && !right_is_variable) {
      return fail("a comparison needs a variable such as python_version on one side");
    }
    return true;
  }

  bool comparator() {
    if (take_word("in")) return true;
    if (take_word("not")) return take_word("in") || fail("expected 'in' after 'not'");
    skip_blanks();
    for (const std::string_view op : {"===", "==", "~=", "!=", "<=", ">=", "<", ">"}) {
      if (take(op)) return true;
    }
    return fail("expected a comparison operator");
  }

  bool operand(bool& is_a_variable) {
    skip_blanks();
    if (take("'")) return quoted('\'');
    if (take("\"")) return quoted('"');
    const std::string_view name = word();
    if (!is_variable(name)) return fail("expected a marker variable or a quoted text");
    text_.remove_prefix(name.size());
    is_a_variable = true;
    return true;
  }

  bool quoted(char quote) {
    const std::size_t end = text_.find(quote);
    if (end == std::string_view::npos) return fail("a quoted text does not end");
    // Some readers take it for the start of an escape sequence, others for itself.
    if (text_.substr(0, end).find('\\') != std::string_view::npos) {
      return fail("a quoted text contains a backslash");
    }
    text_.remove_prefix(end + 1);
    return true;
  }

  std::string_view text_;
  std::string problem_;
};

}  // namespace

Checked<Passed> check_marker(std::string_view text) {
  return MarkerParser(text).run();
}

}  // namespace toolpost::pep
