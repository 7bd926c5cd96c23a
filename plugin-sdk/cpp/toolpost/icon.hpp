// SPDX-License-Identifier: Apache-2.0
// A picture that a client may show beside a tool, a resource or a prompt.
#pragma once

#include <toolpost/json.hpp>

#include <string>
#include <utility>

namespace toolpost::sdk {

//   Icon("https://example.com/icon.png").mime_type("image/png").size("48x48")
class Icon {
 public:
  // https: or data:; clients refuse other schemes.
  explicit Icon(std::string src) { json_.set("src", std::move(src)); }

  Icon& mime_type(std::string type) { return set("mimeType", std::move(type)); }

  // "48x48", or "any" for pictures that scale. May be called several times.
  Icon& size(std::string size) {
    Json sizes = json_["sizes"];
    sizes.push_back(std::move(size));
    return set("sizes", std::move(sizes));
  }

  // "light" or "dark": the background it is drawn for.
  Icon& theme(std::string theme) { return set("theme", std::move(theme)); }

  const Json& json() const noexcept { return json_; }

 private:
  Icon& set(const char* key, Json value) {
    json_.set(key, std::move(value));
    return *this;
  }

  Json json_;
};

}  // namespace toolpost::sdk
