// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/inspect.hpp"
#include "plugin/loader/library.hpp"
#include "unit/plugin/loader_place.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <thread>

using namespace toolpost;
using namespace toolpost::plugin;
using testing::Place;

namespace {

Manifest installed(const Place& place, const std::string& name) {
  const auto manifest = read_manifest(testing::install(place, name));
  REQUIRE(manifest.has_value());
  return *manifest;
}

std::string refusal(const std::string& name) {
  const Place place;
  LibraryCache cache;
  const auto library = cache.load(installed(place, name), {});
  REQUIRE(!library);
  std::string message = library.error().message();
  std::string id = "hostile." + name;
  std::replace(id.begin(), id.end(), '_', '-');
  CHECK(message.starts_with("plugin " + id + ": "));
  return message;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("library: a good plugin is loaded and its entry copied") {
  const Place place;
  LibraryCache cache;
  std::vector<std::string> warnings;
  const auto library =
      cache.load(installed(place, "witness"),
                 {"", [&](std::string_view warning) { warnings.emplace_back(warning); }});
  REQUIRE(library.has_value());
  CHECK((*library)->facts.id == "hostile.witness");
  CHECK((*library)->facts.abi == kHostAbi);
  CHECK((*library)->facts.config_schema == R"({"type":"object"})");
  CHECK(((*library)->entry().create != nullptr));
  CHECK((*library)->sha256.size() == 64);
  CHECK(warnings.empty());
}

TEST_CASE("library: the same content is mapped once, whatever its name") {
  const Place first;
  const Place second;
  LibraryCache cache;
  const auto one = cache.load(installed(first, "witness"), {});
  const auto two = cache.load(installed(second, "witness"), {});
  REQUIRE(one.has_value());
  REQUIRE(two.has_value());
  CHECK(&(*one)->entry() == &(*two)->entry());
}

TEST_CASE("library: a pinned hash must be the file's, and is checked on every load") {
  const Place place;
  const Manifest manifest = installed(place, "witness");
  const auto pinned = pin(manifest);
  REQUIRE(pinned.has_value());
  CHECK(pinned->id == "hostile.witness");
  LibraryCache cache;
  CHECK(cache.load(manifest, {pinned->sha256, {}}).has_value());
  const auto other = cache.load(manifest, {std::string(64, 'a'), {}});
  REQUIRE(!other);
  CHECK(other.error().code() == Errc::kDenied);
  CHECK(contains(other.error().message(), pinned->sha256));
  CHECK(contains(other.error().message(), std::string(64, 'a')));
}

TEST_CASE("library: a file that others may write is refused before it is opened") {
  const Place place;
  const Manifest manifest = installed(place, "witness");
  REQUIRE(::chmod(manifest.file.c_str(), 0666) == 0);
  LibraryCache cache;
  const auto library = cache.load(manifest, {});
  REQUIRE(!library);
  CHECK(library.error().code() == Errc::kDenied);
  CHECK(contains(library.error().message(), "chmod go-w " + manifest.file));
}

TEST_CASE("library: a plugin is replaced by rename, and overwriting it is noticed") {
  const Place place;
  const Manifest manifest = installed(place, "witness");
  LibraryCache cache;
  REQUIRE(cache.load(manifest, {}).has_value());

  // Another content under the same name: bytes after the end change the hash and nothing else.
  place.write("new.so", testing::read_file(manifest.file) + "new");
  std::filesystem::rename(place.path("new.so"), manifest.file);
  const auto renamed = cache.load(manifest, {});
  REQUIRE(renamed.has_value());

  // Only appended to: the mapped pages stay what they are, so that this process can end.
  std::ofstream(manifest.file, std::ios::app) << "er";
  const auto overwritten = cache.load(manifest, {});
  REQUIRE(!overwritten);
  CHECK(overwritten.error().code() == Errc::kState);
  CHECK(contains(overwritten.error().message(), "was overwritten while it is in use"));
}

TEST_CASE("library: what is no library says why") {
  const Place place;
  Manifest manifest = installed(place, "witness");
  place.write("witness.so", "#!/bin/sh\n");
  LibraryCache cache;
  CHECK(contains(cache.load(manifest, {}).error().message(), "not an ELF file"));
  std::filesystem::remove(manifest.file);
  CHECK(cache.load(manifest, {}).error().code() == Errc::kNotFound);
}

TEST_CASE("library: what this host can not run is refused before its code runs") {
  const Place place;
  LibraryCache cache;
  Manifest manifest = installed(place, "witness");
  std::filesystem::remove(manifest.file);  // nothing may even look for it
  manifest.isolation = Isolation::kRequired;
  CHECK(contains(cache.load(manifest, {}).error().message(), "must run isolated"));
  manifest.isolation = Isolation::kNone;
  manifest.min_host = {1, 9};
  CHECK(contains(cache.load(manifest, {}).error().message(), "needs a host with 1.9"));
  manifest.min_host = {1, 0};
  manifest.abi = {2, 0};
  CHECK(cache.load(manifest, {}).error().code() == Errc::kUnsupported);
}

TEST_CASE("library: each broken entry is refused in words") {
  CHECK(contains(refusal("entry_null"), "returned null"));
  CHECK(contains(refusal("entry_size_zero"), "has 0 bytes, fewer than the 136"));
  CHECK(contains(refusal("entry_size_tiny"), "has 8 bytes"));
  CHECK(contains(refusal("entry_size_huge"), "claims 4294967295 bytes"));
  CHECK(contains(refusal("entry_unknown_tail"), "fields that this host does not know"));
  CHECK(contains(refusal("entry_wrong_id"), "id 'hostile.somebody-else'"));
  CHECK(contains(refusal("entry_bad_utf8"), "'name' is not valid UTF-8"));
  CHECK(contains(refusal("entry_wild_text"), "'vendor' claims 18446744073709551615 bytes"));
  CHECK(contains(refusal("entry_null_text"), "'name' is null but has a size"));
  CHECK(contains(refusal("entry_wrong_major"), "plugin ABI 2.0"));
  CHECK(contains(refusal("entry_newer_host"), "needs a host with plugin ABI 1.1"));
  CHECK(contains(refusal("entry_unknown_flag"), "flags that this host does not know"));
  CHECK(contains(refusal("entry_no_create"), "no create function"));
  CHECK(contains(refusal("entry_other_schema"), "differ in 'config_schema'"));
}

TEST_CASE("library: a failed entry is judged anew without mapping it again") {
  const Place place;
  const Manifest manifest = installed(place, "entry_wrong_id");
  LibraryCache cache;
  const auto open_files = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  CHECK_FALSE(cache.load(manifest, {}).has_value());
  const auto before = open_files();
  for (int i = 0; i < 10; ++i) CHECK_FALSE(cache.load(manifest, {}).has_value());
  CHECK(open_files() == before);
}

TEST_CASE("library: one whose code does not return is given up and not tried again") {
  const Place place;
  const Manifest endless = installed(place, "entry_endless");
  auto cache = std::make_unique<LibraryCache>();
  int runs = 0;
  LoadOptions options;
  options.run = [&runs](std::function<void()> step) {
    ++runs;
    std::thread{std::move(step)}.detach();
    return false;
  };
  const auto first = cache->load(endless, options);
  REQUIRE(!first);
  CHECK(first.error().code() == Errc::kUnavailable);
  CHECK(contains(first.error().message(), "plugin hostile.entry-endless: "));
  CHECK(contains(first.error().message(), "its library did not return in time"));
  CHECK(cache->has_stuck());
  CHECK(contains(cache->load(endless, options).error().message(), "not tried again"));
  CHECK(runs == 1);
  cache.reset();  // its code has what it needs
}

TEST_CASE("library: what cannot be loaded beside a constructor that does not return says so") {
  const Place place;
  const Manifest blocked = installed(place, "witness");
  const Manifest other = installed(place, "extensions");
  LibraryCache cache;
  LoadOptions options;
  options.run = [](const std::function<void()>&) { return false; };  // as if it were at it
  CHECK(contains(cache.load(blocked, options).error().message(), "did not return in time"));
  options.run = nullptr;
  const auto refused = cache.load(other, options);
  REQUIRE(!refused);
  CHECK(contains(refused.error().message(),
                 "because the constructors of " + blocked.file + " have not returned"));
}

TEST_CASE("inspect: the manifest made of the entry is the manifest that was built") {
  const Place place;
  const Manifest manifest = installed(place, "witness");
  LibraryCache cache;
  const auto library = cache.load(manifest, {});
  REQUIRE(library.has_value());
  const auto again = parse_manifest(manifest_json((*library)->facts, manifest), manifest.path);
  REQUIRE(again.has_value());
  CHECK(again->id == manifest.id);
  CHECK(again->file == manifest.file);
  CHECK(again->isolation == manifest.isolation);
  CHECK(check_matches((*library)->facts, *again).has_value());
  CHECK(again->unknown_keys.empty());

  const auto facts = cache.inspect(manifest.file, {});
  REQUIRE(facts.has_value());
  CHECK(facts->id == manifest.id);
  CHECK(contains(inspect_json(**library), "\"sha256\":\"" + (*library)->sha256 + "\""));
}

TEST_CASE("inspect: the list has columns and nothing that moves a cursor") {
  const std::vector<ListedPlugin> plugins = {{"io.a", "1.0.0", "/p/a.plugin.json", "enabled"},
                                             {"io.longer", "2", "/p/\x1b[2J", "known"}};
  CHECK(list_text(plugins) ==
        "ID         VERSION  STATE    LIBRARY\n"
        "io.a       1.0.0    enabled  /p/a.plugin.json\n"
        "io.longer  2        known    /p/?[2J\n");
  CHECK(contains(list_json(plugins), R"({"id":"io.a","version":"1.0.0",)"));
  CHECK(pin_json({"io.a", "/p/a.so", "00ff"}) == R"({"io.a":{"sha256":"00ff"}})");
}
