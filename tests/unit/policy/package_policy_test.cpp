// SPDX-License-Identifier: Apache-2.0
// The two lists and how they go together with the file of rules.
#include "policy/package_policy.hpp"

#include "pep/requirement.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace toolpost::policy;

namespace {

struct Lists {
  std::vector<std::string> allowed{};
  std::vector<std::string> blocked{};
  std::string rules{};
};

Result<PackagePolicy> compile(const Lists& lists) {
  return PackagePolicy::compile(
      {.allowed = {"allowed_packages", "MCP_ALLOWED_PACKAGES", lists.allowed},
       .blocked = {"blocked_packages", "MCP_BLOCKED_PACKAGES", lists.blocked},
       .file = lists.rules.empty() ? "" : "/etc/toolpost/packages.json",
       .file_text = lists.rules});
}

Verdict check(const Lists& lists, std::string_view name) {
  const auto policy = compile(lists);
  REQUIRE(policy.has_value());
  return policy->check(*package_facts({.name = name, .version = {}, .source = {}, .extras = {}}));
}

std::string error_of(const Lists& lists) {
  const auto policy = compile(lists);
  return policy ? "" : policy.error().message();
}

// What becomes of a requirement: it is parsed first, and only what is a requirement on an index
// gets as far as the policy.
enum class Outcome { kAllowed, kDenied, kRefused };

Outcome outcome(const Lists& lists, std::string_view requirement) {
  const auto parsed = pep::parse_requirement(requirement);
  if (!parsed) return Outcome::kRefused;
  return check(lists, parsed->name).allowed ? Outcome::kAllowed : Outcome::kDenied;
}

}  // namespace

TEST_CASE(
    "package policy: an allow list lets through what it names, and nothing that looks like it") {
  const Lists lists{.allowed = {"requests"}};
  for (const char* allowed : {"requests", "requests>=2", "requests==2", "requests===2", "Requests",
                              "REQUESTS~=2.1", "requests[socks]", "requests ; os_name == 'nt'"}) {
    CAPTURE(allowed);
    CHECK(outcome(lists, allowed) == Outcome::kAllowed);
  }
  for (const char* denied :
       {"evil-requests", "requests-evil", "request", "requestss", "r.equests"}) {
    CAPTURE(denied);
    CHECK(outcome(lists, denied) == Outcome::kDenied);
  }
  for (const char* refused :
       {"requests @ https://x/e.whl", "git+https://x/requests", "https://x/requests-1.whl",
        "./requests", "--index-url=https://x/requests", "-r/tmp/requests.txt", "-e requests",
        "requests.whl", "${requests}", "r\xC3\xA9quests", "\u0440equests", "requests\n", ""}) {
    CAPTURE(refused);
    CHECK(outcome(lists, refused) == Outcome::kRefused);
  }
}

TEST_CASE("package policy: a block list meets every spelling of a requirement") {
  for (const char* pattern : {"^evil$", "evil", "Evil", "ev[hi]l", "(?i)EVIL"}) {
    const Lists lists{.blocked = {pattern}};
    for (const char* denied : {"evil", "evil>=1", "evil===1", "evil~=1.0", "evil!=1", "evil[x]",
                               "evil ; os_name == 'nt'", "Evil", "EVIL"}) {
      CAPTURE(pattern);
      CAPTURE(denied);
      CHECK(outcome(lists, denied) == Outcome::kDenied);
    }
    CHECK(outcome(lists, "evil @ https://x/evil.whl") == Outcome::kRefused);
    CHECK(outcome(lists, "evils") == Outcome::kAllowed);
    CHECK(outcome(lists, "not-evil") == Outcome::kAllowed);
  }
}

TEST_CASE("package policy: '-', '_', '.' and their runs are one separator") {
  for (const char* entry :
       {"my_package", "my-package", "My.Package", "my__package", "my._-package"}) {
    for (const char* name : {"my-package", "my_package", "MY.PACKAGE", "my-_.package"}) {
      CAPTURE(entry);
      CAPTURE(name);
      CHECK_FALSE(check({.blocked = {entry}}, name).allowed);
      CHECK(check({.allowed = {entry}}, name).allowed);
    }
    CHECK(check({.blocked = {entry}}, "mypackage").allowed);
  }
}

TEST_CASE("package policy: the patterns of the deployment guide") {
  const Lists lists{.allowed = {"requests", "pytest", "fastapi", "malicious-one"},
                    .blocked = {"malicious.*", ".*-evil"}};
  CHECK(check(lists, "fastapi").allowed);
  CHECK(check(lists, "starlette").rule == "allowed_packages");
  CHECK(check(lists, "malicious-one").rule == "blocked_packages[0]");
  CHECK(check(lists, "pytest_evil").rule == "blocked_packages[1]");
}

TEST_CASE("package policy: a denial names its rule, its place and the package") {
  const Verdict blocked = check({.blocked = {"a", "b", "Evil.*"}}, "Evil_One");
  CHECK_FALSE(blocked.allowed);
  CHECK(blocked.rule == "blocked_packages[2]");
  CHECK(blocked.where == "MCP_BLOCKED_PACKAGES");
  CHECK(blocked.message == "evil-one: blocked by blocked_packages[2]");
  const Verdict missing = check({.allowed = {"a"}}, "b");
  CHECK(missing.message == "b: denied by allowed_packages, which does not name it");
  CHECK(check({.allowed = {"x", "a"}}, "a").rule == "allowed_packages[1]");
  CHECK(check({}, "anything").allowed);
}

TEST_CASE("package policy: a block anywhere wins, and everything that is configured must allow") {
  const std::string allow_a =
      R"({"default": "deny", "rules": [{"names": ["a"], "effect": "allow"}]})";
  const std::string deny_a =
      R"({"default": "allow", "rules": [{"names": ["a"], "effect": "deny"}]})";
  CHECK(check({.allowed = {"a"}, .rules = allow_a}, "a").rule == "packages.json: rules[0]");
  CHECK(check({.allowed = {"a"}, .rules = deny_a}, "a").rule == "packages.json: rules[0]");
  CHECK_FALSE(check({.allowed = {"a"}, .rules = deny_a}, "a").allowed);
  CHECK(check({.allowed = {"b"}, .rules = allow_a}, "a").rule == "allowed_packages");
  CHECK(check({.allowed = {"b"}, .rules = allow_a}, "b").rule == "packages.json: default");
  CHECK(check({.allowed = {"a"}, .blocked = {"a"}, .rules = allow_a}, "a").rule ==
        "blocked_packages[0]");
}

TEST_CASE("package policy: every wrong element of a list is reported by its place") {
  const std::string text = error_of({.allowed = {"ok", "", "foo_.*"}, .blocked = {"a", "[a"}});
  CHECK(text.find("MCP_ALLOWED_PACKAGES: allowed_packages: element 2, \"\": is empty") == 0);
  CHECK(
      text.find("\nMCP_ALLOWED_PACKAGES: allowed_packages: element 3, \"foo_.*\": can never match "
                "with \"_\" at character 4") != std::string::npos);
  CHECK(text.find("\nMCP_BLOCKED_PACKAGES: blocked_packages: element 2, \"[a\": is neither") !=
        std::string::npos);
}

TEST_CASE("package policy: whitespace around an element does not count") {
  CHECK(check({.allowed = {"requests", " pytest\t"}}, "pytest").allowed);
}
