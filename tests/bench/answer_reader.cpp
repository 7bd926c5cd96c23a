// SPDX-License-Identifier: Apache-2.0
#include "answer_reader.hpp"

#include <charconv>
#include <optional>
#include <strings.h>

namespace bench {
namespace {

using State = AnswerReader::State;

constexpr std::string_view kLineEnd = "\r\n";

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && ::strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::optional<std::string_view> header(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = head.find(kLineEnd);
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
      return value;
    }
    if (end == std::string_view::npos) break;
    head.remove_prefix(end + kLineEnd.size());
  }
  return std::nullopt;
}

std::optional<std::size_t> size_in(std::string_view text, int base) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return size;
}

State sized(std::string_view body, std::string_view length) {
  const auto size = size_in(length, 10);
  if (!size || body.size() > *size) return State::kBad;
  return body.size() == *size ? State::kComplete : State::kIncomplete;
}

State chunked(std::string_view body) {
  for (;;) {
    const std::size_t end = body.find(kLineEnd);
    if (end == std::string_view::npos) return State::kIncomplete;
    const auto size = size_in(body.substr(0, end), 16);
    if (!size) return State::kBad;
    const std::size_t whole = end + kLineEnd.size() + *size + kLineEnd.size();
    if (body.size() < whole) return State::kIncomplete;
    body.remove_prefix(whole);
    if (*size == 0) return body.empty() ? State::kComplete : State::kBad;
  }
}

}  // namespace

State AnswerReader::feed(std::string_view data) {
  constexpr std::string_view ok = "HTTP/1.1 200";
  constexpr std::string_view head_end = "\r\n\r\n";
  text_.append(data);
  const std::string_view text = text_;
  const std::size_t end = text.find(head_end);
  if (end == std::string_view::npos) return State::kIncomplete;
  if (text.substr(0, ok.size()) != ok) return State::kBad;
  const std::string_view head = text.substr(0, end);
  const std::string_view body = text.substr(end + head_end.size());
  if (const auto length = header(head, "content-length")) return sized(body, *length);
  if (header(head, "transfer-encoding")) return chunked(body);
  return State::kBad;
}

}  // namespace bench
