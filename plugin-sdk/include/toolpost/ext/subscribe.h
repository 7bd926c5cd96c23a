/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/subscribe.h - resources that change: the plugin says that one has changed, and the
 * host tells the clients that subscribed to it.  No grant is needed.
 *
 * Two tables under one id.  The host's comes from its get_extension(); a plugin that never changes
 * a resource needs neither.  The plugin's own comes from the plugin's get_extension() and is
 * optional: without it the plugin is not told whether anybody listens.
 */
#ifndef TOOLPOST_EXT_SUBSCRIBE_H
#define TOOLPOST_EXT_SUBSCRIBE_H

#include <toolpost/plugin.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define TOOLPOST_EXT_SUBSCRIBE "toolpost.subscribe/1"

/* Written by the host.  Immutable; lives as long as the host's table. */
typedef struct toolpost_subscribe {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* [any] The resource at this URI reads differently from now on.  Call it as often as that
   * happens: the host tells nobody but those who subscribed to exactly this URI, and makes one
   * notification of many calls in a row.  A URI that nobody subscribed to is no error. */
  void(TOOLPOST_CALL* updated)(toolpost_ctx* ctx, const char* uri, size_t size) TOOLPOST_NOEXCEPT;
} toolpost_subscribe;

/* Written by the plugin; lives until destroy(). */
typedef struct toolpost_subscribe_interest {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* [worker] on is 1 when the first client has subscribed to this URI, and 0 when the last one has
   * gone: start and stop watching what is behind it.  Between start() and stop(); for one URI in
   * this order and one at a time.  The URI is one of this plugin's resources or fits one of its
   * templates; what is behind it need not exist. */
  void(TOOLPOST_CALL* interest)(void* self, const char* uri, size_t size,
                                int32_t on) TOOLPOST_NOEXCEPT;
} toolpost_subscribe_interest;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
