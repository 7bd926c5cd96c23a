// SPDX-License-Identifier: Apache-2.0
// A program for the tests to kill: run_and_wait LAUNCHER PROGRAM ARGUMENT
#include <toolpost/process.hpp>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  toolpost::sdk::Command command;
  command.program = argv[2];
  command.arguments = {argv[3]};
  command.environment = {"PATH=/usr/bin:/bin"};
  command.working_directory = "/";
  return toolpost::sdk::Launcher(argv[1]).run(command).succeeded() ? 0 : 1;
}
