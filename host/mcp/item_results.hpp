// SPDX-License-Identifier: Apache-2.0
// What plugins gave for resources, prompts and completions, as the results of the client's
// revision. As in mcp/tool_result.hpp, `payload` is the accepted text of `result`, and a failure is
// for the log.
#pragma once

#include "base/error.hpp"
#include "json/value.hpp"
#include "mcp/version.hpp"

#include <string>
#include <string_view>

namespace toolpost::mcp {

// A client need not look through more values than these (MCP, completion).
inline constexpr std::size_t kMaxCompletionValues = 100;

// How far a plugin is believed about how long a reading may be kept, and by whom.
struct CacheRules {
  bool may_keep = true;    // it is the same for the same request
  bool may_share = false;  // whoever asks may have it
};

// ReadResourceResult. How long it may be kept is the plugin's word (ttlMs, cacheScope) within the
// rules; without one it is not kept, and never shared.
Result<std::string> render_read_result(std::string_view payload, const json::Value& result,
                                       const CacheRules& rules, Version version,
                                       std::string_view server_info);

// GetPromptResult.
Result<std::string> render_prompt_result(std::string_view payload, const json::Value& result,
                                         Version version, std::string_view server_info);

// CompleteResult; values beyond the limit are cut off and said to exist.
Result<std::string> render_completion_result(std::string_view payload, const json::Value& result,
                                             Version version, std::string_view server_info);

// Where nobody completes an argument.
std::string no_completion(Version version, std::string_view server_info);

}  // namespace toolpost::mcp
