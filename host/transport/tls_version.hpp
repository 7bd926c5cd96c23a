// SPDX-License-Identifier: Apache-2.0
// Which OpenSSL was found at the start, and which it was built with.
#pragma once

#include "base/build_info.hpp"

namespace toolpost::transport {

LibraryVersion openssl_version();

}  // namespace toolpost::transport
