// SPDX-License-Identifier: Apache-2.0
// Memory that runs out, at each place where a walk asks for some, on each of its threads.
#include "../temporary_directory.hpp"
#include "files/list_files.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

// How many more allocations succeed before one fails; negative: all do.
std::atomic<int> left{-1};
std::atomic<bool> has_failed{false};

}  // namespace

// For the whole test program, which else sees no difference.
void* operator new(std::size_t size) {
  if (left.load(std::memory_order_relaxed) >= 0 && left.fetch_sub(1) == 0) {
    has_failed = true;
    throw std::bad_alloc();
  }
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

using namespace toolpost::project_index;

TEST_CASE("list files: memory that runs out ends the walk and nothing else") {
  const test::TemporaryDirectory directory;
  for (const char* name : {"a/b/c/d", "a/b/e", "f/g", "h"}) directory.write(name);
  directory.write(".gitignore", "*.o\n/x/**/y\n");
  const auto root = RootDirectory::open(directory.path());
  REQUIRE(root);
  const WalkRules rules;
  const StopToken stop;
  int partial = 0;
  int thrown = 0;
  bool was_whole = false;
  for (int allowed = 0; !was_whole; ++allowed) {
    REQUIRE(allowed < 10'000);
    has_failed = false;
    bool is_partial = false;
    left = allowed;
    try {
      const auto found = list_files(*root, rules, stop);
      left = -1;
      is_partial = found && !found->stopped_by.empty();
    } catch (const std::bad_alloc&) {  // on the caller's thread, outside of the walk
      left = -1;
      ++thrown;
      continue;
    }
    partial += is_partial ? 1 : 0;
    was_whole = !has_failed;
    if (was_whole) CHECK_FALSE(is_partial);
  }
  CHECK(partial > 10);
  CHECK(thrown > 0);
}
