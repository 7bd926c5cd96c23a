// SPDX-License-Identifier: Apache-2.0
// plugin inspect: loads a plugin, and therefore runs its code, in a child process that has nothing
// to lose.
#include "cli/commands.hpp"
#include "plugin/loader/discovery.hpp"
#include "plugin/loader/inspect.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace toolpost::cli {
namespace {

// A plugin that needs longer to say who it is does too much in its constructors.
constexpr unsigned kInspectSeconds = 10;

void warn(std::string_view text) {
  complain(std::string{text});
}

int inspect_file(const std::string& file) {
  plugin::LibraryCache libraries;
  const auto facts = libraries.inspect(file, {{}, warn});
  if (!facts) {
    complain(facts.error().message());
    return config::kExitFailure;
  }
  // A library alone says nothing about isolation and grants; these are the helper's defaults.
  plugin::Manifest declared;
  declared.file = file;
  declared.isolation = plugin::Isolation::kPreferred;
  std::printf("%s\n", plugin::manifest_json(*facts, declared).c_str());
  return EXIT_SUCCESS;
}

int inspect_known(const plugin::Manifest& manifest, bool manifest_only) {
  plugin::LibraryCache libraries;
  const auto library = libraries.load(manifest, {{}, warn});
  if (!library) {
    complain(library.error().message());
    return config::kExitFailure;
  }
  const std::string text = manifest_only
                               ? plugin::manifest_json((*library)->facts, (*library)->manifest)
                               : plugin::inspect_json(**library);
  std::printf("%s\n", text.c_str());
  return EXIT_SUCCESS;
}

int inspect_here(const config::Config& config, const std::string& what, bool manifest_only) {
  if (what.find('/') != std::string::npos || what.ends_with(".so")) {
    return inspect_file(what);
  }
  const plugin::Discovery discovery = plugin::discover(config.plugin_directories);
  const plugin::Manifest* manifest = discovery.find(what);
  if (manifest != nullptr) return inspect_known(*manifest, manifest_only);
  complain("plugin " + what + ": no manifest with this id in the plugin directories");
  return config::kExitFailure;
}

}  // namespace

int plugin_inspect(const config::Config& config, const std::string& what, bool manifest) {
  std::fflush(nullptr);
  // There is one thread yet, so that a fork without exec is safe.
  const pid_t child = ::fork();
  if (child < 0) {
    complain(errno_error("fork", errno).message());
    return config::kExitFailure;
  }
  if (child == 0) {
    ::alarm(kInspectSeconds);
    const int exit_code = inspect_here(config, what, manifest);
    std::fflush(nullptr);
    ::_exit(exit_code);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  complain("plugin " + what + ": its code ended the inspection with signal " +
           std::to_string(WTERMSIG(status)));
  return config::kExitFailure;
}

}  // namespace toolpost::cli
