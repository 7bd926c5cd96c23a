// SPDX-License-Identifier: Apache-2.0
#include "backup/archive.hpp"

#include "audit/chain.hpp"
#include "backup/digest.hpp"
#include "backup/tar.hpp"
#include "base/write_all.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::backup {
namespace {

constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kCheck = "manifest.check";
constexpr std::string_view kAnchor = "audit-anchor.jsonl";
constexpr std::string_view kAuditPrefix = "audit/";
constexpr std::size_t kHexBytes = 64;

std::string hash_of(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.finish();
}

// The hash of the list of contents, and the mark where there is one.
struct Check {
  std::string sha256;
  std::string mark;
};

Result<Check> read_check(std::string_view text) {
  constexpr std::string_view kHash = "sha256 ";
  constexpr std::string_view kMark = "mark ";
  Check check;
  if (text.starts_with(kHash)) check.sha256 = text.substr(kHash.size(), kHexBytes);
  std::string again = std::string{kHash} + check.sha256 + "\n";
  if (text.size() > again.size() && text.substr(again.size()).starts_with(kMark)) {
    check.mark = text.substr(again.size() + kMark.size(), kHexBytes);
    again += std::string{kMark} + check.mark + "\n";
  }
  if (again != text) return invalid("manifest.check is not as it was made");
  return check;
}

}  // namespace

struct Archive::Mapping {
  Mapping(void* begin_, std::size_t size_) : begin(begin_), size(size_) {}

  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  ~Mapping() { ::munmap(begin, size); }

  static Result<std::shared_ptr<const Mapping>> of(const std::string& path) {
    const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    if (!fd) return errno_error("open " + path, errno);

    struct stat status {};

    if (::fstat(fd.get(), &status) != 0) return errno_error("stat " + path, errno);
    if (!S_ISREG(status.st_mode)) return Error{Errc::kIo, path + " is no regular file"};
    if (status.st_size == 0) return invalid("the archive is empty");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (begin == MAP_FAILED) return errno_error("read " + path, errno);
    return std::make_shared<const Mapping>(begin, size);
  }

  void* begin;
  std::size_t size;
};

namespace {

struct Listed {
  std::vector<TarMember> members;  // they borrow from the mapping
  Check check;
  Manifest manifest;
};

Result<Listed> list_of(const Archive::Mapping& mapping) {
  auto members = read_tar({static_cast<const char*>(mapping.begin), mapping.size});
  if (!members) return members.error();
  if (members->size() < 2 || members->back().name != kCheck ||
      (*members)[members->size() - 2].name != kManifest) {
    return invalid("the archive is not one that toolpost backup create made");
  }
  auto check = read_check(members->back().content);
  if (!check) return check.error();
  const std::string_view text = (*members)[members->size() - 2].content;
  if (hash_of(text) != check->sha256) return invalid("manifest.json is not as it was made");
  auto manifest = read_manifest(text);
  if (!manifest) return manifest.error();
  return Listed{std::move(*members), std::move(*check), std::move(*manifest)};
}

}  // namespace

Result<Manifest> read_list_of(const std::string& path) {
  const auto mapping = Archive::Mapping::of(path);
  if (!mapping) return mapping.error();
  auto listed = list_of(**mapping);
  if (!listed) return listed.error();
  return std::move(listed->manifest);
}

Result<Archive> Archive::open(const std::string& path) {
  auto mapping = Mapping::of(path);
  if (!mapping) return mapping.error();
  auto listed = list_of(**mapping);
  if (!listed) return listed.error();
  auto& [members, check, manifest] = *listed;
  if (manifest.entries.size() + 2 != members.size()) {
    return invalid("the archive has other files than its list of contents");
  }
  std::map<std::string, std::string_view, std::less<>> contents;
  for (std::size_t i = 0; i < manifest.entries.size(); ++i) {
    const Entry& entry = manifest.entries[i];
    const TarMember& member = members[i];
    if (member.name != entry.name || member.content.size() != entry.size) {
      return invalid("the archive has other files than its list of contents");
    }
    if (hash_of(member.content) != entry.sha256) {
      return invalid(entry.name + " is not as it was made");
    }
    contents.emplace(entry.name, member.content);
  }
  if (manifest.sealed != contents.contains(kSealedName) || manifest.sealed == check.mark.empty()) {
    return invalid("what is sealed is not as it was made");
  }
  return Archive{std::move(*mapping), std::move(manifest), std::move(contents), check.mark};
}

std::string_view Archive::content(std::string_view name) const {
  const auto found = contents_.find(name);
  return found == contents_.end() ? std::string_view{} : found->second;
}

Result<std::vector<SealedFile>> Archive::unseal(const Secret& passphrase) const {
  const std::string_view sealed = content(kSealedName);
  const auto sealer = Sealer::for_sealed(passphrase, sealed);
  if (!sealer) return sealer.error();
  const auto opened = sealer->open(sealed);
  if (!opened) return opened.error();
  const auto mark = sealer->mark(write_manifest(manifest_));
  if (!mark) return mark.error();
  if (*mark != mark_) {
    return invalid("the list of contents was changed by somebody without the passphrase");
  }
  return read_sealed(*opened);
}

std::optional<std::string_view> segment_of(const Entry& entry) {
  const std::string_view name{entry.name};
  if (!name.starts_with(kAuditPrefix)) return std::nullopt;
  return name.substr(kAuditPrefix.size());
}

Result<> Archive::extract_audit(int directory) const {
  for (const Entry& entry : manifest_.entries) {
    const auto segment = segment_of(entry);
    if (!segment) continue;
    const std::string name{*segment};
    if (!audit::parse_segment_file_name(name)) {
      return invalid(entry.name + " is no part of an audit");
    }
    constexpr mode_t kMode = 0600;
    const UniqueFd fd{
        ::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode)};
    if (!fd) return errno_error("create " + name, errno);
    if (auto written = write_all(fd.get(), content(entry.name)); !written) {
      return std::move(written).error().in(name);
    }
  }
  return {};
}

std::string_view Archive::anchor() const {
  return content(kAnchor);
}

}  // namespace toolpost::backup
