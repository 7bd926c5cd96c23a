/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/users.h - the host's user store, for a plugin that manages users.
 *
 * The operator grants this extension by plugin id.  Who is asking is taken from the call: a plugin
 * cannot act for somebody else, and only a caller whose role is "admin" is served.
 */
#ifndef TOOLPOST_EXT_USERS_H
#define TOOLPOST_EXT_USERS_H

#include <toolpost/ext/recv.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define TOOLPOST_EXT_USERS "toolpost.users/1"

/* Operations, their arguments and results.  Times are RFC 3339 in UTC.  A USER is
 *   {"username": "ann", "role": "user", "created_at": "...", "disabled": false,
 *    "keys": [{"id": "k7f3a2b1", "created_at": "...", "age_s": 86400,
 *              "last_used_at": "..." or null, "expires_at": "..." or null}]}
 * and never has a key itself or its hash.
 *
 * "create"      {"username", "role"?: "user", "api_key"?: at least 32 characters,
 *                "expires_at"?: RFC 3339}                            -> {"user": USER, "api_key"}
 * "list"        {}                                                   -> {"users": [USER, ...]}
 * "delete"      {"username"}                                         -> {"user": USER}
 * "rotate_key"  {"username", "grace_s"?: 86400, "expires_at"?}       -> {"user": USER, "api_key"}
 * "disable"     {"username", "disabled"?: true}                      -> {"user": USER}
 * "set_role"    {"username", "role"}                                 -> {"user": USER}
 *
 * "api_key" is the one copy of a new key that will ever exist outside the caller's hands.
 */
typedef struct toolpost_users_request {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  toolpost_str operation;
  toolpost_str arguments; /* JSON object */
} toolpost_users_request;

/* Immutable; lives as long as the host's table. */
typedef struct toolpost_users {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* [worker] recv gets the result with TOOLPOST_OK, and with any other status one line of text that
   * may be shown to the caller.  E_DENIED: the caller is no admin, or it would leave the server
   * without an admin; E_NOT_FOUND: no such user; E_INVALID: malformed, or the name is taken;
   * E_UNSUPPORTED: unknown operation, or this server has no user store; E_UNAVAILABLE: the store
   * cannot be written now; E_STATE: no live call of this instance has the id.  What succeeded is
   * durable before this returns. */
  toolpost_status(TOOLPOST_CALL* manage)(toolpost_ctx* ctx, toolpost_call_id id,
                                         const toolpost_users_request* request, toolpost_recv recv,
                                         void* user) TOOLPOST_NOEXCEPT;
} toolpost_users;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
