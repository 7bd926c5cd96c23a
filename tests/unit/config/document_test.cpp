// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include "config/settings_place.hpp"
#include "workspace.hpp"

using toolpost::config::Workspace;

TEST_CASE("config file: an unknown key is named with place and nearest name") {
  const Workspace dir;
  CHECK(dir.problems("{\n  \"plugins\": {\n    \"io.toolpost.echo\": {\"enabld\": true}\n  }\n}") ==
        "FILE:3:26: plugins.io.toolpost.echo.enabld: unknown key; did you mean \"enabled\"?");
  CHECK(dir.problems("{\"htpp\": {}}") == "FILE:1:2: htpp: unknown key; did you mean \"http\"?");
  CHECK(dir.problems("{\"plugin\": {}}") ==
        "FILE:1:2: plugin: unknown key; did you mean \"plugins\"?");
  CHECK(dir.problems("{\"http\": {\"limits\": {\"max_body\": 1}}}") ==
        "FILE:1:22: http.limits.max_body: unknown key; did you mean \"max_body_bytes\"?");
  CHECK(dir.problems("{\"qqqqqqqq\": 1}") == "FILE:1:2: qqqqqqqq: unknown key");
}

TEST_CASE("config file: a key in the wrong section is told where it belongs") {
  const Workspace dir;
  CHECK(dir.problems("{\"session_idle_ms\": 1}") ==
        "FILE:1:2: session_idle_ms: unknown key; did you mean \"http.limits.session_idle_ms\"?");
}

TEST_CASE("config file: a dotted path is no name of a key") {
  const Workspace dir;
  CHECK(dir.problems("{\"auth\": {\"users\": true},\n \"auth.users\": false}") ==
        "FILE:2:2: auth.users: unknown key; write {\"auth\": {\"users\": ...}}");
  CHECK(dir.problems("{\"http.port\": 1234}") ==
        "FILE:1:2: http.port: unknown key; write {\"http\": {\"port\": ...}}");
  CHECK(dir.problems("{\"http.limits\": {\"max_headers\": 9}}") ==
        "FILE:1:2: http.limits: unknown key; write {\"http\": {\"limits\": ...}}");
  CHECK(dir.problems("{\"http\": {\"limits.max_headers\": 9}}") ==
        "FILE:1:11: http.limits.max_headers: unknown key; write {\"limits\": {\"max_headers\": "
        "...}}");
  CHECK(dir.problems("{\"http.limits.max_headers\": 9}") ==
        "FILE:1:2: http.limits.max_headers: unknown key; write {\"http\": {\"limits\": "
        "{\"max_headers\": ...}}}");
  CHECK(dir.problems("{\"plugins.a.b\": {}}") == "FILE:1:2: plugins.a.b: unknown key");
  CHECK(dir.problems("{\"log.levl\": \"INFO\"}") == "FILE:1:2: log.levl: unknown key");
  CHECK(dir.problems("{\".\": 1}") == "FILE:1:2: .: unknown key");
  CHECK(dir.load_text("{\"plugins\": {\"a.b\": {\"enabled\": true, \"config\": {\"x.y\": 1}}}}")
            .has_value());
}

TEST_CASE("config file: a wrong type says what was expected and what was found") {
  const Workspace dir;
  CHECK(dir.problems("{\"http\": {\"port\": \"9000\"}}") ==
        "FILE:1:19: http.port: expected an integer from 0 to 65535, found the string \"9000\"");
  CHECK(dir.problems("{\"http\": {\"port\": 80.5}}") ==
        "FILE:1:19: http.port: expected an integer from 0 to 65535, found a number that is not an "
        "integer");
  CHECK(dir.problems("{\"http\": []}") == "FILE:1:10: http: expected an object, found array");
  CHECK(dir.problems("{\"plugins\": 3}") ==
        "FILE:1:13: plugins: expected an object, found integer");
  CHECK(dir.problems("{\"plugins\": {\"a.b\": {\"enabled\": 1}}}") ==
        "FILE:1:33: plugins.a.b.enabled: expected true or false, found 1");
  CHECK(dir.problems("{\"plugins\": {\"a.b\": {\"config\": []}}}") ==
        "FILE:1:32: plugins.a.b.config: expected an object, found an array");
  CHECK(
      dir.problems("{\"log\": {\"level\": \"LOUD\"}}") ==
      "FILE:1:19: log.level: expected one of \"TRACE\", \"DEBUG\", \"INFO\", \"WARN\", \"ERROR\", "
      "\"FATAL\", found the string \"LOUD\"");
  CHECK(dir.problems("{\"http\": {\"allowed_hosts\": [\"a.example\", \"b c\"]}}") ==
        "FILE:1:28: http.allowed_hosts: element 2: expected a host name, optionally with a port, "
        "such as \"tools.example:8443\", found the string \"b c\"");
  CHECK(dir.problems("{\"$schema\": 1}") == "FILE:1:13: $schema: expected a string, found 1");
}

