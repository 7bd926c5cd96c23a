/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/ext/kv.h - values that the replicas of a server share for a while: a cache.
 *
 * The operator grants this extension by plugin id, and has to run a store behind it.  Without the
 * grant or the store the extension does not exist, and any value may be gone at any time: a plugin
 * works without it, only slower.
 *
 * Keys belong to the plugin: no other plugin reads or writes them.  The host seals each value with
 * its key and its time, so that what somebody else changed in the store is no value.  What it
 * cannot see is an older value of the same key put back: name a value by all that it depends on,
 * e.g. by a digest of the content that it was made from.
 */
#ifndef TOOLPOST_EXT_KV_H
#define TOOLPOST_EXT_KV_H

#include <toolpost/ext/recv.h>

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

#define TOOLPOST_EXT_KV "toolpost.kv/1"

enum {
  TOOLPOST_KV_MAX_KEY = 512,       /* bytes           */
  TOOLPOST_KV_MAX_VALUE = 4194304, /* bytes           */
  TOOLPOST_KV_MAX_LIFE = 31536000  /* seconds: a year */
};

/* What is to be kept.  Written by the plugin; borrowed until set() returns. */
typedef struct toolpost_kv_entry {
  uint32_t struct_size;
  uint32_t life_s;    /* from now; 1 to TOOLPOST_KV_MAX_LIFE */
  toolpost_str key;   /* 1 to TOOLPOST_KV_MAX_KEY bytes, any */
  toolpost_str value; /* any bytes                           */
} toolpost_kv_entry;

/* Immutable; lives as long as the host's table.
 *
 * All of them: [worker], and a thread of the plugin's own between start() and stop().  Block for a
 * short time that the operator sets, also when the store does not answer; then E_UNAVAILABLE.
 * E_INVALID: a key or a time out of bounds; E_LIMIT: a value out of bounds, or no memory;
 * E_STATE: the instance has ended. */
typedef struct toolpost_kv {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /* TOOLPOST_OK: recv gets the value, once, also an empty one.  E_NOT_FOUND: there is none, or what
   * there is is none of ours. */
  toolpost_status(TOOLPOST_CALL* get)(toolpost_ctx* ctx, const char* key, size_t key_size,
                                      toolpost_recv recv, void* user) TOOLPOST_NOEXCEPT;
  /* In the place of what is there. */
  toolpost_status(TOOLPOST_CALL* set)(toolpost_ctx* ctx,
                                      const toolpost_kv_entry* entry) TOOLPOST_NOEXCEPT;
  /* TOOLPOST_OK also where there was nothing. */
  toolpost_status(TOOLPOST_CALL* remove)(toolpost_ctx* ctx, const char* key,
                                         size_t key_size) TOOLPOST_NOEXCEPT;
} toolpost_kv;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
