// SPDX-License-Identifier: Apache-2.0
// Any bytes as a shared library: read or refused with words, never followed beyond their end.
#include "base/check.hpp"
#include "plugin/loader/elf.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace toolpost;
  const auto facts = plugin::read_elf(std::as_bytes(std::span(data, size)));
  if (!facts) {
    TOOLPOST_CHECK(!facts.error().message().empty());
    return 0;
  }
  TOOLPOST_CHECK(facts->unique_symbols.size() <= facts->exports.size());
  std::vector<std::string> warnings;
  const auto checked = plugin::check_elf(*facts, warnings);
  TOOLPOST_CHECK(checked || !checked.error().message().empty());
  return 0;
}
