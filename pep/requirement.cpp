// SPDX-License-Identifier: Apache-2.0
#include "pep/requirement.hpp"

#include "pep/ascii.hpp"
#include "pep/marker.hpp"
#include "pep/package_name.hpp"

#include <algorithm>
#include <array>

namespace toolpost::pep {

namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool looks_like_archive(std::string_view text) {
  static constexpr std::array<std::string_view, 8> kArchives = {
      ".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".egg", ".tar"};
  const std::string lower = lowered(text);
  return std::any_of(kArchives.begin(), kArchives.end(),
                     [&](std::string_view end) { return ends_with(lower, end); });
}

// The text before a version specifier, marker or extras could start.
std::string_view head_of(std::string_view text) {
  return trimmed(text.substr(0, text.find_first_of("[(<>=!~;, \t")));
}

// Says why a text that is no plain requirement is refused, in the caller's terms; empty when
// nothing speaks against parsing it.
std::string_view obvious_problem(std::string_view text) {
  if (text.empty()) return "is empty";
  if (text.size() > kMaxRequirementLength) return "is longer than 1024 characters";
  for (const char c : text) {
    if (c == '\0') return "contains a NUL character";
    if (c == '\n' || c == '\r') return "contains a line break";
    if (static_cast<unsigned char>(c) >= 0x80) return "contains a character that is not ASCII";
    if (c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) {
      return "contains a control character";
    }
  }
  const std::string_view start = trimmed(text);
  if (start.empty()) return "is empty";
  if (start.front() == '-') return "starts with '-': options are not accepted";
  if (start.front() == '@') return "starts with '@': argument files are not accepted";
  if (text.find("${") != std::string_view::npos) {
    return "contains '${': variables are not expanded";
  }
  const std::string_view head = head_of(start);
  if (head.find("://") != std::string_view::npos || head.find("git+") == 0) {
    return "is a URL: packages come from the configured index only";
  }
  if (head.find_first_of("/\\") != std::string_view::npos || start.front() == '.' ||
      start.front() == '~') {
    return "is a path: packages come from the configured index only";
  }
  if (looks_like_archive(head)) return "is a file: packages come from the configured index only";
  return {};
}

class RequirementParser {
 public:
  explicit RequirementParser(std::string_view text) : rest_(trimmed(text)) {}

  Checked<Requirement> run() {
    Requirement out;
    if (!read_name(out) || !read_extras(out)) return Refusal{problem_};
    skip_blanks();
    if (!rest_.empty() && rest_.front() == '@') {
      return Refusal{
          "is a direct reference ('name @ …'): packages come from the configured index "
          "only"};
    }
    const std::size_t semicolon = rest_.find(';');
    auto specifiers = read_specifiers(trimmed(rest_.substr(0, semicolon)));
    if (!specifiers) return specifiers.refusal();
    out.specifiers = std::move(*specifiers);
    if (semicolon != std::string_view::npos) {
      out.marker = trimmed(rest_.substr(semicolon + 1));
      if (auto marker = check_marker(out.marker); !marker) return marker.refusal();
    }
    return out;
  }

 private:
  void skip_blanks() { rest_ = trimmed(rest_); }

  std::string_view take_name() {
    std::size_t size = 0;
    while (size < rest_.size() && (is_alnum(rest_[size]) || rest_[size] == '-' ||
                                   rest_[size] == '_' || rest_[size] == '.')) {
      ++size;
    }
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  bool read_name(Requirement& out) {
    const std::string_view name = take_name();
    if (!is_package_name(name)) {
      problem_ =
          "does not start with a package name (letters, digits and '-_.', a letter or digit at "
          "both ends)";
      return false;
    }
    out.name = name;
    return true;
  }

  bool read_extras(Requirement& out) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != '[') return true;
    const std::size_t end = rest_.find(']');
    if (end == std::string_view::npos) {
      problem_ = "has extras that do not end with ']'";
      return false;
    }
    std::string_view list = trimmed(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    while (!list.empty()) {
      const std::size_t comma = list.find(',');
      const std::string_view extra = trimmed(list.substr(0, comma));
      if (!is_package_name(extra)) {
        problem_ = "has an extra '" + std::string(extra) + "' that is not a name";
        return false;
      }
      out.extras.emplace_back(extra);
      if (comma == std::string_view::npos) break;
      list = trimmed(list.substr(comma + 1));
      if (list.empty()) {
        problem_ = "has extras that end with a comma";
        return false;
      }
    }
    return true;
  }

  static Checked<std::vector<Specifier>> read_specifiers(std::string_view text) {
    if (!text.empty() && text.front() == '(') {
      if (text.back() != ')') return Refusal{"has a '(' without its ')'"};
      text = text.substr(1, text.size() - 2);
    }
    return parse_specifiers(text);
  }

  std::string_view rest_;
  std::string problem_;
};

}  // namespace

std::string Requirement::text() const {
  std::string out = name;
  for (std::size_t i = 0; i < extras.size(); ++i) out += (i == 0 ? "[" : ",") + extras[i];
  if (!extras.empty()) out += ']';
  for (std::size_t i = 0; i < specifiers.size(); ++i) {
    out += (i == 0 ? "" : ",") + specifiers[i].op + specifiers[i].version;
  }
  if (!marker.empty()) out += " ; " + marker;
  return out;
}

Checked<Requirement> parse_requirement(std::string_view text) {
  if (const std::string_view problem = obvious_problem(text); !problem.empty()) {
    return Refusal{std::string(problem)};
  }
  return RequirementParser(text).run();
}

Checked<std::string> parse_bare_name(std::string_view text) {
  if (const std::string_view problem = obvious_problem(text); !problem.empty()) {
    return Refusal{std::string(problem)};
  }
  const std::string_view name = trimmed(text);
  if (is_package_name(name)) return std::string(name);
  if (is_package_name(head_of(name))) {
    return Refusal{
        "has more than a name: only the name is accepted here, no version, extra or "
        "marker"};
  }
  return Refusal{"is not a package name"};
}

}  // namespace toolpost::pep
