// SPDX-License-Identifier: Apache-2.0
#include "app.hpp"

#include "access_setup.hpp"
#include "base/build_info.hpp"
#include "base/json_escape.hpp"
#include "base/milliseconds.hpp"
#include "config/exposure.hpp"
#include "config/print.hpp"
#include "config/settings_place.hpp"
#include "http_setup.hpp"
#include "redis_setup.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>
#include <unistd.h>

namespace toolpost {
namespace {

using Milliseconds = std::chrono::milliseconds;

// For rendering large results and for on_cancel, beside the threads that the plugins' limits add.
constexpr std::size_t kHostThreads = 4;

constexpr Milliseconds kDestroyTime{2000};
// For the last records to get on the disk.
constexpr Milliseconds kSealTime{5000};

// How often it is looked at whether the callers of what runs still have their rights.
constexpr Milliseconds kKeysInterval{500};

std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

}  // namespace

plugin::PluginHostOptions plugin_options(const config::Config& config) {
  plugin::PluginHostOptions options;
  options.directories = config.plugin_directories;
  options.start_timeout = ms(config.calls.plugin_start_timeout_ms);
  options.host_values = host_values(config);
  options.limits.result_bytes = config.calls.max_result_bytes;
  options.data_root = config.data_directory.empty() ? "" : config.data_directory + "/plugins";
  for (const auto& [id, settings] : config.plugins) {
    if (!settings.enabled) continue;
    options.plugins.push_back({.id = id,
                               .prefix = settings.prefix,
                               .sha256 = settings.sha256,
                               .config = given_config(id, settings.config),
                               .required = settings.required,
                               .trusted = settings.trusted,
                               .timeout = ms(settings.timeout_ms.value_or(config.calls.timeout_ms)),
                               .lane = {.concurrency = settings.max_concurrency.value_or(
                                            config.calls.max_concurrency_per_plugin),
                                        .queue = config.calls.queue_per_plugin,
                                        .circuit = {.failures = config.calls.circuit_failures,
                                                    .open = ms(config.calls.circuit_open_ms)}},
                               .grants = settings.grants});
  }
  return options;
}

plugin::HostValues host_values(const config::Config& config) {
  plugin::HostValues values = {{"project_root", json_text(config.project_root)}};
  if (!config.workspace_root.empty()) {
    values.emplace("workspace_root", json_text(config.workspace_root));
  }
  return values;
}

plugin::GivenConfig given_config(const std::string& id, const config::PluginSettings& settings) {
  return {.json = settings.json,
          .path = "plugins." + id + ".config",
          .place = [settings](std::string_view pointer, std::string_view member) {
            return config::place_in(settings, pointer, member);
          }};
}

App::App(config::Config config, Log& log)
    : config_(std::move(config)),
      log_(log),
      io_(1),
      pool_(kHostThreads),
      auth_(auth_settings(config_)),
      task_store_(io_, pool_, log),
      dispatcher_(io_, registry_, access_, log),
      plugins_(io_, pool_, registry_, dispatcher_, log),
      signals_(io_),
      hangup_(io_),
      debug_mode_(io_, log, config_),
      supervision_(io_, log),
      memory_(ops::MemorySource::find(), log),
      drain_timer_(io_),
      keys_timer_(io_),
      stdio_options_{config_.stdio.max_message_bytes, config_.json.max_depth,
                     config_.json.max_members, config_.json.max_values},
      settings_(config::to_json(config_, config::Origins::kHide)),
      reloads_([this] { begin_reload(); }) {}

Result<> App::prepare_access() {
  auto authenticator = identity::Authenticator::make(auth_);
  if (!authenticator) return authenticator.error();
  authenticator_ = std::move(*authenticator);
  auto rules = access_rules(config_);
  if (!rules) return rules.error();
  access_.use(std::make_shared<const policy::AccessRules>(std::move(*rules)),
              access_limits(config_));
  if (!identity::has_users(authenticator_.mode())) return {};
  if (config_.auth.users_file.empty()) {
    return invalid("no place for the user store is known; set auth.users_file (MCP_USERS_FILE)");
  }
  std::vector<std::string> roles;
  for (const auto& [name, role] : config_.roles) roles.push_back(name);
  users_.emplace(config_.auth.users_file, std::move(roles));
  user_service_.emplace(*users_, log_);
  user_watch_ = std::make_unique<UserWatch>(io_, pool_, *users_, authenticator_, log_);
  return user_watch_->load();
}

ProjectRules project_rules(std::shared_ptr<const policy::AccessRules> rules) {
  return
      [rules = std::move(rules)](const identity::Principal& principal, std::string_view project) {
        const policy::Decision decision = rules->explain_project(principal.role, project);
        std::string message;
        if (!decision.allowed) message = call::denial_text(principal, "this project", decision);
        return policy::Verdict{decision.allowed, decision.rule, decision.where, std::move(message)};
      };
}

Result<> App::speak_for_environment() {
  auto identity = identity::EnvironmentIdentity::make(authenticator_, auth_);
  if (!identity) {
    if (audit_events_) audit_events_->login_failed({}, "environment");
    return identity.error();
  }
  environment_ = std::move(*identity);
  return {};
}

// A call may last for minutes, and a stream for days: a key that ends meanwhile ends them.
void App::watch_keys() {
  if (authenticator_.is_open()) return;
  if (user_watch_) user_watch_->start([this] { end_revoked(); });
  watch_expiry();
}

// A key may end by itself, too.
void App::watch_expiry() {
  keys_timer_.expires_after(kKeysInterval);
  keys_timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || stopping_) return;
    end_revoked();
    watch_expiry();
  });
}

