// SPDX-License-Identifier: Apache-2.0
#include "cli/doctor_plugins.hpp"

#include "plugin/loader/inspect.hpp"

namespace toolpost::cli {
namespace {

using ops::Finding;

std::string not_pinned(const plugin::Manifest& manifest) {
  std::string text = manifest.id;
  text.append(" ").append(manifest.version).append(" (not pinned; `toolpost plugin pin ");
  return text.append(manifest.id).append("` prints its hash)");
}

}  // namespace

Finding check_library(const plugin::Manifest& manifest, const std::string& pinned) {
  const std::string& id = manifest.id;
  const auto pin = plugin::pin(manifest);
  if (!pin) {
    return ops::fault("plugin.trust", pin.error().message(),
                      "give the library to root or to the user of the server, writable "
                      "by nobody else, or install it anew");
  }
  if (pinned.empty()) return {Finding::State::kOk, "plugin.trust", not_pinned(manifest)};
  if (pin->sha256 == pinned)
    return {Finding::State::kOk, "plugin.trust", id + " is the pinned one"};
  return ops::fault("plugin.trust", id + " is not the pinned one",
                    "find out who replaced it; when it is meant, pin it anew with: "
                    "toolpost plugin pin " +
                        id);
}

}  // namespace toolpost::cli
