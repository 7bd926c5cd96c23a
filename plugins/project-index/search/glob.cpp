// SPDX-License-Identifier: Apache-2.0
#include "search/glob.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace toolpost::project_index {
namespace {

constexpr std::size_t kMaxGlobBytes = 1000;
constexpr std::size_t kMaxGlobs = 100;
constexpr unsigned kMaxBraces = 4;  // one in another

// Reads one glob and writes its expression.
class GlobReader {
 public:
  explicit GlobReader(std::string_view glob) : glob_(glob) {}

  Checked<std::string> read() {
    while (at_ < glob_.size())
      if (auto step = read_one(); !step.ok()) return step.refusal();
    if (braces_ > 0) return Refusal{"a brace is not closed"};
    return std::move(regex_);
  }

 private:
  Checked<Passed> read_one() {
    const char byte = glob_[at_];
    switch (byte) {
      case '*':
        read_star();
        return Passed{};
      case '?':
        regex_ += "[^/]";
        break;
      case '[':
        return read_class();
      case '{':
        return open_brace();
      case '}':
        regex_ += braces_ > 0 ? ")" : "\\}";
        braces_ -= braces_ > 0 ? 1 : 0;
        break;
      case ',':
        regex_ += braces_ > 0 ? "|" : ",";
        break;
      case '\\':
        if (++at_ == glob_.size()) return Refusal{"nothing follows its last backslash"};
        [[fallthrough]];
      default:
        regex_ += re2::RE2::QuoteMeta({glob_.data() + at_, 1});
    }
    ++at_;
    return Passed{};
  }

  Checked<Passed> open_brace() {
    if (++braces_ > kMaxBraces) return Refusal{"too many braces are in one another"};
    regex_ += "(?:";
    ++at_;
    return Passed{};
  }

  // "**/" is any number of directories, "/**" at the end all below, another "**" is "*".
  void read_star() {
    const bool begins_part = at_ == 0 || glob_[at_ - 1] == '/';
    auto end = at_;
    while (end < glob_.size() && glob_[end] == '*') ++end;
    const bool is_double = end - at_ == 2 && begins_part;
    if (is_double && end < glob_.size() && glob_[end] == '/') {
      regex_ += "(?:.*/)?";
      ++end;
    } else {
      regex_ += is_double && end == glob_.size() ? ".+" : "[^/]*";
    }
    at_ = end;
  }

  Checked<Passed> read_class() {
    auto end = at_ + 1;
    const bool is_negated = end < glob_.size() && (glob_[end] == '!' || glob_[end] == '^');
    if (is_negated) ++end;
    const auto first = end;
    std::string members;
    for (; end < glob_.size() && (glob_[end] != ']' || end == first); ++end) {
      if (const auto name = posix_class_at(end); !name.empty()) {
        members += name;
        end += name.size() - 1;
        continue;
      }
      if (glob_[end] == '\\' && end + 1 < glob_.size())
        ++end;
      else if (glob_[end] == '-' && end > first) {
        members += '-';
        continue;
      }
      members += re2::RE2::QuoteMeta({glob_.data() + end, 1});
    }
    if (end >= glob_.size()) return Refusal{"a bracket is not closed"};
    regex_ += is_negated ? "[^/" + members + "]" : "[" + members + "]";
    at_ = end + 1;
    return Passed{};
  }

  // "[:alpha:]", as RE2 has it too; nothing where none stands.
  std::string_view posix_class_at(std::size_t at) const {
    constexpr std::array<std::string_view, 12> kNames{
        "[:alnum:]", "[:alpha:]", "[:blank:]", "[:cntrl:]", "[:digit:]", "[:graph:]",
        "[:lower:]", "[:print:]", "[:punct:]", "[:space:]", "[:upper:]", "[:xdigit:]"};
    for (const auto name : kNames)
      if (glob_.substr(at).starts_with(name)) return name;
    return {};
  }

  std::string_view glob_;
  std::size_t at_ = 0;
  unsigned braces_ = 0;
  std::string regex_;
};

// "*.py" gives ".py"; nothing for any other form.
std::string_view plain_ending(std::string_view glob) {
  constexpr std::string_view kSpecial = "*?[]{}\\/,";
  if (glob.size() < 2 || glob[0] != '*' || glob[1] != '.') return {};
  glob.remove_prefix(1);
  return glob.find_first_of(kSpecial) == std::string_view::npos ? glob : std::string_view();
}

re2::RE2::Options path_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_never_capture(true);
  return options;
}

}  // namespace

Checked<std::string> glob_regex(std::string_view glob) {
  if (glob.empty() || glob == "/") return Refusal{"it is empty"};
  if (glob.front() == '!')
    return Refusal{"it begins with '!': name it in the other list, or write \\! for a name"};
  if (glob.size() > kMaxGlobBytes) return Refusal{"it is longer than 1,000 bytes"};
  const bool names_directory = glob.back() == '/';
  if (names_directory) glob.remove_suffix(1);
  const bool is_anchored = glob.find('/') != std::string_view::npos;
  if (glob.front() == '/') glob.remove_prefix(1);
  auto body = GlobReader(glob).read();
  if (!body.ok()) return body;
  // What fits a directory fits all that is in it.
  return (is_anchored ? "" : "(?:.*/)?") + *body + (names_directory ? "/.*" : "(?:/.*)?");
}

bool GlobFilter::List::fits(std::string_view path) const {
  const auto ends_so = [&](const std::string& ending) {
    for (auto at = path.find(ending); at != path.npos; at = path.find(ending, at + 1)) {
      const auto behind = at + ending.size();
      if (behind == path.size() || path[behind] == '/') return true;
    }
    return false;
  };
  return std::any_of(endings.begin(), endings.end(), ends_so) ||
         (others && re2::RE2::FullMatch({path.data(), path.size()}, *others));
}

Checked<GlobFilter::List> GlobFilter::compile_list(const std::vector<std::string>& globs,
                                                   std::string_view name) {
  if (globs.size() > kMaxGlobs)
    return Refusal{std::string(name) + ": at most 100 globs are allowed"};
  List list;
  std::string all;
  for (std::size_t number = 0; number < globs.size(); ++number) {
    list.is_empty = false;
    if (const auto ending = plain_ending(globs[number]); !ending.empty()) {
      list.endings.emplace_back(ending);
      continue;
    }
    auto regex = glob_regex(globs[number]);
    const auto place = std::string(name) + "[" + std::to_string(number) + "]";
    if (!regex.ok()) return within(place, regex.refusal());
    if (const re2::RE2 alone(*regex, path_options()); !alone.ok())
      return within(place, {"\"" + globs[number] + "\" is no glob: " + alone.error()});
    all += (all.empty() ? "(?:" : "|(?:") + *regex + ")";
  }
  if (all.empty()) return list;
  list.others = std::make_shared<const re2::RE2>(all, path_options());
  if (!list.others->ok()) return within(name, {"together they are too large"});
  return list;
}

Checked<GlobFilter> GlobFilter::compile(const std::vector<std::string>& include,
                                        const std::vector<std::string>& exclude) {
  GlobFilter filter;
  auto wanted = compile_list(include, "include");
  if (!wanted.ok()) return wanted.refusal();
  auto unwanted = compile_list(exclude, "exclude");
  if (!unwanted.ok()) return unwanted.refusal();
  filter.include_ = std::move(*wanted);
  filter.exclude_ = std::move(*unwanted);
  return filter;
}

bool GlobFilter::fits(std::string_view path) const {
  return (include_.is_empty || include_.fits(path)) && !exclude_.fits(path);
}

}  // namespace toolpost::project_index
