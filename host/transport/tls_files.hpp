// SPDX-License-Identifier: Apache-2.0
// The files of a TLS configuration: read only when nobody can have changed, or read, what is not
// theirs; and known again without being read.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <cstdint>
#include <string>

namespace toolpost::transport {

enum class FileUse {
  kPublic,   // certificates: not writable by others
  kPrivate,  // keys: nor readable by everybody; a group may read them, as ssl-cert does
};

// The whole file. It must belong to root or the user of this process; links are followed, since
// Kubernetes and certbot mount and renew by link.
Result<Secret> read_tls_file(const std::string& path, FileUse use);

// What changes when a file is replaced or written; all zero when there is none.
struct TlsFileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;

  friend bool operator==(const TlsFileStamp&, const TlsFileStamp&) = default;
};

TlsFileStamp stamp_of(const std::string& path);

}  // namespace toolpost::transport
