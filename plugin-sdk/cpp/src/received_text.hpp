// SPDX-License-Identifier: Apache-2.0
// What a host extension hands over through toolpost_recv.
#pragma once

#include <toolpost/ext/recv.h>

#include <cstddef>
#include <string>

namespace toolpost::sdk::detail {

// What recv gets. It is called from C: running out of memory must not throw.
struct ReceivedText {
  std::string text;
  bool is_complete = true;

  static void TOOLPOST_CALL receive(void* user, const char* data, std::size_t size) noexcept {
    auto& answer = *static_cast<ReceivedText*>(user);
    try {
      answer.text.append(data, size);
    } catch (...) {
      answer.is_complete = false;
    }
  }
};

}  // namespace toolpost::sdk::detail
