// SPDX-License-Identifier: Apache-2.0
// The policy file: what its rules mean, and how mistakes in it are reported.
#include "policy/rules_reader.hpp"

#include "json/schema/schema.hpp"
#include "policy/package_policy.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <utility>

using namespace toolpost;
using namespace toolpost::policy;

namespace {

const std::string kConfigDirectory = TOOLPOST_SOURCE_DIR "/config/";

std::string read_text(const std::string& path) {
  std::ifstream in{path};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

Result<PackagePolicy> compile(const std::string& text) {
  return PackagePolicy::compile({.allowed = {"allowed_packages", "", {}},
                                 .blocked = {"blocked_packages", "", {}},
                                 .file = "/etc/toolpost/packages.json",
                                 .file_text = text});
}

std::string rules(const std::string& list, const std::string& by_default = "allow") {
  return R"({"default": ")" + by_default + R"(", "rules": [)" + list + "]}";
}

Verdict check(const std::string& text, const WrittenPackage& package) {
  const auto policy = compile(text);
  CAPTURE(text);
  REQUIRE_MESSAGE(policy.has_value(), (policy ? "" : policy.error().message()));
  const auto facts = package_facts(package);
  REQUIRE(facts.has_value());
  return policy->check(*facts);
}

bool is_allowed(const std::string& text, const WrittenPackage& package) {
  return check(text, package).allowed;
}

json::Schema schema_of(const std::string& text) {
  const auto document = json::parse(text);
  REQUIRE(document.has_value());
  const auto schema = json::Schema::compile(document->root());
  REQUIRE(schema.has_value());
  return *schema;
}

std::string problems_of(const std::string& text) {
  const auto policy = compile(text);
  return policy ? "" : policy.error().message();
}

}  // namespace

TEST_CASE("package rules: the first rule that decides wins, and the default holds for the rest") {
  const std::string text =
      rules(R"({"names": ["a"], "effect": "allow"}, {"names": ["a", "b"], "effect": "deny"})");
  CHECK(check(text, {.name = "A"}).rule == "packages.json: rules[0]");
  CHECK(check(text, {.name = "b"}).rule == "packages.json: rules[1]");
  CHECK(check(text, {.name = "c"}).rule == "packages.json: default");
  CHECK(is_allowed(text, {.name = "a"}));
  CHECK_FALSE(is_allowed(text, {.name = "b"}));
  CHECK(is_allowed(text, {.name = "c"}));
  CHECK_FALSE(is_allowed(rules("", "deny"), {.name = "c"}));
}

TEST_CASE("package rules: a rule names its place, its reason and what it is about") {
  const std::string text =
      "{\"default\": \"allow\",\n \"rules\": [\n  {\"names\": [\"Requests\"], "
      "\"versions\": \"<2.32\", \"effect\": \"deny\", \"reason\": \"old\"}]}";
  const Verdict verdict = check(text, {.name = "requests", .version = "2.31"});
  CHECK(verdict.rule == "packages.json: rules[0]");
  CHECK(verdict.where == "/etc/toolpost/packages.json:3:3");
  CHECK(verdict.message ==
        "requests 2.31: denied by packages.json: rules[0]: versions <2.32 are denied (old)");
  CHECK(check(text, {.name = "x"}).where == "/etc/toolpost/packages.json:1:13");
}

TEST_CASE("package rules: internal names come from the internal index only") {
  const std::string text = rules(
      R"({"names": ["acme", "acme-*"], "sources": ["https://Packages.acme.example/simple/"],
          "effect": "allow"})");
  CHECK(is_allowed(text, {.name = "acme_core", .source = "https://packages.acme.example/simple"}));
  for (const char* source :
       {"https://public.example/simple", "http://packages.acme.example/simple", "",
        "https://packages.acme.example/simple/../evil", "https://packages.acme.example.evil/simple",
        "https://packages.acme.example@evil.example/simple",
        "git+https://packages.acme.example/simple", "https://packages.acme.example/SIMPLE",
        "file:///simple"}) {
    CAPTURE(source);
    CHECK_FALSE(is_allowed(text, {.name = "Acme.Core", .source = source}));
  }
  CHECK(is_allowed(text, {.name = "acmecore", .source = "https://public.example/simple"}));
}

