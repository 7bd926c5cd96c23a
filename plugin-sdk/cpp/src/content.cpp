// SPDX-License-Identifier: Apache-2.0
// Content blocks, and the annotations that they share with resources.
#include "base64.hpp"

#include <toolpost/content.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

Json resource_of(std::string uri, std::string mime_type) {
  Json resource = Json::object({{"uri", std::move(uri)}});
  if (!mime_type.empty()) resource.set("mimeType", std::move(mime_type));
  return resource;
}

Json embedded(Json resource) {
  return Json::object({{"type", "resource"}, {"resource", std::move(resource)}});
}

// An image or a sound; `data` keeps the place of the bytes.
Json media(const char* type, std::string mime_type) {
  return Json::object({{"type", type}, {"data", nullptr}, {"mimeType", std::move(mime_type)}});
}

Json with_bytes(Json block, Json bytes) {
  if (block.find("resource") == nullptr) {
    block.set("data", std::move(bytes));
    return block;
  }
  Json resource = block["resource"];
  resource.set("blob", std::move(bytes));
  block.set("resource", std::move(resource));
  return block;
}

}  // namespace

const char* to_string(Role role) noexcept {
  return role == Role::kUser ? "user" : "assistant";
}

Annotations& Annotations::audience(std::initializer_list<Role> roles) {
  Json names = Json::array();
  for (const Role role : roles) names.push_back(to_string(role));
  json_.set("audience", std::move(names));
  return *this;
}

Annotations& Annotations::priority(double weight) {
  json_.set("priority", weight);
  return *this;
}

Annotations& Annotations::last_modified(std::string time) {
  json_.set("lastModified", std::move(time));
  return *this;
}

Content::Content(Json block, std::string bytes)
    : block_(std::move(block)), bytes_(std::move(bytes)), has_bytes_(true) {}

Content Content::text(std::string text) {
  return Content(Json::object({{"type", "text"}, {"text", std::move(text)}}));
}

Content Content::image(std::string bytes, std::string mime_type) {
  return {media("image", std::move(mime_type)), std::move(bytes)};
}

Content Content::audio(std::string bytes, std::string mime_type) {
  return {media("audio", std::move(mime_type)), std::move(bytes)};
}

Content Content::resource_link(std::string uri, std::string name, std::string mime_type) {
  Json block = resource_of(std::move(uri), std::move(mime_type));
  block.set("type", "resource_link").set("name", std::move(name));
  return Content(std::move(block));
}

Content Content::resource_text(std::string uri, std::string text, std::string mime_type) {
  Json resource = resource_of(std::move(uri), std::move(mime_type));
  resource.set("text", std::move(text));
  return Content(embedded(std::move(resource)));
}

Content Content::resource_bytes(std::string uri, std::string bytes, std::string mime_type) {
  return {embedded(resource_of(std::move(uri), std::move(mime_type))), std::move(bytes)};
}

Content Content::raw(Json block) {
  return Content(std::move(block));
}

Content& Content::annotations(const Annotations& annotations) {
  return set("annotations", annotations.json());
}

Content& Content::icon(const Icon& icon) {
  Json icons = block_["icons"];
  icons.push_back(icon.json());
  return set("icons", std::move(icons));
}

Content& Content::meta(std::string key, Json value) {
  Json meta = block_["_meta"];
  meta.set(std::move(key), std::move(value));
  return set("_meta", std::move(meta));
}

Content& Content::set(std::string key, Json value) {
  block_.set(std::move(key), std::move(value));
  return *this;
}

Json Content::place(std::vector<std::string>& blobs) && {
  if (!has_bytes_) return std::move(block_);
  blobs.push_back(std::move(bytes_));
  return with_bytes(std::move(block_), Json::object({{"$blob", blobs.size() - 1}}));
}

Json Content::json() const {
  return has_bytes_ ? with_bytes(block_, detail::to_base64(bytes_)) : block_;
}

}  // namespace toolpost::sdk
