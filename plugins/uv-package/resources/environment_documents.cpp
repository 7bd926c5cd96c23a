// SPDX-License-Identifier: Apache-2.0
// The two documents about the environment.
#include "file_reading.hpp"
#include "installed.hpp"
#include "output.hpp"
#include "pep/ascii.hpp"
#include "resources/documents.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::uv_package {

namespace {

constexpr std::size_t kMaxConfiguration = 65536;

using Entries = std::vector<std::pair<std::string, std::string>>;

// "key = value" lines; what is no such line is passed over, as Python does.
Entries entries_of(std::string_view text) {
  Entries out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) {
      out.emplace_back(pep::lowered(pep::trimmed(line.substr(0, equals))),
                       std::string(pep::trimmed(line.substr(equals + 1))));
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

// The value of the first of these keys that is there, or null.
sdk::Json value_of(const Entries& entries, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (found != entries.end()) return cleaned_line(found->second);
  }
  return nullptr;
}

sdk::Json head_of(const Project& project, EnvironmentState state) {
  return sdk::Json::object({{"project", project.path},
                            {"environment", project.environment},
                            {"exists", state == EnvironmentState::kPresent}});
}

}  // namespace

Checked<sdk::Json> installed_document(const Settings& settings, const Project& project) {
  const auto state = check_environment(settings, project);
  if (!state) return state.refusal();
  sdk::Json packages = sdk::Json::array();
  std::size_t count = 0;
  if (*state == EnvironmentState::kPresent) {
    const InstalledPackages installed = read_installed(project.environment);
    for (const auto& [name, versions] : installed.packages) {
      for (const std::string& version : versions) {
        if (++count > kMaxListedPackages) continue;
        sdk::Json row = sdk::Json::object({{"name", name}, {"version", cleaned_line(version)}});
        if (installed.direct.count(name) != 0) row.set("direct", true);
        packages.push_back(std::move(row));
      }
    }
  }
  sdk::Json out = head_of(project, *state);
  out.set("count", count);
  if (count > kMaxListedPackages) out.set("left_out", count - kMaxListedPackages);
  out.set("packages", std::move(packages));
  return out;
}

Checked<sdk::Json> environment_document(const Settings& settings, const Project& project) {
  const auto state = check_environment(settings, project);
  if (!state) return state.refusal();
  sdk::Json out = head_of(project, *state);
  if (*state != EnvironmentState::kPresent) return out;
  const auto text = read_file(project.environment + "/pyvenv.cfg", kMaxConfiguration);
  if (!text) return text.refusal();
  const Entries entries = entries_of(text->value_or(""));
  // uv and virtualenv write version_info, venv writes version.
  out.set("python_version", value_of(entries, {"version_info", "version"}));
  out.set("implementation", value_of(entries, {"implementation"}));
  out.set("python_executable", project.environment + "/bin/python");
  out.set("base", value_of(entries, {"home"}));
  out.set("uv", value_of(entries, {"uv"}));
  out.set("prompt", value_of(entries, {"prompt"}));
  out.set("system_site_packages",
          value_of(entries, {"include-system-site-packages"}) == sdk::Json("true"));
  return out;
}

}  // namespace toolpost::uv_package
