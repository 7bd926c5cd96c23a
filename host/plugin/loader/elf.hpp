// SPDX-License-Identifier: Apache-2.0
// Looks into a shared library without running any of it. Reads what the dynamic loader would read
// (program headers and the dynamic segment); section headers may be missing or lie. The bytes are
// hostile: every offset is checked before it is followed.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::plugin {

struct ElfFacts {
  std::string soname;
  std::string run_path;                     // DT_RPATH or DT_RUNPATH
  std::vector<std::string> needed;          // DT_NEEDED
  std::vector<std::string> exports;         // defined, visible symbols
  std::vector<std::string> unique_symbols;  // those of them that are STB_GNU_UNIQUE
  bool text_relocations = false;
  bool executable_stack = false;
  bool go_runtime = false;
  bool no_delete = false;
  bool static_tls = false;
};

// Fails for anything but a well-formed shared library for this machine.
Result<ElfFacts> read_elf(std::span<const std::byte> file);

// What a plugin must not have in this process. An error says how to build it instead; what is only
// unusual is added to `warnings`.
Result<> check_elf(const ElfFacts& facts, std::vector<std::string>& warnings);

inline constexpr std::string_view kEntrySymbol = "toolpost_entry_v1";

}  // namespace toolpost::plugin
