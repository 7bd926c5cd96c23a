// SPDX-License-Identifier: Apache-2.0
// SHA-256 of what comes in parts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace toolpost::backup {

class Digest {
 public:
  Digest();

  void add(std::string_view part);
  // In hexadecimal. Once.
  std::string finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };

  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace toolpost::backup
