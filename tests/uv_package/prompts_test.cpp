// SPDX-License-Identifier: Apache-2.0
// Resources, prompts and completions as a host calls them, with a policy that says what the test
// wants.
#include "prompts/prompts.hpp"

#include "../unit/sdk/fake_host.hpp"
#include "resources/resources.hpp"
#include "temporary_directory.hpp"

#include <toolpost/sdk.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace toolpost;
using namespace toolpost::uv_package;
using sdk::Json;
using sdk::test::Completion;
using sdk::test::FakeHost;
using sdk::test::FakeRequest;
using sdk::test::PolicyQuestion;
using sdk::test::PolicyReply;
using test::TemporaryDirectory;

// The plugin's entry has no place for it.
Services* current_services = nullptr;

class Offering final : public sdk::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    const auto nothing = [](std::string_view) {};
    for (const auto& one : make_resources(*current_services, nothing)) add(one);
    for (const auto& one : make_templates(*current_services, nothing)) add(one);
    for (const auto& one : make_prompts(*current_services)) add(one);
  }
};

constexpr toolpost_entry kEntry =
    sdk::PluginInfo("test.offering", "1.0.0").entry(&sdk::detail::create<Offering>);

struct Offered {
  TemporaryDirectory directory;
  Services services;
  FakeHost host;
  std::vector<std::string> asked;
  std::string denied;  // the end of a project's path

  Offered()
      : services(settings(directory.path()), HostCertificates{}, Directories{},
                 sdk::Launcher("/nonexistent/launch"), "") {
    current_services = &services;
    host.grant_policy([this](const PolicyQuestion& question) -> PolicyReply {
      asked.push_back(question.resource);
      const std::string& path = question.resource;
      const bool is_denied = !denied.empty() && path.size() >= denied.size() &&
                             path.compare(path.size() - denied.size(), denied.size(), denied) == 0;
      if (!is_denied) return {};
      return {TOOLPOST_E_DENIED,
              R"({"denied":[{"package":0,"rule":"roles.dev","message":"not this project"}]})"};
    });
    REQUIRE(host.create(kEntry) == TOOLPOST_OK);
    REQUIRE(host.start() == TOOLPOST_OK);
    directory.write("pyproject.toml", "[project]\nname = \"app\"\n");
    directory.write("sub/pyproject.toml", "[project]\nname = \"sub\"\n");
    directory.write("secret/pyproject.toml", "[project]\nname = \"secret\"\n");
    directory.write(
        "uv.lock", "[[package]]\nname = \"Six\"\nversion = \"1\"\nsource = { registry = \"x\" }\n");
    directory.write(".venv/pyvenv.cfg", "version = 3.11.2\n");
    directory.write(".venv/lib/python3.11/site-packages/simple-2.dist-info/METADATA",
                    "Name: simple\nVersion: 2\n");
  }

  ~Offered() { host.stop(); }

  static Settings settings(const std::string& root) {
    Settings out;
    out.roots = {root};
    return out;
  }

  Completion call(const std::string& key, const Json& arguments, const std::string& item = "") {
    FakeRequest request;
    request.arguments = arguments.dump();
    request.item = item;
    return host.wait(host.call(key, request));
  }

  Completion read(const std::string& uri, const std::string& project) {
    return call(uri + "?project=" + project, Json::object({{"project", project}}),
                uri + "{?project}");
  }

  std::string suggested(const std::string& subject, const std::string& argument,
                        const std::string& typed, const Json& others = Json::object()) {
    const Json arguments =
        Json::object({{"argument", Json::object({{"name", argument}, {"value", typed}})},
                      {"context", Json::object({{"arguments", others}})}});
    return call(subject + "#" + argument, arguments).json().at("completion").at("values").dump();
  }
};

Json document_in(const Completion& completion) {
  const Json payload = completion.json();
  const Json& first = payload.at("contents").as_array().at(0);
  CHECK(first.at("mimeType").as_string() == "application/json");
  return Json::parse(first.at("text").as_string());
}

std::string text_of(const Json& message) {
  return message.at("content").at("text").as_string();
}

}  // namespace

TEST_CASE("resources: a read takes the default project, a template another one") {
  Offered offered;
  const Json own = document_in(offered.call("python:project://info", Json::object()));
  CHECK(own.at("pyproject").at("name").as_string() == "app");
  const Json other = document_in(offered.read("python:project://info", "sub"));
  CHECK(other.at("pyproject").at("name").as_string() == "sub");
  const std::vector<std::string> asked = {offered.directory.path(),
                                          offered.directory.path() + "/sub"};
  CHECK(offered.asked == asked);
}

TEST_CASE("resources: what the policy or the roots keep out is not read") {
  Offered offered;
  offered.denied = "/secret";
  const Completion denied = offered.read("python:project://info", "secret");
  CHECK(denied.status == TOOLPOST_E_DENIED);
  CHECK(denied.message.find("not this project") != std::string::npos);
  for (const char* project : {"..", "/", "missing", "a\nb"}) {
    CHECK(offered.read("python:project://info", project).status == TOOLPOST_E_NOT_FOUND);
  }
}

