// SPDX-License-Identifier: Apache-2.0
#include "config/assign.hpp"

#include "base/json_escape.hpp"
#include "base/nearest.hpp"
#include "base/redact.hpp"
#include "config/settings_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>

namespace toolpost::config {
namespace {

constexpr std::size_t kMaxQuoted = 80;

// A password that somebody wrote where none belongs is not repeated.
std::string shown(std::string_view given) {
  std::string scratch;
  const std::string_view text = redacted(given, scratch);
  std::string out;
  append_json_string(out, text.substr(0, kMaxQuoted));
  if (text.size() > kMaxQuoted) out.append("...");
  return out;
}

// What 64 bits hold is an integer already, so that a number this large only looks like a fraction.
bool is_beyond_integers(const json::Value& value) {
  constexpr double kPastInt64 = 0x1p63;
  return value.type() == json::Type::kDouble && std::abs(value.as_double()) >= kPastInt64;
}

std::string describe(const json::Value& value) {
  if (value.is_string()) return "the string " + shown(value.as_string());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.type() == json::Type::kInt64) return std::to_string(value.as_int64());
  if (value.type() == json::Type::kUint64) return std::to_string(value.as_uint64());
  if (value.is_null()) return "null";
  if (value.is_array()) return "an array";
  if (value.is_object()) return "an object";
  if (is_beyond_integers(value)) return "a number that is out of range";
  return "a number that is not an integer";
}

Error mismatch(std::string_view expected, std::string_view found) {
  return invalid("expected " + std::string{expected} + ", found " + std::string{found});
}

std::string range_text(const Accepts& accepts) {
  return "an integer from " + std::to_string(accepts.min) + " to " + std::to_string(accepts.max);
}

bool in_range(std::size_t number, const Accepts& accepts) {
  return number >= accepts.min && number <= accepts.max;
}

// A value on its way into a slot: one overload for each kind of member.
class FromJson {
 public:
  FromJson(const Accepts& accepts, const json::Value& value, const PathBase& base)
      : accepts_(accepts), value_(value), base_(base) {}

  Result<> operator()(bool* target) const {
    if (!value_.is_bool()) return mismatch("true or false", describe(value_));
    *target = value_.as_bool();
    return {};
  }

  Result<> operator()(std::uint16_t* target) const { return number(target); }

  Result<> operator()(std::size_t* target) const { return number(target); }

  Result<> operator()(std::optional<std::size_t>* target) const { return number(target); }

  Result<> operator()(std::string* target) const {
    if (!value_.is_string()) return mismatch(expected_text(), describe(value_));
    return text(value_.as_string(), *target);
  }

  Result<> operator()(std::vector<std::string>* target) const {
    if (!value_.is_array()) return mismatch("an array of strings", describe(value_));
    std::vector<std::string> list;
    for (const json::Value& item : value_.items()) {
      const std::string position = "element " + std::to_string(list.size() + 1);
      std::string element;
      const Result<> done = FromJson{accepts_, item, base_}(&element);
      if (!done) return done.error().in(position);
      list.push_back(std::move(element));
    }
    *target = std::move(list);
    return {};
  }

  Result<> operator()(LogLevel* target) const { return choice(target); }

  Result<> operator()(LogFormat* target) const { return choice(target); }

  Result<> operator()(PluginSettings* target) const {
    if (!value_.is_object()) return mismatch("an object", describe(value_));
    target->json = settings_json(value_, Secrets::kKeep);
    return {};
  }

 private:
  template <class Number>
  Result<> number(Number* target) const {
    const bool whole = value_.type() == json::Type::kInt64 && value_.as_int64() >= 0;
    if (!whole || !in_range(static_cast<std::size_t>(value_.as_int64()), accepts_)) {
      return mismatch(range_text(accepts_), describe(value_));
    }
    if constexpr (std::is_same_v<Number, std::uint16_t>) {
      *target = static_cast<std::uint16_t>(value_.as_int64());
    } else {
      *target = static_cast<std::size_t>(value_.as_int64());
    }
    return {};
  }

  template <class Choice>
  Result<> choice(Choice* target) const {
    const auto names = choices(Slot{target});
    if (value_.is_string()) {
      const auto found = std::find(names.begin(), names.end(), value_.as_string());
      if (found != names.end()) {
        *target = static_cast<Choice>(found - names.begin());
        return {};
      }
    }
    std::string expected = "one of";
    for (const std::string_view name : names) {
      expected.append(name == names.front() ? " " : ", ").append(shown(name));
    }
    return mismatch(expected, describe(value_));
  }

