// SPDX-License-Identifier: Apache-2.0
// Which hiredis is in this program.
#pragma once

#include "base/build_info.hpp"

namespace toolpost::store {

LibraryVersion hiredis_version();

}  // namespace toolpost::store
