// SPDX-License-Identifier: Apache-2.0
// The program: how it is called, and whether it can do what is asked of it.
#pragma once

#include "checked.hpp"
#include "symbols/ctags_languages.hpp"

#include <toolpost/process.hpp>

#include <string>

namespace toolpost::project_index {

// A text of 2 MiB can make a parser ask for gigabytes.
inline constexpr std::uint64_t kCtagsMemory = std::uint64_t{512} << 20U;

// Its sandbox: text comes in and symbols go out by pipes, it opens no file and starts no program.
// What it answers is for SymbolLineReader.
sdk::Command ctags_in_sandbox(const std::string& program);

// Runs it twice, without any text. A Refusal when it is missing, or a ctags without a sandbox.
Checked<CtagsLanguages> languages_of(const sdk::Launcher& launcher, const std::string& program);

}  // namespace toolpost::project_index