void App::end_revoked() {
  const auto now = identity::unix_now();
  const auto is_valid = [&](const identity::Principal& principal) {
    return principal.name.empty() || authenticator_.is_valid(principal, now);
  };
  dispatcher_.revoke(is_valid);
  if (endpoint_) endpoint_->revoke(is_valid);
}

Result<> App::open_audit(std::string_view command) {
  audit_command_ = command;
  if (!config_.audit.enabled) {
    log_.warn("audit.enabled is false: nothing of what happens here is recorded");
    return {};
  }
  auto audit = Audit::open(config_, command, log_);
  if (!audit) return audit.error();
  audit_ = std::move(*audit);
  audit_events_.emplace(io_, audit_->journal());
  const bool goes_on = config_.audit.on_failure == "allow";
  if (goes_on) log_.warn("audit.on_failure is allow: calls go on when they cannot be recorded");
  dispatcher_.use(audit_->journal(), goes_on ? call::OnFailure::kAllow : call::OnFailure::kRefuse);
  return {};
}

Result<> App::start() {
  dispatcher_.set_slow_call(ms(config_.calls.slow_ms));
  dispatcher_.capacity().watch_memory([this](auto now) { return memory_.is_short(now); });
  limit_load();
  if (auto prepared = prepare_access(); !prepared) return prepared;
  auto packages = load_package_policy(config_);
  if (!packages) return packages.error();
  policy_ = std::make_unique<PolicyService>(std::move(*packages),
                                            project_rules(access_.shared_rules()), log_);
  packages_digest_ = packages_digest(config_);
  if (auto prepared = prepare_store(); !prepared) return prepared;
  auto options = plugin_options(config_);
  options.services = services();
  if (audit_events_) {
    options.listener = [this](const plugin::PluginEvent& event) { audit_events_->plugin(event); };
  }
  if (auto started = plugins_.start(options); !started) return started;
  tell_about_us();
  return {};
}

void App::limit_load() {
  dispatcher_.capacity().set_limit(config_.load.max_calls);
  memory_.set_watermark(config_.load.memory_percent);
}

call::Services App::services() {
  return {
      .policy = policy_.get(), .users = user_service_ ? &*user_service_ : nullptr, .kv = kv_.get()};
}

void App::tell_about_us() {
  std::string instructions = config_.server.instructions;
  const std::string from_plugins = plugins_.instructions();
  if (!instructions.empty() && !from_plugins.empty()) instructions += "\n\n";
  dispatcher_.set_server_info(mcp::make_server_info(config_.server.name, config_.server.title,
                                                    kVersion, instructions + from_plugins));
}

// A certificate that is replaced on disk is taken without a restart; SIGHUP takes it at once.
Result<> App::prepare_tls() {
  if (config_.http.tls.certificate_file.empty()) return {};
  tls_watch_ = std::make_unique<transport::TlsWatch>(io_, pool_, tls_options(config_), log_);
  auto tls = tls_watch_->load();
  if (!tls) return tls.error().in("http.tls");
  http_->use_tls(std::move(*tls));
  tls_watch_->start([this](transport::TlsWatch::Context now) { http_->use_tls(std::move(now)); });
  return {};
}

