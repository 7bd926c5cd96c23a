// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/abi_version.hpp"

#include <charconv>

namespace toolpost::plugin {
namespace {

std::optional<std::uint16_t> read_part(std::string_view text) {
  std::uint16_t part = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, part);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return part;
}

}  // namespace

std::optional<AbiVersion> AbiVersion::from_text(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = read_part(text.substr(0, dot));
  const auto minor = read_part(text.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  return AbiVersion{*major, *minor};
}

std::string AbiVersion::text() const {
  return std::to_string(major) + "." + std::to_string(minor);
}

}  // namespace toolpost::plugin
