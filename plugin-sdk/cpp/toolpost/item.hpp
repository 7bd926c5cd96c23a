// SPDX-License-Identifier: Apache-2.0
// What tools, resources, resource templates, prompts and completions have in common.
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/icon.hpp>
#include <toolpost/json.hpp>
#include <toolpost/plugin.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace toolpost::sdk {

// Takes the Call along and completes it now or later, from any thread. What it throws is answered
// only while it still holds the Call; a Call that was moved away is the new owner's to complete.
//
// Every handler runs on a worker thread of the host, several at once, and may block. A thrown Error
// becomes its status and message, anything else kInternal with a message that tells nothing.
using AsyncHandler = std::function<void(Call)>;

// One item as the host is told of it, and the function behind it.
struct Item {
  toolpost_kind kind = 0;
  std::string key;
  std::string subject = {};  // of a completion: "prompt:NAME" or "template:URI-TEMPLATE"
  Json definition = Json::object();
  std::uint64_t flags = 0;
  std::uint32_t timeout_ms = 0;
  std::uint32_t max_concurrency = 0;
  std::uint32_t client_features = 0;
  AsyncHandler handler = {};
};

// The methods of every builder T.
template <class T>
class ItemBuilder {
 public:
  // Shown to people.
  T& title(std::string text) { return define("title", std::move(text)); }

  // Shown to people, and to the model.
  T& description(std::string text) { return define("description", std::move(text)); }

  // May be called several times.
  T& icon(const Icon& icon) {
    Json icons = item_.definition["icons"];
    icons.push_back(icon.json());
    return define("icons", std::move(icons));
  }

  // A member of the definition's _meta.
  T& meta(std::string key, Json value) {
    Json meta = item_.definition["_meta"];
    meta.set(std::move(key), std::move(value));
    return define("_meta", std::move(meta));
  }

  // 0 = the host's default, in both.
  T& timeout(std::chrono::milliseconds limit) {
    item_.timeout_ms = static_cast<std::uint32_t>(limit.count() < 0            ? 0
                                                  : limit.count() > UINT32_MAX ? UINT32_MAX
                                                                               : limit.count());
    return self();
  }

  T& max_concurrency(std::uint32_t calls) {
    item_.max_concurrency = calls;
    return self();
  }

  // TOOLPOST_CLIENT_* bits that the client must have; others are refused before the handler runs.
  T& requires_client(std::uint32_t features) {
    item_.client_features = features;
    return self();
  }

  // Asks the network or other systems.
  T& open_world() { return flag(TOOLPOST_ITEM_OPEN_WORLD); }

  const Item& item() const noexcept { return item_; }

 protected:
  ItemBuilder(toolpost_kind kind, std::string key, const char* key_name) {
    item_.kind = kind;
    item_.definition.set(key_name, key);
    item_.key = std::move(key);
  }

  T& define(const char* member, Json value) {
    item_.definition.set(member, std::move(value));
    return self();
  }

  T& flag(std::uint64_t bits) {
    item_.flags |= bits;
    return self();
  }

  T& handle(AsyncHandler handler) {
    item_.handler = std::move(handler);
    return self();
  }

  // A handler that returns its answer.
  template <class Handler>
  T& handle_by_return(Handler handler) {
    return handle([handler = std::move(handler)](Call call) {
      const auto answer = handler(call);
      call.complete(answer);
    });
  }

 private:
  T& self() noexcept { return static_cast<T&>(*this); }

  Item item_;
};

}  // namespace toolpost::sdk
