// SPDX-License-Identifier: Apache-2.0
// What the extension toolpost.policy/1 answers, and what of it is logged.
#include "policy_service.hpp"

#include "json/parser.hpp"

#include <toolpost/ext/policy.h>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace toolpost;

namespace {

class Served {
 public:
  explicit Served(std::vector<std::string> blocked, ProjectRules projects = {}) {
    char name[] = "/tmp/toolpost-policy-XXXXXX";
    ::close(::mkstemp(name));
    file_ = name;
    log_ = *Log::open({.level = LogLevel::kDebug, .file = file_});
    auto policy = policy::PackagePolicy::compile(
        {.allowed = {"allowed_packages", "", {}},
         .blocked = {"blocked_packages", "MCP_BLOCKED_PACKAGES", std::move(blocked)},
         .file = {},
         .file_text = {}});
    service_ = std::make_unique<PolicyService>(std::move(*policy), std::move(projects), *log_);
  }

  ~Served() { ::unlink(file_.c_str()); }

  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  call::ServiceAnswer ask(std::string_view action, std::string_view resource,
                          std::string_view context) {
    return service_->check({.name = "alice", .role = "user", .key_id = {}}, action, resource,
                           context);
  }

  call::ServiceAnswer packages(std::string_view context) { return ask("package.use", "", context); }

  std::string log() const {
    std::ifstream in{file_};
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  std::string file_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<PolicyService> service_;
};

std::string many(std::size_t count, const std::string& package) {
  std::string text = R"({"packages": [)";
  for (std::size_t i = 0; i < count; ++i) text.append(i == 0 ? "" : ",").append(package);
  return text + "]}";
}

}  // namespace

TEST_CASE("policy service: allowed packages are OK without an answer") {
  Served served{{"evil"}};
  const auto answer = served.packages(
      R"({"packages": [{"name": "Requests", "version": "2.32.3", "extras": ["socks"],
                        "source": "https://packages.example/simple"}, {"name": "b"}]})");
  CHECK(answer.status == TOOLPOST_OK);
  CHECK(answer.text.empty());
  CHECK(served.packages(R"({"packages": []})").status == TOOLPOST_OK);
  CHECK(served.log().empty());
}

TEST_CASE("policy service: all denied packages are in the answer and in the log") {
  Served served{{"x", "y", "Evil.*"}};
  const auto answer = served.packages(
      R"({"packages": [{"name": "Evil_One", "version": "v1.0"}, {"name": "good"}, {"name": "x"}]})");
  CHECK(answer.status == TOOLPOST_E_DENIED);
  CHECK(
      answer.text ==
      R"({"denied":[{"package":0,"rule":"blocked_packages[2]",)"
      R"("message":"evil-one 1.0: blocked by blocked_packages[2]"},)"
      R"({"package":2,"rule":"blocked_packages[0]","message":"x: blocked by blocked_packages[0]"}]})");
  const std::string log = served.log();
  CHECK(std::count(log.begin(), log.end(), '\n') == 2);
  for (const char* part :
       {R"("user":"alice")", R"("package":"evil-one")", R"("version":"1.0")",
        R"("rule":"blocked_packages[2]")", R"("where":"MCP_BLOCKED_PACKAGES")"}) {
    CAPTURE(part);
    CHECK(log.find(part) != std::string::npos);
  }
}

TEST_CASE("policy service: a flood of denials does not flood the log") {
  Served served{{"evil"}};
  const auto answer = served.packages(many(500, R"({"name": "evil"})"));
  CHECK(answer.status == TOOLPOST_E_DENIED);
  const auto document = json::parse(answer.text);
  REQUIRE(document.has_value());
  CHECK(document->root().find("denied")->items().size() == 500);
  const std::string log = served.log();
  CHECK(std::count(log.begin(), log.end(), '\n') == 51);
  CHECK(log.find(R"("count":450)") != std::string::npos);
}

TEST_CASE("policy service: what is malformed is refused, and nothing of it is an answer") {
  Served served{{"evil"}};
  for (const char* context : {"",
                              "{}",
                              "[]",
                              "1",
                              R"({"packages": {}})",
                              R"({"packages": [], "more": 1})",
                              R"({"packages": [1]})",
                              R"({"packages": [{}]})",
                              R"({"packages": [{"name": 1}]})",
                              R"({"packages": [{"name": ""}]})",
                              R"({"packages": [{"name": "a b"}]})",
                              R"({"packages": [{"name": "a", "version": "x"}]})",
                              R"({"packages": [{"name": "a", "version": ""}]})",
                              R"({"packages": [{"name": "a", "source": null}]})",
                              R"({"packages": [{"name": "a", "extras": "x"}]})",
                              R"({"packages": [{"name": "a", "extras": [1]}]})",
                              R"({"packages": [{"name": "a", "extras": ["x]"]}]})",
                              R"({"packages": [{"name": "a", "pin": "1"}]})",
                              R"({"packages": [{"name": "a", "name": "b"}]})",
                              R"({"packages": []} x)"}) {
    CAPTURE(context);
    const auto answer = served.packages(context);
    CHECK(answer.status == TOOLPOST_E_INVALID);
    CHECK(answer.text.empty());
  }
  CHECK(served.ask("package.use", "/x", R"({"packages": []})").status == TOOLPOST_E_INVALID);
  CHECK(served.ask("package.remove", "", "{}").status == TOOLPOST_E_UNSUPPORTED);
  CHECK(served.packages(many(10'000, R"({"name": "a"})")).status == TOOLPOST_OK);
  CHECK(served.packages(many(10'001, R"({"name": "a"})")).status == TOOLPOST_E_LIMIT);
}

TEST_CASE("policy service: projects are for the rules that are given, by default for everybody") {
  Served open{{}};
  CHECK(open.ask("project.use", "/srv/app", "").status == TOOLPOST_OK);
  CHECK(open.ask("project.use", "/srv/app", "{}").status == TOOLPOST_OK);
  for (const char* path : {"", "app", "/srv/../etc", "/srv//app", "/srv/./app"}) {
    CAPTURE(path);
    CHECK(open.ask("project.use", path, "").status == TOOLPOST_E_INVALID);
  }
  CHECK(open.ask("project.use", "/srv/app", R"({"a": 1})").status == TOOLPOST_E_INVALID);
  Served closed{{}, [](const identity::Principal& principal, std::string_view project) {
                  return policy::Verdict{project == "/srv/app" && principal.role == "user",
                                         "roles.user.projects", "/etc/toolpost/toolpost.json:3:1",
                                         "not a project of role user"};
                }};
  CHECK(closed.ask("project.use", "/srv/app", "").status == TOOLPOST_OK);
  const auto answer = closed.ask("project.use", "/srv/other", "");
  CHECK(answer.status == TOOLPOST_E_DENIED);
  CHECK(answer.text == R"({"denied":[{"rule":"roles.user.projects",)"
                       R"("message":"not a project of role user"}]})");
  CHECK(closed.log().find(R"("project":"/srv/other")") != std::string::npos);
}
