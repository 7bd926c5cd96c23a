// SPDX-License-Identifier: Apache-2.0
// version: what this program is and what it is made of.
#include "mcp/version.hpp"

#include "base/build_info.hpp"
#include "cli/commands.hpp"
#include "json/writer.hpp"
#include "store/redis_version.hpp"
#include "transport/tls_version.hpp"

#include <toolpost/plugin.h>

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

void write_libraries(json::Writer& writer) {
  std::vector<LibraryVersion> libraries = library_versions();
  libraries.push_back(store::hiredis_version());
  libraries.push_back(transport::openssl_version());
  writer.key("libraries").begin_array();
  for (const LibraryVersion& library : libraries) {
    writer.begin_object().member("name", library.name).member("version", library.version);
    if (!library.built_with.empty()) writer.member("built_with", library.built_with);
    writer.member("linked", library.linked).end_object();
  }
  writer.end_array();
}

std::string version_json() {
  std::string out;
  json::Writer writer{out};
  writer.begin_object().member("name", "toolpost").member("version", kVersion);
  writer.member("abi",
                std::to_string(TOOLPOST_ABI_MAJOR) + "." + std::to_string(TOOLPOST_ABI_MINOR));
  writer.key("protocol").begin_array();
  for (const mcp::Version version : mcp::supported_versions()) {
    writer.string(mcp::to_string(version));
  }
  writer.end_array().member("compiler", compiler_version());
  write_libraries(writer);
  writer.end_object();
  return out + "\n";
}

}  // namespace

int version(bool json) {
  const std::string text = json ? version_json() : "toolpost " + std::string{kVersion} + "\n";
  const bool done = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  if (!done) complain("cannot write to standard output");
  return done ? EXIT_SUCCESS : config::kExitFailure;
}

}  // namespace toolpost::cli
