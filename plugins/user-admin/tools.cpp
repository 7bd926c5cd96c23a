// SPDX-License-Identifier: Apache-2.0
#include "tools.hpp"

#include "schemas.hpp"

#include <toolpost/users.hpp>

#include <chrono>
#include <functional>

namespace toolpost::user_admin {
namespace {

using sdk::Call;
using sdk::IssuedKey;
using sdk::Json;
using sdk::Result;
using sdk::Schema;
using sdk::Tool;
using sdk::User;
using sdk::Users;

constexpr std::int64_t kDefaultGrace = std::int64_t{24} * 3600;
constexpr double kMaxGrace = 30 * 24 * 3600;
constexpr unsigned kMinKeyLength = 32;
constexpr unsigned kMaxKeyLength = 512;

Result show(const User& user, const std::string& text) {
  return Result::structured(Json::object({{"user", to_json(user)}})).add_text(text);
}

// The key stands in the text, too: there are clients that hand on nothing else.
Result show(const IssuedKey& issued, const std::string& text) {
  return Result::structured(
             Json::object({{"user", to_json(issued.user)}, {"api_key", issued.api_key}}))
      .add_text(text + " The API key, which is not shown again: " + issued.api_key)
      .mark_secret("/structuredContent/api_key")
      .mark_secret("/content/0/text");
}

std::string list_text(const std::vector<User>& users) {
  std::string text;
  for (const User& user : users) {
    if (!text.empty()) text += '\n';
    text += user.username + " (" + user.role + (user.disabled ? ", disabled)" : ")");
  }
  return text;
}

Tool& run(Tool& tool, std::function<Result(const Users&, const Json&)> act) {
  return tool.run([act = std::move(act)](const Call& call) {
    try {
      return act(Users(call), call.arguments());
    } catch (const sdk::Error& refused) {
      return Result::error(refused.what());
    }
  });
}

const std::string& username_of(const Json& arguments) {
  return arguments.at("username").as_string();
}

}  // namespace

Tool make_create_user_tool() {
  Tool tool("create_user");
  tool.title("Create a user")
      .description("Creates a user and its API key, which is shown once. Admins only.")
      .input(
          Schema::object()
              .required("username", username_schema())
              .optional("role", role_schema().default_value("user"))
              .optional("api_key", Schema::string("Use this key instead of making one: at least "
                                                  "32 random characters")
                                       .min_length(kMinKeyLength)
                                       .max_length(kMaxKeyLength))
              .optional("expires_at", time_schema("When the key ends, RFC 3339; without it never")))
      .output(issued_result_schema());
  return run(tool, [](const Users& users, const Json& arguments) {
    const IssuedKey issued =
        users.create({username_of(arguments), arguments.value_or("role", "user"),
                      arguments.value_or("api_key", ""), arguments.value_or("expires_at", "")});
    return show(issued, "Created " + issued.user.username + ", role " + issued.user.role + ".");
  });
}

Tool make_list_users_tool() {
  Tool tool("list_users");
  tool.title("List the users")
      .description(
          "Lists the users with their roles, and the age, last use and end of their keys; never "
          "the "
          "keys. Admins only.")
      .output(list_result_schema())
      .read_only();
  return run(tool, [](const Users& users, const Json&) {
    const std::vector<User> all = users.list();
    Json list = Json::array();
    for (const User& user : all) list.push_back(to_json(user));
    return Result::structured(Json::object({{"users", std::move(list)}})).add_text(list_text(all));
  });
}

Tool make_delete_user_tool() {
  Tool tool("delete_user");
  tool.title("Delete a user")
      .description(
          "Deletes a user; its keys end at once. The last admin cannot be deleted. Admins only.")
      .input(Schema::object().required("username", username_schema()))
      .output(user_result_schema())
      .destructive()
      .idempotent();
  return run(tool, [](const Users& users, const Json& arguments) {
    const User user = users.remove(username_of(arguments));
    return show(user, "Deleted " + user.username + ".");
  });
}

Tool make_rotate_key_tool() {
  Tool tool("rotate_key");
  tool.title("Give a user a new key")
      .description(
          "Makes a new API key for a user, which is shown once. The old key counts for a grace "
          "period, so that it can be replaced where it is used. Admins only.")
      .input(Schema::object()
                 .required("username", username_schema())
                 .optional("grace_s", Schema::integer("Seconds that the old key still counts")
                                          .minimum(0)
                                          .maximum(kMaxGrace)
                                          .default_value(kDefaultGrace)
                                          .loggable())
                 .optional("expires_at",
                           time_schema("When the new key ends, RFC 3339; without it never")))
      .output(issued_result_schema())
      .destructive();
  return run(tool, [](const Users& users, const Json& arguments) {
    const std::chrono::seconds grace(arguments.value_or("grace_s", kDefaultGrace));
    const IssuedKey issued =
        users.rotate_key(username_of(arguments), {grace, arguments.value_or("expires_at", "")});
    return show(issued, issued.user.username + " has a new key; the old one counts for " +
                            std::to_string(grace.count()) + " seconds.");
  });
}

Tool make_disable_user_tool() {
  Tool tool("disable_user");
  tool.title("Disable or enable a user")
      .description(
          "Keeps a user out until enabled again; the keys are kept. The last admin cannot be "
          "disabled. Admins only.")
      .input(
          Schema::object()
              .required("username", username_schema())
              .optional(
                  "disabled",
                  Schema::boolean("false lets the user in again").default_value(true).loggable()))
      .output(user_result_schema())
      .destructive()
      .idempotent();
  return run(tool, [](const Users& users, const Json& arguments) {
    const User user =
        users.set_disabled(username_of(arguments), arguments.value_or("disabled", true));
    return show(user, user.username + (user.disabled ? " is disabled." : " is enabled."));
  });
}

Tool make_set_role_tool() {
  Tool tool("set_role");
  tool.title("Change a user's role")
      .description(
          "Gives a user another role. The last admin cannot be given another. Admins only.")
      .input(
          Schema::object().required("username", username_schema()).required("role", role_schema()))
      .output(user_result_schema())
      .destructive()
      .idempotent();
  return run(tool, [](const Users& users, const Json& arguments) {
    const User user = users.set_role(username_of(arguments), arguments.at("role").as_string());
    return show(user, user.username + " has the role " + user.role + " now.");
  });
}

}  // namespace toolpost::user_admin
