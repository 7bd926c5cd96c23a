// SPDX-License-Identifier: Apache-2.0
// What goes into the tools and comes out of them.
#pragma once

#include <toolpost/sdk.hpp>

#include <string>

namespace toolpost::user_admin {

// Arguments.
sdk::Schema username_schema();
sdk::Schema role_schema();
sdk::Schema time_schema(std::string description);

// {"user": USER}
sdk::Schema user_result_schema();
// {"user": USER, "api_key": KEY}
sdk::Schema issued_result_schema();
// {"users": [USER, ...]}
sdk::Schema list_result_schema();

}  // namespace toolpost::user_admin
