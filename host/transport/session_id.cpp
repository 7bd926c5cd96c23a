// SPDX-License-Identifier: Apache-2.0
#include "transport/session_id.hpp"

#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

namespace toolpost::transport {
namespace {

constexpr std::string_view kPurpose = "toolpost session 1";
// What a client says of itself beyond this is for plugins a luxury, but in each request a burden.
constexpr std::size_t kMaxClientBytes = 1536;
constexpr std::size_t kMaxIdBytes = 4096;

}  // namespace

Result<std::string> make_session_id(const identity::SealKeys& keys, const SessionFacts& facts) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("version", mcp::to_string(facts.version));
  writer.member("owner", std::string_view{facts.owner}).member("expires", facts.expires);
  writer.member("features", std::int64_t{facts.client.features});
  if (facts.client.json.size() <= kMaxClientBytes) writer.key("client").raw(facts.client.json);
  writer.end_object();
  return keys.seal(kPurpose, text);
}

std::optional<SessionFacts> read_session_id(const identity::SealKeys& keys, std::string_view id,
                                            std::int64_t now) {
  if (id.size() > kMaxIdBytes) return std::nullopt;
  const auto text = keys.open(kPurpose, id);
  const auto document = text ? json::parse(*text) : Result<json::Document>{invalid({})};
  if (!document) return std::nullopt;
  const json::Value& root = document->root();
  const json::Value* name = root.find_string("version");
  const json::Value* owner = root.find_string("owner");
  const json::Value* expires = root.find("expires");
  const json::Value* features = root.find("features");
  const auto version = name == nullptr ? std::nullopt : mcp::parse_version(name->as_string());
  if (!version || owner == nullptr || expires == nullptr || expires->type() != json::Type::kInt64 ||
      expires->as_int64() <= now || features == nullptr || features->type() != json::Type::kInt64) {
    return std::nullopt;
  }
  SessionFacts facts;
  facts.version = *version;
  facts.owner = owner->as_string();
  facts.expires = expires->as_int64();
  facts.client = call::make_client_facts(*version, nullptr, {}, {});
  if (const auto client = json::find_raw(*text, "client")) facts.client.json = *client;
  facts.client.features = static_cast<std::uint32_t>(features->as_int64());
  return facts;
}

}  // namespace toolpost::transport
