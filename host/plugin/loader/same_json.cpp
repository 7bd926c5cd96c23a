// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/same_json.hpp"

#include "json/parser.hpp"
#include "json/schema/equal.hpp"

#include <cstdint>

namespace toolpost::plugin {
namespace {

// Far beyond what two texts of the permitted size take.
constexpr std::uint64_t kCompareSteps = 10'000'000;

}  // namespace

Result<bool> same_json(std::string_view left, std::string_view right) {
  const auto left_document = json::parse(left);
  if (!left_document) return left_document.error();
  const auto right_document = json::parse(right);
  if (!right_document) return right_document.error();
  json::Budget budget(kCompareSteps);
  return json::equal(left_document->root(), right_document->root(), budget);
}

}  // namespace toolpost::plugin
