// SPDX-License-Identifier: Apache-2.0
// Brings a plugin's library into the process: who could have written it, is it the pinned one, what
// is in it, and only then dlopen of the very descriptor that was checked. From there on its code
// has run, and it stays mapped until the process ends.
#pragma once

#include "base/error.hpp"
#include "plugin/loader/elf.hpp"
#include "plugin/loader/entry.hpp"
#include "plugin/loader/manifest.hpp"

#include <toolpost/plugin.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::plugin {

struct LoadOptions {
  // Runs what may never return, and says whether it has returned in time. If not it may go on.
  using Runner = std::function<bool(std::function<void()>)>;

  std::string pinned_sha256;  // hexadecimal; empty = not pinned
  std::function<void(std::string_view)> warn;
  Runner run{};  // for the plugin's constructors and entry; empty: here, however long they take
};

// A plugin that passed every check. Immutable.
struct Library {
  Manifest manifest;
  EntryFacts facts;
  ElfFacts elf;
  std::string sha256;

  const toolpost_entry& entry() const noexcept { return *facts.entry; }
};

// Remembers what is mapped. One for a process, made by whoever wires it; not thread-safe. May go
// before the Libraries it gave out: mappings and their descriptors are never released.
class LibraryCache {
 public:
  LibraryCache();
  ~LibraryCache();
  LibraryCache(LibraryCache&&) noexcept;
  LibraryCache& operator=(LibraryCache&&) noexcept;

  // The same content is mapped once, however often and under whatever name it is asked for; what
  // did not return in time is not tried again. Errors begin with the plugin's id; kDenied means
  // that the file may be somebody else's (ownership, modes, pinned hash), everything else is the
  // plugin's own fault.
  Result<std::shared_ptr<const Library>> load(const Manifest& manifest, const LoadOptions& options);

  // Of a library that has no manifest yet, to write one. Runs the plugin's constructors and entry:
  // for a process of its own.
  Result<EntryFacts> inspect(std::string_view file, const LoadOptions& options);

  // The code of a library did not return in time, and may run still.
  bool has_stuck() const noexcept;

 private:
  struct Mapping;

  Result<const Mapping*> map(std::string_view file, const LoadOptions& options);
  Result<> check_loadable(const std::string& path) const;

  std::vector<std::shared_ptr<Mapping>> mappings_;  // shared with code that has not returned
};

}  // namespace toolpost::plugin
