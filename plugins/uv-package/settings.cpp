// SPDX-License-Identifier: Apache-2.0
#include "settings.hpp"

#include "pep/ascii.hpp"
#include "pep/index_url.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

Refusal about(std::string_view key, std::string_view what) {
  return {"configuration key '" + std::string(key) + "' " + std::string(what)};
}

std::vector<std::string> texts(const sdk::Json& config, std::string_view key) {
  std::vector<std::string> out;
  if (const sdk::Json* list = config.find(key); list != nullptr && !list->is_null()) {
    for (const sdk::Json& item : list->as_array()) out.push_back(item.as_string());
  }
  return out;
}

Checked<Passed> check_url(std::string_view key, const std::string& url) {
  const auto parts = pep::parse_http_url(url);
  if (!parts) return about(key, parts.refusal().text);
  if (parts->has_credentials) {
    return about(key,
                 "has credentials in its URL, which is refused: they would stand in the clear in "
                 "the configuration. Secret references are not available yet; use an index "
                 "that needs no credentials, or a mirror that adds them");
  }
  return Passed{};
}

Checked<Passed> check_urls(const Settings& settings) {
  if (!settings.index_url.empty()) {
    if (auto checked = check_url("index_url", settings.index_url); !checked) return checked;
  }
  for (const std::string& url : settings.extra_index_urls) {
    if (auto checked = check_url("extra_index_urls", url); !checked) return checked;
  }
  for (const std::string& url : settings.project_index_urls) {
    if (auto checked = check_url("project_index_urls", url); !checked) return checked;
  }
  if (settings.proxy.empty()) return Passed{};
  return check_url("proxy", settings.proxy);
}

Checked<Passed> check_paths(const Settings& settings) {
  const auto must_be_absolute = [](std::string_view key,
                                   const std::string& path) -> Checked<Passed> {
    if (path.empty() || path.front() == '/') return Passed{};
    return about(key, "must be an absolute path, not '" + path + "'");
  };
  if (auto checked = must_be_absolute("uv", settings.uv); !checked) return checked;
  if (auto checked = must_be_absolute("python", settings.python); !checked) return checked;
  if (auto checked = must_be_absolute("ca_file", settings.ca_file); !checked) return checked;
  if (auto checked = must_be_absolute("cache_dir", settings.cache_dir); !checked) return checked;
  for (const fs::path& part : fs::path(settings.environment)) {
    if (part == "..") return about("environment", "must not contain '..'");
  }
  if (settings.environment.empty() || settings.environment == ".") {
    return about("environment", "must name a directory of its own");
  }
  return Passed{};
}

Checked<std::string> resolved_directory(std::string_view key, const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return about(key, "must be an absolute path, not '" + path + "'");
  }
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  if (error) return about(key, path + ": " + error.message());
  if (!fs::is_directory(resolved, error)) return about(key, path + " is not a directory");
  return resolved.string();
}

Checked<Passed> read_roots(const sdk::Json& config, const std::string& working_directory,
                           Settings& out) {
  const std::string first = config.value_or("project_root", std::string_view());
  const auto project =
      resolved_directory("project_root", first.empty() ? working_directory : first);
  if (!project) return project.refusal();
  out.roots.push_back(*project);
  for (const std::string& root : texts(config, "roots")) {
    const auto resolved = resolved_directory("roots", root);
    if (!resolved) return resolved.refusal();
    if (std::find(out.roots.begin(), out.roots.end(), *resolved) == out.roots.end()) {
      out.roots.push_back(*resolved);
    }
  }
  return Passed{};
}

std::vector<std::string> comparable(const std::vector<std::string>& urls) {
  std::vector<std::string> out(urls.size());
  std::transform(urls.begin(), urls.end(), out.begin(), pep::comparable_index);
  return out;
}

std::vector<std::string> own_indexes(const Settings& settings, const std::string& default_index) {
  std::vector<std::string> urls = settings.extra_index_urls;
  const std::string& main = settings.index_url.empty() ? default_index : settings.index_url;
  if (!main.empty()) urls.push_back(main);
  urls.insert(urls.end(), settings.project_index_urls.begin(), settings.project_index_urls.end());
  return urls;
}

}  // namespace

Checked<Settings> read_settings(const sdk::Json& config, const std::string& working_directory) {
  Settings out;
  out.uv = config.value_or("uv", out.uv);
  out.index_url = config.value_or("index_url", out.index_url);
  out.extra_index_urls = texts(config, "extra_index_urls");
  out.project_index_urls = texts(config, "project_index_urls");
  for (const std::string& host : texts(config, "file_hosts")) {
    out.file_hosts.push_back(pep::lowered(host));
  }
  out.proxy = config.value_or("proxy", out.proxy);
  out.no_proxy = config.value_or("no_proxy", out.no_proxy);
  out.ca_file = config.value_or("ca_file", out.ca_file);
  out.cache_dir = config.value_or("cache_dir", out.cache_dir);
  out.environment = config.value_or("environment", out.environment);
  out.python = config.value_or("python", out.python);
  out.build_project = config.value_or("build_project", out.build_project);
  out.timeout = std::chrono::seconds(config.value_or("timeout_s", kDefaultTimeoutSeconds));
  out.lock_wait = std::chrono::seconds(config.value_or("lock_wait_s", kDefaultLockWaitSeconds));
  out.circuit.failures =
      static_cast<int>(config.value_or("circuit_failures", out.circuit.failures));
  out.circuit.open = std::chrono::milliseconds(
      config.value_or("circuit_open_ms", static_cast<int>(out.circuit.open.count())));
  out.max_output_bytes =
      static_cast<std::size_t>(config.value_or("max_output_bytes", kDefaultOutputBytes));
  if (auto checked = check_urls(out); !checked) return checked.refusal();
  if (auto checked = check_paths(out); !checked) return checked.refusal();
  if (auto checked = read_roots(config, working_directory, out); !checked) {
    return checked.refusal();
  }
  return out;
}

ProjectRules project_rules(const Settings& settings, const std::string& default_index) {
  return {settings.roots, comparable(own_indexes(settings, default_index))};
}

Origins lock_origins(const Settings& settings, const std::string& default_index) {
  const std::vector<std::string> urls = own_indexes(settings, default_index);
  Origins out{comparable(urls), settings.file_hosts};
  // Without a configured index nothing says where uv's default one keeps its files, so only
  // file_hosts can limit that. A configured one serves them itself or names the host that does.
  if (!settings.index_url.empty()) {
    for (const std::string& url : urls) out.file_hosts.push_back(pep::parse_http_url(url)->host);
  }
  return out;
}

}  // namespace toolpost::uv_package
