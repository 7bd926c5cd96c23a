// SPDX-License-Identifier: Apache-2.0
// The part of App that takes a changed configuration while it serves; app.hpp says how.
#include "access_setup.hpp"
#include "app.hpp"
#include "async/bounded_step.hpp"
#include "base/problems.hpp"
#include "config/exposure.hpp"
#include "config/live_keys.hpp"
#include "config/print.hpp"
#include "config_changes.hpp"
#include "early_hangup.hpp"
#include "http_setup.hpp"
#include "redis_setup.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <system_error>

namespace toolpost {
namespace {

constexpr std::string_view kPackagesKey = "policy.packages_file";

// "a, b and 3 more": a line for people.
std::string joined(const std::vector<std::string>& parts) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(parts.size(), kShown); ++i) {
    text.append(i == 0 ? "" : ", ").append(parts[i]);
  }
  if (parts.size() > kShown) text += " and " + std::to_string(parts.size() - kShown) + " more";
  return text;
}

bool is_plugin_file(std::string_view name) {
  return name.ends_with(".so") || name.ends_with(".plugin.json");
}

}  // namespace

struct App::Reloading {
  // As it was when the reload began.
  config::Config before;
  std::string settings_before;
  std::vector<plugin::RunningPlugin> running;
  call::Services services;

  // Made ready.
  config::Config config;
  std::string settings;
  std::string packages_digest;
  std::vector<ConfigChange> changes;
  std::shared_ptr<const policy::AccessRules> rules;
  std::optional<policy::PackagePolicy> packages;
  std::optional<Log::Prepared> log;
  plugin::StagedPlugins plugins;

  plugin::PluginChanges plugin_changes;
};

// Also what came while the process started.
void App::take_commands() {
  debug_mode_.start();
  hangup_.add(SIGHUP);
  watch_hangup();
  if (take_hangup()) reloads_.ask({});
  if (wants_file_watch_) follow_files();
  if (config_.data_directory.empty() || !load_config_) return;
  control_ = std::make_unique<ControlServer>(
      io_, config_.file, [this](ReloadDone done) { reloads_.ask(std::move(done)); }, log_);
  if (auto listening = control_->listen(config_.data_directory); !listening) {
    log_.warn("toolpost reload will not find this server; SIGHUP does the same",
              {{"reason", listening.error().message()}});
    control_.reset();
  }
}

void App::watch_hangup() {
  hangup_.async_wait([this](const boost::system::error_code& ec, int) {
    if (ec || stopping_) return;
    reloads_.ask({});
    watch_hangup();
  });
}

// What is watched follows plugin_directories; a reload may have changed them.
void App::follow_files() {
  if (!file_watch_) {
    file_watch_ = std::make_unique<FileWatch>(
        io_,
        [this](std::string_view name) {
          return is_plugin_file(name) ||
                 name == std::filesystem::path{config_.file}.filename().string();
        },
        [this] {
          if (!stopping_) reloads_.ask({});
        });
  }
  std::vector<std::string> directories = config_.plugin_directories;
  if (!config_.file.empty()) {
    directories.push_back(std::filesystem::path{config_.file}.parent_path().string());
  }
  if (auto watched = file_watch_->watch(directories); !watched) {
    for (const std::string& line : watched.error().lines()) log_.warn(line);
  }
}

void App::begin_reload() {
  if (auto opened = log_.reopen(); !opened) {
    log_.error("the log goes on in the old file", {{"reason", opened.error().message()}});
  }
  if (tls_watch_) tls_watch_->reload();
  if (stop_phase_ != StopPhase::kNone || !load_config_) {
    refuse_reload({Errc::kState, "the server is stopping"});
    return;
  }
  plugins_.expect_stage();
  auto reload = std::make_shared<Reloading>();
  reload->before = config_;
  reload->settings_before = settings_;
  reload->running = plugins_.running_plugins();
  reload->services = services();
  const auto ready = std::make_shared<Result<>>();
  const auto prepare = [this, reload, ready] {
    try {
      *ready = make_ready(*reload);
    } catch (const std::exception& failure) {
      *ready = Error{Errc::kInternal, failure.what()};
    }
  };
  const auto finish = [this, reload, ready] {
    boost::asio::post(io_, [this, reload, ready] { finish_reload(*reload, *ready); });
  };
  try {
    async::BoundedStep{prepare, finish};
  } catch (const std::system_error& failure) {  // no more threads
    plugins_.drop_stage({});
    refuse_reload({Errc::kUnavailable, failure.what()});
  }
}

