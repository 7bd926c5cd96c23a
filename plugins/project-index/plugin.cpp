// SPDX-License-Identifier: Apache-2.0
// io.toolpost.project-index: an agent's eyes on a codebase.
#include "config_schema.hpp"
#include "resources/resources.hpp"
#include "resources/subscriptions.hpp"
#include "services.hpp"
#include "shared/shared_symbols.hpp"
#include "symbols/ctags_symbols.hpp"
#include "symbols/symbol_line.hpp"
#include "tools/tools.hpp"

#include <toolpost/kv.hpp>
#include <toolpost/process.hpp>
#include <toolpost/sdk.hpp>

#include <chrono>
#include <filesystem>
#include <optional>

namespace toolpost::project_index {

namespace {

std::string working_directory() {
  std::error_code error;
  const auto path = std::filesystem::current_path(error);
  return error ? std::string() : path.string();
}

Settings settings_or_throw(const sdk::Json& config) {
  auto settings = read_settings(config, working_directory());
  if (!settings) throw sdk::Error(sdk::Status::kInvalid, settings.refusal().text);
  return std::move(*settings);
}

// Tells one ctags from another, and from none: symbols of one are not those of another.
std::string version_of(const std::string& program) {
  std::error_code error;
  const auto size = std::filesystem::file_size(program, error);
  const auto time = std::filesystem::last_write_time(program, error).time_since_epoch().count();
  return program + " " + std::to_string(size) + " " + std::to_string(time) + " " +
         std::string(SymbolLineReader::kVersion);
}

// A tree that nobody has indexed for so long is parsed anew.
constexpr std::chrono::hours kSharedLife{24 * 7};

}  // namespace

class ProjectIndexPlugin final : public sdk::Plugin {
 public:
  explicit ProjectIndexPlugin(const sdk::Context& context) : Plugin(context), kv_(context) {
    Settings settings = settings_or_throw(config());
    const IndexSettings index = index_settings(settings);
    services_.emplace(
        std::move(settings),
        [this, index](const std::string& path) {
          return ProjectIndex::open(path, sharing(index, path));
        },
        [this](const std::string& problem) { log(sdk::Severity::kWarn, problem); });
    subscriptions_.emplace(
        *services_,
        Subscriptions::Functions{
            [this](const std::string& uri) { resource_updated(uri); },
            [this](const std::string& problem) { log(sdk::Severity::kWarn, problem); }});
  }

  void start() override {
    add(make_index_project_tool(*services_));
    add(make_refresh_index_tool(*services_));
    add(make_discover_projects_tool(*services_));
    add(make_analyze_codebase_tool(*services_));
    add(make_search_tool(*services_));
    add(make_read_file_tool(*services_));
    add(make_find_symbol_tool(*services_));
    add(make_find_references_tool(*services_));
    add(make_outline_tool(*services_));
    for (const sdk::Resource& one : make_resources(*services_, *subscriptions_)) add(one);
    for (const sdk::ResourceTemplate& one : make_templates(*services_, *subscriptions_)) add(one);
  }

  void on_interest(std::string_view uri, bool is_wanted) override {
    if (is_wanted) {
      subscriptions_->watch(uri);
    } else {
      subscriptions_->forget(uri);
    }
  }

  void stop() override {
    services_->running.stop();
    subscriptions_->stop();
    services_->indexing.stop();
    services_->projects.close();
  }

 private:
  IndexSettings index_settings(const Settings& settings) {
    IndexSettings out;
    if (!data_dir().empty()) out.directory = data_dir() + "/indexes";
    out.rules = settings.rules;
    out.threads = settings.threads;
    out.watches = settings.watches;
    CtagsSettings ctags;
    if (!settings.ctags.empty()) ctags.program = settings.ctags;
    auto symbols = CtagsSymbols::open(sdk::Launcher::find(), ctags);
    if (symbols) {
      out.symbols = std::move(*symbols);
      out.symbols_version = version_of(ctags.program);
    } else {
      log(sdk::Severity::kWarn, "no symbols: " + symbols.refusal().text);
    }
    out.complain = [this](const std::string& problem) { log(sdk::Severity::kWarn, problem); };
    return out;
  }

  // Without the grant or a store behind it: the settings as they are.
  IndexSettings sharing(IndexSettings index, const std::string& path) {
    if (index.symbols == nullptr || !kv_.is_available()) return index;
    SharedValues values;
    values.get = [kv = kv_](std::string_view key) { return kv.get(key); };
    values.set = [kv = kv_](std::string_view key, std::string_view value) {
      return kv.set(key, value, kSharedLife);
    };
    SharedSymbols::Settings settings;
    settings.root = path;
    settings.parser = index.symbols_version;
    settings.tell = [this](const std::string& sentence) { log(sdk::Severity::kInfo, sentence); };
    index.symbols =
        std::make_shared<SharedSymbols>(index.symbols, std::move(values), std::move(settings));
    return index;
  }

  const sdk::Kv kv_;
  std::optional<Services> services_;
  std::optional<Subscriptions> subscriptions_;
};

}  // namespace toolpost::project_index

TOOLPOST_PLUGIN(
    toolpost::project_index::ProjectIndexPlugin,
    PluginInfo("io.toolpost.project-index", "0.1.0")
        .name("Project index")
        .vendor("Toolpost")
        .config_schema(toolpost::project_index::kConfigSchema)
        .instructions("Looks at a codebase without changing it. Begin with 'analyze_codebase', "
                      "find with 'search' and 'find_symbol', look with 'outline' and "
                      "'read_file'. Paths are relative to the project."));
