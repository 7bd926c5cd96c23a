// SPDX-License-Identifier: Apache-2.0
// The sections of the configuration, and the variables that set a key.
#include "config/keys.hpp"

namespace toolpost::config {
namespace {

constexpr Section kSections[] = {
    {"server", "What the server says about itself."},
    {"http", "The Streamable HTTP transport."},
    {"http.tls", "Certificates."},
    {"http.limits", "What a client may cost."},
    {"stdio", "The stdio transport."},
    {"json", "Bounds for JSON from clients and plugins."},
    {"metrics", "For Prometheus; metrics.md says what is told."},
    {"log", "Diagnostics."},
    {"calls", "Bounds for tool calls."},
    {"load", "How much the server takes on at once."},
    {"auth", "Who may come in."},
    {"rate", "How much one caller may ask for."},
    {"redis", "A Redis that replicas share."},
    {"roles", "What callers of each role may use, by the role's name."},
    {"policy", "Which packages may be used; packages.md says how these go together."},
    {"audit", "What is recorded of what happens; audit.md explains it."},
    {"backup", "Copies of configuration, users and audit."},
    {"plugins", "What is loaded and how, by plugin id."},
};

constexpr Variable kVariables[] = {
    {"MCP_HOST", "http.host"},
    {"MCP_PORT", "http.port"},
    {"MCP_ENABLE_METRICS", "metrics.enabled"},
    {"MCP_METRICS_HOST", "metrics.host"},
    {"MCP_METRICS_PORT", "metrics.port"},
    {"MCP_LOG_LEVEL", "log.level"},
    {"MCP_LOG_FORMAT", "log.format"},
    {"MCP_PROJECT_ROOT", "project_root"},
    {"MCP_WORKSPACE_ROOT", "workspace_root"},
    {"MCP_ALLOWED_PACKAGES", "policy.allowed_packages"},
    {"MCP_BLOCKED_PACKAGES", "policy.blocked_packages"},
    {"MCP_ENABLE_AUTH", "auth.enabled"},
    {"MCP_ENABLE_USER_AUTH", "auth.users"},
    {"MCP_SINGLE_API_KEY_MODE", "auth.single_key"},
    {"MCP_API_KEY_FILE", "auth.api_key_file"},
    {"MCP_PREVIOUS_API_KEY_FILE", "auth.previous_api_key_file"},
    {"MCP_USERS_FILE", "auth.users_file"},
    {"MCP_REDIS_URL", "redis.url"},
    {"MCP_REDIS_PASSWORD_FILE", "redis.password_file"},
    {"TOOLPOST_REPLICA", "replica"},
};

}  // namespace

std::span<const Section> sections() {
  return kSections;
}

std::span<const Variable> variables() {
  return kVariables;
}

}  // namespace toolpost::config
