// SPDX-License-Identifier: Apache-2.0
#include "cli/backup_contents.hpp"

#include "audit/checkpoint.hpp"
#include "audit/seal_key.hpp"
#include "base/read_at.hpp"
#include "base/redact.hpp"
#include "config/keys.hpp"
#include "config/secrets.hpp"
#include "config/settings_json.hpp"
#include "identity/users_file.hpp"
#include "identity/users_format.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace toolpost::cli {
namespace {

constexpr std::size_t kMaxFile = std::size_t{16} << 20U;
constexpr std::uint32_t kPrivate = 0600;
// Behind the name of a variable.
constexpr std::string_view kLeftOut =
    " was set and is left out: only a backup with a passphrase has what is secret in it";
constexpr const char* kNeedsPassphrase = "it is secret, and there is no passphrase to seal it with";

// Variables that choose what runs and where it looks, beside those that set keys.
constexpr std::string_view kOtherVariables[] = {
    "MCP_TRANSPORT", "TOOLPOST_CONFIG", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"};

std::string user_name(uid_t id) {
  const passwd* found = ::getpwuid(id);
  return found == nullptr ? std::to_string(id) : found->pw_name;
}

std::string group_name(gid_t id) {
  const group* found = ::getgrgid(id);
  return found == nullptr ? std::to_string(id) : found->gr_name;
}

backup::FilePlace place_of(std::string kind, const std::string& path, const struct stat& status) {
  return {.kind = std::move(kind),
          .path = std::filesystem::absolute(path).lexically_normal().string(),
          .mode = static_cast<std::uint32_t>(status.st_mode) & 0755U,
          .owner = user_name(status.st_uid),
          .group = group_name(status.st_gid)};
}

struct ReadFile {
  struct stat status {};

  std::string content;
};

Result<ReadFile> read_file(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd) return errno_error("open " + path, errno);
  ReadFile file;
  if (::fstat(fd.get(), &file.status) != 0) return errno_error("stat " + path, errno);
  if (!S_ISREG(file.status.st_mode)) return Error{Errc::kIo, path + " is no regular file"};
  if (static_cast<std::size_t>(file.status.st_size) > kMaxFile) {
    return Error{Errc::kLimit, path + " is larger than 16 MiB"};
  }
  auto text = read_at(fd.get(), 0, static_cast<std::size_t>(file.status.st_size));
  if (!text) return std::move(text).error().in(path);
  file.content = std::move(*text);
  return file;
}

// Whether a configuration, whatever its comments, has a setting of a plugin that is secret.
bool has_hidden_setting(std::string_view text) {
  const auto document = json::parse(text, {.comments = true});
  if (!document) return true;
  const json::Value* plugins = document->root().find("plugins");
  if (plugins == nullptr || !plugins->is_object()) return false;
  for (const json::Member& plugin : plugins->members()) {
    const json::Value* settings = plugin.value.find("config");
    if (settings == nullptr) continue;
    const std::string hidden = config::settings_json(*settings, config::Secrets::kHide);
    const std::string kept = config::settings_json(*settings, config::Secrets::kKeep);
    // What is redacted already is hidden by another word.
    if (hidden != kept && kept.find(kRedacted) == std::string::npos) return true;
  }
  return false;
}

class Gatherer {
 public:
  Gatherer(const config::Config& config, const config::Environment& environment, bool with_secrets)
      : config_(config), environment_(environment), with_secrets_(with_secrets) {}

