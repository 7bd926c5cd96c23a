// SPDX-License-Identifier: Apache-2.0
// What every list says of itself when it is not whole. Keys that say "nothing is missing" are left
// out, so that an agent pays for them only when they matter.
#pragma once

#include "projects/work.hpp"

#include <toolpost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace toolpost::project_index {

struct Page {
  std::uint32_t skip = 0;
  std::uint32_t limit = 0;
};

// Elements up to a number and a size; what is behind that is for the next page.
class BoundedList {
 public:
  BoundedList(Page page, std::size_t max_bytes) : page_(page), max_bytes_(max_bytes) {}

  // False when the element belongs to an earlier page or to a later one. Once it is full,
  // has_room() is false as well.
  bool add(sdk::Json element);

  // Whether the next add() would take an element that is not to be skipped.
  bool wants_next() const noexcept { return seen_ >= page_.skip && !is_full(); }

  bool is_full() const noexcept { return !cut_by_.empty(); }

  std::size_t size() const noexcept { return elements_.size(); }

  // Puts the list into the document, and how it goes on.
  void finish(sdk::Json& document, std::string_view key) &&;

 private:
  const Page page_;
  const std::size_t max_bytes_;
  sdk::JsonArray elements_;
  std::uint64_t seen_ = 0;
  std::size_t bytes_ = 0;
  std::string_view cut_by_;
};

// is_cut, cut_by and, unless what follows cannot be asked for, next_skip.
void say_cut(sdk::Json& document, std::string_view cut_by, std::optional<std::uint64_t> next_skip);

// {"project": ...}, and why what is known of it is not whole, where it is not.
sdk::Json document_of(const View& view);

}  // namespace toolpost::project_index
