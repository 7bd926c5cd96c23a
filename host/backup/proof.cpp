// SPDX-License-Identifier: Apache-2.0
#include "backup/proof.hpp"

#include "audit/directory.hpp"
#include "identity/users_format.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

namespace toolpost::backup {
namespace {

// Ends with its owner, unless that is killed.
class WorkDirectory {
 public:
  static Result<WorkDirectory> make(const std::string& above) {
    std::string path = above + "/.toolpost-partial-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
      return errno_error("make a directory in " + above, errno);
    return WorkDirectory{std::move(path)};
  }

  WorkDirectory(WorkDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}

  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;
  WorkDirectory& operator=(WorkDirectory&&) = delete;

  ~WorkDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }

 private:
  explicit WorkDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

Error damaged(const audit::Damage& damage) {
  std::string text = "the audit in the archive is damaged: chain " + damage.chain;
  if (damage.seq != 0) text += ", record " + std::to_string(damage.seq);
  return invalid(text + ": " + damage.what);
}

Result<std::uint64_t> prove_audit(const Archive& archive, const std::string& work,
                                  const audit::VerifyOptions& options) {
  const auto copy = WorkDirectory::make(work);
  if (!copy) return copy.error();
  const auto directory = audit::Directory::open(copy->path());
  if (!directory) return directory.error();
  if (auto done = archive.extract_audit(directory->fd()); !done) return done.error();
  const auto report = audit::verify(*directory, options);
  if (!report) return report.error();
  if (!report->damages.empty()) return damaged(report->damages.front());
  return report->records;
}

}  // namespace

Result<Proof> prove(const Archive& archive, const std::string& work,
                    const std::optional<audit::Anchors>& anchors) {
  Proof proof;
  const auto& entries = archive.manifest().entries;
  for (const Entry& entry : entries) {
    if (entry.place.kind != "users") continue;
    const auto users = identity::parse_users(archive.content(entry.name));
    if (!users) return users.error().in(entry.name);
    proof.users = users->users.size();
  }
  proof.has_audit = std::any_of(entries.begin(), entries.end(),
                                [](const Entry& entry) { return segment_of(entry).has_value(); });
  if (!proof.has_audit && !anchors) return proof;
  auto believed =
      anchors ? Result<audit::Anchors>{*anchors} : audit::read_anchors(archive.anchor());
  if (!believed) return believed.error().in("the key of the audit");
  const auto records = prove_audit(archive, work, {.keys = {}, .anchors = std::move(*believed)});
  if (!records) return records.error();
  proof.audit_records = *records;
  return proof;
}

}  // namespace toolpost::backup
