/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/recv.h - how an extension hands text to whoever asked: the asker's function gets it,
 * once, and copies what it keeps. */
#ifndef TOOLPOST_EXT_RECV_H
#define TOOLPOST_EXT_RECV_H

#include <toolpost/plugin.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

/* Called on the thread of the extension's function, before that returns.  `data` is borrowed for
 * the duration of the call.  Must not call
 * the extension, nor the host's table. */
typedef void(TOOLPOST_CALL* toolpost_recv)(void* user, const char* data,
                                           size_t size) TOOLPOST_NOEXCEPT;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
