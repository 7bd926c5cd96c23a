// SPDX-License-Identifier: Apache-2.0
// The host's rules, for what only the plugin can see: the packages that a resolution came to, the
// project that an argument means. Over the extension toolpost.policy/1, which the operator grants.
#pragma once

#include <toolpost/call.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::sdk {

// One package that is to be used. Everything but the name may be empty: not known, or none.
struct PolicyPackage {
  std::string name;     // any spelling; compared by PEP 503
  std::string version;  // PEP 440
  std::string source;   // the index or URL it comes from
  std::vector<std::string> extras;
};

struct Denial {
  std::size_t package = 0;  // place in the list that was asked about; 0 for a project
  std::string rule;         // e.g. "blocked_packages[2]"
  std::string message;      // one sentence that names the rule; may be shown to the caller
};

// What came of a question. Allowed only when the host said yes: a host that does not offer the
// rules, an error and an answer that makes no sense all mean no. A plain value.
class Verdict {
 public:
  static Verdict allowed();
  static Verdict denied(std::vector<Denial> denials);
  // No rule decided: the host could not be asked.
  static Verdict unanswered(std::string problem);

  bool is_allowed() const noexcept { return is_allowed_; }

  // In the order of what was asked. Empty when problem() says why nothing was decided.
  const std::vector<Denial>& denials() const noexcept { return denials_; }

  const std::string& problem() const noexcept { return problem_; }

  // For the caller: the problem, or the message of every denial on a line of its own. Empty when
  // allowed.
  std::string text() const;

 private:
  Verdict() = default;

  bool is_allowed_ = false;
  std::vector<Denial> denials_;
  std::string problem_;
};

// The questions that may be asked for the caller of one running Call. Lives no longer than the
// Call; worker threads only, may block for a short time. Each question is answered by the rules
// that hold at that moment. Typical use:
//   if (const auto verdict = Policy(call).check_project(path); !verdict.is_allowed())
//     return Result::error(verdict.text());
class Policy {
 public:
  explicit Policy(const Call& call) noexcept : call_(call) {}

  // May these packages be installed or locked? Lists of any length; an empty one is allowed
  // without asking, so a plugin that cannot ask must ask before it can know its list.
  Verdict check_packages(const std::vector<PolicyPackage>& packages) const;

  // May this project be acted on? `path` is absolute and without links.
  Verdict check_project(std::string_view path) const;

 private:
  Verdict ask(std::string_view action, std::string_view resource, const std::string& context) const;

  const Call& call_;
};

}  // namespace toolpost::sdk
