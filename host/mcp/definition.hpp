// SPDX-License-Identifier: Apache-2.0
// What a plugin says about one of its items: its Tool, Resource, ResourceTemplate or Prompt object,
// checked once when it is registered and rendered for every revision, so that a list is a matter of
// copying bytes.
#pragma once

#include "base/error.hpp"
#include "json/log_marks.hpp"
#include "mcp/item_kind.hpp"
#include "mcp/param_headers.hpp"
#include "mcp/uri_template.hpp"
#include "mcp/version.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::mcp {

// What an item does to the world. Clients see a tool's as annotations; the host's own rules use
// them too.
struct Traits {
  bool read_only = false;
  bool destructive = false;
  bool idempotent = false;
  bool open_world = false;

  bool operator==(const Traits&) const = default;
};

struct PromptArgument {
  std::string name;
  bool required = false;
};

struct Definition {
  // The object as lists show it, on one line; a completion is in no list.
  std::array<std::string, kVersionCount> by_version;

  // Of tools.
  std::string input_schema;   // JSON
  std::string output_schema;  // JSON; empty when there is none
  std::vector<HeaderBinding> header_bindings;
  json::LogMarks log_marks;   // which arguments may be recorded in clear
  bool object_output = true;  // the root of the output schema is an object

  // Of templates.
  std::shared_ptr<const UriTemplate> uri_template;

  // Of prompts.
  std::vector<PromptArgument> arguments;

  const std::string& text(Version version) const {
    return by_version[static_cast<std::size_t>(version)];
  }
};

// The name under which clients know an item: `key` is what its plugin calls it, `prefix` what the
// operator puts before the names of its tools and prompts. A URI is the same for everybody.
std::string public_name(ItemKind kind, std::string_view key, std::string_view prefix);

// `definition` is the plugin's text, `key` its name for the item. A tool's annotations come from
// the traits; of the plugin's own only the title is kept.
Result<Definition> read_definition(ItemKind kind, std::string_view definition, std::string_view key,
                                   std::string_view prefix, const Traits& traits);

// 1 to 128 of [A-Za-z0-9_.-]: tools and prompts.
bool is_item_name(std::string_view name) noexcept;

// What a completion completes: an argument of a prompt or a variable of a template.
struct CompletionKey {
  bool of_prompt = false;
  std::string_view of;        // the prompt's name or the URI template
  std::string_view argument;  // its name
};

// Null unless it is "prompt:NAME#ARGUMENT" or "template:URI-TEMPLATE#ARGUMENT".
std::optional<CompletionKey> read_completion_key(std::string_view key) noexcept;
std::string make_completion_key(bool of_prompt, std::string_view of, std::string_view argument);

}  // namespace toolpost::mcp
