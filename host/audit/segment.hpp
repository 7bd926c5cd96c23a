// SPDX-License-Identifier: Apache-2.0
// One file of a chain that is being written. Only ever grows, under a lock that says that its
// process lives.
#pragma once

#include "audit/directory.hpp"
#include "base/error.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost::audit {

class Segment {
 public:
  Segment() = default;

  // A new file, locked; its name is not durable before sync_name().
  static Result<Segment> create(const Directory& directory, std::string_view chain,
                                std::uint32_t number);

  std::uint32_t number() const noexcept { return number_; }

  std::uint64_t bytes() const noexcept { return bytes_; }

  // After an error the file may have a part of the text at its end.
  Result<> append(std::string_view text);

  // Callable beside append(). After an error nobody knows what is on the disk, and asking again
  // would be answered with a lie (the kernel forgets the failure): the file must be given up.
  Result<> sync() const;
  Result<> sync_name() const;

  // An error when the file no longer stands under its name: then nobody will find what is written.
  Result<> check_name() const;

  // Takes care that `ahead` more bytes find room. Errc::kLimit when there is none. File systems
  // that cannot reserve are taken at their word.
  Result<> reserve(std::uint64_t ahead);

  // Gives back what was reserved and not used.
  void trim();

  // Takes the file away again: nothing in it counts.
  void discard();

 private:
  Segment(const Directory& directory, UniqueFd fd, std::string name, std::uint32_t number)
      : directory_(&directory), fd_(std::move(fd)), name_(std::move(name)), number_(number) {}

  const Directory* directory_ = nullptr;
  UniqueFd fd_;
  std::string name_;
  std::uint32_t number_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t reserved_ = 0;
};

}  // namespace toolpost::audit
