// SPDX-License-Identifier: Apache-2.0
// Copies constants out of the schema's text into the program.
#include "json/schema/compiler.hpp"

namespace toolpost::json {
namespace {

class Copier {
 public:
  explicit Copier(Arena& arena) : arena_(arena) {}

  Result<Value> copy(const Value& value, std::size_t depth_left) {
    if (value.is_string()) return Value{copy_into(arena_, value.as_string())};
    if (!value.is_array() && !value.is_object()) return value;
    if (depth_left == 0) return Error{Errc::kLimit, "the constant is nested too deeply"};
    return value.is_array() ? copy_array(value, depth_left) : copy_object(value, depth_left);
  }

 private:
  Result<Value> copy_array(const Value& value, std::size_t depth_left) {
    const std::size_t size = value.items().size();
    auto* const items = static_cast<Value*>(arena_.allocate(size * sizeof(Value)));
    for (std::size_t i = 0; i < size; ++i) {
      const auto item = copy(value.items()[i], depth_left - 1);
      if (!item) return item.error();
      new (items + i) Value{*item};
    }
    return Value{std::span<const Value>{items, size}};
  }

  Result<Value> copy_object(const Value& value, std::size_t depth_left) {
    const std::size_t size = value.members().size();
    auto* const members = static_cast<Member*>(arena_.allocate(size * sizeof(Member)));
    for (std::size_t i = 0; i < size; ++i) {
      const Member& member = value.members()[i];
      const auto copied = copy(member.value, depth_left - 1);
      if (!copied) return copied.error();
      new (members + i) Member{copy_into(arena_, member.key), *copied};
    }
    return Value{std::span<const Member>{members, size}};
  }

  Arena& arena_;
};

}  // namespace

Result<Value> Compiler::keep(const Value& constant) {
  return Copier{program_->arena}.copy(constant, program_->limits.depth);
}

}  // namespace toolpost::json
