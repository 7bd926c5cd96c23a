// SPDX-License-Identifier: Apache-2.0
// uv.lock: which packages it holds, and whether all of them come from where they may.
#pragma once

#include "changes.hpp"
#include "resolved_set.hpp"
#include "toml_file.hpp"

#include <functional>
#include <string>
#include <vector>

namespace toolpost::uv_package {

// Where packages may come from.
struct Origins {
  std::vector<std::string> indexes;     // comparable_index() of each
  std::vector<std::string> file_hosts;  // empty: files may be on any host an index sends to
};

// One [[package]] of the lock file.
struct LockedPackage {
  std::string name;
  std::string version;  // empty for a local project with a dynamic version
  const toml::table* source = nullptr;
  const toml::table* entry = nullptr;
};

// The lock file of a project. Empty when there is none.
class Lockfile {
 public:
  static Checked<Lockfile> read(const std::string& project);

  bool exists() const noexcept { return exists_; }

  PackageSet packages() const;

  // Whether a directory stands in it that is built and installed: the project itself, a member of
  // its workspace, a path.
  bool has_local_builds() const;

  // Every package with what needs it. Refuses what it can't read; says nothing of where packages
  // come from, which check() does.
  Checked<ResolvedSet> resolved() const;

  // Refuses packages from another index, from repositories, archives and single files, directories
  // outside the project, files on a foreign host and files without a SHA-256.
  // `is_local_directory` says whether a directory named there is one of the project's own.
  Checked<Passed> check(const Origins& origins,
                        const std::function<bool(const std::string&)>& is_local_directory) const;

  // The same before a resolution, for a lock file that anybody may have written. Packages of an
  // index that is not configured pass: uv resolves them anew and takes only their versions from it.
  Checked<Passed> check_before(
      const Origins& origins,
      const std::function<bool(const std::string&)>& is_local_directory) const;

 private:
  enum class OtherIndexes { kRefused, kPassed };

  Checked<Passed> check_entries(const Origins& origins, OtherIndexes other_indexes,
                                const std::function<bool(const std::string&)>& is_local) const;
  std::vector<LockedPackage> entries() const;
  static std::string local_directory(const LockedPackage& package);
  static Checked<Passed> check_indexed(const LockedPackage& package, const Origins& origins);

  toml::table document_;
  bool exists_ = false;
};

}  // namespace toolpost::uv_package