  Result<BackupContents> gather() {
    const auto& tls = config_.http.tls;
    Result<> done = add_config();
    if (done) done = add_plain("policy", "config/packages.json", config_.policy.packages_file);
    if (done) done = add_plain("tls", "tls/certificate.pem", tls.certificate_file);
    if (done) done = add_plain("tls", "tls/client-ca.pem", tls.client_ca_file);
    if (done) done = add_plain("plan", "config/incident-plan", config_.incident_plan_file);
    if (done) done = add_users();
    if (done) done = add_audit();
    for (const std::string* path : {&tls.key_file, &config_.audit.key_file, &config_.seal_key_file,
                                    &config_.auth.api_key_file, &config_.auth.previous_api_key_file,
                                    &config_.redis.password_file, &config_.metrics.key_file}) {
      if (done) done = add_secret(*path);
    }
    if (done) add_environment();
    if (!done) return done.error();
    leave_out("project_root", "the projects that tools act on have backups of their own");
    leave_out("task_directory", "a task ends with its server or within a day");
    leave_out("plugin_directories", "plugins are installed again from where they came");
    if (environment_("CREDENTIALS_DIRECTORY")) {
      leave_out("/etc/credstore", "only root may read it; back it up apart");
    }
    return std::move(contents_);
  }

 private:
  void leave_out(std::string what, std::string why) {
    contents_.left_out.push_back({std::move(what), std::move(why)});
  }

  void keep(backup::FilePlace place, std::string name, std::string content, bool redacted = false) {
    contents_.files.push_back({.entry = {.name = std::move(name),
                                         .place = std::move(place),
                                         .size = 0,
                                         .redacted = redacted},
                               .content = std::move(content)});
  }

  Result<> add_plain(const char* kind, const char* name, const std::string& path) {
    if (path.empty()) return {};
    auto file = read_file(path);
    if (!file) return file.error();
    keep(place_of(kind, path, file->status), name, std::move(file->content));
    return {};
  }

  Result<> add_config() {
    if (config_.file.empty()) {
      leave_out("the configuration file", "there is none; the built-in defaults hold");
      return {};
    }
    auto file = read_file(config_.file);
    if (!file) return file.error();
    auto place = place_of("config", config_.file, file->status);
    std::string scratch;
    const std::string shown{redacted(file->content, scratch)};
    const bool is_secret = shown != file->content || has_hidden_setting(file->content);
    if (is_secret && with_secrets_) {
      contents_.secrets.push_back({place, Secret{file->content}});
    } else if (is_secret) {
      leave_out("secrets in " + config_.file, kNeedsPassphrase);
    }
    if (is_secret && has_hidden_setting(shown)) {
      // No copy of it is safe to show.
      if (!with_secrets_) leave_out(config_.file, kNeedsPassphrase);
      return {};
    }
    keep(std::move(place), "config/toolpost.json", shown, is_secret);
    return {};
  }

  Result<> add_users() {
    const std::string& path = config_.auth.users_file;
    if (path.empty()) return {};
    const auto directory = identity::UsersDirectory::open(path);
    if (!directory) return directory.error();
    const auto file = *directory ? (*directory)->read()
                                 : Result<std::optional<identity::FileContent>>{std::nullopt};
    if (!file) return file.error();
    if (!*file) {
      leave_out(path, "there are no users");
      return {};
    }
    if (const auto users = identity::parse_users((*file)->text); !users) {
      return users.error().in(path);
    }

    struct stat status {};

    if (::fstat((*directory)->fd(), &status) != 0) return errno_error("stat " + path, errno);
    auto place = place_of("users", path, status);
    place.mode = kPrivate;
    keep(std::move(place), "users/users.json", (*file)->text);
    return {};
  }

  Result<> add_audit() {
    if (!config_.audit.enabled) {
      leave_out("the audit", "audit.enabled is false");
      return {};
    }
    const auto directory = audit::Directory::open(config_.audit.directory);
    if (!directory && directory.error().code() == Errc::kNotFound) {
      leave_out(config_.audit.directory, "nothing is recorded yet");
      return {};
    }
    if (!directory) return directory.error();
    const auto key = audit::SealKey::load(config_.audit.key_file);
    if (!key) return key.error();
    if (auto opened = open_segments(*directory); !opened) return opened;
    keep({}, "audit-anchor.jsonl", audit::anchor_key_line(key->public_key()));
    return {};
  }

