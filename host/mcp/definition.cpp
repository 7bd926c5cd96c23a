// SPDX-License-Identifier: Apache-2.0
#include "mcp/definition.hpp"

#include "base/ascii.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "mcp/definition_text.hpp"
#include "mcp/tool_definition.hpp"

#include <algorithm>

namespace toolpost::mcp {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::string_view kPromptTag = "prompt:";
constexpr std::string_view kTemplateTag = "template:";

// A scheme and a colon (RFC 3986), and nothing that could not stand in a header or on a line.
bool is_uri(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == uri.size()) return false;
  const auto in_scheme = [&](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
  const std::string_view scheme = uri.substr(0, colon);
  return is_alpha(scheme.front()) && std::all_of(scheme.begin(), scheme.end(), in_scheme) &&
         std::none_of(uri.begin(), uri.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

Result<> check_identity(const json::Value& object, std::string_view member, std::string_view key) {
  const json::Value* given = object.find_string(member);
  if (given == nullptr || given->as_string() != key) {
    return wrong_definition(std::string{member} + " must be the item's key");
  }
  return {};
}

// The arguments of a prompt as revisions without titles know them.
void write_untitled_arguments(json::Writer& writer, std::string_view raw) {
  writer.key("arguments").begin_array();
  json::RawArray arguments{raw};
  std::string_view argument;
  while (arguments.next(argument)) {
    writer.begin_object();
    json::RawObject members{argument};
    json::RawMember member;
    while (members.next(member)) {
      if (member.key != "title") write_member(writer, json::unescape(member.key), member.value);
    }
    writer.end_object();
  }
  writer.end_array();
}

// A Resource, ResourceTemplate or Prompt object; `name` replaces the plugin's where it is not
// empty.
std::string render(std::string_view definition, std::string_view name, Version version) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  if (!name.empty()) writer.member("name", name);
  json::RawObject members{definition};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if ((key == "name" && !name.empty()) || !is_carried(key, version)) continue;
    if (key == "arguments" && !has_structured_content(version)) {
      write_untitled_arguments(writer, member.value);
    } else {
      write_member(writer, key, member.value);
    }
  }
  writer.end_object();
  return text;
}

void render_all(Definition& result, std::string_view definition, std::string_view name) {
  for (const Version version : supported_versions()) {
    result.by_version[static_cast<std::size_t>(version)] = render(definition, name, version);
  }
}

Result<Definition> read_resource(const json::Value& object, std::string_view definition,
                                 std::string_view key) {
  if (auto same = check_identity(object, "uri", key); !same) return same.error();
  if (!is_uri(key)) return wrong_definition("uri must be an absolute URI");
  if (object.find_string("name") == nullptr) return wrong_definition("name must be text");
  const json::Value* size = object.find("size");
  if (size != nullptr && (size->type() != json::Type::kInt64 || size->as_int64() < 0)) {
    return wrong_definition("size must be an integer of at least 0");
  }
  Definition result;
  render_all(result, definition, {});
  return result;
}

Result<Definition> read_template(const json::Value& object, std::string_view definition,
                                 std::string_view key) {
  if (auto same = check_identity(object, "uriTemplate", key); !same) return same.error();
  if (object.find_string("name") == nullptr) return wrong_definition("name must be text");
  auto uri_template = UriTemplate::compile(key);
  if (!uri_template) return Error{uri_template.error()}.in("definition: uriTemplate");
  Definition result;
  result.uri_template = std::make_shared<const UriTemplate>(std::move(*uri_template));
  render_all(result, definition, {});
  return result;
}

Result<PromptArgument> read_argument(const json::Value& argument) {
  const json::Value* name = argument.find_string("name");
  if (name == nullptr) return wrong_definition("each of arguments must have a name");
  for (const std::string_view member : {"title", "description"}) {
    const json::Value* text = argument.find(member);
    if (text != nullptr && !text->is_string()) {
      return wrong_definition(std::string{member} + " of an argument must be text");
    }
  }
  const json::Value* required = argument.find("required");
  if (required != nullptr && !required->is_bool()) {
    return wrong_definition("required of an argument must be a boolean");
  }
  return PromptArgument{std::string{name->as_string()}, required != nullptr && required->as_bool()};
}

Result<std::vector<PromptArgument>> read_arguments(const json::Value& prompt) {
  std::vector<PromptArgument> arguments;
  const json::Value* list = prompt.find("arguments");
  if (list == nullptr) return arguments;
  if (!list->is_array()) return wrong_definition("arguments must be an array");
  for (const json::Value& one : list->items()) {
    auto argument = read_argument(one);
    if (!argument) return argument.error();
    const auto is_same = [&](const PromptArgument& other) { return other.name == argument->name; };
    if (std::any_of(arguments.begin(), arguments.end(), is_same)) {
      return wrong_definition("arguments names \"" + argument->name + "\" twice");
    }
    arguments.push_back(std::move(*argument));
  }
  return arguments;
}

Result<Definition> read_prompt(const json::Value& object, std::string_view definition,
                               std::string_view key, std::string_view prefix) {
  if (auto same = check_identity(object, "name", key); !same) return same.error();
  const std::string name = public_name(ItemKind::kPrompt, key, prefix);
  if (!is_item_name(name)) {
    return wrong_definition("the name \"" + name +
                            "\" must be 1 to 128 characters of A-Z a-z 0-9 _ . -");
  }
  auto arguments = read_arguments(object);
  if (!arguments) return arguments.error();
  Definition result;
  result.arguments = std::move(*arguments);
  render_all(result, definition, name);
  return result;
}

Result<Definition> read_completion(std::string_view key) {
  if (!read_completion_key(key)) {
    return invalid(
        "the key must be \"prompt:NAME#ARGUMENT\" or \"template:URI-TEMPLATE#ARGUMENT\"");
  }
  return Definition{};
}

}  // namespace

