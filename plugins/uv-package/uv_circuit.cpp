// SPDX-License-Identifier: Apache-2.0
#include "uv_circuit.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::uv_package {
namespace {

constexpr std::string_view kErrorStart = "error: ";
// As uv before and since 0.12 writes it.
constexpr std::string_view kCauseStarts[] = {"Caused by: ", "cause: "};
constexpr std::string_view kIndexFailures[] = {
    "error sending request for url (",  // no connection, no name, no answer in time
    "HTTP status server error (",       // 5xx
};

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// Empty: not one of the chain.
std::string_view cause_in(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  for (const std::string_view start : kCauseStarts) {
    if (starts_with(line, start)) return line.substr(start.size());
  }
  return {};
}

std::string in_seconds(UvCircuit::Clock::duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

bool is_index_failure(std::string_view uv_stderr) {
  while (!uv_stderr.empty() && !starts_with(uv_stderr, kErrorStart)) next_line(uv_stderr);
  next_line(uv_stderr);
  while (!uv_stderr.empty()) {
    const std::string_view cause = cause_in(next_line(uv_stderr));
    if (cause.empty()) return false;
    for (const std::string_view failure : kIndexFailures) {
      if (starts_with(cause, failure)) return true;
    }
  }
  return false;
}

UvCircuit::Pass::Pass(Pass&& other) noexcept
    : circuit_(std::exchange(other.circuit_, nullptr)),
      is_probe_(other.is_probe_),
      has_succeeded_(other.has_succeeded_),
      failure_(other.failure_) {}

UvCircuit::Pass::~Pass() {
  end(Clock::now());
}

UvCircuit::Change UvCircuit::Pass::end(Clock::time_point now) {
  UvCircuit* const circuit = std::exchange(circuit_, nullptr);
  return circuit == nullptr ? Change::kNone : circuit->ended(*this, now);
}

Checked<UvCircuit::Pass> UvCircuit::admit(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!is_open_) return Pass(*this, false);
  if (now >= until_ && !is_probing_) {
    is_probing_ = true;
    return Pass(*this, true);
  }
  const std::string again =
      now < until_ ? "in " + in_seconds(until_ - now) : "in a moment: another call is trying it";
  return Refusal{"not tried: " + std::to_string(failures_) +
                 " calls in a row have failed, the last " + in_seconds(now - failed_at_) +
                 " ago, because " + std::string(last_failure_) + "; try again " + again};
}

UvCircuit::Change UvCircuit::ended(const Pass& pass, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (pass.is_probe_) return ended_probe(pass, now);
  // What began before it opened says nothing of now.
  if (is_open_ || limits_.failures == 0) return Change::kNone;
  if (pass.failure_.empty()) {
    if (pass.has_succeeded_) failures_ = 0;
    return Change::kNone;
  }
  last_failure_ = pass.failure_;
  failed_at_ = now;
  if (++failures_ < limits_.failures) return Change::kNone;
  is_open_ = true;
  until_ = now + limits_.open;
  return Change::kOpened;
}

UvCircuit::Change UvCircuit::ended_probe(const Pass& pass, Clock::time_point now) {
  is_probing_ = false;
  if (!pass.failure_.empty()) {
    ++failures_;
    last_failure_ = pass.failure_;
    failed_at_ = now;
    until_ = now + limits_.open;
    return Change::kNone;
  }
  if (!pass.has_succeeded_) return Change::kNone;
  is_open_ = false;
  failures_ = 0;
  return Change::kClosed;
}

}  // namespace toolpost::uv_package
