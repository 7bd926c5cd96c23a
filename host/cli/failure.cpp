// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <cstdio>

namespace toolpost::cli {

void complain(const std::string& message) {
  std::fprintf(stderr, "toolpost: %s\n", message.c_str());
}

int fail(const Error& error, int exit_code) {
  complain(error.message());
  return exit_code;
}

int fail(const char* command, const Error& error, int exit_code) {
  complain(std::string{command} + ": " + error.message());
  return exit_code;
}

}  // namespace toolpost::cli
