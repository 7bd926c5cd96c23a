// SPDX-License-Identifier: Apache-2.0
#include "schemas.hpp"

namespace toolpost::user_admin {
namespace {

using sdk::Json;
using sdk::Schema;

Schema time_or_null(std::string description) {
  return Schema::string(std::move(description)).set("type", Json::array({"string", "null"}));
}

Schema key_schema() {
  return Schema::object("What is known of an API key; never the key itself")
      .required("id", Schema::string("Tells keys apart"))
      .required("created_at", Schema::string("RFC 3339, UTC"))
      .required("age_s", Schema::integer("Seconds since then"))
      .required("last_used_at", time_or_null("To the hour; null: never"))
      .required("expires_at", time_or_null("null: never"));
}

Schema user_schema() {
  return Schema::object()
      .required("username", Schema::string())
      .required("role", Schema::string())
      .required("created_at", Schema::string("RFC 3339, UTC"))
      .required("disabled", Schema::boolean())
      .required("keys", Schema::array(key_schema()));
}

}  // namespace

Schema username_schema() {
  return Schema::string("1 to 63 of a-z, 0-9, '.', '_' and '-'")
      .pattern("^[a-z0-9][a-z0-9._-]{0,62}$")
      .loggable();
}

Schema role_schema() {
  return Schema::string(
             "\"admin\", \"user\" (reads, and changes nothing), or a role of the configuration")
      .pattern("^[a-z][a-z0-9_-]{0,31}$")
      .loggable();
}

Schema time_schema(std::string description) {
  return Schema::string(std::move(description)).max_length(40).loggable();
}

Schema user_result_schema() {
  return Schema::object().required("user", user_schema());
}

Schema issued_result_schema() {
  return user_result_schema().required("api_key",
                                       Schema::string("The new key. It is not shown again."));
}

Schema list_result_schema() {
  return Schema::object().required("users", Schema::array(user_schema()));
}

}  // namespace toolpost::user_admin