  // All at one moment: while nobody closes the chains of others. What is written meanwhile comes
  // behind the sizes that were seen.
  Result<> open_segments(const audit::Directory& directory) {
    allow_many_files();
    const auto lock = audit::LedgerLock::take(directory);
    if (!lock) return lock.error();
    const auto chains = directory.segments();
    if (!chains) return chains.error();
    for (auto chain = chains->rbegin(); chain != chains->rend(); ++chain) {
      for (const std::uint32_t number : chain->second) {
        const std::string name = audit::segment_file_name(chain->first, number);
        const std::string path = directory.path() + "/" + name;
        UniqueFd fd{::openat(directory.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};

        struct stat status {};

        if (!fd || ::fstat(fd.get(), &status) != 0) return errno_error("open " + path, errno);
        auto place = place_of("audit", path, status);
        place.mode = kPrivate;
        contents_.segments.push_back(
            {.entry = {.name = "audit/" + name, .place = std::move(place), .size = 0},
             .fd = std::move(fd),
             .size = static_cast<std::uint64_t>(status.st_size)});
      }
    }
    return {};
  }

  static void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }

  Result<> add_secret(const std::string& path) {
    if (path.empty()) return {};
    if (!with_secrets_) {
      leave_out(path, kNeedsPassphrase);
      return {};
    }
    auto file = read_file(path);
    if (!file && file.error().code() == Errc::kNotFound) {
      leave_out(path, "it is not there");
      return {};
    }
    if (!file) return file.error();
    contents_.secrets.push_back(
        {place_of("key", path, file->status), Secret{std::move(file->content)}});
    return {};
  }

  // As systemd's EnvironmentFile= reads it.
  void add_environment() {
    std::string shown;
    std::string whole;
    const auto secret = config::secret_variables();
    std::vector<std::string_view> names{secret.begin(), secret.end()};
    for (const config::Variable& variable : config::variables()) names.push_back(variable.name);
    names.insert(names.end(), std::begin(kOtherVariables), std::end(kOtherVariables));
    for (const std::string_view name : names) {
      const auto value = environment_(name);
      if (!value) continue;
      const bool is_secret = std::find(secret.begin(), secret.end(), name) != secret.end();
      std::string scratch;
      const std::string_view safe = is_secret ? kRedacted : redacted(*value, scratch);
      if (safe == *value) {
        shown.append(name).append("=").append(quoted(safe)).append("\n");
      } else {  // with a word in its place a service would take that for the secret
        shown.append("# ").append(name).append(kLeftOut).append("\n");
      }
      whole.append(name).append("=").append(quoted(*value)).append("\n");
      if (safe != *value && !with_secrets_) {
        leave_out("the value of " + std::string{name}, kNeedsPassphrase);
      }
    }
    if (shown.empty()) return;
    const bool is_secret = shown != whole;

    struct stat status {};

    status.st_uid = ::geteuid();
    status.st_gid = ::getegid();
    const std::string& above = config_.data_directory;
    auto place = above.empty() ? backup::FilePlace{}
                               : place_of("environment", above + "/restored.env", status);
    if (!above.empty()) place.mode = kPrivate;
    if (is_secret && with_secrets_ && !above.empty()) {
      contents_.secrets.push_back({place, Secret{whole}});
    }
    keep(std::move(place), "environment", std::move(shown), is_secret);
  }

  static std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
      if (c == '"' || c == '\\' || c == '$' || c == '`') text.push_back('\\');
      text.push_back(c);
    }
    return text + "\"";
  }

  const config::Config& config_;
  const config::Environment& environment_;
  bool with_secrets_;
  BackupContents contents_;
};

}  // namespace

Result<BackupContents> backup_contents(const config::Config& config,
                                       const config::Environment& environment, bool with_secrets) {
  return Gatherer{config, environment, with_secrets}.gather();
}

}  // namespace toolpost::cli
