// SPDX-License-Identifier: Apache-2.0
// An immutable JSON tree made by Parser. Sixteen bytes a value, no hashing: objects keep the order
// of their members and are searched by comparison, so no input can make a lookup slower than that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace toolpost::json {

enum class Type : std::uint8_t { kNull, kBool, kInt64, kUint64, kDouble, kString, kArray, kObject };

struct Member;

// Borrows from the Document it came from; copying a Value copies no content.
class Value {
 public:
  constexpr Value() noexcept : type_(Type::kNull), size_(0), int64_(0) {}

  constexpr explicit Value(bool b) noexcept : type_(Type::kBool), size_(0), bool_(b) {}

  constexpr explicit Value(std::int64_t i) noexcept : type_(Type::kInt64), size_(0), int64_(i) {}

  // Only for numbers above INT64_MAX; smaller ones are kInt64.
  constexpr explicit Value(std::uint64_t u) noexcept : type_(Type::kUint64), size_(0), uint64_(u) {}

  constexpr explicit Value(double d) noexcept : type_(Type::kDouble), size_(0), double_(d) {}

  explicit Value(std::string_view s) noexcept
      : type_(Type::kString), size_(static_cast<std::uint32_t>(s.size())), string_(s.data()) {}

  explicit Value(std::span<const Value> items) noexcept
      : type_(Type::kArray),
        size_(static_cast<std::uint32_t>(items.size())),
        items_(items.data()) {}

  explicit Value(std::span<const Member> members) noexcept;

  Type type() const noexcept { return type_; }

  bool is_null() const noexcept { return type_ == Type::kNull; }

  bool is_bool() const noexcept { return type_ == Type::kBool; }

  bool is_string() const noexcept { return type_ == Type::kString; }

  bool is_array() const noexcept { return type_ == Type::kArray; }

  bool is_object() const noexcept { return type_ == Type::kObject; }

  bool is_number() const noexcept { return type_ >= Type::kInt64 && type_ <= Type::kDouble; }

  // Each accessor below requires the matching type.
  bool as_bool() const noexcept { return bool_; }

  std::int64_t as_int64() const noexcept { return int64_; }

  std::uint64_t as_uint64() const noexcept { return uint64_; }

  double as_double() const noexcept { return double_; }

  std::string_view as_string() const noexcept { return {string_, size_}; }

  std::span<const Value> items() const noexcept { return {items_, size_}; }

  std::span<const Member> members() const noexcept;

  // Any number as a double; exact up to 2^53.
  double number() const noexcept;

  // The member of that name, or null; also null when this is not an object.
  const Value* find(std::string_view key) const noexcept;
  // The same, and null unless it is a string.
  const Value* find_string(std::string_view key) const noexcept;

 private:
  Type type_;
  std::uint32_t size_;

  union {
    bool bool_;
    std::int64_t int64_;
    std::uint64_t uint64_;
    double double_;
    const char* string_;
    const Value* items_;
    const Member* members_;
  };
};

struct Member {
  std::string_view key;
  Value value;
};

inline Value::Value(std::span<const Member> members) noexcept
    : type_(Type::kObject),
      size_(static_cast<std::uint32_t>(members.size())),
      members_(members.data()) {}

inline std::span<const Member> Value::members() const noexcept {
  return {members_, size_};
}

// "null", "boolean", "integer", "number", "string", "array", "object": for messages.
std::string_view type_name(Type type) noexcept;

// Memory that a tree lives in; freed as a whole.
class Arena {
 public:
  // Aligned for anything a tree holds.
  void* allocate(std::size_t size);

 private:
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

// A parsed text. Strings without escapes point into the text that was parsed, which must outlive
// the Document.
class Document {
 public:
  Document() = default;

  Document(Arena arena, Value root) : arena_(std::move(arena)), root_(root) {}

  const Value& root() const noexcept { return root_; }

 private:
  Arena arena_;
  Value root_;
};

}  // namespace toolpost::json
