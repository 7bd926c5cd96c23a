// SPDX-License-Identifier: Apache-2.0
// The exact arguments and environment of every uv that is started. Pure functions: nothing here
// looks at the system. Values from a call stand after "--" or behind "=" in one argument.
#pragma once

#include "settings.hpp"

#include <string>
#include <vector>

namespace toolpost::uv_package {

// Taken from the host's environment once, at start.
struct HostCertificates {
  std::string file;       // SSL_CERT_FILE
  std::string directory;  // SSL_CERT_DIR
};

// The plugin's own directories, below its data directory.
struct Directories {
  std::string home;
  std::string config_home;  // holds uv/uv.toml, which names the configured indexes
  std::string cache;
  std::string temporary;
};

Directories directories_below(const std::string& data_dir, const Settings& settings);

// "NAME=value", from nothing: no variable of the host passes.
std::vector<std::string> child_environment(const Settings& settings,
                                           const HostCertificates& certificates,
                                           const Directories& directories,
                                           const std::string& environment);

// The user-level uv.toml. Indexes given as arguments or variables would be written into the
// project's pyproject.toml by "uv add"; those of this file are not.
std::string user_configuration(const Settings& settings);

using Arguments = std::vector<std::string>;

struct Upgrade {
  bool all = false;
  std::vector<std::string> packages;
};

// Exact removes what the project does not ask for; sufficient leaves it.
enum class Extent { kExact, kSufficient };

// What resolves: changes pyproject.toml and uv.lock, installs nothing.
Arguments lock_arguments(const Settings& settings, const Upgrade& upgrade);
Arguments add_arguments(const Settings& settings, const std::vector<std::string>& requirements,
                        bool dev);
Arguments remove_arguments(const Settings& settings, const std::vector<std::string>& names,
                           bool dev);
// What installs: brings the environment to what uv.lock says, without asking whether the lock file
// fits the project; directories are left out.
Arguments sync_arguments(const Settings& settings, Extent extent);
// The same set as requirements, directories among them, into a file.
Arguments export_arguments(const std::string& output);

// An empty `python`: uv chooses.
Arguments create_environment_arguments(const std::string& python, const std::string& environment);

struct CompileFiles {
  std::string input;
  std::string output;       // what is in it already is preferred
  std::string constraints;  // may be empty, as the next one
  std::string excludes;
};

Arguments compile_arguments(const CompileFiles& files, const std::string& python);

// Exactly what the file pins, each file by its hash.
Arguments install_pinned_arguments(const std::string& environment, const std::string& pins);

// Since 0.13 uv refuses build requirements without a known hash when it is told to: then these
// arguments, before that none. A resolution knows no hash, so it cannot build.
Arguments build_hash_arguments(const std::string& uv_version);

struct LocalInstall {
  std::string file;  // one requirement: the local project, whose dependencies are there already
  std::string pins;  // what its build may use
  Arguments limit;   // build_hash_arguments(); empty: offline, with nothing but the pins at hand
  // Names of what is pinned: wheels only. uv takes "no build at all" to mean a directory, too,
  // unless it is editable.
  std::vector<std::string> wheels_only;
};

Arguments install_local_arguments(const std::string& environment, const LocalInstall& install);
Arguments uninstall_arguments(const std::string& environment,
                              const std::vector<std::string>& names);
// An empty name: the working directory becomes the project.
Arguments init_arguments(const Settings& settings, const std::string& name);

// For messages: the command with the values left out, "uv add --no-sync -- …".
std::string command_shape(const Arguments& arguments);

}  // namespace toolpost::uv_package
