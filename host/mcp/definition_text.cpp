// SPDX-License-Identifier: Apache-2.0
#include "mcp/definition_text.hpp"

#include "json/raw.hpp"
#include "mcp/result_text.hpp"

#include <algorithm>

namespace toolpost::mcp {

Error wrong_definition(std::string_view what) {
  return invalid("definition: " + std::string{what});
}

Result<> check_common_members(const json::Value& object) {
  for (const std::string_view text : {"title", "description", "mimeType"}) {
    const json::Value* value = object.find(text);
    if (value != nullptr && !value->is_string()) {
      return wrong_definition(std::string{text} + " must be text");
    }
  }
  if (const json::Value* icons = object.find("icons")) {
    if (!icons->is_array()) return wrong_definition("icons must be an array");
    const auto has_src = [](const json::Value& icon) { return icon.find_string("src") != nullptr; };
    if (!std::all_of(icons->items().begin(), icons->items().end(), has_src)) {
      return wrong_definition("each of icons must have a src");
    }
  }
  for (const std::string_view member : {"annotations", "_meta"}) {
    const json::Value* value = object.find(member);
    if (value != nullptr && !value->is_object()) {
      return wrong_definition(std::string{member} + " must be an object");
    }
  }
  const json::Value* meta = object.find("_meta");
  if (meta == nullptr) return {};
  for (const json::Member& member : meta->members()) {
    if (is_reserved_meta_key(member.key)) {
      return wrong_definition("_meta/" + std::string{member.key} + " is reserved to the protocol");
    }
  }
  return {};
}

bool is_carried(std::string_view member, Version version) noexcept {
  if (member == "icons") return has_icons(version);
  if (member == "execution") return false;  // tasks are the host's, see TOOLPOST_ITEM_TASK_*
  if (member == "title" || member == "outputSchema") return has_structured_content(version);
  return true;
}

void write_member(json::Writer& writer, std::string_view key, std::string_view raw) {
  std::string line;
  json::append_on_one_line(line, raw);
  writer.key(key).raw(line);
}

}  // namespace toolpost::mcp