TEST_CASE("package rules: versions") {
  const std::string deny = rules(R"({"names": ["a"], "versions": ">=2,<3", "effect": "deny"})");
  CHECK_FALSE(is_allowed(deny, {.name = "a", .version = "2.5"}));
  CHECK(is_allowed(deny, {.name = "a", .version = "3.0rc1"}));
  CHECK(is_allowed(deny, {.name = "a", .version = "1!2.5"}));
  CHECK_FALSE(is_allowed(deny, {.name = "a"}));
  const std::string allow = rules(R"({"names": ["a"], "versions": ">=2,<3", "effect": "allow"})");
  CHECK(is_allowed(allow, {.name = "a", .version = "2.5+local"}));
  CHECK_FALSE(is_allowed(allow, {.name = "a", .version = "3"}));
  CHECK_FALSE(is_allowed(allow, {.name = "a"}));
}

TEST_CASE("package rules: extras") {
  const std::string deny = rules(R"({"names": ["*"], "extras": ["Tele_Metry"], "effect": "deny"})");
  CHECK(is_allowed(deny, {.name = "a"}));
  CHECK(is_allowed(deny, {.name = "a", .extras = {"other"}}));
  CHECK_FALSE(is_allowed(deny, {.name = "a", .extras = {"other", "tele-metry"}}));
  const std::string allow = rules(R"({"names": ["a"], "extras": ["x"], "effect": "allow"})");
  CHECK(is_allowed(allow, {.name = "a"}));
  CHECK(is_allowed(allow, {.name = "a", .extras = {"X"}}));
  CHECK_FALSE(is_allowed(allow, {.name = "a", .extras = {"x", "y"}}));
  const std::string none = rules(R"({"names": ["a"], "extras": [], "effect": "allow"})");
  CHECK(is_allowed(none, {.name = "a"}));
  CHECK_FALSE(is_allowed(none, {.name = "a", .extras = {"x"}}));
}

TEST_CASE("package rules: a rule that denies needs all its conditions met") {
  const std::string text = rules(
      R"({"names": ["a"], "versions": "<2", "sources": ["https://x.example/"], "effect": "deny"})");
  CHECK_FALSE(is_allowed(text, {.name = "a", .version = "1", .source = "https://x.example"}));
  CHECK(is_allowed(text, {.name = "a", .version = "2", .source = "https://x.example"}));
  CHECK(is_allowed(text, {.name = "a", .version = "1", .source = "https://y.example"}));
  CHECK_FALSE(is_allowed(text, {.name = "a"}));
}

TEST_CASE("package rules: every mistake is reported with its place") {
  struct Row {
    std::string text;
    const char* problem;
  };

  const std::string file = "/etc/toolpost/packages.json:";
  for (const Row& row : std::vector<Row>{
           {"", "1:1: not valid JSON"},
           {"[]", "1:1: expected an object"},
           {"{}", "1:1: default: is missing"},
           {R"({"default": "allow"})", "1:1: rules: is missing"},
           {R"({"default": "alow", "rules": []})",
            "1:13: default: expected \"allow\" or \"deny\"; did you mean \"allow\"?"},
           {R"({"default": true, "rules": []})", "1:13: default: expected \"allow\""},
           {R"({"default": allow, "rules": []})", "1:13: not valid JSON"},
           {R"({"default": "deny", "rule": [], "rules": []})",
            "1:21: rule: unknown key; did you mean \"rules\"?"},
           {R"({"default": "deny", "default": "deny", "rules": []})",
            "1:21: the key \"default\" stands here twice"},
           {R"({"default": "deny", "rules": {}})", "1:30: rules: expected an array of rules"},
           {rules("1"), "1:32: rules[0]: expected an object"},
           {rules("{}"), "1:32: rules[0].names: is missing"},
           {rules("{}"), "1:32: rules[0].effect: is missing"},
           {rules(R"({"names": [], "effect": "deny"})"),
            "1:42: rules[0].names: expected a non-empty"},
           {rules(R"({"names": "a", "effect": "deny"})"),
            "1:42: rules[0].names: expected a non-empty"},
           {rules(R"({"names": [1], "effect": "deny"})"),
            "1:43: rules[0].names[0]: expected a string"},
           {rules(R"({"names": ["a.*"], "effect": "deny"})"),
            "1:43: rules[0].names[0]: \"a.*\" reads like a regular expression"},
           {rules(R"({"names": ["a", "-*"], "effect": "deny"})"),
            "1:48: rules[0].names[1]: \"-*\" can never match"},
           {rules(R"({"name": ["a"], "effect": "deny"})"),
            "1:33: rules[0].name: unknown key; did you mean \"names\"?"},
           {rules(R"({"names": ["a"], "effect": "block"})"), "1:59: rules[0].effect: expected"},
           {rules(R"({"names": ["a"], "effect": "deny", "versions": "2"})"),
            "1:79: rules[0].versions: version specifier '2'"},
           {rules(R"({"names": ["a"], "effect": "deny", "versions": " "})"),
            "1:79: rules[0].versions: is empty"},
           {rules(R"({"names": ["a"], "effect": "deny", "versions": ["<2"]})"),
            "1:79: rules[0].versions: expected a string"},
           {rules(R"({"names": ["a"], "effect": "deny", "sources": []})"),
            "1:78: rules[0].sources: is empty"},
           {rules(R"({"names": ["a"], "effect": "deny", "sources": ["pkg.example"]})"),
            "1:79: rules[0].sources[0]: is not an http:// or https:// URL"},
           {rules(R"({"names": ["a"], "effect": "deny", "sources": ["https://u:p@x.example"]})"),
            "1:79: rules[0].sources[0]: has credentials"},
           {rules(R"({"names": ["a"], "effect": "deny", "extras": []})"),
            "1:32: rules[0].extras: is empty"},
           {rules(R"({"names": ["a"], "effect": "deny", "extras": ["[x]"]})"),
            "1:78: rules[0].extras[0]: \"[x]\" is not the name of an extra"},
           {rules(R"({"names": ["a"], "effect": "deny", "reason": ")" + std::string(501, 'x') +
                  "\"}"),
            "1:77: rules[0].reason: is longer than 500 bytes"},
           {rules(R"({"names": ["*"], "effect": "allow"}, {"names": ["a"], "effect": "deny"})"),
            "1:69: rules[1]: never decides"}}) {
    CAPTURE(row.text);
    const std::string text = problems_of(row.text);
    CAPTURE(text);
    CHECK(("\n" + text).find("\n" + file + row.problem) != std::string::npos);
  }
}

TEST_CASE("package rules: all mistakes of a file are reported at once, and no secret is repeated") {
  const std::string text = problems_of(
      R"({"default": "x", "rules": [{"names": ["-"], "effect": "y", "z": 1,
          "sources": ["https://user:S3cret@x.example"]}]})");
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find("S3cret") == std::string::npos);
}

