// SPDX-License-Identifier: Apache-2.0
// What a plugin's library may look like, from the facts that elf.cpp read.
#include "plugin/loader/elf.hpp"

#include <algorithm>
#include <array>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxNamesInMessage = 3;

// The C and C++ runtimes, those of the sanitizers, which only a build for testing needs, and RE2:
// distributions have no static one that a shared object could take in.
constexpr std::array<std::string_view, 14> kExpectedLibraries = {
    "libc.",      "libm.",    "libdl.",   "libpthread.", "librt.",   "libgcc_s.", "libre2.",
    "libstdc++.", "ld-linux", "libasan.", "libubsan.",   "libtsan.", "liblsan.",  "libclang_rt."};

// Left behind by linkers, sanitizers and coverage; no plugin author put them there.
constexpr std::array<std::string_view, 11> kToolSymbols = {
    "_init",  "_fini",   "__bss_start", "_edata",      "_end",  "__odr_asan",
    "__asan", "__ubsan", "__tsan",      "__sanitizer", "__gcov"};

template <std::size_t N>
bool begins_with_one_of(std::string_view text, const std::array<std::string_view, N>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [text](std::string_view prefix) { return text.starts_with(prefix); });
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMaxNamesInMessage; ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMaxNamesInMessage)
    text += " and " + std::to_string(names.size() - kMaxNamesInMessage) + " more";
  return text;
}

void add_warnings(const ElfFacts& facts, std::vector<std::string>& warnings) {
  std::vector<std::string> exports;
  for (const std::string& name : facts.exports)
    if (name != kEntrySymbol && !begins_with_one_of(name, kToolSymbols)) exports.push_back(name);
  if (!exports.empty()) {
    warnings.push_back("exports more than " + std::string(kEntrySymbol) + ": " + some_of(exports) +
                       "; link it with a version script");
  }
  std::vector<std::string> needed;
  for (const std::string& name : facts.needed)
    if (!begins_with_one_of(name, kExpectedLibraries)) needed.push_back(name);
  if (!needed.empty())
    warnings.push_back("needs shared libraries: " + some_of(needed) + "; link them statically");
  if (facts.static_tls) warnings.push_back("uses static thread-local storage, which is scarce");
}

}  // namespace

Result<> check_elf(const ElfFacts& facts, std::vector<std::string>& warnings) {
  if (std::find(facts.exports.begin(), facts.exports.end(), kEntrySymbol) == facts.exports.end())
    return invalid("not a plugin: it does not export " + std::string(kEntrySymbol));
  if (facts.go_runtime) {
    return Error(Errc::kUnsupported,
                 "contains a Go runtime, which takes over threads and signals of its process; it "
                 "can only run isolated");
  }
  if (!facts.unique_symbols.empty()) {
    return invalid("has unique symbols (" + some_of(facts.unique_symbols) +
                   "), which all libraries of a process share; link it with a version script that "
                   "keeps all but " +
                   std::string(kEntrySymbol) +
                   " local and, with GCC, compile it with "
                   "-fno-gnu-unique");
  }
  if (facts.text_relocations) return invalid("has text relocations; compile all of it with -fPIC");
  if (facts.executable_stack)
    return invalid("asks for an executable stack; link it with -Wl,-z,noexecstack");
  if (!facts.run_path.empty()) {
    return invalid("searches for libraries in '" + facts.run_path +
                   "'; link it without a run path (CMake: BUILD_WITH_INSTALL_RPATH)");
  }
  // dlopen takes a library for one that is mapped already when the names are equal.
  if (facts.soname.find('/') != std::string::npos)
    return invalid("calls itself '" + facts.soname + "'; a soname has no slash");
  add_warnings(facts, warnings);
  return {};
}

}  // namespace toolpost::plugin
