// SPDX-License-Identifier: Apache-2.0
#include "call/target.hpp"

#include "json/raw.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace toolpost::call {
namespace {

mcp::Failure wanting(std::string_view what) {
  return mcp::invalid_params("Invalid params: " + std::string{what});
}

// A template's variables or the parts of a completion have a few kilobytes at most.
std::string as_object(const mcp::UriTemplate::Variables& variables) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  for (const auto& [name, value] : variables) writer.member(name, std::string_view{value});
  writer.end_object();
  return text;
}

Target find_named(const registry::Snapshot& snapshot, const mcp::Message& message,
                  mcp::ItemKind kind) {
  const json::Value* name = message.param("name");
  if (name == nullptr || !name->is_string()) return {.failure = wanting("name is required")};
  Target target{.item = snapshot.find(kind, name->as_string()), .subject = name->as_string()};
  if (!target.item) {
    target.failure = mcp::invalid_params("Unknown " + std::string{mcp::to_string(kind)} + ": " +
                                         std::string{name->as_string()});
    target.is_unknown = true;
  }
  return target;
}

// The arguments of a prompt are text, and those that are required are there.
std::optional<mcp::Failure> check_prompt_arguments(const registry::Item& prompt,
                                                   const json::Value* arguments) {
  if (arguments != nullptr && !arguments->is_object()) {
    return wanting("arguments must be an object");
  }
  if (arguments != nullptr) {
    for (const json::Member& member : arguments->members()) {
      if (!member.value.is_string()) {
        return wanting("arguments/" + std::string{member.key} + " must be text");
      }
    }
  }
  for (const mcp::PromptArgument& argument : prompt.definition.arguments) {
    if (!argument.required) continue;
    if (arguments == nullptr || arguments->find(argument.name) == nullptr) {
      return wanting("arguments/" + argument.name + " is required");
    }
  }
  return std::nullopt;
}

Target find_prompt(const registry::Snapshot& snapshot, const mcp::Message& message) {
  Target target = find_named(snapshot, message, mcp::ItemKind::kPrompt);
  if (target.item)
    target.failure = check_prompt_arguments(*target.item, message.param("arguments"));
  return target;
}

Target find_resource(const registry::Snapshot& snapshot, const mcp::Message& message,
                     mcp::Version version) {
  const json::Value* uri = message.param("uri");
  if (uri == nullptr || !uri->is_string()) return {.failure = wanting("uri is required")};
  auto found = snapshot.find_readable(uri->as_string());
  Target target{.item = std::move(found.item), .subject = uri->as_string()};
  if (target.item) {
    target.arguments = as_object(found.variables);
  } else {
    target.failure = resource_not_found(uri->as_string(), version);
    target.is_unknown = true;
  }
  return target;
}

struct Reference {
  mcp::ItemKind kind = mcp::ItemKind::kPrompt;
  std::string_view name;
};

std::optional<Reference> read_reference(const json::Value* ref) {
  const json::Value* type = ref == nullptr ? nullptr : ref->find_string("type");
  if (type == nullptr) return std::nullopt;
  const bool is_prompt = type->as_string() == "ref/prompt";
  if (!is_prompt && type->as_string() != "ref/resource") return std::nullopt;
  const json::Value* name = ref->find_string(is_prompt ? "name" : "uri");
  if (name == nullptr) return std::nullopt;
  return Reference{is_prompt ? mcp::ItemKind::kPrompt : mcp::ItemKind::kTemplate,
                   name->as_string()};
}

// {"argument":{...},"context":{"arguments":{...}}}, whatever else the client has put there.
std::string completion_arguments(const mcp::Message& message) {
  std::string text;
  json::Writer writer{text};
  const json::Value& argument = *message.param("argument");
  writer.begin_object().key("argument").begin_object();
  writer.member("name", argument.find_string("name")->as_string());
  writer.member("value", argument.find_string("value")->as_string()).end_object();
  writer.key("context").begin_object().key("arguments");
  const auto given = json::find_raw(message.param_text("context"), "arguments");
  std::string line;
  if (given) json::append_on_one_line(line, *given);
  writer.raw(given ? std::string_view{line} : "{}").end_object().end_object();
  return text;
}

std::optional<mcp::Failure> check_completion(const mcp::Message& message) {
  const json::Value* argument = message.param("argument");
  if (argument == nullptr || argument->find_string("name") == nullptr ||
      argument->find_string("value") == nullptr) {
    return wanting("argument must have name and value");
  }
  const json::Value* context = message.param("context");
  const json::Value* given = context == nullptr ? nullptr : context->find("arguments");
  if ((context != nullptr && !context->is_object()) || (given != nullptr && !given->is_object())) {
    return wanting("context/arguments must be an object");
  }
  return std::nullopt;
}

Target find_completion(const registry::Snapshot& snapshot, const mcp::Message& message) {
  const auto reference = read_reference(message.param("ref"));
  if (!reference) return {.failure = wanting("ref must be a ref/prompt or a ref/resource")};
  Target target{.item = snapshot.find(reference->kind, reference->name),
                .subject = reference->name};
  // A resource has nothing to complete, but it is there.
  if (!target.item && reference->kind == mcp::ItemKind::kTemplate) {
    target.item = snapshot.find(mcp::ItemKind::kResource, reference->name);
  }
  if (!target.item) {
    target.failure = mcp::invalid_params("Unknown ref: " + std::string{reference->name});
    target.is_unknown = true;
    return target;
  }
  target.failure = check_completion(message);
  if (target.failure) return target;
  const bool of_prompt = reference->kind == mcp::ItemKind::kPrompt;
  const auto key = mcp::make_completion_key(
      of_prompt, reference->name, message.param("argument")->find_string("name")->as_string());
  if (auto completion = snapshot.find(mcp::ItemKind::kCompletion, key)) {
    target.item = std::move(completion);
    target.arguments = completion_arguments(message);
  } else {
    target.has_no_completion = true;
  }
  return target;
}

}  // namespace

bool is_call(std::string_view method) noexcept {
  return method == "tools/call" || method == "resources/read" || method == "prompts/get" ||
         method == "completion/complete";
}

Target find_target(const registry::Snapshot& snapshot, const mcp::Message& message,
                   mcp::Version version) {
  const std::string_view method = message.method();
  if (method == "resources/read") return find_resource(snapshot, message, version);
  if (method == "prompts/get") return find_prompt(snapshot, message);
  if (method == "completion/complete") return find_completion(snapshot, message);
  return find_named(snapshot, message, mcp::ItemKind::kTool);
}

mcp::Failure resource_not_found(std::string_view uri, mcp::Version version) {
  constexpr int kLegacyCode = -32002;
  std::string data;
  json::Writer{data}.begin_object().member("uri", uri).end_object();
  return {.code = mcp::is_modern(version) ? int{mcp::kInvalidParams} : kLegacyCode,
          .message = "Resource not found",
          .data = std::move(data)};
}

}  // namespace toolpost::call
