// SPDX-License-Identifier: Apache-2.0
// Prompt as an MCP Prompt object, PromptResult as a GetPromptResult.
#include <toolpost/prompt.hpp>

#include <utility>

namespace toolpost::sdk {

PromptResult PromptResult::failure(Status status, std::string message, std::int32_t rpc_code,
                                   Json data) {
  PromptResult result;
  result.outcome_ = Outcome(status, std::move(message), rpc_code, std::move(data));
  return result;
}

PromptResult& PromptResult::user(std::string text) {
  return user(Content::text(std::move(text)));
}

PromptResult& PromptResult::user(Content content) {
  return message(Role::kUser, std::move(content));
}

PromptResult& PromptResult::assistant(std::string text) {
  return assistant(Content::text(std::move(text)));
}

PromptResult& PromptResult::assistant(Content content) {
  return message(Role::kAssistant, std::move(content));
}

PromptResult& PromptResult::message(Role role, Content content) {
  messages_.push_back(
      Json::object({{"role", to_string(role)}, {"content", std::move(content).place(blobs_)}}));
  return *this;
}

PromptResult& PromptResult::description(std::string text) {
  description_ = std::move(text);
  return *this;
}

PromptResult& PromptResult::meta(std::string key, Json value) {
  meta_.set(std::move(key), std::move(value));
  return *this;
}

std::string PromptResult::payload() const {
  if (!outcome_.is_result()) return outcome_.payload();
  Json result = Json::object();
  if (!description_.is_null()) result.set("description", description_);
  result.set("messages", messages_);
  if (!meta_.is_null()) result.set("_meta", meta_);
  return result.dump();
}

Prompt::Prompt(std::string name) : ItemBuilder(TOOLPOST_KIND_PROMPT, std::move(name), "name") {
  flag(TOOLPOST_ITEM_READ_ONLY);
}

Prompt& Prompt::required(std::string name, std::string description, std::string title) {
  return argument(Json::object({{"name", std::move(name)}, {"required", true}}),
                  std::move(description), std::move(title));
}

Prompt& Prompt::optional(std::string name, std::string description, std::string title) {
  return argument(Json::object({{"name", std::move(name)}, {"required", false}}),
                  std::move(description), std::move(title));
}

Prompt& Prompt::argument(Json described, std::string description, std::string title) {
  if (!title.empty()) described.set("title", std::move(title));
  if (!description.empty()) described.set("description", std::move(description));
  Json arguments = item().definition["arguments"];
  arguments.push_back(std::move(described));
  return define("arguments", std::move(arguments));
}

Prompt& Prompt::complete(const std::string& argument, Completer completer) {
  completions_.push_back(detail::completion_item(detail::subject_of(item().kind, name()), argument,
                                                 std::move(completer)));
  return *this;
}

Prompt& Prompt::complete(const std::string& argument, std::vector<std::string> values) {
  return complete(argument, detail::completer_of(std::move(values)));
}

Prompt& Prompt::run(Handler handler) {
  return handle_by_return(std::move(handler));
}

Prompt& Prompt::run_async(AsyncHandler handler) {
  return handle(std::move(handler));
}

}  // namespace toolpost::sdk
