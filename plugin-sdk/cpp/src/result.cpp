// SPDX-License-Identifier: Apache-2.0
// Result as the JSON of an MCP CallToolResult, with binary parts beside it.
#include <toolpost/result.hpp>
#include <toolpost/schema.hpp>

namespace toolpost::sdk {
namespace {

constexpr const char* kSecretKey = "io.toolpost/secret";

Json resource_of(std::string uri, std::string mime_type) {
  Json resource = Json::object({{"uri", std::move(uri)}});
  if (!mime_type.empty()) resource.set("mimeType", std::move(mime_type));
  return resource;
}

Json embedded(Json resource) {
  return Json::object({{"type", "resource"}, {"resource", std::move(resource)}});
}

// The ABI wants one line, and a log line is one event.
std::string one_line(std::string text) {
  for (char& character : text) {
    if (static_cast<unsigned char>(character) < 0x20) character = ' ';
  }
  return text;
}

}  // namespace

Result Result::text(std::string text) {
  Result result;
  result.add_text(std::move(text));
  return result;
}

Result Result::structured(Json object) {
  Result result;
  result.set_structured(std::move(object));
  return result;
}

Result Result::error(std::string message) {
  Result result = text(std::move(message));
  result.is_error_ = true;
  return result;
}

Result Result::failure(Status status, std::string message, std::int32_t rpc_code, Json data) {
  Result result;
  result.status_ = status == Status::kOk ? Status::kInternal : status;
  result.message_ = one_line(std::move(message));
  result.rpc_code_ = rpc_code;
  result.data_ = std::move(data);
  return result;
}

Result Result::input_required(Json requests, std::string state) {
  Result result;
  result.needs_input_ = true;
  result.data_ = std::move(requests);
  result.state_ = std::move(state);
  return result;
}

Result& Result::add_text(std::string text) {
  return add_content(Json::object({{"type", "text"}, {"text", std::move(text)}}));
}

Result& Result::add_image(std::string bytes, std::string mime_type) {
  return add_content(Json::object({{"type", "image"},
                                   {"data", blob_reference(std::move(bytes))},
                                   {"mimeType", std::move(mime_type)}}));
}

Result& Result::add_audio(std::string bytes, std::string mime_type) {
  return add_content(Json::object({{"type", "audio"},
                                   {"data", blob_reference(std::move(bytes))},
                                   {"mimeType", std::move(mime_type)}}));
}

Result& Result::add_resource_link(std::string uri, std::string name, std::string mime_type) {
  Json block = resource_of(std::move(uri), std::move(mime_type));
  block.set("type", "resource_link").set("name", std::move(name));
  return add_content(std::move(block));
}

Result& Result::add_resource_text(std::string uri, std::string text, std::string mime_type) {
  Json resource = resource_of(std::move(uri), std::move(mime_type));
  resource.set("text", std::move(text));
  return add_content(embedded(std::move(resource)));
}

Result& Result::add_resource_bytes(std::string uri, std::string bytes, std::string mime_type) {
  Json resource = resource_of(std::move(uri), std::move(mime_type));
  resource.set("blob", blob_reference(std::move(bytes)));
  return add_content(embedded(std::move(resource)));
}

Result& Result::add_content(Json block) {
  content_.push_back(std::move(block));
  return *this;
}

Result& Result::set_structured(Json object) {
  if (!object.is_object()) {
    throw Error(Status::kInternal, "structured content must be a JSON object");
  }
  structured_ = std::move(object);
  return *this;
}

Result& Result::set_meta(std::string key, Json value) {
  meta_.set(std::move(key), std::move(value));
  return *this;
}

Result& Result::mark_secret(std::string json_pointer) {
  Json pointers = meta_[kSecretKey];
  pointers.push_back(std::move(json_pointer));
  return set_meta(kSecretKey, std::move(pointers));
}

Json Result::blob_reference(std::string bytes) {
  blobs_.push_back(std::move(bytes));
  return Json::object({{"$blob", blobs_.size() - 1}});
}

std::string Result::payload() const {
  if (status_ != Status::kOk || needs_input_) return data_.is_null() ? std::string() : data_.dump();
  const std::string structured = structured_.is_null() ? std::string() : structured_.dump();
  std::string out = "{\"content\":";
  if (content_.as_array().empty() && !structured.empty()) {
    out += "[{\"type\":\"text\",\"text\":";
    append_json_string(out, structured);
    out += "}]";
  } else {
    content_.append_to(out);
  }
  if (!structured.empty()) out += ",\"structuredContent\":" + structured;
  if (is_error_) out += ",\"isError\":true";
  if (!meta_.is_null()) {
    out += ",\"_meta\":";
    meta_.append_to(out);
  }
  out += '}';
  return out;
}

Json elicit_form(std::string message, const Schema& requested) {
  Json parameters = Json::object({{"mode", "form"}});
  parameters.set("message", std::move(message)).set("requestedSchema", requested.json());
  return Json::object({{"method", "elicitation/create"}, {"params", std::move(parameters)}});
}

}  // namespace toolpost::sdk
