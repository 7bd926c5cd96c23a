// SPDX-License-Identifier: Apache-2.0
// A text that must not outlive its use: overwritten when it goes, never printed by accident.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace toolpost {

class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string text) : text_(std::move(text)) {}

  Secret(const Secret&) = default;

  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }

  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }

  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = std::move(other.text_);
      other.wipe();
    }
    return *this;
  }

  ~Secret() { wipe(); }

  bool empty() const noexcept { return text_.empty(); }

  std::string_view reveal() const noexcept { return text_; }

 private:
  void wipe() noexcept {
    // All that the string may write to: a short text is still there when it has been moved away.
    ::explicit_bzero(text_.data(), text_.capacity());
    text_.clear();
  }

  std::string text_;
};

}  // namespace toolpost
