// SPDX-License-Identifier: Apache-2.0
#include "store/redis_version.hpp"

#include <hiredis/hiredis.h>

namespace toolpost::store {

LibraryVersion hiredis_version() {
  return {"hiredis",
          std::to_string(HIREDIS_MAJOR) + "." + std::to_string(HIREDIS_MINOR) + "." +
              std::to_string(HIREDIS_PATCH),
          {},
          kStatic};
}

}  // namespace toolpost::store
