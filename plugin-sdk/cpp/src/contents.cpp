// SPDX-License-Identifier: Apache-2.0
// Contents as an MCP ReadResourceResult.
#include <toolpost/contents.hpp>

#include <utility>

namespace toolpost::sdk {

Contents Contents::text(std::string text, std::string mime_type) {
  Contents contents;
  contents.add_text(std::move(text), std::move(mime_type));
  return contents;
}

Contents Contents::bytes(std::string bytes, std::string mime_type) {
  Contents contents;
  contents.add_bytes(std::move(bytes), std::move(mime_type));
  return contents;
}

Contents Contents::failure(Status status, std::string message, std::int32_t rpc_code, Json data) {
  Contents contents;
  contents.outcome_ = Outcome(status, std::move(message), rpc_code, std::move(data));
  return contents;
}

Contents& Contents::add_text(std::string text, std::string mime_type, std::string uri) {
  return add("text", std::move(text), std::move(mime_type), std::move(uri));
}

Contents& Contents::add_bytes(std::string bytes, std::string mime_type, std::string uri) {
  blobs_.push_back(std::move(bytes));
  return add("blob", Json::object({{"$blob", blobs_.size() - 1}}), std::move(mime_type),
             std::move(uri));
}

Contents& Contents::add(const char* member, Json value, std::string mime_type, std::string uri) {
  Json entry = Json::object();
  if (!uri.empty()) entry.set("uri", std::move(uri));
  if (!mime_type.empty()) entry.set("mimeType", std::move(mime_type));
  entries_.push_back(std::move(entry.set(member, std::move(value))));
  return *this;
}

Contents& Contents::meta(std::string key, Json value) {
  if (entries_.empty()) throw Error(Status::kInternal, "there are no contents to add _meta to");
  Json meta = entries_.back()["_meta"];
  meta.set(std::move(key), std::move(value));
  entries_.back().set("_meta", std::move(meta));
  return *this;
}

Contents& Contents::fresh_for(std::chrono::milliseconds time) {
  hints_.set("ttlMs", time.count());
  return *this;
}

Contents& Contents::same_for_everybody(bool is_public) {
  hints_.set("cacheScope", is_public ? "public" : "private");
  return *this;
}

std::string Contents::payload(std::string_view uri, std::string_view mime_type) const {
  if (!outcome_.is_result()) return outcome_.payload();
  Json entries = Json::array();
  for (Json entry : entries_) {
    if (entry.find("uri") == nullptr) entry.set("uri", uri);
    if (entry.find("mimeType") == nullptr && !mime_type.empty()) entry.set("mimeType", mime_type);
    entries.push_back(std::move(entry));
  }
  Json result = hints_;
  result.set("contents", std::move(entries));
  return result.dump();
}

}  // namespace toolpost::sdk
