// SPDX-License-Identifier: Apache-2.0
#include "ops/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace toolpost::ops {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quoted) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quoted) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

// A double as the shortest text that reads back as the same number.
template <class Number, class... Format>
std::string text_of(Number number, Format... format) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, format...);
  return {digits.data(), end.ptr};
}

// Without an exponent: a bound is compared as a text.
std::string seconds(std::chrono::nanoseconds duration) {
  return text_of(static_cast<double>(duration.count()) / 1e9, std::chars_format::fixed);
}

}  // namespace

Exposition& Exposition::counter(std::string_view name, std::string_view help) {
  return begin(name, "counter", help);
}

Exposition& Exposition::gauge(std::string_view name, std::string_view help) {
  return begin(name, "gauge", help);
}

Exposition& Exposition::histogram(std::string_view name, std::string_view help) {
  return begin(name, "histogram", help);
}

Exposition& Exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).push_back(' ');
  append_escaped(text_, help, false);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).push_back('\n');
  return *this;
}

void Exposition::line(std::string_view suffix, MetricLabels labels, std::string_view bound,
                      std::string_view value) {
  text_.append(name_).append(suffix);
  char before = '{';
  const auto label = [&](std::string_view name, std::string_view text) {
    if (text.empty()) return;
    text_.push_back(before);
    before = ',';
    text_.append(name).append("=\"");
    append_escaped(text_, text, true);
    text_.push_back('"');
  };
  for (const auto& [name, text] : labels) label(name, text);
  label("le", bound);
  if (before == ',') text_.push_back('}');
  text_.append(" ").append(value).push_back('\n');
}

Exposition& Exposition::sample(std::uint64_t value, MetricLabels labels) {
  line("", labels, "", text_of(value));
  return *this;
}

Exposition& Exposition::sample(std::int64_t value, MetricLabels labels) {
  line("", labels, "", text_of(value));
  return *this;
}

Exposition& Exposition::sample(double value, MetricLabels labels) {
  line("", labels, "", std::isnan(value) ? "NaN" : text_of(value));
  return *this;
}

Exposition& Exposition::sample(const Durations& durations, MetricLabels labels) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < durations.counts.size(); ++i) {
    count += durations.counts[i];
    const bool is_last = i == kDurationBounds.size();
    line("_bucket", labels, is_last ? "+Inf" : seconds(kDurationBounds[i]), text_of(count));
  }
  line("_sum", labels, "", seconds(durations.sum));
  line("_count", labels, "", text_of(count));
  return *this;
}

}  // namespace toolpost::ops