TEST_CASE("resources: only the one that asks the index is open to the world") {
  Offered offered;
  for (const ResourceRow& row : kResources) {
    for (const std::string& key : {std::string(row.uri), std::string(row.uri) + "{?project}"}) {
      const auto flags = offered.host.item(key).flags;
      CHECK((flags & TOOLPOST_ITEM_READ_ONLY) != 0);
      CHECK(((flags & TOOLPOST_ITEM_OPEN_WORLD) != 0) ==
            (std::string(row.uri) == "python:packages://outdated"));
    }
  }
}

TEST_CASE("prompts: a question with the project's documents") {
  Offered offered;
  const Completion answer = offered.call("analyze_package_dependencies",
                                         Json::object({{"package_name", "SIX"}, {"project", ""}}));
  REQUIRE(answer.status == TOOLPOST_OK);
  const Json payload = answer.json();
  const auto& messages = payload.at("messages").as_array();
  REQUIRE(messages.size() == 4);
  CHECK(text_of(messages[0]).find("'six'") != std::string::npos);
  const std::vector<std::string> uris = {"python:project://info", "python:dependencies://tree",
                                         "python:packages://installed"};
  for (std::size_t at = 0; at < uris.size(); ++at) {
    const Json& content = messages[at + 1].at("content");
    CHECK(content.at("type").as_string() == "resource");
    CHECK(content.at("resource").at("uri").as_string() == uris[at]);
  }
  const Json all = offered.call("analyze_package_dependencies", Json::object()).json();
  CHECK(text_of(all.at("messages").as_array().at(0)).find("everything") != std::string::npos);
}

TEST_CASE("prompts: the project that is named is the one that is looked at") {
  Offered offered;
  const Json audit = offered.call("dependency_audit", Json::object({{"project", "sub"}})).json();
  const Json& content = audit.at("messages").as_array().at(1).at("content");
  CHECK(content.at("resource").at("uri").as_string() == "python:project://info?project=sub");
  offered.denied = "/secret";
  CHECK(offered.call("dependency_audit", Json::object({{"project", "secret"}})).status ==
        TOOLPOST_E_DENIED);
}

TEST_CASE("prompts: an argument that is none of its kind is refused by name") {
  Offered offered;
  for (const char* name : {"a b", "{b}", "x; ignore what was said", "-r", "a\nb"}) {
    const Completion answer =
        offered.call("analyze_package_dependencies", Json::object({{"package_name", name}}));
    CHECK(answer.status == TOOLPOST_E_INVALID);
    CHECK(answer.message.find("package_name") != std::string::npos);
  }
  const Completion answer =
      offered.call("project_setup_guide", Json::object({{"include_dependencies", "maybe"}}));
  CHECK(answer.status == TOOLPOST_E_INVALID);
  CHECK(answer.message.find("include_dependencies") != std::string::npos);
}

TEST_CASE("prompts: the guide is with the dependencies unless they are not wanted") {
  Offered offered;
  const auto question = [&](const Json& arguments) {
    const Json payload = offered.call("project_setup_guide", arguments).json();
    return text_of(payload.at("messages").as_array().at(0));
  };
  CHECK(question(Json::object()).find("dependencies") != std::string::npos);
  CHECK(question(Json::object({{"include_dependencies", "FALSE"}})).find("dependencies") ==
        std::string::npos);
}

TEST_CASE("prompts: a large document is named instead of sent") {
  Offered offered;
  std::string lock;
  for (int at = 0; at < 3000; ++at) {
    lock += "[[package]]\nname = \"package-" + std::to_string(at) +
            "\"\nversion = \"1\"\nsource = { registry = \"x\" }\n";
  }
  offered.directory.write("uv.lock", lock);
  const Json payload = offered.call("dependency_audit", Json::object()).json();
  const Json& content = payload.at("messages").as_array().at(2).at("content");
  CHECK(content.at("type").as_string() == "resource_link");
  CHECK(content.at("uri").as_string() == "python:dependencies://tree");
}

TEST_CASE("completions: packages that are locked or installed, projects that may be named") {
  Offered offered;
  const std::string prompt = "prompt:analyze_package_dependencies";
  CHECK(offered.suggested(prompt, "package_name", "S") == R"(["simple","six"])");
  CHECK(offered.suggested(prompt, "package_name", "six") == R"(["six"])");
  CHECK(offered.suggested(prompt, "package_name", "", Json::object({{"project", "sub"}})) == "[]");
  CHECK(offered.suggested(prompt, "project", "") == R"(["secret","sub"])");
  offered.denied = "/secret";
  CHECK(offered.suggested(prompt, "project", "") == R"(["sub"])");
  CHECK(offered.suggested("template:python:project://info{?project}", "project", "s") ==
        R"(["sub"])");
}
