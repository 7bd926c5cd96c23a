// SPDX-License-Identifier: Apache-2.0
// The gate against a host that says what the test wants.
#include "gate.hpp"

#include "../unit/sdk/fake_host.hpp"

#include <toolpost/ext/policy.h>
#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>

namespace {

using namespace toolpost;
using namespace toolpost::uv_package;
using sdk::test::FakeHost;
using sdk::test::PolicyQuestion;
using sdk::test::PolicyReply;

using Ask = std::function<Checked<Passed>(const Gate&)>;

// What the handler of the one tool does; a plugin's entry has no place for it.
const Ask* current_ask = nullptr;

class Asking final : public sdk::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(sdk::Tool("ask").run([](const sdk::Call& call) {
      const auto outcome = (*current_ask)(Gate(call));
      return sdk::Result::text(outcome ? "" : outcome.refusal().text);
    }));
  }
};

constexpr toolpost_entry kEntry =
    sdk::PluginInfo("test.asking", "1.0.0").entry(&sdk::detail::create<Asking>);

// The refusal, or an empty text.
std::string refusal_of(const Ask& ask, std::optional<PolicyReply> reply,
                       std::vector<PolicyQuestion>* seen = nullptr) {
  FakeHost host;
  if (reply) {
    host.grant_policy([&](const PolicyQuestion& question) {
      if (seen != nullptr) seen->push_back(question);
      return *reply;
    });
  }
  REQUIRE(host.create(kEntry) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  current_ask = &ask;
  const auto completion = host.wait(host.call("ask"));
  host.stop();
  return completion.json().at("content").as_array().at(0).at("text").as_string();
}

PolicyReply denied(const std::string& package, const std::string& rule,
                   const std::string& message) {
  return {TOOLPOST_E_DENIED, "{\"denied\":[{\"package\":" + package + ",\"rule\":\"" + rule +
                                 "\",\"message\":\"" + message + "\"}]}"};
}

ResolvedSet app_and_evil() {
  ResolvedSet set;
  set.packages.resize(3);
  set.packages[0].name = "app";
  set.packages[0].is_local = true;
  set.packages[1] = {"alpha", "2.0", "https://packages.example", {"fast"}, {}, {"app"}, false};
  set.packages[2] = {"evil", "1.0", "https://packages.example", {}, {}, {"alpha"}, false};
  return set;
}

Checked<Passed> judge(const Gate& gate) {
  return gate.judge(app_and_evil(), "what this resolves to");
}

std::vector<pep::Requirement> requirements() {
  return {*pep::parse_requirement("alpha"), *pep::parse_requirement("Evil[x]>1")};
}

Checked<Passed> judge_names(const Gate& gate) {
  return gate.judge_names(requirements());
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("gate: every package of an index is asked about with all that is known of it") {
  std::vector<PolicyQuestion> seen;
  CHECK(refusal_of(judge, PolicyReply{}, &seen).empty());
  REQUIRE(seen.size() == 1);
  CHECK(
      seen[0].context ==
      R"({"packages":[{"name":"alpha","version":"2.0","source":"https://packages.example",)"
      R"("extras":["fast"]},{"name":"evil","version":"1.0","source":"https://packages.example"}]})");
}

TEST_CASE("gate: a denial tells the way and the rule") {
  CHECK(refusal_of(judge, denied("1", "blocked_packages[0]",
                                 "evil 1.0: blocked by blocked_packages[0]")) ==
        "what this resolves to is denied by policy, nothing was changed:\n"
        "app -> alpha -> evil 1.0: blocked by blocked_packages[0]");
  CHECK(contains(refusal_of(judge, denied("1", "r[7]", "not wanted")),
                 "app -> alpha -> evil 1.0: not wanted (rule r[7])"));
}

TEST_CASE("gate: names are refused early by lists of names only") {
  const std::string text =
      refusal_of(judge_names, denied("1", "blocked_packages[0]", "evil: blocked"));
  CHECK(contains(text, "packages[1] is denied by policy"));
  CHECK(contains(text, "evil: blocked (rule blocked_packages[0])"));
  CHECK(contains(refusal_of(judge_names, denied("1", "allowed_packages", "evil: no")),
                 "packages[1]"));
  // The version that is found may be one that the rule lets through.
  CHECK(refusal_of(judge_names, denied("1", "packages.json: rules[0]", "evil: too old")).empty());
}

TEST_CASE("gate: a project is asked about by its path") {
  std::vector<PolicyQuestion> seen;
  const Ask ask = [](const Gate& gate) { return gate.judge_project("/srv/app"); };
  CHECK(refusal_of(ask, PolicyReply{}, &seen).empty());
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].action == "project.use");
  CHECK(seen[0].resource == "/srv/app");
  CHECK(refusal_of(ask, denied("0", "roles.user.projects", "/srv/app: not for this role")) ==
        "/srv/app: not for this role (rule roles.user.projects)");
}

TEST_CASE("gate: no extension, an error and an answer without sense are no") {
  for (const Ask& ask : {Ask(judge), Ask(judge_names),
                         Ask([](const Gate& gate) { return gate.judge_project("/srv/app"); })}) {
    CHECK(contains(refusal_of(ask, std::nullopt), "grants"));
    for (const toolpost_status status : {TOOLPOST_E_INVALID, TOOLPOST_E_LIMIT, TOOLPOST_E_STATE,
                                         TOOLPOST_E_INTERNAL, TOOLPOST_E_DENIED}) {
      CHECK(contains(refusal_of(ask, PolicyReply{status, ""}), "the answer is no"));
    }
  }
}
