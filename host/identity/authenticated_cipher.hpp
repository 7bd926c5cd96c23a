// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM (NIST SP 800-38D) with a random nonce each time: what is sealed can be neither read
// nor changed without the key.
#pragma once

#include "base/error.hpp"
#include "base/secret.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace toolpost::identity {

inline constexpr std::size_t kCipherKeyBytes = 32;
inline constexpr std::size_t kCipherNonceBytes = 12;
inline constexpr std::size_t kCipherTagBytes = 16;
// How much longer than its content a sealed text is.
inline constexpr std::size_t kCipherOverhead = kCipherNonceBytes + kCipherTagBytes;

// Nonce, hidden content and tag. `bound` is not in it, and has to be the same at unseal().
Result<std::string> seal(const Secret& key, std::string_view bound, std::string_view content);

// Nothing when another key or `bound` sealed it, or when it was changed since.
std::optional<std::string> unseal(const Secret& key, std::string_view bound,
                                  std::string_view sealed);

}  // namespace toolpost::identity
