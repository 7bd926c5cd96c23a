// SPDX-License-Identifier: Apache-2.0
// The texts of subscriptions/listen (2026-07-28).
#pragma once

#include "mcp/request_id.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace toolpost::mcp {

// What a listener is told of; in the request what it wants, in the acknowledgement what it gets.
struct ListenFilter {
  bool tools = false;
  bool prompts = false;
  bool resources = false;
  std::vector<std::string_view> uris;  // slices of the request
  std::vector<std::string> tasks;      // by their ids
};

// The first message on the stream.
std::string listen_acknowledged(const RequestId& id, const ListenFilter& honoured);

// `uri` is empty where the list itself has changed.
std::string listen_notification(const RequestId& id, std::string_view method, std::string_view uri);

// The _meta of what is told to that subscription.
std::string listen_meta(const RequestId& id);

// The result with which the server ends the subscription.
std::string listen_ended(const RequestId& id, std::string_view server_info);

// The same for legacy sessions, which have no subscription to name.
std::string changed_notification(std::string_view method, std::string_view uri);

}  // namespace toolpost::mcp
