// SPDX-License-Identifier: Apache-2.0
// PEP 440 versions: what is one, its normal form, and which of two is newer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::pep {

inline constexpr std::size_t kMaxVersionLength = 256;

class Version {
 public:
  // Accepts every spelling PEP 440 accepts ("v1.0-RC_2"), without surrounding whitespace.
  static std::optional<Version> parse(std::string_view text);

  // The one spelling PEP 440 calls normal: "1.0rc2".
  std::string normalized() const;

  std::size_t release_size() const noexcept { return release_.size(); }

  bool has_local() const noexcept { return !local_.empty(); }

  // Negative, zero or positive, in the order of PEP 440.
  int compare(const Version& other) const;

 private:
  // Numbers may have any length; they are kept as digits without leading zeros.
  using Number = std::string;
  enum class Pre { kAlpha, kBeta, kCandidate };

  Number epoch_ = "0";
  std::vector<Number> release_;
  std::optional<std::pair<Pre, Number>> pre_;
  std::optional<Number> post_;
  std::optional<Number> dev_;
  std::vector<std::string> local_;

  friend class VersionParser;
};

}  // namespace toolpost::pep
