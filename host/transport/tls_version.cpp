// SPDX-License-Identifier: Apache-2.0
#include "transport/tls_version.hpp"

#include <openssl/crypto.h>
#include <openssl/opensslv.h>

namespace toolpost::transport {

LibraryVersion openssl_version() {
  return {"OpenSSL", ::OpenSSL_version(OPENSSL_VERSION_STRING), OPENSSL_VERSION_STR, kDynamic};
}

}  // namespace toolpost::transport
