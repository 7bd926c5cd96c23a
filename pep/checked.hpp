// SPDX-License-Identifier: Apache-2.0
// A value, or the sentence that says why there is none. Every refusal names the thing refused and
// the rule; it is written for the model and the person who read it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace toolpost::pep {

struct Refusal {
  std::string text;
};

// Adds what was being looked at: "packages[2]: …".
inline Refusal within(std::string_view context, Refusal inner) {
  return {std::string(context) + ": " + std::move(inner.text)};
}

template <class T>
class [[nodiscard]] Checked {
 public:
  Checked(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  Checked(Refusal refusal) : state_(std::move(refusal)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const noexcept { return state_.index() == 0; }

  explicit operator bool() const noexcept { return ok(); }

  const T& value() const { return std::get<0>(state_); }

  T& value() { return std::get<0>(state_); }

  const T& operator*() const { return value(); }

  T& operator*() { return value(); }

  const T* operator->() const { return &value(); }

  T* operator->() { return &value(); }

  const Refusal& refusal() const { return std::get<1>(state_); }

 private:
  std::variant<T, Refusal> state_;
};

// For checks that produce nothing.
struct Passed {};

}  // namespace toolpost::pep
