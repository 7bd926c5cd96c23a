// SPDX-License-Identifier: Apache-2.0
#include "call_state.hpp"
#include "received_text.hpp"

#include <toolpost/error.hpp>
#include <toolpost/users.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

std::string text_or_empty(const Json& object, std::string_view key) {
  return object.value_or(key, "");
}

UserKey key_from(const Json& json) {
  UserKey key;
  key.id = json.at("id").as_string();
  key.created_at = json.at("created_at").as_string();
  key.age = std::chrono::seconds(json.at("age_s").as_integer());
  key.last_used_at = text_or_empty(json, "last_used_at");
  key.expires_at = text_or_empty(json, "expires_at");
  return key;
}

User user_from(const Json& json) {
  User user;
  user.username = json.at("username").as_string();
  user.role = json.at("role").as_string();
  user.created_at = json.at("created_at").as_string();
  user.disabled = json.at("disabled").as_bool();
  for (const Json& key : json.at("keys").as_array()) user.keys.push_back(key_from(key));
  return user;
}

IssuedKey issued_from(const Json& json) {
  return {user_from(json.at("user")), json.at("api_key").as_string()};
}

void set_unless_empty(Json& object, const char* key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

Json time_or_null(const std::string& time) {
  return time.empty() ? Json() : Json(time);
}

const char* meaning_of(Status status) {
  switch (status) {
    case Status::kDenied:
      return "only an admin may manage users";
    case Status::kState:
      return "the call is not running any more";
    case Status::kUnavailable:
      return "the users cannot be changed now; try again";
    default:
      return "the host could not do it; its log says why";
  }
}

Error error_from(toolpost_status status, const detail::ReceivedText& answer) {
  const auto known = static_cast<Status>(status);
  const bool explained = answer.is_complete && !answer.text.empty();
  return {known, explained ? answer.text : meaning_of(known)};
}

}  // namespace

Json to_json(const User& user) {
  Json keys = Json::array();
  for (const UserKey& key : user.keys) {
    keys.push_back(Json::object({{"id", key.id},
                                 {"created_at", key.created_at},
                                 {"age_s", std::int64_t{key.age.count()}},
                                 {"last_used_at", time_or_null(key.last_used_at)},
                                 {"expires_at", time_or_null(key.expires_at)}}));
  }
  return Json::object({{"username", user.username},
                       {"role", user.role},
                       {"created_at", user.created_at},
                       {"disabled", user.disabled},
                       {"keys", std::move(keys)}});
}

std::vector<User> Users::list() const {
  std::vector<User> users;
  const Json answer = manage("list", Json::object());
  for (const Json& user : answer.at("users").as_array()) users.push_back(user_from(user));
  return users;
}

IssuedKey Users::create(const NewUser& user) const {
  Json arguments = Json::object({{"username", user.username}, {"role", user.role}});
  set_unless_empty(arguments, "api_key", user.api_key);
  set_unless_empty(arguments, "expires_at", user.expires_at);
  return issued_from(manage("create", arguments));
}

User Users::remove(std::string_view username) const {
  return user_from(manage("delete", Json::object({{"username", username}})).at("user"));
}

IssuedKey Users::rotate_key(std::string_view username, const Rotation& rotation) const {
  Json arguments =
      Json::object({{"username", username}, {"grace_s", std::int64_t{rotation.grace.count()}}});
  set_unless_empty(arguments, "expires_at", rotation.expires_at);
  return issued_from(manage("rotate_key", arguments));
}

User Users::set_disabled(std::string_view username, bool disabled) const {
  const Json arguments = Json::object({{"username", username}, {"disabled", disabled}});
  return user_from(manage("disable", arguments).at("user"));
}

User Users::set_role(std::string_view username, std::string_view role) const {
  const Json arguments = Json::object({{"username", username}, {"role", role}});
  return user_from(manage("set_role", arguments).at("user"));
}

Json Users::manage(std::string_view operation, const Json& arguments) const {
  const detail::CallState* state = call_.state_.get();
  if (state == nullptr) throw Error(Status::kState, meaning_of(Status::kState));
  const auto* table =
      static_cast<const toolpost_users*>(state->link().extension(TOOLPOST_EXT_USERS));
  if (table == nullptr || !TOOLPOST_HAS(table, toolpost_users, manage)) {
    throw Error(Status::kUnsupported,
                "this server keeps no users, or the plugin has no access to them; the operator "
                "gives it with \"grants\": [\"" TOOLPOST_EXT_USERS
                "\"] in the plugin's entry of the configuration");
  }
  const std::string text = arguments.dump();
  toolpost_users_request request{};
  request.struct_size = sizeof(request);
  request.operation = detail::to_abi(operation);
  request.arguments = detail::to_abi(text);
  detail::ReceivedText answer;
  const toolpost_status status = table->manage(state->link().context(), state->id(), &request,
                                               &detail::ReceivedText::receive, &answer);
  if (status != TOOLPOST_OK) throw error_from(status, answer);
  if (!answer.is_complete) throw Error(Status::kLimit, "no memory for what the host answered");
  return Json::parse(answer.text);
}

}  // namespace toolpost::sdk
