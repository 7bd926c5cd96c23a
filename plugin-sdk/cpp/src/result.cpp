// SPDX-License-Identifier: Apache-2.0
// Result as the JSON of an MCP CallToolResult, with binary parts beside it.
#include <toolpost/result.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

constexpr const char* kSecretKey = "io.toolpost/secret";

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
  result.outcome_ = Outcome(status, std::move(message), rpc_code, std::move(data));
  return result;
}

Result& Result::add_text(std::string text) {
  return add(Content::text(std::move(text)));
}

Result& Result::add_image(std::string bytes, std::string mime_type) {
  return add(Content::image(std::move(bytes), std::move(mime_type)));
}

Result& Result::add_audio(std::string bytes, std::string mime_type) {
  return add(Content::audio(std::move(bytes), std::move(mime_type)));
}

Result& Result::add_resource_link(std::string uri, std::string name, std::string mime_type) {
  return add(Content::resource_link(std::move(uri), std::move(name), std::move(mime_type)));
}

Result& Result::add_resource_text(std::string uri, std::string text, std::string mime_type) {
  return add(Content::resource_text(std::move(uri), std::move(text), std::move(mime_type)));
}

Result& Result::add_resource_bytes(std::string uri, std::string bytes, std::string mime_type) {
  return add(Content::resource_bytes(std::move(uri), std::move(bytes), std::move(mime_type)));
}

Result& Result::add(Content content) {
  content_.push_back(std::move(content).place(blobs_));
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

std::string Result::payload() const {
  if (!outcome_.is_result()) return outcome_.payload();
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

}  // namespace toolpost::sdk
