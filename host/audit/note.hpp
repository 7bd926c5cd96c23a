// SPDX-License-Identifier: Apache-2.0
// A record that is made where it is given, and whose giver need not hear of it again.
#pragma once

#include "audit/entry.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace toolpost::audit {

class Note final : public Entry {
 public:
  // `type` must outlive it; `object` is a JSON object on one line.
  Note(std::string_view type, std::string object) : type_(type), object_(std::move(object)) {}

  std::string_view type() const noexcept override { return type_; }

  Durability durability() const noexcept override { return Durability::kWritten; }

  void write(std::string& out, Scribe&) override { out += object_; }

  void done(std::uint64_t) noexcept override {}

 private:
  std::string_view type_;
  std::string object_;
};

}  // namespace toolpost::audit
