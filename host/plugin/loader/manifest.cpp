// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/manifest.hpp"

#include "base/ascii.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "plugin/loader/text_rules.hpp"
#include "plugin/loader/trust.hpp"

#include <toolpost/plugin.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxFileNameSize = 255;
constexpr std::size_t kMaxListEntries = 64;
constexpr std::size_t kMaxListEntrySize = 256;

constexpr std::array<std::string_view, 15> kKnownKeys = {
    "id",     "name",     "version",  "vendor",        "file",
    "abi",    "min_host", "protocol", "isolation",     "secrets",
    "egress", "flags",    "limits",   "config_schema", "instructions"};

struct NamedFlag {
  std::string_view name;
  std::uint32_t bit;
};

constexpr std::array<NamedFlag, 2> kFlags = {
    {{"isolate", TOOLPOST_ENTRY_ISOLATE}, {"singleton", TOOLPOST_ENTRY_SINGLETON}}};

constexpr std::array<Isolation, 3> kIsolations = {Isolation::kRequired, Isolation::kPreferred,
                                                  Isolation::kNone};

std::string in_quotes(std::string_view name) {
  return "'" + std::string(name) + "'";
}

// Reads the members of one manifest; the first failure is kept and the rest is skipped.
class Reader {
 public:
  explicit Reader(const json::Value& root) : root_(root) {}

  const std::optional<Error>& failure() const { return failure_; }

  void fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  std::string line(std::string_view key, std::size_t limit) {
    const json::Value* const value = required(key, json::Type::kString);
    return value == nullptr ? std::string() : checked(key, *value, limit, true);
  }

  std::string optional_line(std::string_view key, std::size_t limit) {
    return root_.find(key) == nullptr ? std::string() : line(key, limit);
  }

  std::string optional_text(std::string_view key, std::size_t limit) {
    if (root_.find(key) == nullptr) return {};
    const json::Value* const value = required(key, json::Type::kString);
    return value == nullptr ? std::string() : checked(key, *value, limit, false);
  }

  AbiVersion version(std::string_view key) {
    const std::string text = line(key, kMaxVersionSize);
    if (failure_) return {};
    const auto version = AbiVersion::from_text(text);
    if (!version)
      fail(invalid("field " + in_quotes(key) + " is " + in_quotes(text) + ", not MAJOR.MINOR"));
    return version.value_or(AbiVersion{});
  }

  std::vector<std::string> list(std::string_view key) {
    const json::Value* const value = required(key, json::Type::kArray);
    std::vector<std::string> entries;
    if (value == nullptr) return entries;
    if (value->items().size() > kMaxListEntries) {
      fail(Error(Errc::kLimit, "field " + in_quotes(key) + " has more than " +
                                   std::to_string(kMaxListEntries) + " entries"));
      return entries;
    }
    for (const json::Value& item : value->items()) {
      if (!item.is_string()) {
        fail(invalid("field " + in_quotes(key) + " holds " + std::string(type_name(item.type())) +
                     ", not only strings"));
        break;
      }
      entries.push_back(checked(key, item, kMaxListEntrySize, true));
    }
    return entries;
  }

  const json::Value* required(std::string_view key, json::Type type) {
    const json::Value* const value = root_.find(key);
    if (value == nullptr) {
      fail(invalid("missing field " + in_quotes(key)));
      return nullptr;
    }
    if (value->type() == type) return value;
    fail(invalid("field " + in_quotes(key) + " is " + std::string(type_name(value->type())) +
                 ", not " + std::string(type_name(type))));
    return nullptr;
  }

 private:
  std::string checked(std::string_view key, const json::Value& value, std::size_t limit,
                      bool one_line) {
    const std::string_view text = value.as_string();
    const auto result = one_line ? check_line(key, text, limit) : check_text(key, text, limit);
    if (!result) fail(result.error());
    return result ? std::string(text) : std::string();
  }

  const json::Value& root_;
  std::optional<Error> failure_;
};

std::uint32_t read_flags(Reader& reader) {
  std::uint32_t flags = 0;
  for (const std::string& name : reader.list("flags")) {
    const auto* const flag = std::find_if(kFlags.begin(), kFlags.end(),
                                          [&](const NamedFlag& f) { return f.name == name; });
    if (flag == kFlags.end()) {
      reader.fail(Error(Errc::kUnsupported, "field 'flags' has " + in_quotes(name) +
                                                ", which this host does not know"));
      return 0;
    }
    flags |= flag->bit;
  }
  return flags;
}

