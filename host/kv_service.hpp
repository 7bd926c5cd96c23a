// SPDX-License-Identifier: Apache-2.0
// The Redis behind the extension toolpost.kv/1: each plugin has a space of keys of its own.
#pragma once

#include "base/log.hpp"
#include "call/services.hpp"
#include "store/sealed_values.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace toolpost {

// Callable from any thread that may block.
class KvService final : public call::KvService {
 public:
  // `prefix` is redis.prefix.
  KvService(store::Store& store, const identity::SealKeys& keys, const std::string& prefix,
            Log& log);

  std::int32_t get(std::string_view plugin, std::string_view key, std::string& value) override;
  std::int32_t set(std::string_view plugin, std::string_view key, std::string_view value,
                   std::chrono::seconds life) override;
  std::int32_t remove(std::string_view plugin, std::string_view key) override;

 private:
  void complain_of_rejected();

  Log& log_;
  store::SealedValues values_;
  std::atomic<std::uint64_t> told_ = 0;  // of the values that did not open
};

}  // namespace toolpost
