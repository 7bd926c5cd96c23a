// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "plugin/loader/library.hpp"

#include "plugin/loader/digest.hpp"
#include "plugin/loader/trust.hpp"

#include <boost/dll/shared_library.hpp>

#include <algorithm>
#include <atomic>
#include <dlfcn.h>
#include <system_error>
#include <utility>

namespace toolpost::plugin {
namespace {

using boost::dll::load_mode::type;

constexpr std::size_t kMaxLibrarySize = std::size_t{512} * 1024 * 1024;

// Everything resolved at once, nothing of it visible to others, mapped until the process ends:
// a thread or a thread-local destructor of the plugin may outlive every use of ours.
constexpr auto kLoadMode = static_cast<type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
static_assert((RTLD_NODELETE & (boost::dll::load_mode::append_decorations |
                                boost::dll::load_mode::search_system_folders)) == 0,
              "Boost.DLL would take RTLD_NODELETE for a mode of its own");

void warn_all(const LoadOptions& options, std::string_view file,
              const std::vector<std::string>& warnings) {
  if (!options.warn) return;
  for (const std::string& warning : warnings) options.warn(std::string(file) + " " + warning);
}

// From what the manifest says alone, so before any code of the plugin has run.
Result<> check_runs_here(const Manifest& manifest) {
  if (manifest.abi.major != kHostAbi.major || kHostAbi < manifest.min_host) {
    return Error(Errc::kUnsupported, "built for plugin ABI " + manifest.abi.text() +
                                         ", needs a host with " + manifest.min_host.text() +
                                         "; this host has " + kHostAbi.text());
  }
  if (manifest.isolation == Isolation::kRequired || (manifest.flags & TOOLPOST_ENTRY_ISOLATE) != 0)
    return Error(Errc::kUnsupported, "must run isolated, which this host can not do");
  return {};
}

}  // namespace

struct LibraryCache::Mapping {
  enum class Step { kLoading, kEntering, kDone };

  // Runs the plugin's constructors and its entry, perhaps on a thread that is given up. Touches
  // nothing but this object; nobody else does before it has returned, but for `step`.
  void open(int descriptor) {
    std::error_code failed;
    library.load("/proc/self/fd/" + std::to_string(descriptor), failed, kLoadMode);
    if (failed) {
      const char* const reason = ::dlerror();
      failure = reason != nullptr ? reason : failed.message();
    } else {
      step = Step::kEntering;
      const std::string symbol(kEntrySymbol);
      if (library.has(symbol)) entry = library.get<const toolpost_entry*()>(symbol)();
    }
    step = Step::kDone;
  }

  std::string path;
  std::string sha256;
  FileId id;
  ElfFacts elf;
  bool stuck = false;  // open() did not return in time

  std::atomic<Step> step = Step::kLoading;
  boost::dll::shared_library library;
  std::string failure;
  const toolpost_entry* entry = nullptr;
};

LibraryCache::LibraryCache() = default;
LibraryCache::~LibraryCache() = default;
LibraryCache::LibraryCache(LibraryCache&&) noexcept = default;
LibraryCache& LibraryCache::operator=(LibraryCache&&) noexcept = default;

Result<const LibraryCache::Mapping*> LibraryCache::map(std::string_view path,
                                                       const LoadOptions& options) {
  auto file = open_trusted(path);
  if (!file) return file.error();
  auto bytes = read_all(*file, kMaxLibrarySize);
  if (!bytes) return bytes.error();
  auto sha256 = sha256_of(*bytes);
  if (!sha256) return sha256.error();
  if (!options.pinned_sha256.empty()) {
    auto pinned = check_pinned(options.pinned_sha256, *sha256);
    if (!pinned) return pinned.error().in(file->path);
  }

  const auto known = std::find_if(mappings_.begin(), mappings_.end(),
                                  [&](const auto& mapping) { return mapping->sha256 == *sha256; });
  if (known != mappings_.end()) {
    if (!(*known)->stuck) return known->get();
    return Error(Errc::kUnavailable, file->path +
                                         ": its library did not return in time, and is not tried "
                                         "again before the next restart");
  }
  // dlopen would give back the library it knows by that inode, whatever the file holds now.
  if (std::any_of(mappings_.begin(), mappings_.end(),
                  [&](const auto& mapping) { return mapping->id == file->id; })) {
    return Error(Errc::kState, file->path +
                                   " was overwritten while it is in use; replace plugins by "
                                   "renaming a new file over the old one, and restart now");
  }

  auto elf = read_elf(*bytes);
  if (!elf) return elf.error().in(file->path);
  std::vector<std::string> warnings;
  if (auto good = check_elf(*elf, warnings); !good) return good.error().in(file->path);
  warn_all(options, file->path, warnings);

  if (auto free = check_loadable(file->path); !free) return free.error();
  auto mapping = std::make_shared<Mapping>();
  mapping->path = file->path;
  mapping->sha256 = *std::move(sha256);
  mapping->id = file->id;
  mapping->elf = *std::move(elf);
  mappings_.reserve(mappings_.size() + 1);
  const auto open = [mapping, descriptor = file->fd.get()] { mapping->open(descriptor); };
  if (options.run) {
    mapping->stuck = !options.run(open);
  } else {
    open();
  }
  if (!mapping->stuck && !mapping->failure.empty())
    return Error(Errc::kInvalid, file->path + ": " + mapping->failure);
  // dlopen knows the library by this descriptor's name from now on: a later file under the same
  // number would be taken for it. So the number stays taken.
  file->fd.release();
  mappings_.push_back(std::move(mapping));
  if (mappings_.back()->stuck)
    return Error(Errc::kUnavailable, file->path + ": its library did not return in time");
  return mappings_.back().get();
}

// The dynamic loader does one library at a time, its constructors included.
Result<> LibraryCache::check_loadable(const std::string& path) const {
  for (const auto& mapping : mappings_) {
    if (!mapping->stuck || mapping->step != Mapping::Step::kLoading) continue;
    return Error(Errc::kUnavailable, path + ": cannot be loaded, because the constructors of " +
                                         mapping->path +
                                         " have not returned; restart without that plugin");
  }
  return {};
}

bool LibraryCache::has_stuck() const noexcept {
  return std::any_of(mappings_.begin(), mappings_.end(),
                     [](const auto& mapping) { return mapping->stuck; });
}

Result<std::shared_ptr<const Library>> LibraryCache::load(const Manifest& manifest,
                                                          const LoadOptions& options) {
  const std::string context = "plugin " + manifest.id;
  if (auto good = check_runs_here(manifest); !good) return good.error().in(context);
  const auto mapping = map(manifest.file, options);
  if (!mapping) return mapping.error().in(context);
  auto facts = read_entry((*mapping)->entry);
  if (!facts) return facts.error().in(manifest.file).in(context);
  if (auto same = check_matches(*facts, manifest); !same)
    return same.error().in(manifest.file).in(context);
  return std::make_shared<const Library>(
      Library{manifest, *std::move(facts), (*mapping)->elf, (*mapping)->sha256});
}

Result<EntryFacts> LibraryCache::inspect(std::string_view file, const LoadOptions& options) {
  const auto mapping = map(file, options);
  if (!mapping) return mapping.error();
  auto facts = read_entry((*mapping)->entry);
  if (!facts) return facts.error().in(file);
  return facts;
}

}  // namespace toolpost::plugin
