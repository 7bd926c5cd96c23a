// SPDX-License-Identifier: Apache-2.0
// The subcommands and their options as tables, and the help texts made from them.
#pragma once

#include "config/command_line.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace toolpost::config {

// Which options a command takes.
enum OptionGroup : unsigned {
  kOptConfig = 1U << 0U,
  kOptLog = 1U << 1U,
  kOptProject = 1U << 2U,
  kOptListen = 1U << 3U,
  kOptManifest = 1U << 4U,
  kOptOrigins = 1U << 5U,
  kOptIssuedKey = 1U << 6U,
  kOptSource = 1U << 7U,
  kOptLedger = 1U << 8U,
  kOptAnchor = 1U << 9U,
  kOptJson = 1U << 10U,
  kOptFilter = 1U << 11U,
  kOptVerify = 1U << 12U,
  kOptTail = 1U << 13U,
  kOptOut = 1U << 14U,
  kOptClientEntry = 1U << 15U,
  kOptClientName = 1U << 16U,
  kOptClientFile = 1U << 17U,
  kOptAsk = 1U << 18U,
  kOptChecklist = 1U << 19U,
  kOptPassphrase = 1U << 20U,
  kOptRestore = 1U << 21U,
  kOptDebug = 1U << 22U,
  kOptLive = 1U << 23U,
};

struct OptionSpec {
  std::string_view name;   // without dashes
  char letter;             // 0: none
  std::string_view value;  // its name in the help; empty: a switch
  std::string_view key;    // the configuration key it sets; empty: none
  unsigned group;
  std::string_view meaning;
};

struct CommandSpec {
  std::string_view words;  // "plugin list"
  Command command;
  unsigned options;
  std::size_t min_arguments;
  std::size_t max_arguments;
  std::string_view operands;  // after the options in the usage line
  std::string_view summary;   // one line, for the overview
  std::string_view text;      // what it does, examples, exit codes
};

std::span<const OptionSpec> option_specs();
std::span<const CommandSpec> command_specs();

std::string overview();
// The commands below a first word such as "plugin".
std::string group_help(std::string_view group);
std::string command_help(const CommandSpec& spec);

}  // namespace toolpost::config
