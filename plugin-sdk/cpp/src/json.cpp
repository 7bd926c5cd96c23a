// SPDX-License-Identifier: Apache-2.0
// Json as a value: construction, access, change and comparison.
#include <toolpost/error.hpp>
#include <toolpost/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace toolpost::sdk {
namespace {

constexpr double kIntegerLimit = 9223372036854775808.0;  // 2^63

const Json kNullValue;

const char* name_of(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::kNull:
      return "null";
    case Json::Kind::kBool:
      return "a boolean";
    case Json::Kind::kInteger:
    case Json::Kind::kDouble:
      return "a number";
    case Json::Kind::kString:
      return "a string";
    case Json::Kind::kArray:
      return "an array";
    case Json::Kind::kObject:
      return "an object";
  }
  return "unknown";
}

[[noreturn]] void throw_wrong_kind(const char* wanted, Json::Kind found) {
  throw Error(Status::kInvalid,
              std::string("JSON: ") + wanted + " was expected, found " + name_of(found));
}

}  // namespace

Json::Json() noexcept = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json::Json(std::nullptr_t) noexcept {}

Json::Json(const char* text) : value_(std::string(text)) {}

Json::Json(std::string text) noexcept : value_(std::move(text)) {}

Json::Json(std::string_view text) : value_(std::string(text)) {}

Json::Json(JsonArray elements) noexcept : value_(std::move(elements)) {}

Json::Json(JsonObject members) noexcept : value_(std::move(members)) {}

void Json::assign_bool(bool value) noexcept {
  value_ = value;
}

void Json::assign_double(double value) noexcept {
  value_ = value;
}

void Json::assign_signed(std::int64_t value) noexcept {
  value_ = value;
}

void Json::assign_unsigned(std::uint64_t value) noexcept {
  if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    value_ = static_cast<std::int64_t>(value);
  } else {
    value_ = static_cast<double>(value);
  }
}

Json Json::object(std::initializer_list<JsonMember> members) {
  Json result{JsonObject{}};
  for (const JsonMember& member : members) result.set(member.key, member.value);
  return result;
}

Json Json::array(std::initializer_list<Json> elements) {
  return Json(JsonArray(elements));
}

bool Json::as_bool() const {
  if (const bool* value = std::get_if<bool>(&value_)) return *value;
  throw_wrong_kind("a boolean", kind());
}

std::int64_t Json::as_integer() const {
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return *value;
  if (const double* value = std::get_if<double>(&value_)) {
    if (std::trunc(*value) == *value && *value >= -kIntegerLimit && *value < kIntegerLimit) {
      return static_cast<std::int64_t>(*value);
    }
    throw Error(Status::kInvalid, "JSON: a whole number of 64 bits was expected");
  }
  throw_wrong_kind("a whole number", kind());
}

double Json::as_double() const {
  if (const double* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*value);
  throw_wrong_kind("a number", kind());
}

const std::string& Json::as_string() const {
  if (const auto* value = std::get_if<std::string>(&value_)) return *value;
  throw_wrong_kind("a string", kind());
}

const JsonArray& Json::as_array() const {
  if (const auto* value = std::get_if<JsonArray>(&value_)) return *value;
  throw_wrong_kind("an array", kind());
}

const JsonObject& Json::as_object() const {
  if (const auto* value = std::get_if<JsonObject>(&value_)) return *value;
  throw_wrong_kind("an object", kind());
}

const Json* Json::find(std::string_view key) const noexcept {
  const auto* members = std::get_if<JsonObject>(&value_);
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->begin(), members->end(),
                                  [&](const JsonMember& member) { return member.key == key; });
  return found == members->end() ? nullptr : &found->value;
}

const Json& Json::operator[](std::string_view key) const noexcept {
  const Json* found = find(key);
  return found != nullptr ? *found : kNullValue;
}

const Json& Json::at(std::string_view key) const {
  if (!is_object()) throw_wrong_kind("an object", kind());
  if (const Json* found = find(key)) return *found;
  throw Error(Status::kInvalid, "JSON: member '" + std::string(key) + "' is missing");
}

bool Json::value_or(std::string_view key, bool fallback) const {
  const Json& value = (*this)[key];
  return value.is_null() ? fallback : value.as_bool();
}

std::int64_t Json::value_or(std::string_view key, std::int64_t fallback) const {
  const Json& value = (*this)[key];
  return value.is_null() ? fallback : value.as_integer();
}

double Json::value_or(std::string_view key, double fallback) const {
  const Json& value = (*this)[key];
  return value.is_null() ? fallback : value.as_double();
}

std::string Json::value_or(std::string_view key, std::string_view fallback) const {
  const Json& value = (*this)[key];
  return value.is_null() ? std::string(fallback) : value.as_string();
}

Json& Json::set(std::string key, Json value) {
  if (is_null()) value_ = JsonObject{};
  auto* members = std::get_if<JsonObject>(&value_);
  if (members == nullptr) throw_wrong_kind("an object", kind());
  for (JsonMember& member : *members) {
    if (member.key == key) {
      member.value = std::move(value);
      return *this;
    }
  }
  members->push_back({std::move(key), std::move(value)});
  return *this;
}

Json& Json::push_back(Json value) {
  if (is_null()) value_ = JsonArray{};
  auto* elements = std::get_if<JsonArray>(&value_);
  if (elements == nullptr) throw_wrong_kind("an array", kind());
  elements->push_back(std::move(value));
  return *this;
}

bool operator==(const Json& left, const Json& right) noexcept {
  if (left.kind() != right.kind()) return false;
  if (const auto* members = std::get_if<JsonObject>(&left.value_)) {
    return members->size() == right.as_object().size() &&
           std::all_of(members->begin(), members->end(), [&](const JsonMember& member) {
             const Json* other = right.find(member.key);
             return other != nullptr && *other == member.value;
           });
  }
  if (const auto* elements = std::get_if<JsonArray>(&left.value_)) {
    return *elements == right.as_array();
  }
  switch (left.kind()) {
    case Json::Kind::kBool:
      return std::get<bool>(left.value_) == std::get<bool>(right.value_);
    case Json::Kind::kInteger:
      return std::get<std::int64_t>(left.value_) == std::get<std::int64_t>(right.value_);
    case Json::Kind::kDouble:
      return std::get<double>(left.value_) == std::get<double>(right.value_);
    case Json::Kind::kString:
      return std::get<std::string>(left.value_) == std::get<std::string>(right.value_);
    default:
      return true;
  }
}

}  // namespace toolpost::sdk
