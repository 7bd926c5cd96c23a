// SPDX-License-Identifier: Apache-2.0
// doctor --checklist: ten points of security, judged by the configuration in effect and by what is
// on this machine. What nobody can see from here is said in the reason.
#include "access_setup.hpp"
#include "audit/directory.hpp"
#include "audit/seal_key.hpp"
#include "audit/verify.hpp"
#include "backup/shelf.hpp"
#include "base/utc_time.hpp"
#include "cli/commands.hpp"
#include "config/exposure.hpp"
#include "config/keys.hpp"
#include "http_setup.hpp"
#include "identity/user_store.hpp"
#include "json/writer.hpp"
#include "policy_service.hpp"
#include "transport/tls_context.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

namespace toolpost::cli {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kYear = kHour * 24 * 365;

struct Verdict {
  const char* word;  // PASS, FAIL or N/A
  std::string reason;
};

Verdict pass(std::string reason) {
  return {"PASS", std::move(reason)};
}

Verdict fail(std::string reason) {
  return {"FAIL", std::move(reason)};
}

Verdict not_applicable(std::string reason) {
  return {"N/A", std::move(reason)};
}

bool is_open(const config::Config& config) {
  return !config.auth.enabled && !config.auth.users && !config.auth.single_key;
}

Verdict authentication(const config::Config& config) {
  if (const auto access = check_access(config); !access) return fail(access.error().message());
  if (is_open(config)) {
    return fail("whoever reaches the server is an admin; set auth.users (MCP_ENABLE_USER_AUTH)");
  }
  return pass(config.auth.users ? "each user has a key" : "a single key is demanded");
}

Verdict user_keys(const config::Config& config) {
  const auto records = identity::UserStore{config.auth.users_file, {}}.list();
  if (!records) return fail(records.error().message());
  const auto now = identity::unix_now();
  std::size_t keys = 0;
  for (const auto& user : records->users) {
    for (const auto& key : user.keys) {
      if (user.disabled || !key.is_usable(now)) continue;
      ++keys;
      if (now - key.created_at > kYear) {
        return fail("key " + key.id + " of " + user.username +
                    " is older than a year; change it with the tool rotate_key");
      }
    }
  }
  if (keys == 0)
    return fail("no user has a key that counts; toolpost create-admin makes the first");
  return pass(std::to_string(keys) +
              " keys count, none older than a year; those made here have 256 random bits, those "
              "brought along were held to 32 characters when they came (of both only a hash is "
              "kept)");
}

Verdict strong_keys(const config::Config& config) {
  if (is_open(config)) return not_applicable("no key is demanded");
  if (const auto access = check_access(config); !access) return fail(access.error().message());
  if (config.auth.users) return user_keys(config);
  return pass(
      "the single key has at least 32 characters and is no example; whether it is random, and how "
      "old it is, cannot be seen");
}

Verdict policy(const config::Config& config) {
  const auto plugin = config.plugins.find("io.toolpost.uv-package");
  if (plugin == config.plugins.end() || !plugin->second.enabled) {
    return not_applicable("no plugin that is enabled installs packages");
  }
  const auto rules = load_package_policy(config);
  if (!rules) return fail(rules.error().message());
  if (rules->is_configured()) return pass("rules say which packages may be used");
  return fail(
      "every package may be used; set policy.allowed_packages, policy.blocked_packages or "
      "policy.packages_file");
}

Verdict https(const config::Config& config) {
  if (!config.http.tls.certificate_file.empty()) {
    const auto context = transport::TlsContext::load(tls_options(config));
    if (!context) return fail(context.error().message());
    using Clock = std::chrono::system_clock;
    const std::string end = to_utc_time(Clock::to_time_t((*context)->expires()));
    if ((*context)->expires() <= Clock::now()) return fail("the certificate ended at " + end);
    return pass("TLS 1.2 or 1.3; the certificate ends at " + end);
  }
  if (config.http.behind_proxy) {
    return pass("http.behind_proxy says that a proxy ends TLS; its certificate is not seen here");
  }
  if (config::is_loopback(config.http.host)) {
    return not_applicable("the server listens on this machine only");
  }
  return fail(
      "keys travel in clear; set http.tls.certificate_file and http.tls.key_file, or "
      "http.behind_proxy");
}

// An address of a private network (RFC 1918, RFC 4193) or of one link.
bool is_private(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    const std::uint32_t address = ntohl(v4.s_addr);
    return address >> 24U == 10 || address >> 20U == (172U << 4U | 1U) ||
           address >> 16U == (192U << 8U | 168U) || address >> 16U == (169U << 8U | 254U);
  }
  std::array<unsigned char, 16> v6{};
  if (inet_pton(AF_INET6, host.c_str(), v6.data()) != 1) return false;
  return (v6[0] & 0xfeU) == 0xfcU || (v6[0] == 0xfeU && (v6[1] & 0xc0U) == 0x80U);
}

