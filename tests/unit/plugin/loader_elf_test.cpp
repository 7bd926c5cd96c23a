// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/elf.hpp"
#include "unit/plugin/loader_place.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <random>
#include <span>
#include <string>

using namespace toolpost;
using namespace toolpost::plugin;

namespace {

std::string library_bytes() {
  std::string bytes = testing::read_file(testing::built_plugin("witness") + ".so");
  REQUIRE(!bytes.empty());
  return bytes;
}

Result<ElfFacts> read(const std::string& bytes) {
  return read_elf(std::as_bytes(std::span(bytes)));
}

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Lets `change` rewrite each entry of one kind in the program header table.
template <class Change>
void change_segments(std::string& bytes, std::uint32_t type, Change change) {
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    char* const at = bytes.data() + header.e_phoff + i * sizeof(Elf64_Phdr);
    Elf64_Phdr segment;
    std::memcpy(&segment, at, sizeof segment);
    if (segment.p_type != type) continue;
    change(segment);
    std::memcpy(at, &segment, sizeof segment);
  }
}

// A plugin's facts, good in every respect.
ElfFacts good_facts() {
  ElfFacts facts;
  facts.exports = {std::string(kEntrySymbol)};
  facts.needed = {"libc.so.6"};
  return facts;
}

std::string refusal(const ElfFacts& facts) {
  std::vector<std::string> warnings;
  const auto checked = check_elf(facts, warnings);
  REQUIRE(!checked);
  return checked.error().message();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("elf: a real plugin is read") {
  const auto facts = read(library_bytes());
  REQUIRE(facts.has_value());
  CHECK(has(facts->exports, kEntrySymbol));
  CHECK(has(facts->needed, "libc.so.6"));
  CHECK(facts->unique_symbols.empty());
  CHECK(facts->run_path.empty());
  CHECK_FALSE(facts->text_relocations);
  CHECK_FALSE(facts->executable_stack);
  CHECK_FALSE(facts->go_runtime);
  std::vector<std::string> warnings;
  CHECK(check_elf(*facts, warnings).has_value());
  CHECK(warnings.empty());
}

TEST_CASE("elf: what is no shared library of this machine is refused") {
  CHECK(read("").error().message() == "not an ELF file");
  CHECK(read("#!/bin/sh\n").error().message() == "not an ELF file");
  std::string bytes = library_bytes();
  bytes[EI_CLASS] = ELFCLASS32;
  CHECK(contains(read(bytes).error().message(), "another machine"));
  bytes = library_bytes();
  bytes[offsetof(Elf64_Ehdr, e_machine)] = static_cast<char>(EM_S390);
  CHECK(read(bytes).error().code() == Errc::kUnsupported);
  bytes = library_bytes();
  bytes[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
  CHECK(contains(read(bytes).error().message(), "shared object"));
  const auto program = read(testing::read_file("/proc/self/exe"));
  CHECK_FALSE(program.has_value());
}

TEST_CASE("elf: the stack is executable when the header says so or is missing") {
  std::string bytes = library_bytes();
  change_segments(bytes, PT_GNU_STACK, [](Elf64_Phdr& segment) { segment.p_flags |= PF_X; });
  CHECK(read(bytes)->executable_stack);
  change_segments(bytes, PT_GNU_STACK, [](Elf64_Phdr& segment) { segment.p_type = PT_NULL; });
  CHECK(read(bytes)->executable_stack);
}

TEST_CASE("elf: a library cut short anywhere is refused or read, never followed beyond its end") {
  const std::string bytes = library_bytes();
  std::size_t refused = 0;
  std::size_t tried = 0;
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    // A copy of exactly this size, so that a sanitizer sees the first byte too far.
    const std::vector<std::byte> cut(reinterpret_cast<const std::byte*>(bytes.data()),
                                     reinterpret_cast<const std::byte*>(bytes.data()) + size);
    ++tried;
    refused += read_elf(cut) ? 0U : 1U;
  }
  CHECK(tried > 50);
  // Only section headers and debug information may be missing at the end.
  CHECK(refused > 0);
}

TEST_CASE("elf: five thousand mutations of a real library are survived") {
  constexpr std::uint32_t seed = 20260728;
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string bytes = library_bytes();
  constexpr std::size_t headers = 2048;  // where offsets and counts are dense
  std::size_t refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::byte> mutated(reinterpret_cast<const std::byte*>(bytes.data()),
                                   reinterpret_cast<const std::byte*>(bytes.data()) + bytes.size());
    const std::size_t within = round % 2 == 0 ? std::min(headers, mutated.size()) : mutated.size();
    const int changes = 1 + static_cast<int>(random() % 8);
    for (int i = 0; i < changes; ++i) {
      const std::size_t at = random() % within;
      mutated[at] = static_cast<std::byte>(random() % 3 == 0 ? 0xFF : random() & 0xFF);
    }
    const auto facts = read_elf(mutated);
    if (!facts) {
      ++refused;
      CHECK_FALSE(facts.error().message().empty());
    }
  }
  CHECK(refused > 100);
  CHECK(refused < 5000);
}

TEST_CASE("elf rules: each thing a plugin must not have is refused with what to do") {
  ElfFacts facts = good_facts();
  facts.exports = {"other"};
  CHECK(contains(refusal(facts), "does not export toolpost_entry_v1"));

  facts = good_facts();
  facts.unique_symbols = {"_ZN1a", "_ZN1b", "_ZN1c", "_ZN1d"};
  CHECK(contains(refusal(facts), "_ZN1a, _ZN1b, _ZN1c and 1 more"));
  CHECK(contains(refusal(facts), "-fno-gnu-unique"));

  facts = good_facts();
  facts.text_relocations = true;
  CHECK(contains(refusal(facts), "-fPIC"));

  facts = good_facts();
  facts.executable_stack = true;
  CHECK(contains(refusal(facts), "-z,noexecstack"));

  facts = good_facts();
  facts.run_path = "/home/me/lib";
  CHECK(contains(refusal(facts), "/home/me/lib"));

  facts = good_facts();
  facts.go_runtime = true;
  CHECK(contains(refusal(facts), "Go runtime"));

  facts = good_facts();
  facts.soname = "/proc/self/fd/9";
  CHECK(contains(refusal(facts), "a soname has no slash"));
}

TEST_CASE("elf rules: what is only unusual is a warning, and sanitizers are not unusual") {
  ElfFacts facts = good_facts();
  for (const char* name : {"helper", "__odr_asan.x", "__asan_init"}) {
    facts.exports.emplace_back(name);
  }
  for (const char* name : {"libasan.so.8", "libstdc++.so.6", "libssl.so.3"}) {
    facts.needed.emplace_back(name);
  }
  std::vector<std::string> warnings;
  REQUIRE(check_elf(facts, warnings).has_value());
  REQUIRE(warnings.size() == 2);
  CHECK(contains(warnings[0], "exports more than toolpost_entry_v1: helper;"));
  CHECK(contains(warnings[1], "needs shared libraries: libssl.so.3;"));
}
