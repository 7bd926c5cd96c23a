// SPDX-License-Identifier: Apache-2.0
#include "json/value.hpp"

#include <algorithm>

namespace toolpost::json {

double Value::number() const noexcept {
  switch (type_) {
    case Type::kInt64:
      return static_cast<double>(int64_);
    case Type::kUint64:
      return static_cast<double>(uint64_);
    default:
      return double_;
  }
}

const Value* Value::find(std::string_view key) const noexcept {
  if (type_ != Type::kObject) return nullptr;
  for (const Member& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const Value* Value::find_string(std::string_view key) const noexcept {
  const Value* value = find(key);
  return value != nullptr && value->is_string() ? value : nullptr;
}

std::string_view type_name(Type type) noexcept {
  switch (type) {
    case Type::kNull:
      return "null";
    case Type::kBool:
      return "boolean";
    case Type::kInt64:
    case Type::kUint64:
      return "integer";
    case Type::kDouble:
      return "number";
    case Type::kString:
      return "string";
    case Type::kArray:
      return "array";
    case Type::kObject:
      return "object";
  }
  return "value";
}

void* Arena::allocate(std::size_t size) {
  constexpr std::size_t kAlign = alignof(std::max_align_t);
  constexpr std::size_t kChunk = 2048;
  size = (size + kAlign - 1) / kAlign * kAlign;
  if (size > left_) {
    // Growing with what is already held keeps the number of chunks logarithmic.
    const std::size_t chunk = std::max(size, kChunk << std::min<std::size_t>(chunks_.size(), 10));
    chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(chunk));
    next_ = chunks_.back().get();
    left_ = chunk;
  }
  void* place = next_;
  next_ += size;
  left_ -= size;
  return place;
}

}  // namespace toolpost::json
