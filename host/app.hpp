// SPDX-License-Identifier: Apache-2.0
// The object graph of one process: made from the configuration, started, served, stopped in phases
// (no new work; then what is left, for a bounded time).
//
// A reload (app_reload.cpp) makes no second graph. It reads the configuration anew on a thread of
// its own, makes ready there whatever can fail (rules, the log's file, plugins), and then, in one
// turn of the event loop, puts each part in the place of the old one: rules and texts that other
// threads read are base/published.hpp, the plugins are those of plugin/plugin_host.hpp. Until then
// nothing has changed, so a failure is a log line and an answer. What cannot be replaced in a
// process that serves is refused by name (config/live_keys.hpp).
#pragma once

#include "async/worker_pool.hpp"
#include "audit_events.hpp"
#include "audit_setup.hpp"
#include "base/log.hpp"
#include "call/dispatcher.hpp"
#include "config/config.hpp"
#include "control_server.hpp"
#include "debug_mode.hpp"
#include "file_watch.hpp"
#include "health_service.hpp"
#include "identity/authenticator.hpp"
#include "kv_service.hpp"
#include "metrics_page.hpp"
#include "metrics_service.hpp"
#include "ops/memory.hpp"
#include "plugin/plugin_host.hpp"
#include "policy_service.hpp"
#include "registry/registry.hpp"
#include "reload_queue.hpp"
#include "shared_rates.hpp"
#include "store/redis.hpp"
#include "supervision.hpp"
#include "transport/http_router.hpp"
#include "transport/http_server.hpp"
#include "transport/mcp_endpoint.hpp"
#include "transport/stdio_server.hpp"
#include "transport/tls_watch.hpp"
#include "user_service.hpp"
#include "user_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace toolpost {

// What plugins may ask of the host by name, see plugin/plugin_config.hpp.
plugin::HostValues host_values(const config::Config& config);

// The plugins that the configuration enables, without the services that they may be granted.
plugin::PluginHostOptions plugin_options(const config::Config& config);

// The rules of the roles about projects, for plugins that ask on their worker threads.
ProjectRules project_rules(std::shared_ptr<const policy::AccessRules> rules);

// What the operator wrote for one plugin, and where.
plugin::GivenConfig given_config(const std::string& id, const config::PluginSettings& settings);

// Made once by main and never destroyed: a plugin's thread may come back at any time until the
// process ends, and must find everything in its place.
class App {
 public:
  App(config::Config config, Log& log);

  // Starts the chain of this process in the audit, unless that is switched off. Before start(), by
  // the commands that call tools.
  Result<> open_audit(std::string_view command);

  // Loads and starts the plugins. Before one of the functions below.
  Result<> start();

  // Whom to tell how the server is. Before serve_http().
  void report_to(ops::Notifier notifier) { supervision_.use(std::move(notifier)); }

  // How to read the configuration again. Before serving; without it there is nothing to reload.
  using LoadConfig = std::function<Result<config::Config>()>;

  void reload_from(LoadConfig load) { load_config_ = std::move(load); }

  // Reload also when a plugin's files or the configuration's change. Before serve_http().
  void watch_files() { wants_file_watch_ = true; }

  // Serve until SIGTERM, SIGINT or, on stdio, the end of stdin.
  Result<> serve_http();
  Result<> serve_stdio(UniqueFd out);

  struct CallReport {
    bool was_called = false;  // false: `json` is a JSON-RPC error object, else a result
    bool is_error = false;    // the tool answered with isError
    std::string json;
  };

  // One call, and nothing else; `notify` gets the notifications that precede the answer.
  Result<CallReport> call_once(const std::string& tool, const std::string& arguments,
                               std::function<void(std::string)> notify);

  const registry::Registry& registry() const noexcept { return registry_; }

  const call::Access& access() const noexcept { return access_; }

  const identity::Authenticator& authenticator() const noexcept { return authenticator_; }

  // Ends the plugins and the process. With _exit when a plugin's code is still on a stack.
  [[noreturn]] void leave(int exit_code);

