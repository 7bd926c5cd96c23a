// SPDX-License-Identifier: Apache-2.0
// No options are read from files: neither the user's nor those of a directory decide about parsing.
#include "symbols/ctags_program.hpp"

#include "symbols/symbol_line.hpp"

#include <chrono>
#include <utility>

namespace toolpost::project_index {
namespace {

constexpr std::chrono::seconds kProbeTime(10);

sdk::Command ctags(const std::string& program, std::vector<std::string> arguments) {
  sdk::Command command;
  command.program = program;
  command.arguments = {"--options=NONE"};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  command.environment = {"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"};
  command.working_directory = "/";
  command.max_memory = kCtagsMemory;
  return command;
}

Checked<std::string> ask(const sdk::Launcher& launcher, const std::string& program,
                         const std::string& question) {
  sdk::Command command = ctags(program, {question});
  command.deadline = kProbeTime;
  sdk::ProcessResult result = launcher.run(command);
  if (!result.succeeded()) return Refusal{program + " " + question + " " + result.describe()};
  return std::move(result.out.text);
}

bool has_feature(std::string_view features, std::string_view name) {
  return features.find("\n" + std::string(name) + " ") != std::string_view::npos;
}

}  // namespace

sdk::Command ctags_in_sandbox(const std::string& program) {
  return ctags(
      program,
      {"--_interactive=sandbox", "--languages=-" + std::string(CtagsLanguages::kLeftOut),
       "--extras=-{anonymous}", "--fields=NneKSs",
       // Behind the mode, whose JSON it replaces for tags: that takes ctags a third longer.
       "-x", "--_xformat=" + std::string(SymbolLineReader::kTagFormat), "--sort=no"});
}

Checked<CtagsLanguages> languages_of(const sdk::Launcher& launcher, const std::string& program) {
  auto features = ask(launcher, program, "--list-features");
  if (!features) {
    return Refusal{"symbols need Universal Ctags (package universal-ctags): " +
                   features.refusal().text};
  }
  for (const std::string_view name : {"interactive", "json", "sandbox"}) {
    if (!has_feature(*features, name)) {
      return Refusal{program + " lacks the feature '" + std::string(name) +
                     "': symbols need Universal Ctags, built with it"};
    }
  }
  const auto maps = ask(launcher, program, "--list-maps");
  if (!maps) return maps.refusal();
  CtagsLanguages languages = CtagsLanguages::read(*maps);
  if (languages.size() == 0) return Refusal{program + " --list-maps names no language"};
  return languages;
}

}  // namespace toolpost::project_index
