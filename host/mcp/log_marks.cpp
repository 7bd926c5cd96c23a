// SPDX-License-Identifier: Apache-2.0
#include "mcp/log_marks.hpp"

#include <string>

namespace toolpost::mcp {
namespace {

constexpr std::string_view kMark = "x-toolpost-log";
constexpr std::size_t kMaxMarkedDepth = 32;

Result<> read(const json::Value& schema, std::size_t depth, json::LogMarks& marks) {
  const json::Value* properties = schema.find("properties");
  if (properties == nullptr || !properties->is_object() || depth > kMaxMarkedDepth) return {};
  for (const json::Member& property : properties->members()) {
    json::LogMark mark{.property = std::string{property.key}};
    if (const json::Value* given = property.value.find(kMark)) {
      if (!given->is_bool()) {
        return invalid("inputSchema: " + std::string{kMark} + " of \"" + mark.property +
                       "\" must be true or false");
      }
      mark.in_clear = given->as_bool();
    }
    if (auto below = read(property.value, depth + 1, mark.below); !below) return below;
    if (mark.in_clear || !mark.below.properties.empty()) {
      marks.properties.push_back(std::move(mark));
    }
  }
  return {};
}

}  // namespace

Result<json::LogMarks> read_log_marks(const json::Value& input_schema) {
  json::LogMarks marks;
  if (auto done = read(input_schema, 0, marks); !done) return done.error();
  return marks;
}

}  // namespace toolpost::mcp
