// SPDX-License-Identifier: Apache-2.0
// Takes out of a text what looks like a secret. It stands behind every log line and everything of a
// client that is recorded in clear; it is the last net, not the reason that no secret gets there.
#pragma once

#include <string>
#include <string_view>

namespace toolpost {

inline constexpr std::string_view kRedacted = "[redacted]";

// `text` itself when nothing was found, else `scratch`, where kRedacted stands in the place of:
// this host's API keys; what stands before the @ of a URL; PEM blocks; JSON web tokens; the
// credentials after "Bearer" and "Basic"; tokens of GitHub, GitLab, AWS, Slack, PyPI, npm and of
// those whose keys begin with "sk-"; and the values that are assigned to a secret's name
// ("password=", "api_key=", "token": "…").
//
// Time is linear. Valid UTF-8 stays valid and a JSON text stays JSON. It looks again until it finds
// nothing, at most eight times, so that what it gives passes it unchanged. In JSON a quote may be
// escaped once; text that is a string in a string in a string must be unescaped before. A name's
// value that is plain lower-case words after ": " stays: that is how messages are written
// ("MCP_API_KEY: is too short").
std::string_view redacted(std::string_view text, std::string& scratch);

// Whether what has this name is secret: "password", "x-api-key", "GITHUB_TOKEN" are.
bool is_secret_name(std::string_view name) noexcept;

}  // namespace toolpost