TEST_CASE("config file: a number out of range names the range") {
  const Workspace dir;
  const std::string range = "http.port: expected an integer from 0 to 65535, found ";
  CHECK(dir.problems("{\"http\": {\"port\": 65536}}") == "FILE:1:19: " + range + "65536");
  CHECK(dir.problems("{\"http\": {\"port\": -1}}") == "FILE:1:19: " + range + "-1");
  CHECK(dir.problems("{\"http\": {\"port\": 18446744073709551615}}") ==
        "FILE:1:19: " + range + "18446744073709551615");
}

TEST_CASE("config file: a number that is too large for any key is said to be so") {
  const Workspace dir;
  const std::string range = "http.port: expected an integer from 0 to 65535, found ";
  const std::string huge = "99999999999999999999";
  CHECK(dir.problems("{\"http\": {\"port\": " + huge + "}}") ==
        "FILE:1:19: " + range + "a number that is out of range");
  CHECK(dir.problems("{\"http\": {\"port\": -" + huge + "}}") ==
        "FILE:1:19: " + range + "a number that is out of range");
}

TEST_CASE("config file: every problem is reported, not only the first") {
  const Workspace dir;
  CHECK(
      dir.problems(
          "{\n  \"prot\": 1,\n  \"log\": {\"level\": 3},\n  \"http\": {\"port\": null}\n}") ==
      "FILE:2:3: prot: unknown key\n"
      "FILE:3:20: log.level: expected one of \"TRACE\", \"DEBUG\", \"INFO\", \"WARN\", \"ERROR\", "
      "\"FATAL\", found 3\n"
      "FILE:4:20: http.port: expected an integer from 0 to 65535, found null");
}

TEST_CASE("config file: a duplicate key is placed at the second one") {
  const Workspace dir;
  CHECK(dir.problems("{\n  \"http\": {\"port\": 1,\n    \"po\\u0072t\": 2}\n}") ==
        "FILE:3:5: the key \"port\" stands here twice");
  CHECK(dir.problems("// first\n{\"log\": {}, \"log\": {}}") ==
        "FILE:2:13: the key \"log\" stands here twice");
  CHECK(dir.problems("{\"plugins\": {\"a.b\": {\"config\": {\"x\": [{\"y\": 1, \"y\": 1}]}}}}") ==
        "FILE:1:48: the key \"y\" stands here twice");
}

TEST_CASE("config file: a syntax error has line and column") {
  const Workspace dir;
  CHECK(dir.problems("{\n  \"http\": {\"port\" 1}\n}").starts_with("FILE:2:19: not valid JSON: "));
  CHECK(dir.problems("{").starts_with("FILE:1:2: not valid JSON: "));
  CHECK(dir.problems("").starts_with("FILE:1:1: not valid JSON: "));
  CHECK(dir.problems("{} x").starts_with("FILE:1:4: not valid JSON: "));
  CHECK(dir.problems("[]") == "FILE:1:1: expected an object");
}

TEST_CASE("config file: comments and trailing commas are allowed, columns count characters") {
  const Workspace dir;
  const auto loaded =
      dir.load_text("// one\n{ /* two */ \"http\": { \"port\": 81, }, // three\n}\n");
  REQUIRE(loaded.has_value());
  CHECK(loaded->http.port == 81);
  CHECK(dir.problems("{\"server\": {\"title\": \"\u00e9\u00e9\", \"x\": 1}}") ==
        "FILE:1:28: server.x: unknown key");
}

TEST_CASE("config file: a plugin's settings reach it as strict JSON with their place") {
  const Workspace dir;
  const auto loaded = dir.load_text(
      "{\"plugins\": {\"a.b\": {\n  \"config\": {\"x\": [1, 2.5, \"\\n\"], // why\n \"y\": "
      "18446744073709551615,},\n}}}");
  REQUIRE(loaded.has_value());
  const auto& plugin = loaded->plugins.at("a.b");
  CHECK(plugin.config.json == R"({"x":[1,2.5,"\n"],"y":18446744073709551615})");
  CHECK(place_in(plugin.config, "") == dir.path("toolpost.json") + ":2:13");
}

TEST_CASE("config file: plugin ids are checked") {
  const Workspace dir;
  CHECK(dir.problems("{\"plugins\": {\"Echo\": {}}}") ==
        "FILE:1:14: plugins.Echo: expected a plugin id such as \"com.example.thing\"");
  CHECK(dir.problems("{\"plugins\": {\"a.b\": true}}") ==
        "FILE:1:21: plugins.a.b: expected an object, found boolean");
}

TEST_CASE("config file: a key with control characters cannot break a line of the report") {
  const Workspace dir;
  CHECK(dir.problems("{\"a\\nb\": 1}") == "FILE:1:2: a\\nb: unknown key");
  CHECK(dir.problems("{\"plugins\": {\"a\\nb\": 1}}").find('\n') == std::string::npos);
  CHECK(dir.problems("{\"a\\nb\": 1, \"a\\nb\": 2}").find('\n') == std::string::npos);
}