  std::string_view expected_text() const {
    return accepts_.rule != nullptr ? accepts_.rule->expected : "a string";
  }

  Result<> text(std::string_view from, std::string& target) const {
    if (accepts_.rule != nullptr && !matches(*accepts_.rule, from)) {
      return mismatch(expected_text(), describe(value_));
    }
    if (accepts_.rule == nullptr || !accepts_.rule->is_path) {
      target = from;
      return {};
    }
    auto path = resolve_path(from, base_);
    if (!path) return path.error();
    target = std::move(*path);
    return {};
  }

  const Accepts& accepts_;
  const json::Value& value_;
  const PathBase& base_;
};

bool same_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && edit_distance(left, right) == 0;
}

// Level and format may be typed in either case on a command line, and the names that Python's
// logging gives two of the levels are understood.
std::optional<std::string_view> as_choice(const Slot& slot, std::string_view text) {
  if (std::holds_alternative<LogLevel*>(slot)) {
    if (same_ignoring_case(text, "WARNING")) return "WARN";
    if (same_ignoring_case(text, "CRITICAL")) return "FATAL";
  }
  for (const std::string_view name : choices(slot)) {
    if (same_ignoring_case(text, name)) return name;
  }
  return std::nullopt;
}

constexpr std::string_view kOn[] = {"true", "1", "yes", "on"};
constexpr std::string_view kOff[] = {"false", "0", "no", "off"};

bool is_one_of(std::span<const std::string_view> names, std::string_view text) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return same_ignoring_case(name, text); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// "a, b": an element that is empty is a comma too many, which would otherwise go unseen.
Result<> assign_list(std::vector<std::string>* target, const Accepts& accepts,
                     std::string_view text, const PathBase& base) {
  std::vector<std::string> list;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    const std::string position = "element " + std::to_string(list.size() + 1);
    const std::string_view element = trimmed(text.substr(0, comma));
    if (element.empty()) return invalid(position + " is empty; remove the comma too many");
    std::string value;
    const auto done = assign(Slot{&value}, accepts, json::Value{element}, base);
    if (!done) return done.error().in(position);
    list.push_back(std::move(value));
    if (more) text.remove_prefix(comma + 1);
  }
  *target = std::move(list);
  return {};
}

bool is_number(const Slot& slot) {
  return std::holds_alternative<std::uint16_t*>(slot) || std::holds_alternative<std::size_t*>(slot);
}

}  // namespace

Result<std::string> resolve_path(std::string_view written, const PathBase& base) {
  namespace fs = std::filesystem;
  fs::path path{written};
  if (written.starts_with('~')) {
    if (written.size() > 1 && written[1] != '/') {
      return invalid(shown(written) + ": only ~/ is expanded, not the home of a named user");
    }
    if (!base.home) {
      return invalid(shown(written) +
                     ": HOME is not set and the user has no home directory; write the path out");
    }
    path =
        fs::path{*base.home} / fs::path{written.substr(std::min<std::size_t>(2, written.size()))};
  }
  std::string out = (fs::path{base.directory} / path).lexically_normal().string();
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

Result<> assign(const Slot& slot, const Accepts& accepts, const json::Value& value,
                const PathBase& base) {
  return std::visit(FromJson{accepts, value, base}, slot);
}

std::optional<bool> read_switch(std::string_view text) {
  if (is_one_of(kOn, text)) return true;
  if (is_one_of(kOff, text)) return false;
  return std::nullopt;
}

Result<> assign_text(const Slot& slot, const Accepts& accepts, std::string_view text,
                     const PathBase& base) {
  if (std::holds_alternative<bool*>(slot)) {
    const auto on = read_switch(text);
    if (!on) return mismatch("true or false", shown(text));
    return assign(slot, accepts, json::Value{*on}, base);
  }
  if (is_number(slot)) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return mismatch(range_text(accepts), shown(text));
    }
    return assign(slot, accepts, json::Value{number}, base);
  }
  if (auto* const* list = std::get_if<std::vector<std::string>*>(&slot)) {
    return assign_list(*list, accepts, text, base);
  }
  const std::string_view value = as_choice(slot, text).value_or(text);
  return assign(slot, accepts, json::Value{value}, base);
}

}  // namespace toolpost::config
