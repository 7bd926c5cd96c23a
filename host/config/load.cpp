// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include "base/nearest.hpp"
#include "base/problems.hpp"
#include "config/assign.hpp"
#include "config/document.hpp"
#include "config/keys.hpp"
#include "config/source_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <pwd.h>
#include <unistd.h>

namespace toolpost::config {
namespace {

namespace fs = std::filesystem;

// HOME and the XDG variables count as unset when empty, as their specification wants.
std::optional<std::string> directory_variable(const Environment& environment,
                                              std::string_view name) {
  auto value = environment(name);
  return value && value->starts_with('/') ? value : std::nullopt;
}

// A service manager may start us without HOME; the user has a home all the same.
std::optional<std::string> home_directory(const Sources& sources) {
  if (auto home = directory_variable(sources.environment, "HOME")) return home;
  return sources.account_home ? sources.account_home() : std::nullopt;
}

class Loader {
 public:
  explicit Loader(const Sources& sources) : sources_(sources), config_(defaults()) {
    base_.directory = sources.working_directory;
    if (base_.directory.empty()) {
      std::error_code failed;
      base_.directory = fs::current_path(failed).string();
      if (failed) problems_.add("the working directory", failed.message());
    }
    base_.home = home_directory(sources);
  }

  Result<Config> load() {
    read_file();
    read_environment();
    read_flags();
    fill_in();
    if (!problems_.empty()) return problems_.to_error();
    return std::move(config_);
  }

 private:
  void read_file() {
    if (sources_.file) {
      read_named(*sources_.file, "--config");
    } else if (const auto named = sources_.environment("TOOLPOST_CONFIG")) {
      if (named->empty()) {
        problems_.add("TOOLPOST_CONFIG", "is empty; name a file or unset it");
      } else {
        read_named(*named, "TOOLPOST_CONFIG");
      }
    } else {
      const auto user = user_directory("XDG_CONFIG_HOME", ".config");
      if (user && read_if_present((*user / "toolpost.json").string())) return;
      read_if_present(sources_.system_file);
    }
  }

  void read_named(const std::string& written, std::string_view by) {
    const auto path = resolve_path(written, base_);
    if (!path) {
      problems_.add(by, path.error().message());
    } else if (!read_if_present(*path)) {
      problems_.add(by, *path + ": no such file");
    }
  }

  // False only when there is no such file; whatever else is wrong with it is a problem.
  bool read_if_present(const std::string& path) {
    const auto text = read_source_file(path);
    if (!text && text.error().code() == Errc::kNotFound) return false;
    if (!text) {
      problems_.add(text.error());
      return true;
    }
    config_.file = path;
    const PathBase beside_file{fs::path{path}.parent_path().string(), base_.home};
    read_document({path, *text}, beside_file, config_, problems_);
    return true;
  }

  void read_environment() {
    for (const Variable& variable : variables()) {
      const auto value = sources_.environment(variable.name);
      if (value && !is_switched_off(variable, *value)) set(variable.key, *value, variable.name);
    }
  }

  // A switch that is set to false counts as unset: it cannot take away what the file demands.
  bool is_switched_off(const Variable& variable, std::string_view value) {
    const Key<Config>* key = find_key(variable.key);
    return key != nullptr && std::holds_alternative<bool*>(key->slot(config_)) &&
           read_switch(value) == false;
  }

  void read_flags() {
    for (const Override& flag : sources_.flags) set(flag.key, flag.value, flag.flag);
  }

  void set(std::string_view path, const std::string& value, std::string_view by) {
    const Key<Config>* key = find_key(path);
    if (key == nullptr) {
      problems_.add(by, "there is no key " + std::string{path});
      return;
    }
    if (value.empty()) {
      problems_.add(by, "is empty; give a value for " + std::string{path} + " or leave it out");
      return;
    }
    const auto done = assign_text(key->slot(config_), key->accepts, value, base_);
    if (!done) {
      problems_.add(by, done.error().message());
    } else {
      config_.origins[std::string{path}] = by;
    }
  }