TEST_CASE("package rules: the example is read, fits its schema, and shows every key") {
  const std::string text = read_text(kConfigDirectory + "packages.json");
  const auto policy = compile(text);
  REQUIRE_MESSAGE(policy.has_value(), (policy ? "" : policy.error().message()));
  CHECK_FALSE(policy->check(*package_facts({.name = "requests", .version = "2.31"})).allowed);
  CHECK_FALSE(policy->check(*package_facts({.name = "acme-core"})).allowed);
  CHECK(policy->check(*package_facts({.name = "fastapi"})).allowed);
  const std::string schema_text = read_text(kConfigDirectory + "packages.schema.json");
  const auto document = json::parse(json::NamedText{"packages.json", text});
  REQUIRE(document.has_value());
  CHECK_FALSE(schema_of(schema_text).validate(document->root()).has_value());
  const std::string guide = read_text(kConfigDirectory + "packages.md");
  for (const char* key :
       {"default", "rules", "names", "effect", "versions", "sources", "extras", "reason"}) {
    CAPTURE(key);
    CHECK(text.find("\"" + std::string{key} + "\"") != std::string::npos);
    CHECK(schema_text.find("\"" + std::string{key} + "\": {") != std::string::npos);
    CHECK(guide.find("| `" + std::string{key} + "` |") != std::string::npos);
  }
}

TEST_CASE("package rules: what the schema refuses, the reader refuses too") {
  const auto schema = schema_of(read_text(kConfigDirectory + "packages.schema.json"));
  for (const std::string& text :
       {std::string{"{}"}, rules("{}"), rules(R"({"names": [], "effect": "deny"})"),
        rules(R"({"names": ["a b"], "effect": "deny"})"),
        rules(R"({"names": ["a"], "effect": "x"})"),
        rules(R"({"names": ["a"], "effect": "deny", "sources": ["ftp://x"]})"),
        rules(R"({"names": ["a"], "effect": "deny", "sources": ["https://u@x/"]})"),
        rules(R"({"names": ["a"], "effect": "deny", "extras": ["x y"]})"),
        rules(R"({"names": ["a"], "effect": "deny", "more": 1})")}) {
    CAPTURE(text);
    const auto document = json::parse(text);
    REQUIRE(document.has_value());
    CHECK(schema.validate(document->root()).has_value());
    CHECK_FALSE(problems_of(text).empty());
  }
}
