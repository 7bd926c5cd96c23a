// SPDX-License-Identifier: Apache-2.0
// One function a tool. What the host refuses is a tool error in the host's words.
#pragma once

#include <toolpost/sdk.hpp>

namespace toolpost::user_admin {

sdk::Tool make_create_user_tool();
sdk::Tool make_list_users_tool();
sdk::Tool make_delete_user_tool();
sdk::Tool make_rotate_key_tool();
sdk::Tool make_disable_user_tool();
sdk::Tool make_set_role_tool();

}  // namespace toolpost::user_admin
