// SPDX-License-Identifier: Apache-2.0
// Tool as an MCP Tool object. Annotations are missing on purpose: the host derives them from the
// flags.
#include <toolpost/tool.hpp>

#include <utility>

namespace toolpost::sdk {

Tool::Tool(std::string name) : ItemBuilder(TOOLPOST_KIND_TOOL, std::move(name), "name") {
  input(Schema::object());
}

Tool& Tool::input(const Schema& schema) {
  return define("inputSchema", schema.json());
}

Tool& Tool::input_json(std::string_view schema) {
  return define("inputSchema", Json::parse(schema));
}

Tool& Tool::output(const Schema& schema) {
  return define("outputSchema", schema.json());
}

Tool& Tool::output_json(std::string_view schema) {
  return define("outputSchema", Json::parse(schema));
}

Tool& Tool::read_only() {
  return flag(TOOLPOST_ITEM_READ_ONLY);
}

Tool& Tool::destructive() {
  return flag(TOOLPOST_ITEM_DESTRUCTIVE);
}

Tool& Tool::idempotent() {
  return flag(TOOLPOST_ITEM_IDEMPOTENT);
}

Tool& Tool::task_allowed() {
  return flag(TOOLPOST_ITEM_TASK_ALLOWED);
}

Tool& Tool::task_required() {
  return flag(TOOLPOST_ITEM_TASK_REQUIRED);
}

Tool& Tool::run(Handler handler) {
  return handle_by_return(std::move(handler));
}

Tool& Tool::run_async(AsyncHandler handler) {
  return handle(std::move(handler));
}

}  // namespace toolpost::sdk
