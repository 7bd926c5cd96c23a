// SPDX-License-Identifier: Apache-2.0
// io.toolpost.uv-package: Python packages of a project, managed by uv.
#include "config_schema.hpp"
#include "file_reading.hpp"
#include "prompts/prompts.hpp"
#include "resources/change_watch.hpp"
#include "resources/resources.hpp"
#include "resources/sight.hpp"
#include "services.hpp"
#include "tools/tools.hpp"
#include "uv_run.hpp"

#include <toolpost/process.hpp>
#include <toolpost/sdk.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateDirectory = 0700;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Made for this plugin alone: uv executes what it finds in its cache.
void make_private_directory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || ::chmod(path.c_str(), kPrivateDirectory) != 0) {
    throw sdk::Error(sdk::Status::kUnavailable, path + " can't be made a private directory");
  }
}

std::string working_directory() {
  std::error_code error;
  const fs::path path = fs::current_path(error);
  return error ? std::string() : path.string();
}

Settings settings_or_throw(const sdk::Json& config) {
  auto settings = read_settings(config, working_directory());
  if (!settings) throw sdk::Error(sdk::Status::kInvalid, settings.refusal().text);
  return std::move(*settings);
}

// A name that says what a text is (FNV-1a). Two servers of one user share the data directory, and
// each must find its own settings there.
std::string name_for(const std::string& text) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::string name;
  for (int shift = 60; shift >= 0; shift -= 4) name += "0123456789abcdef"[hash >> shift & 15U];
  return name;
}

Directories made_directories(const std::string& data_dir, const Settings& settings) {
  if (data_dir.empty()) {
    throw sdk::Error(sdk::Status::kUnavailable,
                     "the host gave no data directory; the host's log says why, and data_directory "
                     "in its configuration names one");
  }
  Directories directories = directories_below(data_dir, settings);
  const std::string configuration = user_configuration(settings);
  directories.config_home += "/" + name_for(configuration);
  for (const std::string& directory : {directories.home, directories.config_home,
                                       directories.config_home + "/uv", directories.temporary}) {
    make_private_directory(directory);
  }
  // A configured cache is the operator's, with the mode it has.
  if (settings.cache_dir.empty()) make_private_directory(directories.cache);
  auto written = replace_file(directories.config_home + "/uv/uv.toml", configuration);
  if (!written) throw sdk::Error(sdk::Status::kUnavailable, written.refusal().text);
  return directories;
}

}  // namespace

class UvPackage final : public sdk::Plugin {
 public:
  explicit UvPackage(const sdk::Context& context) : Plugin(context) {
    Settings settings = settings_or_throw(config());
    const Directories directories = made_directories(data_dir(), settings);
    services_.emplace(std::move(settings),
                      HostCertificates{variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR")},
                      directories, sdk::Launcher::find(), variable("PATH"));
  }

  void start() override {
    add(make_install_tool(*services_));
    add(make_uninstall_tool(*services_));
    add(make_add_tool(*services_));
    add(make_remove_tool(*services_));
    add(make_sync_tool(*services_));
    add(make_lock_tool(*services_));
    add(make_init_tool(*services_));
    add(make_upgrade_tool(*services_));
    const auto about_to_read = [this](std::string_view uri) { changes_.about_to_read(uri); };
    for (const sdk::Resource& one : make_resources(*services_, about_to_read)) add(one);
    for (const sdk::ResourceTemplate& one : make_templates(*services_, about_to_read)) add(one);
    for (const sdk::Prompt& one : make_prompts(*services_)) add(one);
  }

  void on_interest(std::string_view uri, bool is_wanted) override {
    if (is_wanted) {
      changes_.watch(uri);
    } else {
      changes_.forget(uri);
    }
  }

  void stop() override {
    changes_.stop();
    services_->running.stop();
  }

  sdk::Health health() override {
    const bool available = is_uv_available(*services_);
    return {available, sdk::Json::object({{"uv_available", available}})};
  }

 private:
  std::optional<Services> services_;
  ChangeWatch changes_{
      {[this](const std::string& uri) { return sight_of(services_->settings, uri); },
       [this](const std::string& uri) { resource_updated(uri); },
       [this](const std::string& problem) { log(sdk::Severity::kWarn, problem); }}};
};

}  // namespace toolpost::uv_package

TOOLPOST_PLUGIN(
    toolpost::uv_package::UvPackage,
    PluginInfo("io.toolpost.uv-package", "0.1.0")
        .name("Python packages with uv")
        .vendor("Toolpost")
        .config_schema(toolpost::uv_package::kConfigSchema)
        .instructions("Manages a Python project with uv. 'add' and 'remove' change the project's "
                      "declared dependencies, 'install' and 'uninstall' only its environment."));
