// SPDX-License-Identifier: Apache-2.0
// Policy: what is asked, and that everything but yes is no.
#include "fake_host.hpp"

#include <toolpost/policy.hpp>
#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

namespace toolpost::sdk::test {
namespace {

using Packages = std::vector<PolicyPackage>;

// Asks what the test wants and keeps the verdict.
class Asker final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Tool("ask").run([this](const Call& call) {
      verdict = ask(Policy(call));
      return Result::text(verdict.text());
    }));
  }

  std::function<Verdict(const Policy&)> ask;
  Verdict verdict = Verdict::allowed();
};

Asker* last_created = nullptr;

constexpr toolpost_entry kEntry =
    PluginInfo("test.asker", "1.0.0")
        .entry([](const toolpost_host* host, toolpost_ctx* context,
                  const toolpost_create_args* args, const toolpost_plugin** out) noexcept {
          return detail::create_instance(host, context, args, out, [](const Context& given) {
            auto asker = std::make_unique<Asker>(given);
            last_created = asker.get();
            return std::unique_ptr<Plugin>(std::move(asker));
          });
        });

Verdict verdict_of(FakeHost& host, std::function<Verdict(const Policy&)> ask) {
  REQUIRE(host.create(kEntry) == TOOLPOST_OK);
  REQUIRE(host.start() == TOOLPOST_OK);
  last_created->ask = std::move(ask);
  host.wait(host.call("ask"));
  Verdict verdict = last_created->verdict;
  host.stop();
  host.destroy();
  return verdict;
}

Verdict answered_with(const PolicyReply& reply,
                      const Packages& packages = {{"alpha", {}, {}, {}}}) {
  FakeHost host;
  host.grant_policy([&](const PolicyQuestion&) { return reply; });
  return verdict_of(host, [&](const Policy& policy) { return policy.check_packages(packages); });
}

TEST_CASE("policy: a package is asked about with everything that is known of it") {
  FakeHost host;
  std::vector<PolicyQuestion> seen;
  host.grant_policy([&](const PolicyQuestion& question) {
    seen.push_back(question);
    return PolicyReply{};
  });
  const Packages packages = {{"Requests", "2.32.3", "https://packages.example/", {"socks", "x"}},
                             {"alpha", "", "", {}}};
  const Verdict verdict =
      verdict_of(host, [&](const Policy& policy) { return policy.check_packages(packages); });
  CHECK(verdict.is_allowed());
  CHECK(verdict.text().empty());
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].call == 1);
  CHECK(seen[0].action == "package.use");
  CHECK(seen[0].resource.empty());
  CHECK(
      seen[0].context ==
      R"({"packages":[{"name":"Requests","version":"2.32.3","source":"https://packages.example/",)"
      R"("extras":["socks","x"]},{"name":"alpha"}]})");
}

TEST_CASE("policy: a project is asked about by its path") {
  FakeHost host;
  PolicyQuestion seen{};
  host.grant_policy([&](const PolicyQuestion& question) {
    seen = question;
    return PolicyReply{TOOLPOST_E_DENIED,
                       R"({"denied":[{"rule":"roots[0]","message":"not this project"}]})"};
  });
  const Verdict verdict =
      verdict_of(host, [](const Policy& policy) { return policy.check_project("/srv/app"); });
  CHECK(seen.action == "project.use");
  CHECK(seen.resource == "/srv/app");
  CHECK_FALSE(verdict.is_allowed());
  REQUIRE(verdict.denials().size() == 1);
  CHECK(verdict.denials()[0].rule == "roots[0]");
  CHECK(verdict.text() == "not this project");
}

TEST_CASE("policy: a denial says which package and which rule") {
  const Verdict verdict = answered_with(
      {TOOLPOST_E_DENIED,
       R"({"denied":[{"package":0,"rule":"r0","message":"one"},{"package":2,"rule":"r1","message":"two"}]})"},
      {{"a", {}, {}, {}}, {"b", {}, {}, {}}, {"c", {}, {}, {}}});
  CHECK_FALSE(verdict.is_allowed());
  REQUIRE(verdict.denials().size() == 2);
  CHECK(verdict.denials()[1].package == 2);
  CHECK(verdict.denials()[1].rule == "r1");
  CHECK(verdict.text() == "one\ntwo");
}

TEST_CASE("policy: a long list is asked about in parts, and places stay those of the list") {
  FakeHost host;
  std::size_t questions = 0;
  host.grant_policy([&](const PolicyQuestion& question) {
    ++questions;
    const std::size_t size = Json::parse(question.context).at("packages").as_array().size();
    if (size == 4000) return PolicyReply{};
    return PolicyReply{TOOLPOST_E_DENIED,
                       R"({"denied":[{"package":1,"rule":"r","message":"no"}]})"};
  });
  const Packages packages(8002, PolicyPackage{"alpha", {}, {}, {}});
  const Verdict verdict =
      verdict_of(host, [&](const Policy& policy) { return policy.check_packages(packages); });
  CHECK(questions == 3);
  REQUIRE(verdict.denials().size() == 1);
  CHECK(verdict.denials()[0].package == 8001);
}

TEST_CASE("policy: without the extension the answer is no, and says what the operator must grant") {
  FakeHost host;
  const Verdict verdict = verdict_of(host, [](const Policy& policy) {
    return policy.check_packages({{"alpha", {}, {}, {}}});
  });
  CHECK_FALSE(verdict.is_allowed());
  CHECK(verdict.denials().empty());
  CHECK(verdict.text().find("\"grants\": [\"toolpost.policy/1\"]") != std::string::npos);
}

TEST_CASE("policy: every status but OK is no") {
  for (toolpost_status status = -1; status < 40; ++status) {
    if (status == TOOLPOST_OK) continue;
    CAPTURE(status);
    const Verdict verdict = answered_with({status, ""});
    CHECK_FALSE(verdict.is_allowed());
    CHECK_FALSE(verdict.text().empty());
  }
}

TEST_CASE("policy: a denial in other words is no") {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"denied":[]})", R"({"denied":{}})", R"({"denied":[7]})",
        R"({"denied":[{"package":0,"rule":"r"}]})", R"({"denied":[{"package":0,"message":"m"}]})",
        R"({"denied":[{"package":-1,"rule":"r","message":"m"}]})",
        R"({"denied":[{"package":1,"rule":"r","message":"m"}]})",
        R"({"denied":[{"package":"0","rule":"r","message":"m"}]})"}) {
    CAPTURE(text);
    const Verdict verdict = answered_with({TOOLPOST_E_DENIED, text});
    CHECK_FALSE(verdict.is_allowed());
    CHECK(verdict.denials().empty());
    CHECK(verdict.problem().find("the answer is no") != std::string::npos);
  }
}

TEST_CASE("policy: no packages need no answer") {
  CHECK(answered_with({TOOLPOST_E_INTERNAL, ""}, {}).is_allowed());
}

}  // namespace
}  // namespace toolpost::sdk::test
