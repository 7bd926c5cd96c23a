// SPDX-License-Identifier: Apache-2.0
// io.toolpost.user-admin: the users of this server, managed by its admins.
#include "tools.hpp"

#include <toolpost/sdk.hpp>
#include <toolpost/users.hpp>

namespace toolpost::user_admin {

class UserAdmin final : public sdk::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    if (host_extension(sdk::Users::kExtension) == nullptr) {
      log(sdk::Severity::kInfo, "this server keeps no users, so there is nothing to manage");
      return;
    }
    add(make_create_user_tool());
    add(make_list_users_tool());
    add(make_delete_user_tool());
    add(make_rotate_key_tool());
    add(make_disable_user_tool());
    add(make_set_role_tool());
  }
};

}  // namespace toolpost::user_admin

TOOLPOST_PLUGIN(
    toolpost::user_admin::UserAdmin,
    PluginInfo("io.toolpost.user-admin", "0.1.0").name("User administration").vendor("Toolpost"));
