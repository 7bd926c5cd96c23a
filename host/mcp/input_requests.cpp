// SPDX-License-Identifier: Apache-2.0
#include "mcp/input_requests.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/schema/schema.hpp"
#include "json/writer.hpp"
#include "mcp/result_text.hpp"

#include <algorithm>
#include <array>

namespace toolpost::mcp {
namespace {

constexpr std::size_t kMaxKey = 128;

constexpr std::string_view method_of(InputKind kind) {
  switch (kind) {
    case InputKind::kSampling:
      return "sampling/createMessage";
    case InputKind::kRoots:
      return "roots/list";
    default:
      return "elicitation/create";
  }
}

Result<InputKind> kind_of(const json::Value& request, const std::string& place) {
  const json::Value* method = request.find_string("method");
  if (method == nullptr) return wrong_result(place + " lacks method");
  const std::string_view name = method->as_string();
  const json::Value* params = request.find("params");
  if (params != nullptr && !params->is_object()) {
    return wrong_result(place + "/params must be an object");
  }
  if (name == method_of(InputKind::kRoots)) return InputKind::kRoots;
  if (params == nullptr) return wrong_result(place + " lacks params");
  if (name == method_of(InputKind::kSampling)) return InputKind::kSampling;
  if (name != method_of(InputKind::kForm)) {
    return wrong_result(place + "/method is none that a server may ask for");
  }
  if (params->find_string("message") == nullptr) {
    return wrong_result(place + "/params lacks message");
  }
  const json::Value* mode = params->find_string("mode");
  const bool is_url = mode != nullptr && mode->as_string() == "url";
  if (params->find("mode") != nullptr && !is_url &&
      (mode == nullptr || mode->as_string() != "form")) {
    return wrong_result(place + "/params/mode must be form or url");
  }
  if (is_url && params->find_string("url") == nullptr) {
    return wrong_result(place + "/params lacks url");
  }
  const json::Value* schema = params->find("requestedSchema");
  if (!is_url && (schema == nullptr || !schema->is_object())) {
    return wrong_result(place + "/params lacks requestedSchema");
  }
  return is_url ? InputKind::kUrl : InputKind::kForm;
}

// The members that the revision has. By its elicitationId a client tells the page that the user has
// opened from others; one revision has it, and it is the host's.
bool is_known(std::string_view member, InputKind kind, Version version) {
  if (member == "elicitationId") return false;
  if (version >= Version::k2025_11_25) return true;
  if (kind == InputKind::kSampling) return member != "tools" && member != "toolChoice";
  return member != "mode";
}

void write_params(json::Writer& writer, const InputRequest& request, Version version) {
  json::RawObject members{request.params};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    if (is_known(key, request.kind, version)) writer.key(key).raw(member.value);
  }
}

bool has_request(InputKind kind, Version version) {
  if (kind == InputKind::kForm) return version >= Version::k2025_06_18;
  return kind != InputKind::kUrl || version >= Version::k2025_11_25;
}

// One field of a form: a primitive, or a choice of several texts.
bool is_field(const json::Value& field) {
  const json::Value* type = field.find_string("type");
  if (type == nullptr) return false;
  const std::string_view name = type->as_string();
  if (name == "array") {
    const json::Value* items = field.find("items");
    return items != nullptr && (items->find("enum") != nullptr || items->find("anyOf") != nullptr);
  }
  return name == "string" || name == "number" || name == "integer" || name == "boolean";
}

// What clients can show as a form (MCP, elicitation).
bool is_flat(const json::Value& schema) {
  const json::Value* type = schema.find_string("type");
  const json::Value* fields = schema.find("properties");
  if (type == nullptr || type->as_string() != "object") return false;
  if (fields == nullptr) return true;
  if (!fields->is_object()) return false;
  const auto members = fields->members();
  return std::all_of(members.begin(), members.end(),
                     [](const json::Member& member) { return is_field(member.value); });
}

Result<> check_form(const InputRequest& request, const json::Value& answer) {
  const json::Value* action = answer.find_string("action");
  constexpr std::array<std::string_view, 3> kActions = {"accept", "decline", "cancel"};
  if (action == nullptr ||
      std::find(kActions.begin(), kActions.end(), action->as_string()) == kActions.end()) {
    return invalid("action must be accept, decline or cancel");
  }
  if (action->as_string() != "accept" || request.kind == InputKind::kUrl) return {};
  const json::Value* content = answer.find("content");
  if (content == nullptr || !content->is_object()) return invalid("content must be an object");
  const auto document = json::parse(request.schema, kFormLimits);
  if (!document) return document.error();
  const auto schema = json::Schema::compile(document->root());
  if (!schema) return schema.error();
  if (const auto violation = schema->validate(*content)) {
    return invalid("content: " + violation->message);
  }
  return {};
}

}  // namespace

