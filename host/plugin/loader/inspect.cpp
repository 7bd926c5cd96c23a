// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/inspect.hpp"

#include "json/raw.hpp"
#include "json/writer.hpp"
#include "plugin/loader/digest.hpp"
#include "plugin/loader/trust.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kColumns = 4;

void write_strings(json::Writer& writer, std::string_view key,
                   const std::vector<std::string>& texts) {
  writer.key(key).begin_array();
  for (const std::string& text : texts) writer.string(text);
  writer.end_array();
}

std::string on_one_line(std::string_view json) {
  std::string line;
  json::append_on_one_line(line, json.empty() ? "{}" : json);
  return line;
}

void write_manifest(json::Writer& writer, const EntryFacts& facts, const Manifest& declared) {
  writer.begin_object();
  writer.member("id", facts.id);
  writer.member("name", facts.name);
  writer.member("version", facts.version);
  writer.member("vendor", facts.vendor);
  writer.member("file", std::filesystem::path(declared.file).filename().string());
  writer.member("abi", facts.abi.text());
  writer.member("min_host", facts.min_host.text());
  writer.member("protocol", facts.protocol);
  writer.key("flags").begin_array();
  if ((facts.flags & TOOLPOST_ENTRY_ISOLATE) != 0) writer.string("isolate");
  if ((facts.flags & TOOLPOST_ENTRY_SINGLETON) != 0) writer.string("singleton");
  writer.end_array();
  writer.member("isolation", isolation_name(declared.isolation));
  write_strings(writer, "secrets", declared.secrets);
  write_strings(writer, "egress", declared.egress);
  writer.key("limits").begin_object();
  for (const auto& [name, value] : declared.limits) writer.member(name, value);
  writer.end_object();
  writer.key("config_schema").raw(on_one_line(facts.config_schema));
  writer.member("instructions", facts.instructions);
  writer.end_object();
}

// What a plugin's manifest says must not move the cursor of whoever reads the list.
std::string printable(std::string_view text) {
  std::string shown(text);
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
      },
      '?');
  return shown;
}

}  // namespace

std::string list_text(std::span<const ListedPlugin> plugins) {
  std::vector<std::array<std::string, kColumns>> rows = {{"ID", "VERSION", "STATE", "LIBRARY"}};
  for (const ListedPlugin& plugin : plugins) {
    rows.push_back({printable(plugin.id), printable(plugin.version), printable(plugin.state),
                    printable(plugin.path)});
  }
  std::array<std::size_t, kColumns> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i)
      text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + "\n";
  }
  return text;
}

std::string list_json(std::span<const ListedPlugin> plugins) {
  std::string text;
  json::Writer writer(text);
  writer.begin_array();
  for (const ListedPlugin& plugin : plugins) {
    writer.begin_object();
    writer.member("id", plugin.id).member("version", plugin.version);
    writer.member("path", plugin.path).member("state", plugin.state);
    writer.end_object();
  }
  writer.end_array();
  return text;
}

std::string manifest_json(const EntryFacts& facts, const Manifest& declared) {
  std::string text;
  json::Writer writer(text);
  write_manifest(writer, facts, declared);
  return text;
}

std::string inspect_json(const Library& library) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object();
  writer.key("manifest");
  write_manifest(writer, library.facts, library.manifest);
  writer.member("path", library.manifest.path);
  writer.member("sha256", library.sha256);
  write_strings(writer, "needed", library.elf.needed);
  write_strings(writer, "exports", library.elf.exports);
  writer.end_object();
  return text;
}

Result<Pin> pin(const Manifest& manifest) {
  auto file = open_trusted(manifest.file);
  if (!file) return file.error().in("plugin " + manifest.id);
  auto sha256 = sha256_of(file->fd.get());
  if (!sha256) return sha256.error().in(file->path).in("plugin " + manifest.id);
  return Pin{manifest.id, file->path, *std::move(sha256)};
}

std::string pin_json(const Pin& pin) {
  std::string text;
  json::Writer writer(text);
  writer.begin_object().key(pin.id).begin_object().member("sha256", pin.sha256);
  writer.end_object().end_object();
  return text;
}

}  // namespace toolpost::plugin
