// SPDX-License-Identifier: Apache-2.0
#include "uv_command.hpp"

#include "pep/version.hpp"

#include <iterator>

namespace toolpost::uv_package {

namespace {

// Foreign source distributions are not built. uv still builds the project itself and what is
// installed editable; their build requirements, too, must then be wheels.
constexpr const char* kNoBuild = "--no-build";
constexpr const char* kEndOfOptions = "--";
constexpr std::string_view kRequiresBuildHashesSince = "0.13.0";

void append(Arguments& out, const std::vector<std::string>& values) {
  out.insert(out.end(), values.begin(), values.end());
}

void append_python(Arguments& out, const Settings& settings) {
  if (!settings.python.empty()) append(out, {"--python", settings.python});
}

// Indexes are checked to be printable ASCII; these two could still end a TOML string.
std::string toml_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string index_table(const std::string& url, bool is_default) {
  return "[[index]]\nurl = " + toml_string(url) + (is_default ? "\ndefault = true\n" : "\n") + "\n";
}

}  // namespace

Directories directories_below(const std::string& data_dir, const Settings& settings) {
  return {data_dir + "/home", data_dir + "/config",
          settings.cache_dir.empty() ? data_dir + "/cache" : settings.cache_dir, data_dir + "/tmp"};
}

std::vector<std::string> child_environment(const Settings& settings,
                                           const HostCertificates& certificates,
                                           const Directories& directories,
                                           const std::string& environment) {
  std::vector<std::string> out = {
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LANG=C.UTF-8",
      "HOME=" + directories.home,
      "XDG_CONFIG_HOME=" + directories.config_home,
      "TMPDIR=" + directories.temporary,
      "NO_COLOR=1",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_ALLOW_PROTOCOL=none",
      "UV_CACHE_DIR=" + directories.cache,
      // A hard link would let whoever writes to one environment change the cache of all.
      "UV_LINK_MODE=copy",
      "UV_NO_PROGRESS=1",
      "UV_NO_ENV_FILE=1",
      "UV_NO_SYSTEM_CONFIG=1",
      "UV_PYTHON_DOWNLOADS=never",
      "UV_KEYRING_PROVIDER=disabled",
      "UV_SYSTEM_CERTS=1",
      "UV_PROJECT_ENVIRONMENT=" + environment,
  };
  const std::string& bundle = settings.ca_file.empty() ? certificates.file : settings.ca_file;
  if (!bundle.empty()) out.push_back("SSL_CERT_FILE=" + bundle);
  if (!certificates.directory.empty() && settings.ca_file.empty()) {
    out.push_back("SSL_CERT_DIR=" + certificates.directory);
  }
  if (!settings.proxy.empty()) {
    out.push_back("HTTP_PROXY=" + settings.proxy);
    out.push_back("HTTPS_PROXY=" + settings.proxy);
  }
  if (!settings.no_proxy.empty()) out.push_back("NO_PROXY=" + settings.no_proxy);
  return out;
}

std::string user_configuration(const Settings& settings) {
  std::string out = "index-strategy = \"first-index\"\n\n";
  for (const std::string& url : settings.extra_index_urls) out += index_table(url, false);
  if (!settings.index_url.empty()) out += index_table(settings.index_url, true);
  return out;
}

Arguments lock_arguments(const Settings& settings, const Upgrade& upgrade) {
  Arguments out = {"lock", kNoBuild};
  append_python(out, settings);
  if (upgrade.all) out.emplace_back("--upgrade");
  for (const std::string& name : upgrade.packages) out.push_back("--upgrade-package=" + name);
  return out;
}

Arguments add_arguments(const Settings& settings, const std::vector<std::string>& requirements,
                        bool dev) {
  Arguments out = {"add", kNoBuild, "--no-sync"};
  append_python(out, settings);
  if (dev) out.emplace_back("--dev");
  out.emplace_back(kEndOfOptions);
  append(out, requirements);
  return out;
}

Arguments remove_arguments(const Settings& settings, const std::vector<std::string>& names,
                           bool dev) {
  Arguments out = {"remove", kNoBuild, "--no-sync"};
  append_python(out, settings);
  if (dev) out.emplace_back("--dev");
  out.emplace_back(kEndOfOptions);
  append(out, names);
  return out;
}

Arguments sync_arguments(const Settings& settings, Extent extent) {
  Arguments out = {"sync", kNoBuild, "--frozen", "--no-install-local"};
  append_python(out, settings);
  if (extent == Extent::kSufficient) out.emplace_back("--inexact");
  return out;
}

Arguments export_arguments(const std::string& output) {
  return {"export",      kNoBuild,        "--frozen",    "--quiet",
          "--no-hashes", "--no-annotate", "--no-header", "--output-file=" + output};
}

Arguments create_environment_arguments(const std::string& python, const std::string& environment) {
  Arguments out = {"venv"};
  if (!python.empty()) append(out, {"--python", python});
  append(out, {kEndOfOptions, environment});
  return out;
}

Arguments compile_arguments(const CompileFiles& files, const std::string& python) {
  Arguments out = {"pip",
                   "compile",
                   kNoBuild,
                   "--quiet",
                   "--generate-hashes",
                   "--emit-index-annotation",
                   "--no-strip-extras",
                   "--no-header",
                   "--annotation-style=split",
                   "--python",
                   python,
                   "--output-file=" + files.output};
  if (!files.constraints.empty()) out.push_back("--constraints=" + files.constraints);
  if (!files.excludes.empty()) out.push_back("--excludes=" + files.excludes);
  append(out, {kEndOfOptions, files.input});
  return out;
}

Arguments install_pinned_arguments(const std::string& environment, const std::string& pins) {
  return {"pip",
          "install",
          kNoBuild,
          "--no-deps",
          "--require-hashes",
          "--python",
          environment,
          "--requirements=" + pins};
}

Arguments build_hash_arguments(const std::string& uv_version) {
  const auto version = pep::Version::parse(uv_version);
  if (!version || version->compare(*pep::Version::parse(kRequiresBuildHashesSince)) < 0) return {};
  // It may change without warning, uv says; uv then refuses the argument, and nothing is built.
  return {"--require-build-hashes", "--preview-features=build-dependency-hashes"};
}

Arguments install_local_arguments(const std::string& environment, const LocalInstall& install) {
  Arguments out = {"pip",
                   "install",
                   "--no-deps",
                   "--python",
                   environment,
                   "--build-constraints=" + install.pins,
                   "--requirements=" + install.file};
  for (const std::string& name : install.wheels_only) out.push_back("--only-binary=" + name);
  if (install.limit.empty()) {
    out.emplace_back("--offline");
  } else {
    append(out, install.limit);
  }
  return out;
}

Arguments uninstall_arguments(const std::string& environment,
                              const std::vector<std::string>& names) {
  Arguments out = {"pip", "uninstall", "--python", environment, kEndOfOptions};
  append(out, names);
  return out;
}

Arguments init_arguments(const Settings& settings, const std::string& name) {
  // A project below another one stands for itself; without this uv would write it into the other's
  // pyproject.toml as a member of a workspace.
  Arguments out = {"init", "--no-workspace"};
  append_python(out, settings);
  if (!name.empty()) append(out, {kEndOfOptions, name});
  return out;
}

std::string command_shape(const Arguments& arguments) {
  std::string out = "uv";
  for (auto it = arguments.begin(); it != arguments.end(); ++it) {
    if (*it == kEndOfOptions) return out + " -- …";
    const std::size_t equals = it->find('=');
    out += " " + (equals == std::string::npos ? *it : it->substr(0, equals) + "=…");
    const bool takes_a_value = *it == "--python";
    if (takes_a_value && std::next(it) != arguments.end()) {
      out += " …";
      ++it;
    }
  }
  return out;
}

}  // namespace toolpost::uv_package
