// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/entry.hpp"

#include "plugin/loader/same_json.hpp"
#include "plugin/loader/text_rules.hpp"
#include "plugin/loader/versioned.hpp"

#include <array>

namespace toolpost::plugin {
namespace {

constexpr std::uint32_t kKnownEntryFlags = TOOLPOST_ENTRY_ISOLATE | TOOLPOST_ENTRY_SINGLETON;

Error table_error(const toolpost_entry* entry) {
  if (entry == nullptr) return invalid("toolpost_entry_v1() returned null");
  const std::string size = std::to_string(entry->struct_size);
  if (entry->struct_size < kFirstSize<toolpost_entry>) {
    return invalid("its entry has " + size + " bytes, fewer than the " +
                   std::to_string(kFirstSize<toolpost_entry>) + " of ABI 1.0");
  }
  if (entry->struct_size > kMaxStructSize)
    return Error(Errc::kUnsupported, "its entry claims " + size + " bytes");
  return Error(Errc::kUnsupported, "its entry (" + size +
                                       " bytes) uses fields that this host does not know; it "
                                       "needs a newer host");
}

Result<> check_versions(const toolpost_entry& table) {
  const auto abi = AbiVersion::from_packed(table.abi_version);
  const auto min_host = AbiVersion::from_packed(table.min_host_version);
  if (abi.major != kHostAbi.major) {
    return Error(Errc::kUnsupported,
                 "built for plugin ABI " + abi.text() + "; this host has " + kHostAbi.text());
  }
  if (kHostAbi < min_host || min_host.major != kHostAbi.major) {
    return Error(Errc::kUnsupported, "needs a host with plugin ABI " + min_host.text() +
                                         "; this host has " + kHostAbi.text());
  }
  if ((table.flags & ~kKnownEntryFlags) != 0) {
    return Error(Errc::kUnsupported, "its entry has flags that this host does not know: " +
                                         std::to_string(table.flags));
  }
  if (table.create == nullptr) return invalid("its entry has no create function");
  return {};
}

struct TextField {
  std::string_view name;
  const toolpost_str* from;
  std::string* to;
  std::size_t limit;
  bool one_line;
};

Result<> copy_text(const TextField& field) {
  // The size is judged first: a wild one must not be followed.
  if (field.from->size > field.limit) {
    return Error(Errc::kLimit, "its entry: field '" + std::string(field.name) + "' claims " +
                                   std::to_string(field.from->size) + " bytes, more than " +
                                   std::to_string(field.limit));
  }
  if (field.from->size == 0) return {};
  if (field.from->data == nullptr)
    return invalid("its entry: field '" + std::string(field.name) + "' is null but has a size");
  const std::string_view text(field.from->data, field.from->size);
  const auto checked = field.one_line ? check_line(field.name, text, field.limit)
                                      : check_text(field.name, text, field.limit);
  if (!checked) return checked.error().in("its entry");
  field.to->assign(text);
  return {};
}

Result<> differs(std::string_view field, const std::string& entry, const std::string& manifest) {
  if (entry == manifest) return {};
  return invalid("the library says " + std::string(field) + " '" + entry + "', its manifest '" +
                 manifest + "'");
}

}  // namespace

Result<EntryFacts> read_entry(const toolpost_entry* entry) {
  toolpost_entry table{};
  if (read_versioned(entry, table) != TOOLPOST_OK) return table_error(entry);
  if (auto good = check_versions(table); !good) return good.error();

  EntryFacts facts;
  facts.entry = entry;
  facts.abi = AbiVersion::from_packed(table.abi_version);
  facts.min_host = AbiVersion::from_packed(table.min_host_version);
  facts.flags = table.flags;
  const std::array<TextField, 7> fields = {{
      {"id", &table.id, &facts.id, kMaxIdSize, true},
      {"name", &table.name, &facts.name, kMaxNameSize, true},
      {"version", &table.version, &facts.version, kMaxVersionSize, true},
      {"vendor", &table.vendor, &facts.vendor, kMaxNameSize, true},
      {"protocol", &table.protocol, &facts.protocol, kMaxProtocolSize, true},
      {"config_schema", &table.config_schema, &facts.config_schema, kMaxSchemaSize, false},
      {"instructions", &table.instructions, &facts.instructions, kMaxInstructionsSize, false},
  }};
  for (const TextField& field : fields)
    if (auto copied = copy_text(field); !copied) return copied.error();
  if (facts.config_schema.empty()) facts.config_schema = "{}";
  if (!is_plugin_id(facts.id))
    return invalid("its entry: field 'id' is '" + facts.id + "', not like com.example.tool");
  return facts;
}

Result<> check_matches(const EntryFacts& facts, const Manifest& manifest) {
  if (auto same = differs("id", facts.id, manifest.id); !same) return same;
  if (auto same = differs("version", facts.version, manifest.version); !same) return same;
  if (auto same = differs("protocol", facts.protocol, manifest.protocol); !same) return same;
  if (auto same = differs("abi", facts.abi.text(), manifest.abi.text()); !same) return same;
  if (auto same = differs("min_host", facts.min_host.text(), manifest.min_host.text()); !same)
    return same;
  if (facts.flags != manifest.flags)
    return invalid("the library and its manifest differ in 'flags'");
  auto same = same_json(facts.config_schema, manifest.config_schema);
  if (!same) return same.error().in("its entry: field 'config_schema'");
  if (!*same) return invalid("the library and its manifest differ in 'config_schema'");
  return {};
}

}  // namespace toolpost::plugin
