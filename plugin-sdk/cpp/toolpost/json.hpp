// SPDX-License-Identifier: Apache-2.0
// A JSON value with a strict reader and a writer, so that a plugin needs no library of its own.
// Plain value semantics; like std::string it may be read by many threads or changed by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace toolpost::sdk {

class Json;
struct JsonMember;
using JsonArray = std::vector<Json>;
using JsonObject = std::vector<JsonMember>;  // in the order of writing

class Json {
 public:
  // The order of the alternatives in value_.
  enum class Kind { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };

  // Containers deeper than this are refused by parse().
  static constexpr std::size_t kMaxDepth = 64;

  // All out of line: a variant inlined into every plugin costs code, and makes GCC 12 see
  // uninitialised reads that are none.
  Json() noexcept;
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  Json(std::nullptr_t) noexcept;
  Json(const char* text);
  Json(std::string text) noexcept;
  Json(std::string_view text);
  Json(JsonArray elements) noexcept;
  Json(JsonObject members) noexcept;

  // bool, integers and floating point. An integer beyond int64 is kept as a double.
  template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Json(T value) noexcept : Json() {
    if constexpr (std::is_same_v<T, bool>) {
      assign_bool(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      assign_double(static_cast<double>(value));
    } else if constexpr (std::is_unsigned_v<T>) {
      assign_unsigned(value);
    } else {
      assign_signed(value);
    }
  }

  // Json::object({{"words", 3}, {"text", "…"}}) and Json::array({1, "two", nullptr})
  static Json object(std::initializer_list<JsonMember> members = {});
  static Json array(std::initializer_list<Json> elements = {});

  // Strict RFC 8259: UTF-8 only, no duplicate keys, no trailing bytes, no number beyond a double's
  // range, at most kMaxDepth levels. Throws Error(kInvalid) that names the byte.
  static Json parse(std::string_view text);

  Kind kind() const noexcept { return static_cast<Kind>(value_.index()); }

  bool is_null() const noexcept { return kind() == Kind::kNull; }

  bool is_object() const noexcept { return kind() == Kind::kObject; }

  bool is_array() const noexcept { return kind() == Kind::kArray; }

  bool is_string() const noexcept { return kind() == Kind::kString; }

  // These throw Error(kInvalid) when the value is of another kind. as_integer() takes a double that
  // is a whole number (JSON does not tell 1 from 1.0), as_double() takes every number.
  bool as_bool() const;
  std::int64_t as_integer() const;
  double as_double() const;
  const std::string& as_string() const;
  const JsonArray& as_array() const;
  const JsonObject& as_object() const;

  // The member, or null when there is none or this is no object.
  const Json& operator[](std::string_view key) const noexcept;
  // The member; throws Error(kInvalid) naming the key when there is none.
  const Json& at(std::string_view key) const;
  // The member, or nullptr.
  const Json* find(std::string_view key) const noexcept;

  // The member as the type of the fallback; the fallback when it is absent or null. Of another
  // kind: throws as as_…() does.
  bool value_or(std::string_view key, bool fallback) const;
  std::int64_t value_or(std::string_view key, std::int64_t fallback) const;

  std::int64_t value_or(std::string_view key, int fallback) const {
    return value_or(key, std::int64_t{fallback});
  }

  double value_or(std::string_view key, double fallback) const;
  std::string value_or(std::string_view key, std::string_view fallback) const;

  std::string value_or(std::string_view key, const char* fallback) const {
    return value_or(key, std::string_view(fallback));
  }

  // Sets or replaces a member; null becomes an object first. Throws Error(kInvalid) on other kinds.
  Json& set(std::string key, Json value);
  // Appends an element; null becomes an array first. Throws Error(kInvalid) on other kinds.
  Json& push_back(Json value);

  // Compact and always valid JSON: invalid UTF-8 is written as U+FFFD, NaN and infinity as null.
  std::string dump() const;
  void append_to(std::string& out) const;

  friend bool operator==(const Json& left, const Json& right) noexcept;

  friend bool operator!=(const Json& left, const Json& right) noexcept { return !(left == right); }

 private:
  void assign_bool(bool value) noexcept;
  void assign_double(double value) noexcept;
  void assign_signed(std::int64_t value) noexcept;
  void assign_unsigned(std::uint64_t value) noexcept;

  // Without an initialiser here: it would need JsonMember complete.
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, JsonArray, JsonObject>
      value_;
};

struct JsonMember {
  std::string key;
  Json value;
};

// `text` between quotes, escaped as Json::dump() does.
void append_json_string(std::string& out, std::string_view text);

}  // namespace toolpost::sdk