std::string public_name(ItemKind kind, std::string_view key, std::string_view prefix) {
  if (kind == ItemKind::kTool || kind == ItemKind::kPrompt) {
    return std::string{prefix}.append(key);
  }
  if (kind != ItemKind::kCompletion) return std::string{key};
  const auto parts = read_completion_key(key);
  if (!parts || !parts->of_prompt) return std::string{key};
  return make_completion_key(true, std::string{prefix}.append(parts->of), parts->argument);
}

Result<Definition> read_definition(ItemKind kind, std::string_view definition, std::string_view key,
                                   std::string_view prefix, const Traits& traits) {
  if (kind == ItemKind::kCompletion) return read_completion(key);
  const auto document = json::parse(definition);
  if (!document) return Error{document.error()}.in("definition");
  const json::Value& object = document->root();
  if (!object.is_object()) return wrong_definition("must be a JSON object");
  if (auto common = check_common_members(object); !common) return common.error();
  switch (kind) {
    case ItemKind::kTool:
      return read_tool_definition(object, definition, key, prefix, traits);
    case ItemKind::kResource:
      return read_resource(object, definition, key);
    case ItemKind::kTemplate:
      return read_template(object, definition, key);
    default:
      return read_prompt(object, definition, key, prefix);
  }
}

bool is_item_name(std::string_view name) noexcept {
  const auto allowed = [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; };
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), allowed);
}

std::optional<CompletionKey> read_completion_key(std::string_view key) noexcept {
  CompletionKey parts;
  parts.of_prompt = key.starts_with(kPromptTag);
  if (!parts.of_prompt && !key.starts_with(kTemplateTag)) return std::nullopt;
  key.remove_prefix(parts.of_prompt ? kPromptTag.size() : kTemplateTag.size());
  // A template may have a '#' of its own; the last one comes before the argument.
  const std::size_t hash = key.rfind('#');
  if (hash == std::string_view::npos || hash == 0 || hash + 1 == key.size()) return std::nullopt;
  parts.of = key.substr(0, hash);
  parts.argument = key.substr(hash + 1);
  return parts;
}

std::string make_completion_key(bool of_prompt, std::string_view of, std::string_view argument) {
  std::string key{of_prompt ? kPromptTag : kTemplateTag};
  return key.append(of).append("#").append(argument);
}

}  // namespace toolpost::mcp
