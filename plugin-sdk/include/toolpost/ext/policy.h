/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/policy.h - the host's rules, for what only the plugin can see: the packages that a
 * resolution came to, the project that an argument means.  The host has decided already that the
 * caller may use the item at all.
 *
 * The operator grants this extension by plugin id.  Without it, and whatever else than TOOLPOST_OK
 * check() returns, the answer is no: a plugin that cannot ask does not act.
 */
#ifndef TOOLPOST_EXT_POLICY_H
#define TOOLPOST_EXT_POLICY_H

#include <toolpost/ext/recv.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define TOOLPOST_EXT_POLICY "toolpost.policy/1"

/* Actions, what their resource and context are, and the answer that recv gets with E_DENIED.
 *
 * "package.use": install these packages, or lock them.  resource: empty.
 *   context  {"packages": [{"name": "requests",      any spelling; compared by PEP 503
 *                           "version": "2.32.3",      PEP 440; absent where there is none yet
 *                           "source": "https://...",  the index or URL it comes from; absent: none
 *                           "extras": ["socks"]}]}    absent: none; at most 10,000 packages
 *   answer   {"denied": [{"package": 0,               place in the context, ascending
 *                         "rule": "blocked_packages[2]",
 *                         "message": "evil: blocked by ..."}]}
 *
 * "project.use": act on this project.  resource: its absolute path without links.  context: empty.
 *   answer   {"denied": [{"rule": "...", "message": "..."}]}
 */
#define TOOLPOST_POLICY_PACKAGE_USE "package.use"
#define TOOLPOST_POLICY_PROJECT_USE "project.use"

/* What is asked.  Written by the plugin; borrowed until check() returns. */
typedef struct toolpost_policy_query {
  uint32_t struct_size;
  uint32_t reserved;     /* 0 */
  toolpost_str action;   /* TOOLPOST_POLICY_*            */
  toolpost_str resource; /* as the action says           */
  toolpost_str context;  /* JSON object; empty means {}  */
} toolpost_policy_query;

/* Immutable; lives as long as the host's table. */
typedef struct toolpost_policy {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* [worker] May the caller of the running call `id` do this?  TOOLPOST_OK: yes, recv is not
   * called.  E_DENIED: no; recv gets the answer, whose messages name rules and may be shown to the
   * caller.  E_INVALID: malformed context; E_UNSUPPORTED: unknown action; E_STATE: no live call of
   * this instance has the id; E_LIMIT: too large.  Every denial is logged by the host. */
  toolpost_status(TOOLPOST_CALL* check)(toolpost_ctx* ctx, toolpost_call_id id,
                                        const toolpost_policy_query* query, toolpost_recv recv,
                                        void* user) TOOLPOST_NOEXCEPT;
} toolpost_policy;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
