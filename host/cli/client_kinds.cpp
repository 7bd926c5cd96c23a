// SPDX-License-Identifier: Apache-2.0
#include "cli/client_kinds.hpp"

#include "base/nearest.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace toolpost::cli {
namespace {

constexpr std::string_view kStdio = "stdio";
constexpr std::string_view kHeader = "Authorization";
constexpr std::string_view kRestart = "Restart it: it reads this file when it starts.";

constexpr std::array kKinds{
    ClientKind{"claude-desktop", "Claude Desktop", "mcpServers", false, false, false, "", kRestart},
    ClientKind{"claude-code", "Claude Code", "mcpServers", false, true, true, "${MCP_API_KEY}",
               "Sessions that begin from now on have the server; /mcp shows it."},
    ClientKind{"cursor", "Cursor", "mcpServers", true, false, true, "${env:MCP_API_KEY}", kRestart},
    ClientKind{"vscode", "VS Code", "servers", true, true, true, "",
               "The command MCP: List Servers shows and starts it."},
};

std::string input_id_of(const std::string& name) {
  return name + "-api-key";
}

std::string bearer(const ClientKind& kind, const std::string& name) {
  return "Bearer " + (kind.key_reference.empty() ? "${input:" + input_id_of(name) + "}"
                                                 : std::string{kind.key_reference});
}

std::string input_of(const std::string& name) {
  std::string out;
  json::Writer writer{out};
  writer.begin_object().member("type", "promptString").member("id", input_id_of(name));
  writer.member("description", "API key of the MCP server " + name).member("password", true);
  writer.end_object();
  return out;
}

bool is_text(const json::Value* value, std::string_view text) {
  return value != nullptr && value->is_string() && value->as_string() == text;
}

bool starts_us(const json::Value& entry) {
  const json::Value* command = entry.find("command");
  const json::Value* arguments = entry.find("args");
  if (command == nullptr || !command->is_string() || arguments == nullptr ||
      !arguments->is_array() || arguments->items().empty()) {
    return false;
  }
  return std::filesystem::path{command->as_string()}.filename() == "toolpost" &&
         is_text(&arguments->items().front(), kStdio);
}

bool connects_to_us(const ClientKind& kind, const std::string& name, const json::Value& entry) {
  const json::Value* url = entry.find("url");
  if (url == nullptr || !url->is_string()) return false;
  const json::Value* headers = entry.find("headers");
  if (headers == nullptr) return true;
  return headers->is_object() && headers->members().size() == 1 &&
         is_text(headers->find(kHeader), bearer(kind, name));
}

}  // namespace

std::span<const ClientKind> client_kinds() {
  return kKinds;
}

Result<const ClientKind*> find_client_kind(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const ClientKind& kind : kKinds) {
    if (kind.id == id) return &kind;
    ids.push_back(kind.id);
  }
  std::string text = "expected claude-desktop, claude-code, cursor or vscode, found \"";
  text.append(id).append("\"");
  if (const auto near = nearest(id, ids))
    text.append("; did you mean \"").append(*near).append("\"?");
  return invalid(text);
}

Result<std::string> client_file(const ClientKind& kind, const config::Environment& environment,
                                const std::string& home) {
  const auto variable = [&](const char* name) {
    const std::string value = environment(name).value_or("");
    return value.starts_with('/') ? value : std::string{};
  };
  const std::string code = variable("CLAUDE_CONFIG_DIR");
  if (kind.id == "claude-code" && !code.empty()) return code + "/.claude.json";
  std::string settings = variable("XDG_CONFIG_HOME");
  if (settings.empty() && !home.empty()) settings = home + "/.config";
  if (kind.id == "claude-desktop" && !settings.empty()) {
    return settings + "/Claude/claude_desktop_config.json";
  }
  if (kind.id == "vscode" && !settings.empty()) return settings + "/Code/User/mcp.json";
  if (home.empty()) {
    return invalid("where the file of " + std::string{kind.name} +
                   " is cannot be told without a home directory; set HOME or name it with --file");
  }
  return home + (kind.id == "cursor" ? "/.cursor/mcp.json" : "/.claude.json");
}

ServerEntry make_entry(const ClientKind& kind, const ServerWish& wish) {
  ServerEntry entry{wish.name, {}, {}, {}};
  json::Writer writer{entry.value};
  writer.begin_object();
  if (wish.url.empty()) {
    if (kind.types) writer.member("type", kStdio);
    writer.member("command", wish.command).key("args").begin_array();
    for (const std::string& argument : wish.arguments) writer.string(argument);
    writer.end_array().end_object();
    return entry;
  }
  if (kind.types) writer.member("type", "http");
  writer.member("url", wish.url);
  if (wish.with_key) {
    writer.key("headers").begin_object().member(kHeader, bearer(kind, wish.name)).end_object();
    if (kind.key_reference.empty()) {
      entry.input_id = input_id_of(wish.name);
      entry.input = input_of(wish.name);
    }
  }
  writer.end_object();
  return entry;
}

bool is_our_entry(const ClientKind& kind, const std::string& name, std::string_view value) {
  const auto document = json::parse(value);
  if (!document || !document->root().is_object()) return false;
  const json::Value& entry = document->root();
  const json::Value* type = entry.find("type");
  if ((type != nullptr) != kind.types) return false;
  const std::size_t members = entry.members().size() - (kind.types ? 1 : 0);
  if (starts_us(entry)) return members == 2 && (!kind.types || is_text(type, kStdio));
  const bool has_headers = entry.find("headers") != nullptr;
  return kind.urls && connects_to_us(kind, name, entry) && members == (has_headers ? 2U : 1U) &&
         (!kind.types || is_text(type, "http"));
}

}  // namespace toolpost::cli
