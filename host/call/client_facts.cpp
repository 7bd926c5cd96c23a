// SPDX-License-Identifier: Apache-2.0
#include "call/client_facts.hpp"

#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/classify.hpp"
#include "mcp/task.hpp"

#include <toolpost/plugin.h>

namespace toolpost::call {
namespace {

std::uint32_t features_of(const json::Value* capabilities) {
  if (capabilities == nullptr) return 0;
  std::uint32_t features = 0;
  if (const json::Value* elicitation = capabilities->find("elicitation")) {
    const bool url = elicitation->find("url") != nullptr;
    // An empty object means form mode, as before there were modes.
    if (elicitation->find("form") != nullptr || !url) features |= TOOLPOST_CLIENT_ELICIT_FORM;
    if (url) features |= TOOLPOST_CLIENT_ELICIT_URL;
  }
  if (capabilities->find("sampling") != nullptr) features |= TOOLPOST_CLIENT_SAMPLING;
  if (capabilities->find("roots") != nullptr) features |= TOOLPOST_CLIENT_ROOTS;
  return features;
}

bool has_extension(const json::Value* capabilities, std::string_view name) {
  const json::Value* extensions =
      capabilities == nullptr ? nullptr : capabilities->find("extensions");
  const json::Value* one = extensions == nullptr ? nullptr : extensions->find(name);
  return one != nullptr && one->is_object();
}

// What a revision does not have its clients cannot do, whatever they say.
std::uint32_t features_in(mcp::Version version) {
  std::uint32_t features = TOOLPOST_CLIENT_SAMPLING | TOOLPOST_CLIENT_ROOTS;
  if (version >= mcp::Version::k2025_06_18) features |= TOOLPOST_CLIENT_ELICIT_FORM;
  if (version >= mcp::Version::k2025_11_25) features |= TOOLPOST_CLIENT_ELICIT_URL;
  return features;
}

std::string on_one_line(std::string_view text, std::string_view fallback) {
  std::string line;
  json::append_on_one_line(line, text.empty() ? fallback : text);
  return line;
}

}  // namespace

ClientFacts make_client_facts(mcp::Version version, const json::Value* capabilities,
                              std::string_view capabilities_text, std::string_view client_info) {
  ClientFacts facts;
  json::Writer writer{facts.json};
  writer.begin_object().member("protocolVersion", mcp::to_string(version));
  if (!client_info.empty()) writer.key("clientInfo").raw(on_one_line(client_info, "{}"));
  writer.key("capabilities").raw(on_one_line(capabilities_text, "{}")).end_object();
  facts.features = features_of(capabilities) & features_in(version);
  facts.takes_tasks = mcp::is_modern(version) && has_extension(capabilities, mcp::kTasksExtension);
  return facts;
}

ClientFacts modern_client_facts(const mcp::Message& message, mcp::Version version) {
  const std::string_view meta = message.param_text("_meta");
  return make_client_facts(version, message.meta()->find(mcp::kMetaCapabilities),
                           json::find_raw(meta, mcp::kMetaCapabilities).value_or(""),
                           json::find_raw(meta, mcp::kMetaClientInfo).value_or(""));
}

bool takes_sampling_tools(const ClientFacts& client) {
  const auto capabilities = json::find_raw(client.json, "capabilities");
  const auto sampling = capabilities ? json::find_raw(*capabilities, "sampling") : std::nullopt;
  return sampling && json::find_raw(*sampling, "tools");
}

mcp::Failure missing_sampling_tools() {
  return {.code = mcp::kMissingCapability,
          .message = "The client takes no tools in sampling requests (sampling.tools)",
          .http_status = 400,
          .data = R"({"requiredCapabilities":{"sampling":{"tools":{}}}})"};
}

mcp::Failure missing_tasks_extension() {
  std::string data;
  json::Writer writer{data};
  writer.begin_object().key("requiredCapabilities").begin_object().key("extensions");
  writer.begin_object().key(mcp::kTasksExtension).raw("{}").end_object().end_object().end_object();
  return {.code = mcp::kMissingCapability,
          .message = "The client does not take tasks (" + std::string{mcp::kTasksExtension} + ")",
          .http_status = 400,
          .data = std::move(data)};
}

mcp::Failure missing_capability(std::uint32_t features, mcp::ItemKind kind) {
  std::string data;
  json::Writer writer{data};
  writer.begin_object().key("requiredCapabilities").begin_object();
  if ((features & (TOOLPOST_CLIENT_ELICIT_FORM | TOOLPOST_CLIENT_ELICIT_URL)) != 0) {
    writer.key("elicitation").begin_object();
    if ((features & TOOLPOST_CLIENT_ELICIT_FORM) != 0) writer.key("form").raw("{}");
    if ((features & TOOLPOST_CLIENT_ELICIT_URL) != 0) writer.key("url").raw("{}");
    writer.end_object();
  }
  if ((features & TOOLPOST_CLIENT_SAMPLING) != 0) writer.key("sampling").raw("{}");
  if ((features & TOOLPOST_CLIENT_ROOTS) != 0) writer.key("roots").raw("{}");
  writer.end_object().end_object();
  return {.code = mcp::kMissingCapability,
          .message = "The client lacks a capability that this " +
                     std::string{mcp::to_string(kind)} + " needs",
          .http_status = 400,
          .data = std::move(data)};
}

}  // namespace toolpost::call
