// SPDX-License-Identifier: Apache-2.0
#include "config/commands.hpp"

#include <algorithm>

namespace toolpost::config {
namespace {

std::string column(std::string_view text, std::size_t width) {
  std::string out{text};
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

constexpr std::size_t kWordsWidth = 16;
constexpr std::size_t kOptionWidth = 24;
constexpr std::size_t kTextWidth = 66;

// The option's line, its meaning wrapped into the right column.
void append_option(std::string& out, std::string_view option, std::string_view meaning) {
  std::string line = "  " + column(option, kOptionWidth);
  for (bool first = true; !meaning.empty(); first = false) {
    std::size_t end = meaning.size();
    if (end > kTextWidth) end = meaning.rfind(' ', kTextWidth);
    if (!first) line = std::string(kOptionWidth + 2, ' ');
    out.append(line).append(meaning.substr(0, end)).push_back('\n');
    meaning.remove_prefix(std::min(end + 1, meaning.size()));
  }
}

void append_command_lines(std::string& out, std::string_view group) {
  for (const CommandSpec& spec : command_specs()) {
    if (!group.empty() && !spec.words.starts_with(group)) continue;
    out.append("  ").append(column(spec.words, kWordsWidth)).append(spec.summary).push_back('\n');
  }
}

}  // namespace

std::string overview() {
  std::string out =
      "Usage: toolpost COMMAND [OPTIONS]\n"
      "\n"
      "Toolpost serves the tools of native plugins to MCP clients.\n"
      "\n"
      "Commands:\n";
  append_command_lines(out, "");
  out.append(
      "\n"
      "Without a command, MCP_TRANSPORT=http or MCP_TRANSPORT=stdio chooses between these two.\n"
      "toolpost COMMAND --help explains a command, toolpost --version names the version.\n");
  return out;
}

std::string group_help(std::string_view group) {
  std::string out = "Usage: toolpost " + std::string{group} + " COMMAND [OPTIONS]\n\nCommands:\n";
  append_command_lines(out, std::string{group} + " ");
  out.append("\ntoolpost " + std::string{group} + " COMMAND --help explains a command.\n");
  return out;
}

std::string command_help(const CommandSpec& spec) {
  std::string out = "Usage: toolpost " + std::string{spec.words} + " [OPTIONS]";
  if (!spec.operands.empty()) out.append(" ").append(spec.operands);
  out.append("\n\n").append(spec.text).append("\nOptions:\n");
  for (const OptionSpec& option : option_specs()) {
    if ((option.group & spec.options) == 0) continue;
    std::string left = option.letter != 0 ? std::string{"-"} + option.letter + ", --" : "--";
    left.append(option.name);
    if (!option.value.empty()) left.append(" ").append(option.value);
    append_option(out, left, option.meaning);
  }
  append_option(out, "-h, --help", "print this");
  return out;
}

}  // namespace toolpost::config
