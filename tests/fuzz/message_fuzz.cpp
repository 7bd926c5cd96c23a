// SPDX-License-Identifier: Apache-2.0
// A message from anybody: it is refused with a valid answer, or it can be classified and answered.
#include "base/check.hpp"
#include "call/client_facts.hpp"
#include "mcp/classify.hpp"

#include <cstdint>

using namespace toolpost;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  json::Parser parser;
  auto parsed =
      mcp::Message::parse(std::string{reinterpret_cast<const char*>(data), size}, parser, {});
  if (const auto* refused = std::get_if<mcp::Message::Refused>(&parsed)) {
    const auto answer = mcp::to_answer(refused->failure, refused->id);
    TOOLPOST_CHECK(json::parse(answer.json).has_value());
    return 0;
  }
  const mcp::Message& message = *std::get<0>(parsed);
  if (message.kind() != mcp::Message::Kind::kRequest) return 0;
  const mcp::RoutingHeaders headers{"2026-07-28", message.method(), "=?base64?eA==?="};
  for (const mcp::RoutingHeaders* http :
       {&headers, static_cast<const mcp::RoutingHeaders*>(nullptr)}) {
    const auto route = mcp::classify(message, http);
    if (!std::holds_alternative<mcp::Route>(route)) continue;
    if (std::get<mcp::Route>(route) != mcp::Route::kModern) continue;
    if (const auto failure = mcp::check_modern(message, http)) {
      TOOLPOST_CHECK(json::parse(mcp::to_answer(*failure, message.id()).json).has_value());
    } else {
      const auto facts = call::modern_client_facts(message, mcp::Version::k2026_07_28);
      TOOLPOST_CHECK(json::parse(facts.json).has_value());
    }
  }
  return 0;
}
