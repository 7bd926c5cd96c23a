// SPDX-License-Identifier: Apache-2.0
#include "mcp/listen.hpp"

#include "json/writer.hpp"
#include "mcp/message.hpp"

namespace toolpost::mcp {
namespace {

constexpr std::string_view kSubscriptionId = "io.modelcontextprotocol/subscriptionId";

void write_meta(json::Writer& writer, const RequestId& id) {
  writer.key("_meta").begin_object().key(kSubscriptionId).raw(id.to_json()).end_object();
}

}  // namespace

std::string listen_acknowledged(const RequestId& id, const ListenFilter& honoured) {
  std::string params;
  json::Writer writer{params};
  writer.begin_object().key("notifications").begin_object();
  if (honoured.tools) writer.member("toolsListChanged", true);
  if (honoured.prompts) writer.member("promptsListChanged", true);
  if (honoured.resources) writer.member("resourcesListChanged", true);
  if (!honoured.uris.empty()) {
    writer.key("resourceSubscriptions").begin_array();
    for (const std::string_view uri : honoured.uris) writer.string(uri);
    writer.end_array();
  }
  if (!honoured.tasks.empty()) {
    writer.key("taskIds").begin_array();
    for (const std::string& task : honoured.tasks) writer.string(task);
    writer.end_array();
  }
  writer.end_object();
  write_meta(writer, id);
  writer.end_object();
  return notification("notifications/subscriptions/acknowledged", params);
}

std::string listen_notification(const RequestId& id, std::string_view method,
                                std::string_view uri) {
  std::string params;
  json::Writer writer{params};
  writer.begin_object();
  if (!uri.empty()) writer.member("uri", uri);
  write_meta(writer, id);
  writer.end_object();
  return notification(method, params);
}

std::string listen_meta(const RequestId& id) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().key(kSubscriptionId).raw(id.to_json()).end_object();
  return text;
}

std::string listen_ended(const RequestId& id, std::string_view server_info) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("resultType", "complete").key("_meta").begin_object();
  writer.key(kSubscriptionId).raw(id.to_json());
  writer.key("io.modelcontextprotocol/serverInfo").raw(server_info).end_object().end_object();
  return text;
}

std::string changed_notification(std::string_view method, std::string_view uri) {
  std::string params;
  json::Writer writer{params};
  writer.begin_object();
  if (!uri.empty()) writer.member("uri", uri);
  writer.end_object();
  return notification(method, params);
}

}  // namespace toolpost::mcp