Isolation read_isolation(Reader& reader) {
  const std::string text = reader.line("isolation", kMaxVersionSize);
  for (const Isolation isolation : kIsolations)
    if (isolation_name(isolation) == text) return isolation;
  reader.fail(invalid("field 'isolation' is " + in_quotes(text) +
                      ", not 'required', 'preferred' or 'none'"));
  return Isolation::kRequired;
}

std::vector<std::pair<std::string, std::int64_t>> read_limits(Reader& reader) {
  std::vector<std::pair<std::string, std::int64_t>> limits;
  const json::Value* const value = reader.required("limits", json::Type::kObject);
  if (value == nullptr) return limits;
  for (const json::Member& member : value->members()) {
    if (member.value.type() != json::Type::kInt64 || member.value.as_int64() < 0) {
      reader.fail(invalid("field 'limits': " + in_quotes(member.key) + " is not a count"));
      return {};
    }
    limits.emplace_back(member.key, member.value.as_int64());
  }
  return limits;
}

// A name beside the manifest: anything else would let the manifest choose a file that nobody meant.
Result<std::string> library_path(const std::string& file, std::string_view manifest_path) {
  if (file.empty() || file == "." || file == ".." || file.find('/') != std::string::npos)
    return invalid("field 'file' is " + in_quotes(file) + ", not a file name beside the manifest");
  return (std::filesystem::path(manifest_path).parent_path() / file).string();
}

}  // namespace

std::string_view isolation_name(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::kRequired:
      return "required";
    case Isolation::kPreferred:
      return "preferred";
    case Isolation::kNone:
      return "none";
  }
  return "required";
}

bool is_plugin_id(std::string_view id) noexcept {
  bool label_begins = true;
  for (const char c : id) {
    const bool alphanumeric = is_lower(c) || is_digit(c);
    if (label_begins && !alphanumeric) return false;
    if (!alphanumeric && c != '-' && c != '.') return false;
    label_begins = c == '.';
  }
  return !label_begins && id.size() <= kMaxIdSize;
}

Result<Manifest> parse_manifest(std::string_view text, std::string_view path) {
  auto document = json::parse(text);
  if (!document) return document.error();
  const json::Value& root = document->root();
  if (!root.is_object()) return invalid("not a JSON object");

  Reader reader(root);
  Manifest manifest;
  manifest.path = std::string(path);
  manifest.id = reader.line("id", kMaxIdSize);
  if (!reader.failure() && !is_plugin_id(manifest.id))
    reader.fail(invalid("field 'id' is " + in_quotes(manifest.id) + ", not like com.example.tool"));
  manifest.name = reader.line("name", kMaxNameSize);
  manifest.version = reader.line("version", kMaxVersionSize);
  manifest.vendor = reader.optional_line("vendor", kMaxNameSize);
  manifest.file = reader.line("file", kMaxFileNameSize);
  manifest.abi = reader.version("abi");
  manifest.min_host = reader.version("min_host");
  manifest.protocol = reader.line("protocol", kMaxProtocolSize);
  manifest.isolation = read_isolation(reader);
  manifest.secrets = reader.list("secrets");
  manifest.egress = reader.list("egress");
  if (root.find("flags") != nullptr) manifest.flags = read_flags(reader);
  if (root.find("limits") != nullptr) manifest.limits = read_limits(reader);
  manifest.instructions = reader.optional_text("instructions", kMaxInstructionsSize);
  if (reader.required("config_schema", json::Type::kObject) != nullptr)
    manifest.config_schema = std::string(json::find_raw(text, "config_schema").value_or("{}"));
  if (reader.failure()) return *reader.failure();

  auto file = library_path(manifest.file, path);
  if (!file) return file.error();
  manifest.file = *std::move(file);
  for (const json::Member& member : root.members()) {
    if (std::find(kKnownKeys.begin(), kKnownKeys.end(), member.key) == kKnownKeys.end())
      manifest.unknown_keys.emplace_back(member.key);
  }
  return manifest;
}

Result<Manifest> read_manifest(std::string_view path) {
  auto file = open_trusted(path);
  if (!file) return file.error().in("manifest");
  auto bytes = read_all(*file, kMaxManifestSize);
  if (!bytes) return bytes.error().in("manifest");
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  auto manifest = parse_manifest(text, file->path);
  if (!manifest) return manifest.error().in("manifest " + file->path);
  return manifest;
}

}  // namespace toolpost::plugin
