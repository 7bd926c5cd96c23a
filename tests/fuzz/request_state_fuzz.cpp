// SPDX-License-Identifier: Apache-2.0
// The first byte says what the rest is: what a client brings as its state, the content of a seal, a
// change to one, or the parts of a state. Nothing opens that was not sealed as it is.
#include "base/base64.hpp"
#include "base/check.hpp"
#include "call/request_state.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace toolpost;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const call::StateOwner kOwner{
    .owner = "ann", .method = "tools/call", .subject = "t", .arguments = "{}"};
constexpr std::string_view kPurpose = R"(["toolpost request state 1","ann","tools/call","t",{}])";

bool opens(const identity::SealKeys& keys, std::string_view text) {
  const auto state = call::open_state(keys, kOwner, text, kNow);
  if (!state) return false;
  TOOLPOST_CHECK(state->round < call::kMaxRounds);
  for (const mcp::InputRequest& asked : state->asked) {
    TOOLPOST_CHECK(asked.kind != mcp::InputKind::kForm || !asked.schema.empty());
  }
  return true;
}

// The rest: where, and with what.
void open_changed(const identity::SealKeys& keys, std::string_view change) {
  static const std::string sealed =
      *call::seal_state(keys, kOwner,
                        {.round = 1,
                         .asked = {{"a", mcp::InputKind::kForm, {}, R"({"type":"object"})"}},
                         .resume_state = "kept"},
                        kNow);
  std::string bytes = *decode_base64url(sealed);
  for (; change.size() >= 2; change.remove_prefix(2)) {
    char& byte = bytes[static_cast<unsigned char>(change[0]) % bytes.size()];
    byte = static_cast<char>(byte ^ change[1]);
  }
  std::string text;
  append_base64url(text, bytes);
  TOOLPOST_CHECK(opens(keys, text) == (text == sealed));
}

// A key, a NUL, and the plugin's state.
void seal_and_open(const identity::SealKeys& keys, std::string_view parts) {
  const std::string_view key = parts.substr(0, parts.find('\0'));
  call::RequestState state;
  state.round = static_cast<std::uint32_t>(parts.size() % call::kMaxRounds);
  state.asked.push_back({std::string{key}, mcp::InputKind::kRoots, {}, {}});
  state.resume_state = parts.substr(std::min(key.size() + 1, parts.size()));
  const auto sealed = call::seal_state(keys, kOwner, state, kNow);
  if (!sealed) return;
  const auto opened = call::open_state(keys, kOwner, *sealed, kNow);
  TOOLPOST_CHECK(opened.has_value());
  TOOLPOST_CHECK(opened->round == state.round);
  TOOLPOST_CHECK(opened->resume_state == state.resume_state);
  TOOLPOST_CHECK(opened->asked.size() == 1);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const identity::SealKeys keys = *identity::SealKeys::make_passing();
  if (size == 0) return 0;
  const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 4) {
    case 0:
      TOOLPOST_CHECK(!opens(keys, rest));
      break;
    case 1:
      opens(keys, *keys.seal(kPurpose, rest));
      break;
    case 2:
      open_changed(keys, rest);
      break;
    default:
      seal_and_open(keys, rest);
  }
  return 0;
}
