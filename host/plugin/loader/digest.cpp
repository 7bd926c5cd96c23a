// SPDX-License-Identifier: Apache-2.0
#include "plugin/loader/digest.hpp"

#include "base/hex.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <unistd.h>
#include <vector>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kDigestSize = 32;
constexpr std::size_t kChunkSize = std::size_t{64} * 1024;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) {
    good_ = context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }

  void add(std::span<const std::byte> bytes) {
    good_ = good_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
  }

  Result<std::string> finish() {
    std::array<unsigned char, kDigestSize> digest{};
    good_ = good_ && EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1;
    if (!good_) return Error(Errc::kInternal, "SHA-256 is not available from libcrypto");
    std::string hex;
    append_hex(hex, digest.data(), digest.size());
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_;
  bool good_ = false;
};

}  // namespace

Result<std::string> sha256_of(std::span<const std::byte> bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.finish();
}

Result<std::string> sha256_of(int fd) {
  Sha256 sum;
  std::vector<std::byte> chunk(kChunkSize);
  off_t at = 0;
  for (;;) {
    const ssize_t got = ::pread(fd, chunk.data(), chunk.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read", errno);
    if (got == 0) return sum.finish();
    sum.add({chunk.data(), static_cast<std::size_t>(got)});
    at += got;
  }
}

Result<> check_pinned(std::string_view pinned, std::string_view actual) {
  if (pinned.size() != 2 * kDigestSize ||
      !std::all_of(pinned.begin(), pinned.end(), [](char c) { return hex_value(c) >= 0; }))
    return invalid("the pinned sha256 is not 64 hexadecimal digits");
  std::string lower(pinned);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == actual) return {};
  return Error(Errc::kDenied, "the file is not the pinned one: sha256 is " + std::string(actual) +
                                  ", the configuration pins " + lower);
}

}  // namespace toolpost::plugin
