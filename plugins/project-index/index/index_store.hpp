// SPDX-License-Identifier: Apache-2.0
// The place of one root's index on disk: a file, replaced as a whole, and a lock beside it. One
// process writes; the others read what is there.
#pragma once

#include "checked.hpp"
#include "files/file_descriptor.hpp"
#include "index/index_file.hpp"

#include <memory>
#include <string>

namespace toolpost::project_index {

class IndexStore {
 public:
  // Makes the directory, mode 0700. Refuses one that belongs to another user or that others may
  // write to.
  static Checked<std::unique_ptr<IndexStore>> open(const std::string& directory,
                                                   const IndexIdentity& identity);

  // Whether this process may write; asks for the lock if it does not hold it, and never waits.
  // Held until the store goes.
  bool take_lock();

  // Null: there is none. A Refusal: there is one, and it is of no use.
  Checked<std::shared_ptr<const IndexFile>> load() const;

  // Only with the lock. On disk when it returns, or the file before it still is.
  Checked<std::shared_ptr<const IndexFile>> save(const Sections& sections) const;

 private:
  IndexStore() = default;

  FileDescriptor directory_;
  FileDescriptor lock_;
  std::string name_;
  IndexIdentity identity_;
  bool is_writer_ = false;
};

}  // namespace toolpost::project_index