  // Defaults that depend on where the process runs.
  void fill_in() {
    if (config_.project_root.empty()) config_.project_root = base_.directory;
    if (config_.data_directory.empty()) {
      const auto state = user_directory("XDG_STATE_HOME", ".local/state");
      if (state) config_.data_directory = state->string();
    }
    if (config_.auth.users_file.empty() && !config_.data_directory.empty()) {
      config_.auth.users_file = config_.data_directory + "/users/users.json";
    }
    if (!config_.data_directory.empty()) {
      if (config_.task_directory.empty()) {
        config_.task_directory = config_.data_directory + "/tasks";
      }
      if (config_.session_directory.empty()) {
        config_.session_directory = config_.data_directory + "/ended-sessions";
      }
      if (config_.seal_key_file.empty()) {
        config_.seal_key_file = config_.data_directory + "/seal.key";
      }
      if (config_.audit.directory.empty()) {
        config_.audit.directory = config_.data_directory + "/audit";
      }
      if (config_.audit.key_file.empty()) {
        config_.audit.key_file = config_.data_directory + "/audit.key";
      }
      if (config_.backup.directory.empty()) {
        config_.backup.directory = config_.data_directory + "/backups";
      }
    }
    if (!config_.http.trusted_proxies.empty() &&
        !config_.origins.contains("http.shutdown_grace_ms")) {
      config_.http.shutdown_grace_ms = kGraceBehindProxy;
    }
    if (!config_.origins.contains("plugin_directories")) {
      config_.plugin_directories = default_plugin_directories();
    }
  }

  // $XDG_X/toolpost, or the same below the home directory.
  std::optional<fs::path> user_directory(std::string_view xdg, const char* below_home) const {
    const auto base = directory_variable(sources_.environment, xdg);
    if (base) return fs::path{*base} / "toolpost";
    if (base_.home) return fs::path{*base_.home} / below_home / "toolpost";
    return std::nullopt;
  }

  // Those that exist: beside the binary or in ../lib/toolpost, then the user's.
  std::vector<std::string> default_plugin_directories() const {
    std::vector<fs::path> candidates;
    if (!sources_.binary_directory.empty()) {
      const fs::path binary{sources_.binary_directory};
      candidates.push_back(binary / "plugins");
      candidates.push_back((binary / "../lib/toolpost/plugins").lexically_normal());
    }
    if (const auto user = user_directory("XDG_DATA_HOME", ".local/share")) {
      candidates.push_back(*user / "plugins");
    }
    std::vector<std::string> existing;
    for (const fs::path& candidate : candidates) {
      std::error_code failed;
      if (fs::is_directory(candidate, failed)) existing.push_back(candidate.string());
    }
    return existing;
  }

  const Sources& sources_;
  PathBase base_;
  Config config_;
  Problems problems_;
};

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string{name}.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string{value};
  };
}

Environment remembered_environment() {
  using Values = std::map<std::string, Secret, std::less<>>;
  auto values = std::make_shared<Values>();
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    values->emplace(text.substr(0, equals), Secret{std::string{text.substr(equals + 1)}});
  }
  return [values = std::shared_ptr<const Values>{std::move(values)}](
             std::string_view name) -> std::optional<std::string> {
    const auto place = values->find(name);
    if (place == values->end()) return std::nullopt;
    return std::string{place->second.reveal()};
  };
}

std::optional<std::string> account_home() {
  constexpr std::size_t kMaxEntryBytes = 1 << 20;
  std::vector<char> buffer(1024);
  for (;; buffer.resize(buffer.size() * 2)) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
    if ((error == ERANGE || error == EINTR) && buffer.size() < kMaxEntryBytes) continue;
    const bool usable =
        error == 0 && found != nullptr && found->pw_dir != nullptr && found->pw_dir[0] == '/';
    return usable ? std::optional<std::string>{found->pw_dir} : std::nullopt;
  }
}

Result<Config> load(const Sources& sources) {
  return Loader{sources}.load();
}

}  // namespace toolpost::config
