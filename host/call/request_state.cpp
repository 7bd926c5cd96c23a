// SPDX-License-Identifier: Apache-2.0
#include "call/request_state.hpp"

#include "base/base64.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <optional>

namespace toolpost::call {
namespace {

constexpr std::string_view kPurpose = "toolpost request state 1";

// All that must be the same in the next round. It goes into the seal as what is authenticated with
// it, so that it takes no room in the state.
std::string purpose_of(const StateOwner& owner) {
  std::string text;
  json::Writer writer{text};
  writer.begin_array().string(kPurpose).string(owner.owner).string(owner.method);
  writer.string(owner.subject);
  std::string arguments;
  json::append_compact(arguments, owner.arguments);
  writer.raw(arguments).end_array();
  return text;
}

Error not_valid() {
  return invalid("requestState is not valid for this request, or has expired");
}

std::string_view kind_name(mcp::InputKind kind) {
  switch (kind) {
    case mcp::InputKind::kForm:
      return "form";
    case mcp::InputKind::kUrl:
      return "url";
    case mcp::InputKind::kSampling:
      return "sampling";
    case mcp::InputKind::kRoots:
      return "roots";
  }
  return "";
}

std::optional<mcp::InputKind> parse_kind(std::string_view name) {
  for (const auto kind : {mcp::InputKind::kForm, mcp::InputKind::kUrl, mcp::InputKind::kSampling,
                          mcp::InputKind::kRoots}) {
    if (name == kind_name(kind)) return kind;
  }
  return std::nullopt;
}

// What was asked, from its text and its value. Null when this version does not know it.
std::optional<mcp::InputRequest> read_asked(std::string_view raw, const json::Value& one) {
  const json::Value* key = one.find_string("key");
  const json::Value* name = one.find_string("kind");
  const auto kind = name == nullptr ? std::nullopt : parse_kind(name->as_string());
  const json::Value* schema = one.find("schema");
  if (key == nullptr || !kind || (*kind == mcp::InputKind::kForm && schema == nullptr)) {
    return std::nullopt;
  }
  return mcp::InputRequest{std::string{key->as_string()},
                           *kind,
                           {},
                           std::string{json::find_raw(raw, "schema").value_or("")}};
}

}  // namespace

Result<std::string> seal_state(const identity::SealKeys& keys, const StateOwner& owner,
                               const RequestState& state, std::int64_t now) {
  if (state.resume_state.size() > kMaxResumeStateBytes) {
    return Error{Errc::kLimit, "resume_state is larger than 8 KiB"};
  }
  const std::int64_t life = std::chrono::seconds{kRequestStateLife}.count();
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("expires", now + life);
  writer.member("round", std::int64_t{state.round}).key("asked").begin_array();
  for (const mcp::InputRequest& request : state.asked) {
    writer.begin_object().member("key", std::string_view{request.key});
    writer.member("kind", kind_name(request.kind));
    if (!request.schema.empty()) writer.key("schema").raw(request.schema);
    writer.end_object();
  }
  writer.end_array();
  if (text.size() > kMaxAskedBytes) return Error{Errc::kLimit, "inputRequests is too large"};
  std::string encoded;
  append_base64(encoded, state.resume_state);
  writer.member("state", std::string_view{encoded}).end_object();
  return keys.seal(purpose_of(owner), text);
}

Result<RequestState> open_state(const identity::SealKeys& keys, const StateOwner& owner,
                                std::string_view sealed, std::int64_t now) {
  constexpr std::size_t kMaxSealed = 4 * (kMaxAskedBytes + kMaxResumeStateBytes);
  if (sealed.size() > kMaxSealed) return not_valid();
  const auto text = keys.open(purpose_of(owner), sealed);
  if (!text) return not_valid();
  // It is the host's own text from here on, yet another version may have written it.
  const auto document = json::parse(*text, mcp::kFormLimits);
  if (!document) return not_valid();
  const json::Value& root = document->root();
  const json::Value* expires = root.find("expires");
  const json::Value* round = root.find("round");
  const json::Value* asked = root.find("asked");
  const json::Value* resume = root.find_string("state");
  if (expires == nullptr || expires->type() != json::Type::kInt64 || expires->as_int64() <= now ||
      round == nullptr || round->type() != json::Type::kInt64 || round->as_int64() < 0 ||
      round->as_int64() >= kMaxRounds || asked == nullptr || !asked->is_array() ||
      resume == nullptr) {
    return not_valid();
  }
  RequestState state;
  state.round = static_cast<std::uint32_t>(round->as_int64());
  json::RawArray elements{json::find_raw(*text, "asked").value_or("[]")};
  std::string_view raw;
  for (std::size_t i = 0; elements.next(raw); ++i) {
    auto request = read_asked(raw, asked->items()[i]);
    if (!request) return not_valid();
    state.asked.push_back(std::move(*request));
  }
  auto decoded = decode_base64(resume->as_string());
  if (!decoded) return not_valid();
  state.resume_state = std::move(*decoded);
  return state;
}

}  // namespace toolpost::call