// On a thread of its own: reads and starts whatever may fail, and changes nothing.
Result<> App::make_ready(Reloading& reload) {
  auto config = load_config_();
  if (!config) return config.error();
  reload.config = std::move(*config);
  reload.settings = config::to_json(reload.config, config::Origins::kHide);
  reload.changes = list_config_changes(reload.settings_before, reload.settings);
  if (auto fits = check_restart_keys(reload); !fits) return fits;
  if (serves_http_) {
    if (auto exposed = config::check_exposure(reload.config); !exposed) return exposed;
    if (auto sound = check_http(reload.config); !sound) return sound;
  }
  if (auto redis = redis_options(reload.config); !redis) return redis.error();
  auto rules = access_rules(reload.config);
  if (!rules) return rules.error();
  reload.rules = std::make_shared<const policy::AccessRules>(std::move(*rules));
  auto packages = load_package_policy(reload.config);
  if (!packages) return packages.error();
  reload.packages.emplace(std::move(*packages));
  reload.packages_digest = packages_digest(reload.config);
  auto log = Log::prepare(reload.config.log);
  if (!log) return log.error();
  reload.log.emplace(std::move(*log));
  auto options = plugin_options(reload.config);
  options.services = reload.services;
  auto staged = plugins_.stage(options, reload.running);
  if (!staged) return staged.error();
  reload.plugins = std::move(*staged);
  return {};
}

// A value that is never said is compared all the same.
Result<> App::check_restart_keys(const Reloading& reload) const {
  Problems problems;
  const auto needs_restart = [&](const std::string& key, const std::string& what) {
    const auto origin = reload.config.origins.find(key);
    const std::string where =
        origin == reload.config.origins.end() ? key : origin->second + ": " + key;
    problems.add(where, what + " needs a restart");
  };
  for (const ConfigChange& change : reload.changes) {
    if (config::is_live(change.key)) continue;
    needs_restart(change.key, "the change from " + change.from.value_or("nothing") + " to " +
                                  change.to.value_or("nothing"));
  }
  if (reload.before.file != reload.config.file) {
    problems.add(reload.config.file, "another file than at the start needs a restart");
  }
  const auto compare = [&](const Secret& before, const Secret& now, const std::string& key) {
    if (before.reveal() != now.reveal())
      needs_restart(key, "what is in the file has changed, which");
  };
  compare(reload.before.auth.file_key, reload.config.auth.file_key, "auth.api_key_file");
  compare(reload.before.auth.previous_key, reload.config.auth.previous_key,
          "auth.previous_api_key_file");
  compare(reload.before.metrics.key, reload.config.metrics.key, "metrics.key_file");
  compare(reload.before.redis.password, reload.config.redis.password, "redis.password_file");
  if (!problems.empty()) return problems.to_error();
  return {};
}

void App::finish_reload(Reloading& reload, const Result<>& ready) {
  Result<> done = ready;
  if (done && stop_phase_ != StopPhase::kNone) done = Error{Errc::kState, "the server is stopping"};
  if (done) done = commit(reload);
  if (!done) {
    plugins_.drop_stage(std::move(reload.plugins));
    refuse_reload(done.error());
    return;
  }
  remember_settings(reload.settings);
}

