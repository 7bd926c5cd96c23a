// SPDX-License-Identifier: Apache-2.0
// Which paths a caller wants, by globs as in .gitignore.
#pragma once

#include "checked.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace toolpost::project_index {

// The RE2 that matches the same whole paths; a Refusal for an open bracket or brace, an empty glob
// or one above 1,000 bytes.
Checked<std::string> glob_regex(std::string_view glob);

// Any thread.
class GlobFilter {
 public:
  static Checked<GlobFilter> compile(const std::vector<std::string>& include,
                                     const std::vector<std::string>& exclude);

  bool fits(std::string_view path) const;

 private:
  // A list of globs; most are "*.ending", which need no expression.
  struct List {
    bool fits(std::string_view path) const;

    bool is_empty = true;
    std::vector<std::string> endings;
    std::shared_ptr<const re2::RE2> others;
  };

  static Checked<List> compile_list(const std::vector<std::string>& globs, std::string_view name);

  List include_, exclude_;
};

}  // namespace toolpost::project_index