 private:
  enum class StopPhase { kNone, kGrace, kDrain, kPlugins, kFlush };

  Result<> prepare_access();
  call::Services services();
  void tell_about_us();
  Result<> speak_for_environment();
  Result<> prepare_tls();
  Result<> prepare_seal();
  Result<> prepare_store();
  void share_rates();
  void watch_hangup();
  void take_commands();

  // What a reload works with, on its own thread, and what it has made ready there.
  struct Reloading;

  void begin_reload();
  Result<> make_ready(Reloading& reload);
  Result<> check_restart_keys(const Reloading& reload) const;
  void finish_reload(Reloading& reload, const Result<>& ready);
  Result<> commit(Reloading& reload);
  void apply(Reloading& reload);
  void remember_settings(const std::string& settings);
  void refuse_reload(const Error& why);
  void follow_files();
  void announce();
  Result<> serve_metrics();
  MetricSources metric_sources();
  void limit_load();
  void prepare_health(const transport::HostRules& rules);
  void watch_keys();
  void watch_expiry();
  void end_revoked();
  void watch_signals();
  void wait_for_signal();
  void on_signal(int signal);
  void begin_grace(const char* reason);
  void begin_drain(const char* reason);
  void drain(const char* reason, std::chrono::steady_clock::time_point end);
  void begin_stop(const char* reason);
  void stop_step_done();
  bool is_watching() const noexcept;
  void drained();
  void run();

  config::Config config_;
  Log& log_;
  boost::asio::io_context io_;
  async::WorkerPool pool_;
  registry::Registry registry_;
  identity::AuthSettings auth_;
  identity::Authenticator authenticator_;
  std::optional<identity::UserStore> users_;  // in user mode only
  std::optional<StoreUserService> user_service_;
  std::unique_ptr<UserWatch> user_watch_;
  std::optional<identity::EnvironmentIdentity> environment_;
  call::Access access_;
  std::unique_ptr<Audit> audit_;  // null: none is kept
  std::optional<AuditEvents> audit_events_;
  call::TaskStore task_store_;
  call::Dispatcher dispatcher_;
  std::unique_ptr<PolicyService> policy_;  // outlives the plugins
  std::optional<identity::SealKeys> store_keys_;
  std::unique_ptr<store::Redis> redis_;  // null: none is configured
  std::unique_ptr<KvService> kv_;        // outlives the plugins
  std::unique_ptr<SharedRates> shared_rates_;
  plugin::PluginHost plugins_;
  boost::asio::signal_set signals_;
  boost::asio::signal_set hangup_;
  DebugMode debug_mode_;
  Supervision supervision_;
  ops::MemoryWatch memory_;
  boost::asio::steady_timer drain_timer_;
  boost::asio::steady_timer keys_timer_;
  transport::HttpOptions http_options_;
  transport::StdioOptions stdio_options_;
  std::unique_ptr<transport::Admission> admission_;
  std::unique_ptr<transport::EndedSessions> ended_sessions_;
  std::unique_ptr<transport::McpEndpoint> endpoint_;
  std::unique_ptr<HealthService> health_;
  std::unique_ptr<transport::HttpRouter> router_;
  std::unique_ptr<transport::HttpServer> http_;
  std::unique_ptr<MetricsService> metrics_;         // where it is enabled
  std::unique_ptr<transport::TlsWatch> tls_watch_;  // with TLS only
  std::unique_ptr<transport::StdioServer> stdio_;
  std::string stop_reason_ = "done";
  std::string audit_command_;
  LoadConfig load_config_;
  bool serves_http_ = false;
  std::string settings_;         // the configuration in force, as JSON without secrets
  std::string packages_digest_;  // of what policy.packages_file holds
  ReloadQueue reloads_;
  std::unique_ptr<ControlServer> control_;  // null: the command line cannot reach us
  bool wants_file_watch_ = false;
  std::unique_ptr<FileWatch> file_watch_;
  StopPhase stop_phase_ = StopPhase::kNone;
  bool stopping_ = false;  // nothing new begins any more
  int steps_left_ = 0;
};

}  // namespace toolpost
