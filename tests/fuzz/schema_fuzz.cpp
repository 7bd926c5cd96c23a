// SPDX-License-Identifier: Apache-2.0
// The first line is a schema, the rest a value. Neither may crash or hang the validator.
#include "base/check.hpp"
#include "json/parser.hpp"
#include "json/schema/schema.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace toolpost;
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::size_t line = std::min(input.find('\n'), input.size());
  const auto schema_text = json::parse(input.substr(0, line));
  if (!schema_text) return 0;
  json::SchemaLimits limits;
  limits.steps = 100'000;
  const auto schema = json::Schema::compile(schema_text->root(), limits);
  if (!schema) {
    TOOLPOST_CHECK(!schema.error().message().empty());
    return 0;
  }
  const auto value = json::parse(input.substr(std::min(line + 1, input.size())));
  if (!value) return 0;
  const auto violation = schema->validate(value->root());
  TOOLPOST_CHECK(!violation || violation->message.ends_with("(" + violation->rule + ")"));
  return 0;
}
