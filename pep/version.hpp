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

  bool is_prerelease() const noexcept { return pre_ || dev_; }

  bool is_postrelease() const noexcept { return post_.has_value(); }

  bool is_development() const noexcept { return dev_.has_value(); }

  // Without the local part: "1.0+x" is "1.0".
  Version without_local() const;

  // Epoch and release only: "1!2.0rc1.post2" is "1!2.0".
  Version base() const;

  // The oldest version of its kind: "1.0.post1" is "1.0.post1.dev0".
  Version development_start() const;

  // Whether epoch, release and pre-release part are the same.
  bool has_same_stem(const Version& other) const;

  // Whether the release begins with that of `prefix`, as "==1.2.*" asks; missing numbers are zero.
  bool begins_with(const Version& prefix) const;

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
