// SPDX-License-Identifier: Apache-2.0
// The arguments and the environment of uv, and which uv it is.
#include "uv_command.hpp"

#include "temporary_directory.hpp"
#include "uv_binary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace toolpost::uv_package;
using test::TemporaryDirectory;

const Directories kDirectories = {"/d/home", "/d/config", "/d/cache", "/d/tmp"};

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

void make_executable(const TemporaryDirectory& directory, const std::string& name) {
  directory.write(name, "#!/bin/sh\n");
  std::filesystem::permissions(directory.path() + "/" + name, std::filesystem::perms(0755));
}

// Stands for starting the program.
UvBinary::Ask answers(const std::string& version) {
  return [version](const std::string&, const Arguments& arguments) -> Checked<std::string> {
    if (arguments.front() == "--version") return version;
    return std::string("x (by default:\n    <https://default.example/simple>).");
  };
}

}  // namespace

TEST_CASE("environment: exactly these variables, none of the host's") {
  Settings settings;
  const auto environment = child_environment(settings, {}, kDirectories, "/p/.venv");
  std::vector<std::string> names;
  names.reserve(environment.size());
  for (const std::string& variable : environment) {
    names.push_back(variable.substr(0, variable.find('=')));
  }
  CHECK(names == std::vector<std::string>{"PATH", "LANG", "HOME", "XDG_CONFIG_HOME", "TMPDIR",
                                          "NO_COLOR", "GIT_TERMINAL_PROMPT", "GIT_ALLOW_PROTOCOL",
                                          "UV_CACHE_DIR", "UV_LINK_MODE", "UV_NO_PROGRESS",
                                          "UV_NO_ENV_FILE", "UV_NO_SYSTEM_CONFIG",
                                          "UV_PYTHON_DOWNLOADS", "UV_KEYRING_PROVIDER",
                                          "UV_SYSTEM_CERTS", "UV_PROJECT_ENVIRONMENT"});
  CHECK(has(environment, "UV_PROJECT_ENVIRONMENT=/p/.venv"));
  CHECK(has(environment, "HOME=/d/home"));
}

TEST_CASE("environment: certificates and proxy") {
  Settings settings;
  auto environment =
      child_environment(settings, {"/host/ca.pem", "/host/certs"}, kDirectories, "/e");
  CHECK(has(environment, "SSL_CERT_FILE=/host/ca.pem"));
  CHECK(has(environment, "SSL_CERT_DIR=/host/certs"));
  settings.ca_file = "/own/ca.pem";
  settings.proxy = "http://proxy.example:3128";
  settings.no_proxy = "localhost";
  environment = child_environment(settings, {"/host/ca.pem", "/host/certs"}, kDirectories, "/e");
  CHECK(has(environment, "SSL_CERT_FILE=/own/ca.pem"));
  CHECK_FALSE(has(environment, "SSL_CERT_DIR=/host/certs"));
  CHECK(has(environment, "HTTPS_PROXY=http://proxy.example:3128"));
  CHECK(has(environment, "NO_PROXY=localhost"));
}

TEST_CASE("arguments: nothing foreign is built, values stand behind '--'") {
  Settings settings;
  CHECK(lock_arguments(settings, {}) == Arguments{"lock", "--no-build"});
  CHECK(lock_arguments(settings, {true, {}}) == Arguments{"lock", "--no-build", "--upgrade"});
  CHECK(lock_arguments(settings, {false, {"a", "b"}}) ==
        Arguments{"lock", "--no-build", "--upgrade-package=a", "--upgrade-package=b"});
  CHECK(add_arguments(settings, {"a>1"}, true) ==
        Arguments{"add", "--no-build", "--no-sync", "--dev", "--", "a>1"});
  CHECK(remove_arguments(settings, {"a"}, false) ==
        Arguments{"remove", "--no-build", "--no-sync", "--", "a"});
  CHECK(sync_arguments(settings, Extent::kExact) ==
        Arguments{"sync", "--no-build", "--frozen", "--no-install-local"});
  CHECK(sync_arguments(settings, Extent::kSufficient) ==
        Arguments{"sync", "--no-build", "--frozen", "--no-install-local", "--inexact"});
  CHECK(create_environment_arguments("", "/e") == Arguments{"venv", "--", "/e"});
  CHECK(install_pinned_arguments("/e", "/f") == Arguments{"pip", "install", "--no-build",
                                                          "--no-deps", "--require-hashes",
                                                          "--python", "/e", "--requirements=/f"});
  CHECK(uninstall_arguments("/e", {"a"}) ==
        Arguments{"pip", "uninstall", "--python", "/e", "--", "a"});
  CHECK(init_arguments(settings, "") == Arguments{"init", "--no-workspace"});
  CHECK(init_arguments(settings, "x") == Arguments{"init", "--no-workspace", "--", "x"});
}

TEST_CASE("arguments: a configured interpreter") {
  Settings settings;
  settings.python = "/usr/bin/python3";
  CHECK(sync_arguments(settings, Extent::kExact) == Arguments{"sync", "--no-build", "--frozen",
                                                              "--no-install-local", "--python",
                                                              "/usr/bin/python3"});
  CHECK(create_environment_arguments("/usr/bin/python3", "/e") ==
        Arguments{"venv", "--python", "/usr/bin/python3", "--", "/e"});
}

