// SPDX-License-Identifier: Apache-2.0
// One block of content, as tools answer with it and as the messages of prompts and of sampling hold
// it: a text, a picture, a sound, a link to a resource, or a resource itself. A plain value.
#pragma once

#include <toolpost/annotations.hpp>
#include <toolpost/icon.hpp>
#include <toolpost/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace toolpost::sdk {

class Content {
 public:
  static Content text(std::string text);
  // Raw bytes; the host encodes them.
  static Content image(std::string bytes, std::string mime_type);
  static Content audio(std::string bytes, std::string mime_type);
  // Where a resource is, without what it holds.
  static Content resource_link(std::string uri, std::string name, std::string mime_type = {});
  // A resource with what it holds.
  static Content resource_text(std::string uri, std::string text, std::string mime_type = {});
  static Content resource_bytes(std::string uri, std::string bytes, std::string mime_type = {});
  // A block that has no function here.
  static Content raw(Json block);

  Content& annotations(const Annotations& annotations);
  // For links; may be called several times.
  Content& icon(const Icon& icon);
  // A member of the block's _meta.
  Content& meta(std::string key, Json value);
  // Any other member of the block, e.g. a link's "description".
  Content& set(std::string key, Json value);

  // The block as the host wants it; its bytes go to the end of `blobs`.
  Json place(std::vector<std::string>& blobs) &&;
  // The block by itself, with its bytes in base64.
  Json json() const;

 private:
  explicit Content(Json block) : block_(std::move(block)) {}

  Content(Json block, std::string bytes);

  Json block_;
  std::string bytes_;
  bool has_bytes_ = false;
};

}  // namespace toolpost::sdk