// The last that may fail, and then nothing does.
Result<> App::commit(Reloading& reload) {
  if (audit_ && reload.config.audit.on_failure != "allow") {
    if (const std::string trouble = audit_->journal().trouble_text(); !trouble.empty()) {
      return Error{Errc::kUnavailable, "the change could not be recorded: " + trouble};
    }
  }
  auto changes = plugins_.commit(
      reload.plugins,
      std::chrono::milliseconds{static_cast<std::int64_t>(reload.config.calls.drain_ms)});
  if (!changes) return changes.error();
  reload.plugin_changes = std::move(*changes);
  apply(reload);
  return {};
}

void App::apply(Reloading& reload) {
  const bool has_new_rules =
      std::any_of(reload.changes.begin(), reload.changes.end(),
                  [](const ConfigChange& change) { return change.key.starts_with("roles"); });
  const bool has_new_packages = packages_digest_ != reload.packages_digest;
  const std::string recorded = config_changes(settings_, reload.settings);
  config_ = std::move(reload.config);
  settings_ = reload.settings;
  packages_digest_ = reload.packages_digest;
  log_.use(std::move(*reload.log));
  debug_mode_.reloaded();
  access_.use(reload.rules, access_limits(config_));
  dispatcher_.set_slow_call(
      std::chrono::milliseconds{static_cast<std::int64_t>(config_.calls.slow_ms)});
  limit_load();
  policy_->use(std::move(*reload.packages), project_rules(reload.rules));
  if (admission_) {
    admission_->failures().set_limit(
        {config_.rate.failures_per_minute, config_.rate.failure_burst});
  }
  if (users_) {
    std::vector<std::string> roles;
    for (const auto& [name, role] : config_.roles) roles.push_back(name);
    users_->set_roles(std::move(roles));
  }
  tell_about_us();
  if (health_) health_->use(plugins_.running_instances());
  if (has_new_rules) dispatcher_.rules_changed();
  if (file_watch_) follow_files();
  if (audit_events_ && !recorded.empty()) audit_events_->config(audit_command_, recorded);

  std::vector<std::string> keys;
  for (const ConfigChange& change : reload.changes) keys.push_back(change.key);
  if (has_new_packages) keys.push_back(std::string{kPackagesKey} + " (what is in the file)");
  const plugin::PluginChanges& plugins = reload.plugin_changes;
  ReloadOutcome outcome{.is_done = true, .lines = {}};
  const auto say = [&](const char* what, const std::vector<std::string>& parts) {
    if (!parts.empty()) outcome.lines.push_back(std::string{what} + ": " + joined(parts));
  };
  say("changed", keys);
  say("started", plugins.started);
  say("replaced", plugins.replaced);
  say("stopped", plugins.stopped);
  if (outcome.lines.empty()) outcome.lines.push_back("nothing has changed");
  log_.info("reloaded", {{"changed", joined(keys)},
                         {"started", joined(plugins.started)},
                         {"replaced", joined(plugins.replaced)},
                         {"stopped", joined(plugins.stopped)},
                         {"kept", plugins.kept}});
  reloads_.tell(outcome);
}

// On a thread of its own, because the storage of the audit may be slow. Until then the next reload
// waits, so that the newest is what is remembered.
void App::remember_settings(const std::string& settings) {
  if (!audit_) {
    reloads_.finish();
    return;
  }
  const auto remember = [this, settings] {
    if (auto kept = audit_->remember(audit_command_, settings); !kept) {
      log_.warn("the configuration in force is not remembered",
                {{"reason", kept.error().message()}});
    }
  };
  const auto finish = [this] { boost::asio::post(io_, [this] { reloads_.finish(); }); };
  try {
    async::BoundedStep{remember, finish};
  } catch (
      const std::system_error&) {  // no more threads; the next start compares with an older one
    finish();
  }
}

void App::refuse_reload(const Error& why) {
  ReloadOutcome outcome{.is_done = false, .lines = why.lines()};
  for (const std::string& line : outcome.lines) {
    log_.error("not reloaded, everything stays as it was", {{"reason", line}});
  }
  reloads_.tell(outcome);
  // Behind whatever led here: the next one begins in a turn of its own.
  boost::asio::post(io_, [this] { reloads_.finish(); });
}

}  // namespace toolpost
