// SPDX-License-Identifier: Apache-2.0
#include "cli/client_document.hpp"

#include "base/json_escape.hpp"
#include "json/edit.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <optional>

namespace toolpost::cli {
namespace {

constexpr std::string_view kInputs = "inputs";
// Claude Code keeps the history of every project in its file.
constexpr std::size_t kMaxMembers = 100'000;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Error misplaced(const json::NamedText& file, std::string_view slice, const std::string& what) {
  return invalid(json::place(file, slice) + ": " + what);
}

// The object of the whole text.
Result<std::string_view> root_of(const json::NamedText& file, const ClientKind& kind) {
  json::Limits limits = json::kFileLimits;
  limits.members = kMaxMembers;
  limits.comments = kind.comments;
  const auto document = json::parse(file, limits);
  if (!document) return document.error();
  const std::string_view root = json::raw_value_at(file.text, 0).text;
  if (!document->root().is_object()) return misplaced(file, root, "expected an object");
  return root;
}

// A member of the root that must be an object or array, by its first character.
Result<std::optional<std::string_view>> container(const json::NamedText& file,
                                                  std::string_view root, std::string_view name,
                                                  char open) {
  const auto found = json::find_raw(root, name);
  if (!found || found->front() == open) return found;
  return misplaced(file, *found,
                   std::string{name} + ": expected an " + (open == '{' ? "object" : "array"));
}

std::string compact(std::string_view value) {
  std::string out;
  json::append_compact(out, value);
  return out;
}

// Which member of the object, or element with that id of the array of inputs.
std::optional<std::size_t> number_of(std::string_view object, const std::string& key) {
  std::size_t number = 0;
  json::RawObject members{object};
  for (json::RawMember member; members.next(member); ++number) {
    if (json::unescape(member.key) == key) return number;
  }
  return std::nullopt;
}

struct FoundInput {
  std::size_t number = 0;
  std::string value;  // compact
};

std::optional<FoundInput> find_input(std::string_view inputs, const std::string& id) {
  std::string quoted;
  append_json_string(quoted, id);
  std::size_t number = 0;
  json::RawArray elements{inputs};
  for (std::string_view element; elements.next(element); ++number) {
    if (!element.starts_with('{')) continue;
    const auto found = json::find_raw(element, "id");
    if (found && compact(*found) == quoted) return FoundInput{number, compact(element)};
  }
  return std::nullopt;
}

std::string shown(const ClientKind& kind, const std::string& name) {
  return std::string{kind.container} + "." + name;
}

Error foreign(const json::NamedText& file, std::string_view value, const ClientKind& kind,
              const std::string& name) {
  return {Errc::kExists, json::place(file, value) + ": " + shown(kind, name) +
                             " is not as toolpost client install writes it; change it by hand, or "
                             "choose another name with --name"};
}

Result<std::string> with_server(const json::NamedText& file, const ClientKind& kind,
                                const ServerEntry& entry) {
  const auto root = root_of(file, kind);
  if (!root) return root.error();
  const auto servers = container(file, *root, kind.container, '{');
  if (!servers) return servers.error();
  if (!*servers) {
    std::string value = "{";
    append_json_string(value, entry.name);
    value.append(":").append(entry.value).append("}");
    return json::with_member(file.text, *root, kind.container, value);
  }
  const auto old = json::find_raw(**servers, entry.name);
  if (!old) return json::with_member(file.text, **servers, entry.name, entry.value);
  if (!is_our_entry(kind, entry.name, *old)) return foreign(file, *old, kind, entry.name);
  if (compact(*old) == entry.value) return std::string{file.text};
  return json::with_value(file.text, *old, entry.value);
}

Result<std::string> with_input(const json::NamedText& file, const ClientKind& kind,
                               const ServerEntry& entry) {
  const auto root = root_of(file, kind);
  if (!root) return root.error();
  const auto inputs = container(file, *root, kInputs, '[');
  if (!inputs) return inputs.error();
  if (!*inputs) return json::with_member(file.text, *root, kInputs, "[" + entry.input + "]");
  if (find_input(**inputs, entry.input_id)) return std::string{file.text};
  return json::with_element(file.text, **inputs, entry.input);
}

// The input goes when it is as it was written and nothing else asks for it.
Result<std::string> without_input(const json::NamedText& file, const ClientKind& kind,
                                  const ServerEntry& entry) {
  const auto root = root_of(file, kind);
  if (!root) return root.error();
  const auto inputs = container(file, *root, kInputs, '[');
  if (!inputs) return inputs.error();
  const auto found = *inputs ? find_input(**inputs, entry.input_id) : std::nullopt;
  const bool used = file.text.find("${input:" + entry.input_id + "}") != std::string_view::npos;
  if (!found || found->value != entry.input || used) return std::string{file.text};
  return json::without_item(file.text, **inputs, found->number);
}

}  // namespace

Result<std::string> install_entry(const json::NamedText& file, const ClientKind& kind,
                                  const ServerEntry& entry) {
  const bool blank = is_blank(file.text);
  const json::NamedText start{file.name, blank ? "{}\n" : file.text};
  const auto old = find_entry(start, kind, entry.name);
  if (!old) return old.error();
  auto text = with_server(start, kind, entry);
  if (!text) return text;
  if (!entry.input_id.empty()) return with_input({file.name, *text}, kind, entry);
  return old->input_id.empty() ? text : without_input({file.name, *text}, kind, *old);
}

Result<std::string> remove_entry(const json::NamedText& file, const ClientKind& kind,
                                 const std::string& name) {
  if (is_blank(file.text)) return std::string{file.text};
  const auto entry = find_entry(file, kind, name);
  if (!entry) return entry.error();
  if (entry->value.empty()) return std::string{file.text};
  const std::string_view root = json::raw_value_at(file.text, 0).text;
  const std::string_view servers = *json::find_raw(root, kind.container);
  const std::string_view value = *json::find_raw(servers, name);
  if (!is_our_entry(kind, name, value)) return foreign(file, value, kind, name);
  auto text = json::without_item(file.text, servers, *number_of(servers, name));
  if (entry->input_id.empty()) return text;
  return without_input({file.name, text}, kind, *entry);
}

Result<ServerEntry> find_entry(const json::NamedText& file, const ClientKind& kind,
                               const std::string& name) {
  if (is_blank(file.text)) return ServerEntry{name, {}, {}, {}};
  const auto root = root_of(file, kind);
  if (!root) return root.error();
  const auto servers = container(file, *root, kind.container, '{');
  if (!servers) return servers.error();
  const auto value = *servers ? json::find_raw(**servers, name) : std::nullopt;
  if (!value) return ServerEntry{name, {}, {}, {}};
  // An entry that refers to the question for the key brought that question along.
  ServerEntry entry = make_entry(kind, {.name = name, .url = "-", .command = {}, .arguments = {}});
  entry.value = compact(*value);
  const std::string reference = "${input:" + entry.input_id + "}";
  if (entry.input_id.empty() || entry.value.find(reference) == std::string::npos) {
    entry.input_id.clear();
    entry.input.clear();
  }
  return entry;
}

}  // namespace toolpost::cli
