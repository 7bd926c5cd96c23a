// SPDX-License-Identifier: Apache-2.0
// Optional: for plugins that work with Boost.JSON. Header only; the plugin links Boost.JSON itself
// (statically and hidden: the version script of toolpost_add_plugin sees to the second).
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/error.hpp>
#include <toolpost/json.hpp>
#include <toolpost/result.hpp>

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace toolpost::sdk {

// The SDK's depth limit holds here too. Throws Error(kInvalid) that names `what`.
inline boost::json::value parse_boost_json(std::string_view text, std::string_view what) {
  boost::json::parse_options options;
  options.max_depth = Json::kMaxDepth;
  boost::json::error_code error;
  boost::json::value value =
      boost::json::parse(boost::json::string_view(text.data(), text.size()), error, {}, options);
  if (error) throw Error(Status::kInvalid, std::string(what) + ": " + error.message());
  return value;
}

// Straight from the request's text; Call::arguments() is not involved.
inline boost::json::object boost_arguments(const Call& call) {
  const std::string_view text = call.arguments_text();
  if (text.empty()) return {};
  boost::json::value value = parse_boost_json(text, "arguments");
  if (!value.is_object()) throw Error(Status::kInvalid, "arguments: not an object");
  return std::move(value.get_object());
}

inline Json from_boost(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return nullptr;
    case boost::json::kind::bool_:
      return value.get_bool();
    case boost::json::kind::int64:
      return value.get_int64();
    case boost::json::kind::uint64:
      return value.get_uint64();
    case boost::json::kind::double_:
      return value.get_double();
    case boost::json::kind::string:
      return std::string(value.get_string().data(), value.get_string().size());
    case boost::json::kind::array: {
      JsonArray elements;
      elements.reserve(value.get_array().size());
      for (const auto& element : value.get_array()) elements.push_back(from_boost(element));
      return elements;
    }
    case boost::json::kind::object: {
      JsonObject members;
      members.reserve(value.get_object().size());
      for (const auto& member : value.get_object()) {
        members.push_back(
            {std::string(member.key().data(), member.key().size()), from_boost(member.value())});
      }
      return members;
    }
  }
  return nullptr;
}

inline boost::json::value to_boost(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::kNull:
      return nullptr;
    case Json::Kind::kBool:
      return value.as_bool();
    case Json::Kind::kInteger:
      return value.as_integer();
    case Json::Kind::kDouble:
      return value.as_double();
    case Json::Kind::kString:
      return boost::json::string(value.as_string());
    case Json::Kind::kArray: {
      boost::json::array elements;
      elements.reserve(value.as_array().size());
      for (const Json& element : value.as_array()) elements.push_back(to_boost(element));
      return elements;
    }
    case Json::Kind::kObject: {
      boost::json::object members;
      members.reserve(value.as_object().size());
      for (const JsonMember& member : value.as_object()) {
        members.insert_or_assign(member.key, to_boost(member.value));
      }
      return members;
    }
  }
  return nullptr;
}

// As Result::structured().
inline Result structured_result(const boost::json::object& object) {
  return Result::structured(from_boost(object));
}

}  // namespace toolpost::sdk