void App::prepare_health(const transport::HostRules& rules) {
  health_ = std::make_unique<HealthService>(io_, pool_, plugins_.running_instances(), rules);
  health_->watch_circuits([this] {
    std::set<std::string> ids;  // while a reload drains, two instances have one
    dispatcher_.each_lane([&](const call::Lane& lane) {
      if (!lane.circuit().is_closed()) ids.insert(lane.plugin_id());
    });
    return std::vector<std::string>(ids.begin(), ids.end());
  });
  health_->watch_starts([this] {
    std::set<std::string> ids;
    for (const auto& [id, plugin] : config_.plugins) {
      if (plugin.enabled) ids.insert(id);
    }
    for (const plugin::Instance* instance : plugins_.running_instances()) {
      ids.erase(std::string{instance->id()});
    }
    return std::vector<std::string>(ids.begin(), ids.end());
  });
  health_->add_check("plugins", [this]() -> ops::ReadyCheck {
    const auto enabled = std::count_if(config_.plugins.begin(), config_.plugins.end(),
                                       [](const auto& plugin) { return plugin.second.enabled; });
    // One that is required would have ended the start.
    if (enabled == 0 || plugins_.running() != 0) return {};
    return {false, "no plugin has started; the log says why"};
  });
  if (user_watch_) {
    health_->add_check("users", [this]() -> ops::ReadyCheck {
      const auto& users = authenticator_.users();
      if (!users) return {false, "the user store cannot be read; the log says why"};
      if (!users->exists()) return {false, "there are no users yet; run toolpost create-admin"};
      return {};
    });
  }
  if (audit_) {
    health_->add_check("audit", [this]() -> ops::ReadyCheck {
      // Without the error of the system: it names places of this machine, and everybody may ask.
      const audit::Trouble trouble = audit_->journal().trouble(audit::Journal::Clock::now());
      if (trouble == audit::Trouble::kNone) return {};
      return {false, std::string{to_string(trouble)} + "; the log says why"};
    });
  }
  router_ = std::make_unique<transport::HttpRouter>(*endpoint_);
  for (std::string& path : HealthService::paths()) {
    router_->route(std::move(path), health_->endpoint());
  }
}

void App::announce() {
  const auto bound = http_->local_endpoint();
  const std::string address = bound.address().to_string();
  const std::string host = bound.address().is_v6() ? "[" + address + "]" : address;
  if (authenticator_.is_open()) {
    log_.info(
        "no authentication is configured: whoever reaches this address is \"local\", role admin");
    std::error_code unknown;
    if (std::filesystem::exists(config_.auth.users_file, unknown)) {
      log_.warn(
          "there are users, and they do not count: auth.users (MCP_ENABLE_USER_AUTH) is false",
          {{"users_file", config_.auth.users_file}});
    }
  }
  warn_of_plain_http(config_, log_);
  const std::string scheme = tls_watch_ ? "https://" : "http://";
  const std::string url = scheme + host + ":" + std::to_string(bound.port()) + http_options_.path;
  log_.info("listening", {{"address", address},
                          {"port", std::int64_t{bound.port()}},
                          {"url", url},
                          {"tools", registry_.snapshot()->items(mcp::ItemKind::kTool).size()}});
  supervision_.ready("listening on " + url);
}

// Only for what serves clients: nobody comes back to a single call.
Result<> App::prepare_seal() {
  auto keys = seal_keys(config_);
  if (!keys) return keys.error();
  dispatcher_.use(std::move(*keys));
  if (config_.task_directory.empty()) return {};
  auto left = task_store_.open(config_.task_directory);
  if (!left) return std::move(left).error().in("task_directory");
  dispatcher_.use(task_store_, config_.replica, std::move(*left));
  return {};
}

