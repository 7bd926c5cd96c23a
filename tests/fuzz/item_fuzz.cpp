// SPDX-License-Identifier: Apache-2.0
// The first byte says what the rest is: a definition of one of the kinds, or what a plugin gave as
// the result of one. It is refused with a reason, or every revision gets JSON on one line.
#include "base/check.hpp"
#include "json/parser.hpp"
#include "mcp/definition.hpp"
#include "mcp/input_requests.hpp"
#include "mcp/item_results.hpp"
#include "mcp/tool_result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace toolpost;

namespace {

// What is made of a text may be a few levels deeper than the text.
constexpr json::Limits kLimits{.depth = 128, .members = 4096};

void check_text(std::string_view text) {
  TOOLPOST_CHECK(text.find('\n') == std::string_view::npos);
  TOOLPOST_CHECK(json::parse(text, kLimits).has_value());
}

void check_result(const Result<std::string>& text) {
  if (text) {
    check_text(*text);
  } else {
    TOOLPOST_CHECK(!text.error().message().empty());
  }
}

void define(mcp::ItemKind kind, std::string_view text) {
  const auto document = json::parse(text);
  const char* member = kind == mcp::ItemKind::kResource   ? "uri"
                       : kind == mcp::ItemKind::kTemplate ? "uriTemplate"
                                                          : "name";
  const json::Value* key = document ? document->root().find_string(member) : nullptr;
  const std::string_view name = kind == mcp::ItemKind::kCompletion ? text
                                : key == nullptr                   ? "k"
                                                                   : key->as_string();
  const auto definition = mcp::read_definition(kind, text, name, "p_", {});
  if (!definition) {
    TOOLPOST_CHECK(!definition.error().message().empty());
    return;
  }
  if (kind == mcp::ItemKind::kCompletion) return;
  for (const mcp::Version version : mcp::supported_versions())
    check_text(definition->text(version));
  TOOLPOST_CHECK((kind == mcp::ItemKind::kTemplate) == (definition->uri_template != nullptr));
}

void ask(std::string_view text, const json::Value& root) {
  const auto requests = mcp::read_input_requests(text, root);
  if (!requests) {
    TOOLPOST_CHECK(!requests.error().message().empty());
    return;
  }
  check_text(mcp::input_required_result(*requests, "state", "{}"));
  for (const mcp::InputRequest& request : *requests) {
    for (const mcp::Version version : mcp::supported_versions()) {
      if (const auto asked = mcp::legacy_input_request(request, "i", version)) check_text(*asked);
    }
    // Any value is an answer or is not.
    static_cast<void>(mcp::check_input(request, root));
    for (const json::Member& member : root.members()) {
      static_cast<void>(mcp::check_input(request, member.value));
    }
  }
}

void render(unsigned which, std::string_view text, const json::Value& root) {
  for (const mcp::Version version : mcp::supported_versions()) {
    switch (which) {
      case 0:
        check_result(mcp::render_tool_result(text, root, true, version, "{}"));
        break;
      case 1:
        check_result(mcp::render_tool_result(text, root, false, version, "{}"));
        break;
      case 2:
        check_result(mcp::render_read_result(text, root, {.may_share = true}, version, "{}"));
        break;
      case 3:
        check_result(mcp::render_prompt_result(text, root, version, "{}"));
        break;
      default:
        check_result(mcp::render_completion_result(text, root, version, "{}"));
    }
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr unsigned kResults = 5;
  if (size == 0) return 0;
  const unsigned which = data[0] % (mcp::kItemKinds + kResults + 2);
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  if (which < mcp::kItemKinds) {
    define(mcp::kAllItemKinds[which], text);
    return 0;
  }
  const auto document = json::parse(text);
  if (!document) return 0;
  if (which < mcp::kItemKinds + kResults) {
    render(static_cast<unsigned>(which - mcp::kItemKinds), text, document->root());
  } else if (which == mcp::kItemKinds + kResults) {
    ask(text, document->root());
  } else {
    const std::array<std::string, 2> blobs = {std::string{"\0\xff", 2}, "x"};
    const auto replaced = mcp::substitute_blobs(text, document->root(), blobs);
    TOOLPOST_CHECK(!replaced || json::parse(*replaced, kLimits).has_value());
  }
  return 0;
}
