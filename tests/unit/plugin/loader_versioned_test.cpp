// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/versioned.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>

using namespace toolpost::plugin;

namespace {

// An item as a newer plugin would write it.
struct NewerItem {
  toolpost_item item;
  std::uint64_t added;
};

NewerItem newer_item(std::uint64_t added) {
  NewerItem newer{};
  newer.item.struct_size = sizeof newer;
  newer.item.kind = TOOLPOST_KIND_TOOL;
  newer.item.timeout_ms = 7;
  newer.added = added;
  return newer;
}

}  // namespace

TEST_CASE("versioned: sizes of version 1.0 are what the structs had then") {
  CHECK(kFirstSize<toolpost_entry> == sizeof(toolpost_entry));
  CHECK(kFirstSize<toolpost_plugin> == sizeof(toolpost_plugin));
  CHECK(kFirstSize<toolpost_item> == sizeof(toolpost_item));
  CHECK(kFirstSize<toolpost_outcome> == sizeof(toolpost_outcome));
}

TEST_CASE("versioned: a struct of our own version is copied") {
  toolpost_item item{};
  item.struct_size = sizeof item;
  item.kind = TOOLPOST_KIND_TOOL;
  item.timeout_ms = 7;
  toolpost_item copy{};
  REQUIRE(read_versioned(&item, copy) == TOOLPOST_OK);
  CHECK(copy.kind == TOOLPOST_KIND_TOOL);
  CHECK(copy.timeout_ms == 7);
  CHECK(copy.struct_size == sizeof item);
}

TEST_CASE("versioned: null and misaligned pointers are invalid") {
  toolpost_item copy{};
  CHECK(read_versioned<toolpost_item>(nullptr, copy) == TOOLPOST_E_INVALID);
  alignas(toolpost_item) std::array<std::byte, 2 * sizeof(toolpost_item)> memory{};
  const auto* const odd = reinterpret_cast<const toolpost_item*>(memory.data() + 1);
  CHECK(read_versioned(odd, copy) == TOOLPOST_E_INVALID);
}

TEST_CASE("versioned: a wrong size is refused and nothing is written") {
  toolpost_item copy{};
  copy.timeout_ms = 99;
  toolpost_item item{};
  for (const std::size_t size : {std::size_t{0}, std::size_t{4}, sizeof item - 1,
                                 kMaxStructSize + 1, std::size_t{0xFFFFFFFF}}) {
    CAPTURE(size);
    item.struct_size = static_cast<std::uint32_t>(size);
    CHECK(read_versioned(&item, copy) == TOOLPOST_E_UNSUPPORTED);
    CHECK(check_versioned(&item) == TOOLPOST_E_UNSUPPORTED);
  }
  CHECK(copy.timeout_ms == 99);
}

TEST_CASE("versioned: a longer struct is taken while what we do not know in it is zero") {
  const NewerItem unused = newer_item(0);
  toolpost_item copy{};
  REQUIRE(read_versioned(&unused.item, copy) == TOOLPOST_OK);
  CHECK(copy.timeout_ms == 7);
  CHECK(copy.struct_size == sizeof(toolpost_item));

  const NewerItem used = newer_item(std::uint64_t{1} << 63);
  CHECK(read_versioned(&used.item, copy) == TOOLPOST_E_UNSUPPORTED);
}