Result<> App::serve_http() {
  serves_http_ = true;
  if (auto prepared = prepare_seal(); !prepared) return prepared;
  auto options = http_options(config_);
  if (!options) return options.error();
  http_options_ = std::move(*options);
  dispatcher_.set_listen_limits(
      {config_.http.limits.max_listens, config_.http.limits.max_listens_per_user});
  if (auto clear = authenticator_.check_for_clients(auth_); !clear) return clear;
  const bool key_is_idle = identity::has_users(authenticator_.mode()) &&
                           !identity::has_single_key(authenticator_.mode()) &&
                           !(auth_.given_key.empty() && auth_.file_key.empty());
  if (key_is_idle) {
    log_.warn("the single API key is ignored in user mode; MCP_SINGLE_API_KEY_MODE=true takes it");
  }
  const bool loopback = config::is_loopback(config_.http.host);
  admission_ = std::make_unique<transport::Admission>(
      authenticator_,
      policy::RateLimit{config_.rate.failures_per_minute, config_.rate.failure_burst}, log_);
  if (audit_events_) {
    admission_->on_refused([this](std::string_view address, std::string_view reason) {
      audit_events_->login_failed(address, reason);
    });
  }
  const transport::HostRules rules{loopback, http_options_.allowed_hosts,
                                   http_options_.allowed_origins};
  ended_sessions_ =
      std::make_unique<transport::EndedSessions>(io_, pool_, config_.session_directory, log_);
  if (auto loaded = ended_sessions_->load(); !loaded) {
    return std::move(loaded).error().in("session_directory");
  }
  ended_sessions_->start();
  endpoint_ = std::make_unique<transport::McpEndpoint>(dispatcher_, http_options_, rules,
                                                       *admission_, *ended_sessions_);
  prepare_health(rules);
  share_rates();
  http_ = std::make_unique<transport::HttpServer>(io_, http_options_, *router_, log_);
  http_->on_sweep([this](auto now) { endpoint_->sweep(now); });
  if (auto secured = prepare_tls(); !secured) return secured;
  if (auto listening = http_->listen(); !listening) return listening;
  if (auto listening = serve_metrics(); !listening) return listening;
  watch_signals();  // before anybody is told that we serve
  take_commands();
  announce();
  watch_keys();
  run();
  return {};
}

Result<> App::serve_stdio(UniqueFd out) {
  if (auto prepared = prepare_seal(); !prepared) return prepared;
  if (auto known = speak_for_environment(); !known) return known;
  stdio_ = std::make_unique<transport::StdioServer>(io_, dispatcher_, *environment_, stdio_options_,
                                                    log_, std::move(out));
  share_rates();
  const identity::Principal caller = environment_->principal(identity::unix_now());
  log_.info("serving stdio", {{"tools", registry_.snapshot()->items(mcp::ItemKind::kTool).size()},
                              {"user", caller.name},
                              {"role", caller.role}});
  watch_keys();
  watch_signals();
  take_commands();
  stdio_->start([this] {
    // What was asked before the end of the input is still answered, for as long as a drain lasts.
    drain_timer_.expires_after(ms(config_.calls.drain_ms));
    drain_timer_.async_wait([this](const boost::system::error_code& ec) {
      if (!ec) begin_stop("end of input");
    });
    dispatcher_.when_idle([this] { begin_stop("end of input"); });
  });
  run();
  return {};
}

// Nothing below throws on purpose. If something does, the threads of the plugins are still there,
// so that leaving in order is all that can be done.
void App::run() {
  try {
    io_.run();
  } catch (const std::exception& failure) {
    log_.error("stopped by an unexpected error", {{"reason", failure.what()}});
    leave(EXIT_FAILURE);
  }
}

bool App::is_watching() const noexcept {
  return (user_watch_ && user_watch_->is_busy()) || (tls_watch_ && tls_watch_->is_busy()) ||
         (ended_sessions_ && ended_sessions_->is_busy()) || task_store_.is_busy() ||
         (shared_rates_ && shared_rates_->is_busy()) || (redis_ && redis_->is_busy());
}

void App::leave(int exit_code) {
  const auto deadline = std::chrono::steady_clock::now() + kDestroyTime;
  bool clean = plugins_.destroy(deadline);
  if (redis_) redis_->stop();
  // The last thing a worker does for a file; it ends soon, unless its disk does not answer.
  while (is_watching() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  if (audit_events_) audit_events_->finish();
  clean = (!audit_ || audit_->close(stop_reason_, kSealTime, log_)) && clean && !is_watching();
  if (clean && redis_) redis_->join();
  log_.info("stopped", {{"clean", clean}});
  if (clean) std::exit(exit_code);
  std::_Exit(exit_code);
}

}  // namespace toolpost
