// SPDX-License-Identifier: Apache-2.0
// The first line is a template, the rest a URI. Whatever is compiled matches in a short time, gives
// its own variables in their order, and matches what RFC 6570 makes of it.
#include "base/check.hpp"
#include "base/utf8.hpp"
#include "mcp/uri_template.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace toolpost;

namespace {

void check_variables(const mcp::UriTemplate& compiled, std::string_view uri) {
  const auto found = compiled.match(uri);
  if (!found) return;
  auto place = compiled.variables().begin();
  for (const auto& [name, value] : *found) {
    place = std::find(place, compiled.variables().end(), name);
    TOOLPOST_CHECK(place != compiled.variables().end());
    ++place;
    TOOLPOST_CHECK(value.size() <= uri.size());
    TOOLPOST_CHECK(is_utf8(value) || !is_utf8(uri));
  }
}

// With a value for each variable, percent-encoding and all.
std::string expansion(std::string_view text) {
  std::string uri;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    uri.append(text.substr(0, open));
    text.remove_prefix(open);
    if (text.empty()) break;
    std::string_view names = text.substr(1, text.find('}') - 1);
    text.remove_prefix(names.size() + 2);
    const bool has_sign = std::string_view{"+#./;?&"}.find(names.front()) != std::string_view::npos;
    const char sign = has_sign ? names.front() : '\0';
    if (has_sign) names.remove_prefix(1);
    for (bool first = true; !names.empty(); first = false) {
      const std::string_view variable = names.substr(0, names.find(','));
      names.remove_prefix(std::min(variable.size() + 1, names.size()));
      if (sign == '?') {
        uri.push_back(first ? '?' : '&');
      } else if (first ? sign == '#' : sign == '\0' || sign == '+' || sign == '#') {
        uri.push_back(first ? '#' : ',');
      } else if (sign != '\0' && sign != '+') {
        uri.push_back(sign);
      }
      if (sign == ';' || sign == '?' || sign == '&') {
        uri.append(variable.substr(0, variable.find_first_of("*:"))).append("=");
      }
      uri.append("v%20");
    }
  }
  return uri;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input{reinterpret_cast<const char*>(data), size};
  const std::string_view text = input.substr(0, input.find('\n'));
  const auto compiled = mcp::UriTemplate::compile(text);
  if (!compiled) {
    TOOLPOST_CHECK(!compiled.error().message().empty());
    return 0;
  }
  TOOLPOST_CHECK(!compiled->variables().empty());
  TOOLPOST_CHECK(compiled->variables().size() <= mcp::UriTemplate::kMaxVariables);
  TOOLPOST_CHECK(compiled->literal_size() < text.size());
  check_variables(*compiled, input.substr(std::min(text.size() + 1, size)));
  TOOLPOST_CHECK(compiled->match(expansion(text)).has_value());
  return 0;
}
