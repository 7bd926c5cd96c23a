// SPDX-License-Identifier: Apache-2.0
#include "cli/client_document.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace toolpost;
using namespace toolpost::cli;

namespace {

const ClientKind& kind_of(std::string_view id) {
  return **find_client_kind(id);
}

ServerWish local(const std::string& command = "/usr/bin/toolpost") {
  return {.name = "toolpost", .url = {}, .command = command, .arguments = {"stdio"}};
}

ServerWish remote() {
  return {.name = "toolpost", .url = "https://x.example/mcp", .command = {}, .arguments = {}};
}

std::string installed(std::string_view id, const std::string& text, const ServerWish& wish) {
  const auto done = install_entry({"f", text}, kind_of(id), make_entry(kind_of(id), wish));
  return done ? *done : "error: " + done.error().message();
}

std::string removed(std::string_view id, const std::string& text,
                    const std::string& name = "toolpost") {
  const auto done = remove_entry({"f", text}, kind_of(id), name);
  return done ? *done : "error: " + done.error().message();
}

std::string entry(std::string_view id, const ServerWish& wish) {
  return make_entry(kind_of(id), wish).value;
}

std::string place_of(std::string_view id, const std::map<std::string, std::string>& variables) {
  const auto environment = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string{name});
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  const auto path = client_file(kind_of(id), environment, "/home/ann");
  return path ? *path : "error: " + path.error().message();
}

}  // namespace

