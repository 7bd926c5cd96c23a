/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/health.h - how a plugin is, told by the plugin itself.  The host asks for what it
 * answers on /health, so it is public: no address, no path, no name of a user.
 *
 * Offered by the plugin: its get_extension() gives the table.  A plugin without it is taken to be
 * well while it runs.
 */
#ifndef TOOLPOST_EXT_HEALTH_H
#define TOOLPOST_EXT_HEALTH_H

#include <toolpost/ext/recv.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define TOOLPOST_EXT_HEALTH "toolpost.health/1"

/* Written by the plugin; lives until destroy(). */
typedef struct toolpost_health {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* [worker] Can this plugin do its work?  TOOLPOST_OK: yes; any other status: not now.  With
   * either, recv may be called once with facts: a JSON object of at most 1,024 bytes whose members
   * are true, false, integers, or texts of at most 64 bytes, named by lower-case letters, digits
   * and underscores, for example {"uv_available": true}.  Between start() and stop(), one at a
   * time, at most every ten seconds.  An answer that takes longer than that counts as no. */
  toolpost_status(TOOLPOST_CALL* check)(void* self, toolpost_recv recv,
                                        void* user) TOOLPOST_NOEXCEPT;
} toolpost_health;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