Result<std::vector<InputRequest>> read_input_requests(std::string_view payload,
                                                      const json::Value& map) {
  if (!map.is_object()) return wrong_result("inputRequests must be an object");
  if (map.members().size() > kMaxInputRequests) {
    return wrong_result("asks for more than " + std::to_string(kMaxInputRequests) + " inputs");
  }
  std::vector<InputRequest> requests;
  json::RawObject members{payload};
  json::RawMember member;
  while (members.next(member)) {
    InputRequest request;
    request.key = json::unescape(member.key);
    const std::string place = "inputRequests/" + request.key;
    if (request.key.empty() || request.key.size() > kMaxKey) {
      return wrong_result("a key of inputRequests must have 1 to 128 bytes");
    }
    const json::Value& value = *map.find(request.key);
    if (!value.is_object()) return wrong_result(place + " must be an object");
    auto kind = kind_of(value, place);
    if (!kind) return kind.error();
    request.kind = *kind;
    if (const auto params = json::find_raw(member.value, "params")) {
      json::append_on_one_line(request.params, *params);
      request.has_tools =
          request.kind == InputKind::kSampling && value.find("params")->find("tools") != nullptr;
      if (request.kind == InputKind::kForm) {
        if (!is_flat(*value.find("params")->find("requestedSchema"))) {
          return wrong_result(place +
                              "/params/requestedSchema must be an object of text, numbers, "
                              "booleans and choices");
        }
        request.schema = json::find_raw(request.params, "requestedSchema").value_or("{}");
        auto schema = json::Schema::compile(*value.find("params")->find("requestedSchema"));
        if (!schema) return Error{schema.error()}.in(place + "/params/requestedSchema");
      }
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

void write_input_requests(json::Writer& writer, const std::vector<InputRequest>& requests) {
  writer.key("inputRequests").begin_object();
  for (const InputRequest& request : requests) {
    writer.key(request.key).begin_object().member("method", method_of(request.kind));
    if (!request.params.empty()) {
      writer.key("params").begin_object();
      write_params(writer, request, Version::k2026_07_28);
      writer.end_object();
    }
    writer.end_object();
  }
  writer.end_object();
}

std::string input_required_result(const std::vector<InputRequest>& requests, std::string_view state,
                                  std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "input_required");
  if (!requests.empty()) write_input_requests(writer, requests);
  writer.member("requestState", state);
  write_result_meta(writer, "", Version::k2026_07_28, server_info);
  writer.end_object();
  return text;
}

std::optional<std::string> legacy_input_request(const InputRequest& request, std::string_view id,
                                                Version version) {
  if (!has_request(request.kind, version)) return std::nullopt;
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("jsonrpc", "2.0").member("id", id);
  writer.member("method", method_of(request.kind));
  if (!request.params.empty()) {
    writer.key("params").begin_object();
    if (request.kind == InputKind::kUrl) writer.member("elicitationId", id);
    write_params(writer, request, version);
    writer.end_object();
  }
  writer.end_object();
  return text;
}

Result<> check_input(const InputRequest& request, const json::Value& answer) {
  if (!answer.is_object()) return invalid("must be an object");
  switch (request.kind) {
    case InputKind::kSampling:
      if (answer.find_string("role") == nullptr || answer.find("content") == nullptr) {
        return invalid("must have role and content");
      }
      return {};
    case InputKind::kRoots: {
      const json::Value* roots = answer.find("roots");
      if (roots == nullptr || !roots->is_array()) return invalid("roots must be an array");
      const auto has_uri = [](const json::Value& root) {
        return root.find_string("uri") != nullptr;
      };
      if (!std::all_of(roots->items().begin(), roots->items().end(), has_uri)) {
        return invalid("each of roots must have a uri");
      }
      return {};
    }
    default:
      return check_form(request, answer);
  }
}

}  // namespace toolpost::mcp