TEST_CASE("client: each client's entry is of its own shape and names the key, never has it") {
  CHECK(entry("claude-desktop", local()) == R"({"command":"/usr/bin/toolpost","args":["stdio"]})");
  CHECK(entry("cursor", local()) == R"({"command":"/usr/bin/toolpost","args":["stdio"]})");
  const std::string typed = R"({"type":"stdio","command":"/usr/bin/toolpost","args":["stdio"]})";
  CHECK(entry("claude-code", local()) == typed);
  CHECK(entry("vscode", local()) == typed);
  const std::string url = R"("url":"https://x.example/mcp","headers":{"Authorization":"Bearer )";
  CHECK(entry("claude-code", remote()) == R"({"type":"http",)" + url + "${MCP_API_KEY}\"}}");
  CHECK(entry("cursor", remote()) == "{" + url + "${env:MCP_API_KEY}\"}}");
  CHECK(entry("vscode", remote()) == R"({"type":"http",)" + url + "${input:toolpost-api-key}\"}}");
  ServerWish open = remote();
  open.with_key = false;
  CHECK(entry("vscode", open) == R"({"type":"http","url":"https://x.example/mcp"})");
}

TEST_CASE("client: the files are where the clients look for them") {
  CHECK(place_of("claude-desktop", {}) == "/home/ann/.config/Claude/claude_desktop_config.json");
  CHECK(place_of("claude-desktop", {{"XDG_CONFIG_HOME", "/x"}}) ==
        "/x/Claude/claude_desktop_config.json");
  CHECK(place_of("vscode", {{"XDG_CONFIG_HOME", "/x"}}) == "/x/Code/User/mcp.json");
  CHECK(place_of("vscode", {{"XDG_CONFIG_HOME", "relative"}}) ==
        "/home/ann/.config/Code/User/mcp.json");
  CHECK(place_of("claude-code", {}) == "/home/ann/.claude.json");
  CHECK(place_of("claude-code", {{"CLAUDE_CONFIG_DIR", "/c"}}) == "/c/.claude.json");
  CHECK(place_of("cursor", {{"XDG_CONFIG_HOME", "/x"}}) == "/home/ann/.cursor/mcp.json");
}

TEST_CASE("client: an entry is added once, and one of an earlier install is brought up to date") {
  const std::string once = installed("cursor", "", local());
  CHECK(once ==
        "{\n  \"mcpServers\": {\n    \"toolpost\": {\n      \"command\": \"/usr/bin/toolpost\",\n"
        "      \"args\": [\n        \"stdio\"\n      ]\n    }\n  }\n}\n");
  CHECK(installed("cursor", once, local()) == once);
  const std::string moved = installed("cursor", once, local("/opt/toolpost"));
  CHECK(moved.find("/opt/toolpost") != std::string::npos);
  CHECK(installed("cursor", moved, local()) == once);
  CHECK(installed("cursor", installed("cursor", once, remote()), local()) == once);
  const std::string asks = installed("vscode", "{\"inputs\": [1]}", remote());
  CHECK(asks.find("promptString") != std::string::npos);
  CHECK(installed("vscode", asks, local()).find("promptString") == std::string::npos);
}

TEST_CASE("client: what is taken out is what was put in") {
  const std::string text =
      "// mine\n{\n\t\"servers\": {\n\t\t\"a\": {\"command\": \"a\"}, // keep\n\t},\n"
      "\t\"inputs\": [\n\t\t{\"id\": \"b\"}\n\t]\n}\n";
  for (const ServerWish& wish : {local(), remote()}) {
    const std::string with = installed("vscode", text, wish);
    REQUIRE(with.find("toolpost") != std::string::npos);
    CHECK((with.find("promptString") != std::string::npos) == !wish.url.empty());
    CHECK(removed("vscode", with) == text);
    CHECK(removed("vscode", with, "other") == with);
  }
  CHECK(removed("vscode", text) == text);
  CHECK(removed("vscode", "") == "");
}

TEST_CASE("client: a question for the key stays while something else asks it") {
  const std::string with = installed("vscode", "{}", remote());
  const std::string second = installed("vscode", with, [] {
    ServerWish wish = local();
    wish.name = "second";
    return wish;
  }());
  const std::size_t at = second.find("\"stdio\"\n");
  REQUIRE(at != std::string::npos);
  std::string uses = second;
  uses.replace(at, 7, "\"${input:toolpost-api-key}\"");
  CHECK(removed("vscode", uses).find("promptString") != std::string::npos);
  CHECK(removed("vscode", second).find("promptString") == std::string::npos);
}

TEST_CASE("client: entries of somebody else are neither replaced nor removed") {
  for (const std::string value :
       {R"({"command":"/usr/bin/other","args":["stdio"]})",
        R"({"command":"/usr/bin/toolpost","args":["http"]})",
        R"({"command":"/usr/bin/toolpost","args":["stdio"],"env":{"A":"b"}})",
        R"({"url":"https://x.example","headers":{"Authorization":"Bearer abc"}})", "7"}) {
    CAPTURE(value);
    const std::string text = "{\"mcpServers\":\n {\"toolpost\":" + value + "}}";
    CHECK(installed("cursor", text, local()).find("error: f:2:14: mcpServers.toolpost is not as") ==
          0);
    CHECK(removed("cursor", text).find("error: f:2:14: mcpServers.toolpost is not as") == 0);
  }
}

TEST_CASE("client: a file that is not what the client reads is refused with its place") {
  CHECK(installed("cursor", "{\n  \"a\": }", local()).find("error: f:2:8: not valid JSON") == 0);
  CHECK(installed("cursor", "[]", local()) == "error: f:1:1: expected an object");
  CHECK(installed("cursor", "{\"mcpServers\": []}", local()) ==
        "error: f:1:16: mcpServers: expected an object");
  CHECK(installed("vscode", "{\"inputs\": {}}", remote()) ==
        "error: f:1:12: inputs: expected an array");
  CHECK(installed("cursor", "{\"a\": 1, \"a\": 2}", local()) ==
        "error: f:1:10: the key \"a\" stands here twice");
  // Claude reads strict JSON: what has a comment it would not take anyway.
  CHECK(installed("claude-desktop", "{ // x\n}", local()).find("error: f:1:3: ") == 0);
  CHECK(installed("vscode", "{ // x\n}", local()).find("toolpost") != std::string::npos);
}

TEST_CASE("client: unknown clients are named, with the one that was meant") {
  CHECK(find_client_kind("claude-dektop").error().message() ==
        "expected claude-desktop, claude-code, cursor or vscode, found \"claude-dektop\"; did you "
        "mean \"claude-desktop\"?");
}
