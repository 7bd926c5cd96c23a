// SPDX-License-Identifier: Apache-2.0
#include "index/index_store.hpp"

#include "built_index.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace toolpost::project_index;

namespace {

std::unique_ptr<IndexStore> opened(const std::string& directory, const IndexIdentity& identity) {
  auto store = IndexStore::open(directory, identity);
  REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.refusal().text));
  return std::move(*store);
}

// The only file that ends so.
std::string file_in(const std::string& directory, std::string_view ending) {
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().string().ends_with(ending)) return entry.path().string();
  return {};
}

}  // namespace

TEST_CASE("index store: what one process saves another loads") {
  const ScratchTree tree;
  const ScratchTree state;
  tree.write("a.src", "def alpha\n");
  const auto directory = state.path("made/here");
  const auto identity = test_identity(tree);
  auto store = opened(directory, identity);
  CHECK(*store->load() == nullptr);
  REQUIRE(store->take_lock());
  REQUIRE(store->save(built_sections(tree)).ok());

  struct stat status {};

  REQUIRE(::stat(directory.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  REQUIRE(::stat(file_in(directory, ".index").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const auto loaded = opened(directory, identity)->load();
  REQUIRE(loaded.ok());
  CHECK((*loaded)->files().path(0) == "a.src");
  CHECK(file_in(directory, ".new").empty());
}

TEST_CASE("index store: one writes, and the next when that one is gone") {
  const ScratchTree tree;
  const ScratchTree state;
  const auto identity = test_identity(tree);
  auto first = opened(state.path("index"), identity);
  auto second = opened(state.path("index"), identity);
  CHECK(first->take_lock());
  CHECK(first->take_lock());
  CHECK_FALSE(second->take_lock());
  first.reset();
  CHECK(second->take_lock());
}

TEST_CASE("index store: an index of something else, or damaged, is refused with the reason") {
  const ScratchTree tree;
  const ScratchTree state;
  const auto directory = state.path("index");
  const auto identity = test_identity(tree);
  auto store = opened(directory, identity);
  REQUIRE(store->take_lock());
  REQUIRE(store->save(built_sections(tree)).ok());
  const auto refused = [&](const IndexIdentity& other) {
    const auto loaded = opened(directory, other)->load();
    return loaded.ok() ? std::string("nothing") : loaded.refusal().text;
  };
  auto other = identity;
  other.inode = 3;
  CHECK(refused(other) == "it is of another directory");
  other = identity;
  other.rules = "others";
  CHECK(refused(other) == "it was made by other rules");
  other = identity;
  other.symbols = "";
  CHECK(refused(other) == "it was made with another symbol parser");
  std::filesystem::resize_file(file_in(directory, ".index"), 100);
  CHECK(refused(identity) == "it is shorter than its header");
  std::filesystem::resize_file(file_in(directory, ".index"), 0);
  CHECK(refused(identity) == "it is empty");
}

TEST_CASE("index store: a directory that others may write to is refused") {
  const ScratchTree tree;
  const ScratchTree state;
  const auto directory = state.path("open");
  std::filesystem::create_directory(directory);
  REQUIRE(::chmod(directory.c_str(), 0777) == 0);
  const auto store = IndexStore::open(directory, test_identity(tree));
  REQUIRE_FALSE(store.ok());
  CHECK(store.refusal().text == directory + ": others than its owner may write to it");
}
