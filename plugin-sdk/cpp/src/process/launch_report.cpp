// SPDX-License-Identifier: Apache-2.0
// The words for the launcher's numbers.
#include "launch_report.hpp"

#include <cstdint>
#include <cstring>
#include <system_error>

namespace toolpost::sdk::detail {
namespace {

const char* step_text(std::int32_t step) {
  switch (step) {
    case TOOLPOST_LAUNCH_STEP_DIRECTORY:
      return "cannot enter ";
    case TOOLPOST_LAUNCH_STEP_EXECUTE:
      return "cannot execute ";
    case TOOLPOST_LAUNCH_STEP_FORK:
      return "cannot start a process for ";
    default:
      return "cannot confine ";
  }
}

}  // namespace

std::string start_problem(const toolpost_launch_report& report, const Command& command) {
  const bool is_directory = report.value == TOOLPOST_LAUNCH_STEP_DIRECTORY;
  return step_text(report.value) + (is_directory ? command.working_directory : command.program) +
         ": " + std::generic_category().message(report.error);
}

std::string signal_text(int signal) {
  return "was ended by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

}  // namespace toolpost::sdk::detail