TEST_CASE("arguments: a resolution tells hashes, extras, indexes and reasons") {
  const Arguments all = compile_arguments({"/in", "/out", "/limits", "/without"}, "/e");
  for (const char* argument :
       {"--no-build", "--generate-hashes", "--emit-index-annotation", "--no-strip-extras",
        "--output-file=/out", "--constraints=/limits", "--excludes=/without"}) {
    CAPTURE(argument);
    CHECK(std::count(all.begin(), all.end(), argument) == 1);
  }
  CHECK(Arguments(all.end() - 2, all.end()) == Arguments{"--", "/in"});
  const Arguments few = compile_arguments({"/in", "/out", "", ""}, "/e");
  CHECK(few.size() == all.size() - 2);
}

TEST_CASE("arguments: a build is kept to its pins, and those to wheels") {
  for (const char* uv_version : {"0.11.15", "0.12.24", "0.13.0", "0.13.9", "1.0"}) {
    CAPTURE(uv_version);
    const bool by_hash = std::string(uv_version) > "0.13";
    const Arguments arguments = install_local_arguments(
        "/e", {"/project", "/pins", build_hash_arguments(uv_version), {"a", "b"}});
    const auto has_argument = [&](const char* text) {
      return std::count(arguments.begin(), arguments.end(), text) == 1;
    };
    CHECK(has_argument("--build-constraints=/pins"));
    CHECK(has_argument("--requirements=/project"));
    CHECK(has_argument("--no-deps"));
    CHECK(has_argument("--only-binary=a"));
    CHECK(has_argument("--only-binary=b"));
    CHECK(has_argument("--require-build-hashes") == by_hash);
    CHECK(has_argument("--offline") != by_hash);
  }
}

TEST_CASE("command shape: options without their values, nothing of the call") {
  CHECK(command_shape({"pip", "install", "--python", "/e", "--", "secret"}) ==
        "uv pip install --python … -- …");
  CHECK(command_shape({"lock", "--upgrade-package=secret"}) == "uv lock --upgrade-package=…");
}

TEST_CASE("user configuration: extra indexes come first, the default one is marked") {
  Settings settings;
  settings.index_url = "https://main.example/\"x";
  settings.extra_index_urls = {"https://extra.example/"};
  const std::string text = user_configuration(settings);
  CHECK(text.find("index-strategy = \"first-index\"") == 0);
  CHECK(text.find("extra.example") < text.find("main.example"));
  CHECK(text.find("url = \"https://main.example/\\\"x\"\ndefault = true") != std::string::npos);
}

TEST_CASE("uv: candidates are absolute, in the order of PATH, then the usual places") {
  CHECK(uv_candidates("/my/uv", "/a:/b") == std::vector<std::string>{"/my/uv"});
  CHECK(uv_candidates("", "/a:.::relative:/usr/bin") ==
        std::vector<std::string>{"/a/uv", "/usr/bin/uv", "/usr/local/bin/uv", "/opt/uv/bin/uv"});
}

TEST_CASE("uv: what its version output and its help text say") {
  CHECK(version_in("uv 0.13.9 (x86_64-unknown-linux-gnu)\n") == "0.13.9");
  CHECK(version_in("uv 0.11.15\n") == "0.11.15");
  CHECK_FALSE(version_in("pip 23").has_value());
  CHECK_FALSE(version_in("uv next").has_value());
  CHECK(default_index_in("(by\n default:\n <https://a.example/x>)") == "https://a.example/x");
  CHECK(default_index_in("nothing").empty());
}

TEST_CASE("uv: missing, then installed, then replaced by an old one, without a restart") {
  const TemporaryDirectory directory;
  UvBinary binary("", directory.path());
  const auto missing = binary.get(answers("uv 0.13.9"));
  // The usual places may hold one on this machine; only what PATH adds is of interest.
  if (!missing) {
    CHECK(missing.refusal().text.find(directory.path() + "/uv") != std::string::npos);
    CHECK(missing.refusal().text.find("0.11.15") != std::string::npos);
  }
  make_executable(directory, "uv");
  const auto found = binary.get(answers("uv 0.13.9"));
  REQUIRE(found.ok());
  CHECK(found->path == directory.path() + "/uv");
  CHECK(found->version == "0.13.9");
  CHECK(found->default_index == "https://default.example/simple");

  std::filesystem::remove(directory.path() + "/uv");
  make_executable(directory, "uv");
  const auto old = binary.get(answers("uv 0.11.14"));
  REQUIRE_FALSE(old.ok());
  CHECK(old.refusal().text.find("is uv 0.11.14, which is too old") != std::string::npos);
}

TEST_CASE("uv: one that others may change, or that is something else, is not run") {
  const TemporaryDirectory directory;
  make_executable(directory, "uv");
  UvBinary binary(directory.path() + "/uv", "");
  CHECK(binary.get(answers("hello")).refusal().text.find("did not answer with a version") !=
        std::string::npos);
  std::filesystem::permissions(directory.path() + "/uv", std::filesystem::perms(0777));
  CHECK(binary.get(answers("uv 0.13.9")).refusal().text.find("chmod go-w") != std::string::npos);
}
