// SPDX-License-Identifier: Apache-2.0
// Something to read, at one URI or at every URI of a template. Plain values, for Plugin::add().
#pragma once

#include <toolpost/annotations.hpp>
#include <toolpost/contents.hpp>
#include <toolpost/item.hpp>
#include <toolpost/suggestions.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace toolpost::sdk {

// Throws Error(kNotFound) when there is nothing at Call::uri().
using Reader = std::function<Contents(const Call&)>;

// What a resource and a template of resources have in common. Reading changes nothing and stays on
// this machine, unless open_world() says otherwise.
template <class T>
class ResourceBuilder : public ItemBuilder<T> {
 public:
  T& mime_type(std::string type) { return this->define("mimeType", std::move(type)); }

  T& annotations(const Annotations& annotations) {
    return this->define("annotations", annotations.json());
  }

  // Exactly one of the two.
  T& read(Reader reader) { return this->handle_by_return(std::move(reader)); }

  T& read_async(AsyncHandler handler) { return this->handle(std::move(handler)); }

 protected:
  ResourceBuilder(toolpost_kind kind, std::string key, const char* key_name, std::string name)
      : ItemBuilder<T>(kind, std::move(key), key_name) {
    this->define("name", std::move(name));
    this->flag(TOOLPOST_ITEM_READ_ONLY);
  }
};

//   add(Resource("notes://today", "today")
//           .mime_type("text/plain")
//           .read([](const Call&) { return Contents::text("..."); }));
class Resource : public ResourceBuilder<Resource> {
 public:
  Resource(std::string uri, std::string name)
      : ResourceBuilder(TOOLPOST_KIND_RESOURCE, std::move(uri), "uri", std::move(name)) {}

  // In bytes, before any encoding.
  Resource& size(std::uint64_t bytes) { return define("size", bytes); }

  const std::string& uri() const noexcept { return item().key; }
};

// The reader finds the variables with Call::argument(), percent-decoded.
//
//   add(ResourceTemplate("notes://{id}", "note")
//           .complete("id", {"first", "second"})
//           .read([](const Call& call) { return Contents::text(call.argument("id")); }));
class ResourceTemplate : public ResourceBuilder<ResourceTemplate> {
 public:
  // As RFC 6570 has it, e.g. "notes://{id}/lines{?from,to}".
  ResourceTemplate(std::string uri_template, std::string name)
      : ResourceBuilder(TOOLPOST_KIND_RESOURCE_TEMPLATE, std::move(uri_template), "uriTemplate",
                        std::move(name)) {}

  // What a variable could be, while a person is typing it.
  ResourceTemplate& complete(const std::string& variable, Completer completer);
  ResourceTemplate& complete(const std::string& variable, std::vector<std::string> values);

  const std::string& uri_template() const noexcept { return item().key; }

  const std::vector<Item>& completions() const noexcept { return completions_; }

 private:
  std::vector<Item> completions_;
};

}  // namespace toolpost::sdk