Verdict network(const config::Config& config) {
  if (config::is_loopback(config.http.host)) {
    return pass("the server listens on this machine only");
  }
  if (is_private(config.http.host)) {
    return pass(config.http.host + " is an address of a private network");
  }
  if (config.http.tls.client_certificates == "required" &&
      !config.http.tls.certificate_file.empty()) {
    return pass("every client must show a certificate");
  }
  return fail(config.http.host +
              " is reached from everywhere as far as this configuration tells; listen on a private "
              "address, demand client certificates, or restrict it outside: packaging/nftables, "
              "restricted-network.conf, a NetworkPolicy");
}

Verdict logging(const config::Config& config) {
  if (config.log.level > LogLevel::kWarn) {
    return fail("log.level is " + std::string{to_string(config.log.level)} +
                ", so that warnings are lost");
  }
  const std::string& file = config.log.file;
  if (file.empty()) {
    return pass("to stderr, which the service manager or container keeps; level " +
                std::string{to_string(config.log.level)});
  }
  const std::string directory = std::filesystem::path{file}.parent_path().string();
  const bool is_there = ::access(file.c_str(), F_OK) == 0;
  if (::access(is_there ? file.c_str() : directory.c_str(), W_OK) != 0) {
    return fail(file + " cannot be written by this user");
  }
  return pass("to stderr and " + file + ", level " + std::string{to_string(config.log.level)});
}

Verdict monitoring(const config::Config& config) {
  const config::Key<config::Config>* key = config::find_key("metrics.enabled");
  if (key == nullptr) return not_applicable("this version has health at /readyz and no metrics");
  config::Config copy = config;  // slots point to mutable members
  const auto slot = key->slot(copy);
  if (*std::get<bool*>(slot))
    return pass("metrics.enabled is set; that somebody looks is not seen");
  return fail("metrics.enabled is not set, so that Prometheus has nothing to ask");
}

Verdict backups(const config::Config& config) {
  const std::string& place = config.backup.directory;
  const auto age = backup::age_of_newest(place, unix_us_now() / 1'000'000);
  if (!age) {
    return fail("there is no backup in " + place +
                "; toolpost backup create makes one, toolpost-backup.timer one each night");
  }
  const std::string text =
      "the newest backup in " + place + " is " + std::to_string(*age / kHour) + " hours old";
  if (*age > static_cast<std::int64_t>(config.backup.max_age_hours) * kHour) {
    return fail(text + ", more than backup.max_age_hours");
  }
  return pass(text);
}

Verdict incident_plan(const config::Config& config) {
  const std::string& file = config.incident_plan_file;
  if (file.empty()) {
    return fail(
        "incident_plan_file names no plan; packaging/README.md has the steps to begin with");
  }
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(file, failed);
  if (failed || ::access(file.c_str(), R_OK) != 0) return fail(file + " cannot be read");
  if (bytes == 0) return fail(file + " is empty");
  return pass(file + "; whether it is good, people decide");
}

Verdict audits(const config::Config& config) {
  const config::Audit& options = config.audit;
  if (!options.enabled) return fail("audit.enabled is false: nothing of what happens is recorded");
  if (options.on_failure == "allow") {
    return fail("audit.on_failure is allow: calls go on when they cannot be recorded");
  }
  const auto directory = audit::Directory::open(options.directory);
  if (!directory && directory.error().code() == Errc::kNotFound) {
    return not_applicable("nothing is recorded before the first start");
  }
  if (!directory) return fail(directory.error().message());
  const auto key = audit::SealKey::load(options.key_file);
  if (!key) return fail(key.error().message());
  const auto report = audit::verify(*directory, {.keys = {key->public_key()}});
  if (!report) return fail(report.error().message());
  if (!report->damages.empty()) {
    return fail("the audit is damaged: " + report->damages.front().what +
                "; see toolpost audit verify");
  }
  return pass(
      "all that happens is recorded, and the " + std::to_string(report->records) +
      " records are sound" +
      (options.anchor_file.empty() ? "; audit.anchor_file would prove it elsewhere, too" : ""));
}

struct Point {
  const char* id;
  const char* title;
  Verdict (*judge)(const config::Config& config);
};

constexpr Point kPoints[] = {
    {"authentication", "Authentication enabled", authentication},
    {"keys", "Strong API keys configured", strong_keys},
    {"policy", "Policy enforcement enabled", policy},
    {"https", "HTTPS configured", https},
    {"network", "Network access restricted", network},
    {"logging", "Logging configured", logging},
    {"monitoring", "Monitoring enabled", monitoring},
    {"backup", "Backup strategy in place", backups},
    {"incident", "Incident response plan", incident_plan},
    {"audit", "Regular security audits", audits},
};

}  // namespace

int checklist(const config::Config& config, bool json) {
  bool fails = false;
  std::string text;
  json::Writer writer{text};
  writer.begin_array();
  for (const Point& point : kPoints) {
    const Verdict verdict = point.judge(config);
    fails = fails || std::string_view{verdict.word} == "FAIL";
    writer.begin_object().member("id", point.id).member("point", point.title);
    writer.member("state", verdict.word).member("reason", std::string_view{verdict.reason});
    writer.end_object();
    if (!json) std::printf("%-4s  %-26s  %s\n", verdict.word, point.title, verdict.reason.c_str());
  }
  writer.end_array();
  if (json) std::printf("%s\n", text.c_str());
  return fails ? config::kExitFailure : EXIT_SUCCESS;
}

}  // namespace toolpost::cli
