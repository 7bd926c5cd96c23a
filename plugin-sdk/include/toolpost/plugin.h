/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost/plugin.h - the whole binary contract between the host and a tool plugin.
 *
 * Plain C99, no dependencies.  A plugin exports exactly one symbol, toolpost_entry_v1();
 * everything else travels through the tables below.
 *
 * Rules that hold for every declaration in this file
 *   Memory    Whoever allocates, frees.  Inputs are borrowed until the call returns; the callee
 *             copies what it keeps.  Two exceptions, both stated where they apply: toolpost_request
 *             (until complete() returns) and the tables (until destroy() returns).
 *   Text      UTF-8, not NUL-terminated unless a parameter says "cstr".  Size 0 means absent; data
 *             may then be NULL.
 *   Growth    The first field of every struct is its size as the writer knew it; the two views,
 *             toolpost_str and toolpost_bytes, never grow.  Fields are only appended.  Readers test
 *             TOOLPOST_HAS().  A struct that is longer than its reader knows is accepted if the
 *             rest is zero, else it is TOOLPOST_E_UNSUPPORTED.  Fields marked "0" must be zero.
 *   Threads   [control] one thread at a time, serialised by the host.
 *             [worker]  a host pool thread, concurrent, may block.
 *             [any]     any thread, never blocks, never re-enters the plugin on the same stack.
 *   Errors    Nothing may unwind or longjmp through a function declared here.
 *   Process   A plugin leaves the process alone: working directory, umask, locale, environment,
 *             signal handlers and descriptors 0 to 2 belong to the host.
 */
#ifndef TOOLPOST_PLUGIN_H
#define TOOLPOST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* The major is part of the entry's name; the minor grows with every addition. */
#define TOOLPOST_ABI_MAJOR 1u
#define TOOLPOST_ABI_MINOR 0u
#define TOOLPOST_ABI_VERSION ((TOOLPOST_ABI_MAJOR << 16) | TOOLPOST_ABI_MINOR)

#if defined(_WIN32)
#define TOOLPOST_CALL __cdecl
#define TOOLPOST_EXPORT __declspec(dllexport)
#else
#define TOOLPOST_CALL
#define TOOLPOST_EXPORT __attribute__((visibility("default")))
#endif

#if UINTPTR_MAX != 0xFFFFFFFFFFFFFFFFu
#error "toolpost/plugin.h: 64-bit targets only"
#endif

/* Part of the function types from C++17 on: a handler that may throw does not compile. */
#if (defined(__cplusplus) && __cplusplus >= 201703L) || \
    (defined(_MSVC_LANG) && _MSVC_LANG >= 201703L)
#define TOOLPOST_NOEXCEPT noexcept
#else
#define TOOLPOST_NOEXCEPT
#endif

/* NOLINTBEGIN(modernize-use-using): this is C. */
#ifdef __cplusplus
extern "C" {
#endif

/* True when the writer of *p knew about `field`. */
#ifdef __cplusplus
#define TOOLPOST_HAS(p, type, field) \
  ((p)->struct_size >= offsetof(type, field) + sizeof(type::field))
#else
#define TOOLPOST_HAS(p, type, field) \
  ((p)->struct_size >= offsetof(type, field) + sizeof(((type *)0)->field))
#endif

/* A borrowed piece of text. */
typedef struct toolpost_str {
  const char *data;
  size_t size; /* bytes */
} toolpost_str;

/* A borrowed piece of memory. */
typedef struct toolpost_bytes {
  const uint8_t *data;
  size_t size;
} toolpost_bytes;

/* Initialises a toolpost_str from a string literal. */
#define TOOLPOST_LIT(s) \
  { (s), sizeof(s) - 1 }

/* Host-side identity of one plugin instance.  Opaque; passed back verbatim. */
typedef struct toolpost_ctx toolpost_ctx;

/* Minted by the host, never reused while the process lives, 0 is never valid. */
typedef uint64_t toolpost_call_id;

/* How a function ended.  Unknown negative values read as TOOLPOST_E_INTERNAL. */
typedef int32_t toolpost_status;
enum {
  TOOLPOST_OK = 0,
  TOOLPOST_E_INVALID = -1,     /* malformed argument or JSON            */
  TOOLPOST_E_NOT_FOUND = -2,   /* no such item, resource or name        */
  TOOLPOST_E_DENIED = -3,      /* policy or scope                       */
  TOOLPOST_E_CANCELLED = -4,   /* because of on_cancel                  */
  TOOLPOST_E_DEADLINE = -5,    /* because of the deadline               */
  TOOLPOST_E_UNAVAILABLE = -6, /* transient; the caller may retry       */
  TOOLPOST_E_UNSUPPORTED = -7, /* unknown extension, size, flag         */
  TOOLPOST_E_STATE = -8,       /* wrong lifecycle state, stale call id  */
  TOOLPOST_E_LIMIT = -9,       /* quota, payload, memory or concurrency */
  TOOLPOST_E_INTERNAL = -10    /* a defect                              */
};

/* OpenTelemetry SeverityNumber values, so a gap of three sits between levels. */
typedef int32_t toolpost_severity;
enum {
  TOOLPOST_SEVERITY_TRACE = 1,
  TOOLPOST_SEVERITY_DEBUG = 5,
  TOOLPOST_SEVERITY_INFO = 9,
  TOOLPOST_SEVERITY_WARN = 13,
  TOOLPOST_SEVERITY_ERROR = 17,
  TOOLPOST_SEVERITY_FATAL = 21
};

/* What an item is, and so what its key names. */
typedef int32_t toolpost_kind;
enum {
  TOOLPOST_KIND_TOOL = 1,              /* key: name         */
  TOOLPOST_KIND_RESOURCE = 2,          /* key: URI          */
  TOOLPOST_KIND_RESOURCE_TEMPLATE = 3, /* key: URI template */
  TOOLPOST_KIND_PROMPT = 4,            /* key: name         */
  TOOLPOST_KIND_COMPLETION = 5         /* key: "prompt:NAME#ARG" or "template:URI#ARG" */
};

/* What the calling client can answer if the outcome is INPUT_REQUIRED. */
enum {
  TOOLPOST_CLIENT_ELICIT_FORM = 1 << 0,
  TOOLPOST_CLIENT_ELICIT_URL = 1 << 1,
  TOOLPOST_CLIENT_SAMPLING = 1 << 2,
  TOOLPOST_CLIENT_ROOTS = 1 << 3
};

/* Who is asking.  Never carries a credential. */
typedef struct toolpost_caller {
  uint32_t struct_size;
  uint32_t flags;           /* 0 */
  toolpost_str principal;   /* stable subject id; empty = anonymous */
  toolpost_str role;        /* the one that policy was decided with */
  toolpost_str client_id;   /* of the client program; may be empty  */
  toolpost_str request_id;  /* for logs                             */
  toolpost_str traceparent; /* W3C trace context; may be empty      */
} toolpost_caller;

/* One invocation.  Written by the host; valid from on_call() entry until complete() for the same id
 * returns, on any thread. */
typedef struct toolpost_request {
  uint32_t struct_size;
  toolpost_kind kind;
  toolpost_str key;             /* as added, but the concrete URI for a
                                   read through a template              */
  toolpost_str arguments;       /* JSON object, already schema-checked  */
  toolpost_str meta;            /* JSON object: _meta as received       */
  toolpost_str client;          /* JSON object: protocolVersion, clientInfo,
                                   capabilities.  Untrusted.            */
  toolpost_str input_responses; /* JSON object; empty in round 0        */
  toolpost_bytes resume_state;  /* what this plugin returned last round,
                                   integrity-checked by the host        */
  const toolpost_caller *caller;
  int64_t timeout_ms;       /* from now; -1 = none                      */
  uint32_t client_features; /* TOOLPOST_CLIENT_*                        */
  uint32_t round;           /* 0 on the first invocation                */
} toolpost_request;

typedef int32_t toolpost_outcome_kind;
enum {
  TOOLPOST_OUTCOME_COMPLETE = 0,      /* the result, or the failure      */
  TOOLPOST_OUTCOME_INPUT_REQUIRED = 1 /* ask the client, then call again */
};

/* What arguments and payloads are, beside those of a tool:
 *
 *   RESOURCE           arguments {}; payload ReadResourceResult: {"contents": [{"uri", "mimeType",
 *                      "text" or "blob"}]}, where "ttlMs" and "cacheScope" beside contents are
 *                      hints for caches.  Nothing there: TOOLPOST_E_NOT_FOUND.
 *   RESOURCE_TEMPLATE  the same; arguments has the template's variables, percent-decoded texts.
 *   PROMPT             arguments: texts, the required ones are there; payload GetPromptResult.
 *   COMPLETION         definition {}; arguments {"argument": {"name", "value"}, "context":
 *                      {"arguments": {...}}}; payload CompleteResult, of which the client gets the
 *                      first 100 values.
 *
 * INPUT_REQUIRED is for tools, prompts and reads.  Its payload maps keys of the plugin's choice to
 * requests: {"KEY": {"method": "elicitation/create" | "sampling/createMessage" | "roots/list",
 * "params": {...}}}.  on_call then comes again, as a call of its own with the same key and
 * arguments: input_responses maps those keys that were answered to results, forms are valid against
 * their schema, resume_state (at most 8 KiB) is what was returned, round counts up to 8.
 *
 * The answer to one invocation.  Written by the plugin; copied by complete().
 * A tool that ran and failed is TOOLPOST_OK with "isError": true in the payload: the model reads
 * it.  Any other status becomes a JSON-RPC error. */
typedef struct toolpost_outcome {
  uint32_t struct_size;
  toolpost_status status;
  toolpost_outcome_kind kind;
  uint32_t flags;              /* 0 */
  int32_t rpc_code;            /* 0 = the host derives it from status        */
  uint32_t reserved;           /* 0 */
  toolpost_str payload;        /* result object | inputRequests map | error data */
  toolpost_str message;        /* one line, when status != TOOLPOST_OK       */
  toolpost_bytes resume_state; /* INPUT_REQUIRED only                        */
  const toolpost_bytes *blobs; /* binary content: payload names it as {"$blob":N},
                                  read only where MCP has base64 text
                                  (content[].data, contents[].blob)          */
  size_t blob_count;
} toolpost_outcome;

/* One tool, resource, template or prompt.  Written by the plugin; the host copies all of it. */
typedef struct toolpost_item {
  uint32_t struct_size;
  toolpost_kind kind;
  toolpost_str key;
  toolpost_str definition;  /* MCP Tool/Resource/Prompt object as JSON   */
  uint64_t flags;           /* TOOLPOST_ITEM_*                           */
  uint32_t max_concurrency; /* calls at once; 0 = host default           */
  uint32_t timeout_ms;      /* 0 = host default                          */
  uint32_t client_features; /* TOOLPOST_CLIENT_* the client must have    */
  uint32_t reserved;        /* 0 */
  void *user_data;          /* the plugin's; passed back verbatim        */
  /* [worker] Returns nothing; the answer is complete(), now or later.  Once complete() has returned
   * *request is gone, even inside on_call. */
  void(TOOLPOST_CALL *on_call)(void *user_data, toolpost_call_id id,
                               const toolpost_request *request) TOOLPOST_NOEXCEPT;
  /* [any] Optional.  After a cancellation, a disconnect or the deadline; is_cancelled() reads 1 by
   * then.  complete() is owed all the same.  May race complete(); ignore ids you do not know. */
  void(TOOLPOST_CALL *on_cancel)(void *user_data, toolpost_call_id id) TOOLPOST_NOEXCEPT;
  /* [control] Optional.  Once, after the last on_call and on_cancel have returned and the last call
   * of this item was completed or given up at stop. */
  void(TOOLPOST_CALL *on_release)(void *user_data) TOOLPOST_NOEXCEPT;
} toolpost_item;

/* Annotations in the definition are ignored; the host derives them from these.  Without any: the
 * item changes things, does not destroy, and stays on this machine. */
enum {
  TOOLPOST_ITEM_READ_ONLY = 1 << 0,
  TOOLPOST_ITEM_DESTRUCTIVE = 1 << 1,
  TOOLPOST_ITEM_IDEMPOTENT = 1 << 2,
  TOOLPOST_ITEM_OPEN_WORLD = 1 << 3,   /* asks the network or other systems */
  TOOLPOST_ITEM_TASK_ALLOWED = 1 << 4, /* host may answer with a task handle */
  TOOLPOST_ITEM_TASK_REQUIRED = 1 << 5
};

/* What the host offers.  Immutable; lives until destroy() returns.  Every function takes the ctx
 * that create() was given.  After a ctx has died, all return TOOLPOST_E_STATE or do nothing. */
typedef struct toolpost_host {
  uint32_t struct_size;
  uint32_t abi_version; /* as TOOLPOST_ABI_VERSION */
  toolpost_str product; /* e.g. "toolpost"         */
  toolpost_str version; /* of the product          */

  /* [any] The table of an extension, or NULL if it is unknown or not granted.  id is a cstr, e.g.
   * "toolpost.kv/1". */
  const void *(TOOLPOST_CALL *get_extension)(toolpost_ctx *ctx, const char *id) TOOLPOST_NOEXCEPT;
  /* [any] One event.  id is 0 outside a call.  Control characters are escaped. */
  void(TOOLPOST_CALL *log)(toolpost_ctx *ctx, toolpost_call_id id, toolpost_severity severity,
                           const char *text, size_t size) TOOLPOST_NOEXCEPT;
  /* [any] Text for the failing status this thread is about to return from create() or start(). */
  void(TOOLPOST_CALL *set_error)(toolpost_ctx *ctx, const char *text,
                                 size_t size) TOOLPOST_NOEXCEPT;
  /* [any] From start() on.  E_INVALID: malformed; E_UNSUPPORTED: kind, flag or size; E_STATE: not
   * now; E_LIMIT: too large or too many.  A colliding name or a bad schema is found later: it fails
   * the start, or is logged and the item dropped. */
  toolpost_status(TOOLPOST_CALL *add)(toolpost_ctx *ctx,
                                      const toolpost_item *item) TOOLPOST_NOEXCEPT;
  /* [any] No new calls of the item; on_release follows when the running ones have ended.
   * E_NOT_FOUND: this instance has no such item; E_STATE: not now. */
  toolpost_status(TOOLPOST_CALL *remove)(toolpost_ctx *ctx, toolpost_kind kind, const char *key,
                                         size_t size) TOOLPOST_NOEXCEPT;
  /* [any] Exactly once per on_call, even after cancel or deadline.  Always ends a live call.
   * Copies and returns; the status tells of shape, size and state only, what the host finds later
   * (bad JSON, output schema) it answers and logs itself.  payload may contain newlines, the host
   * compacts it.  E_STATE: no live call of this instance has the id; E_LIMIT, E_INVALID,
   * E_UNSUPPORTED: the caller got an error instead of the outcome. */
  toolpost_status(TOOLPOST_CALL *complete)(toolpost_ctx *ctx, toolpost_call_id id,
                                           const toolpost_outcome *outcome) TOOLPOST_NOEXCEPT;
  /* [any] total <= 0 means unknown, text may be empty.  Rate-limited and coalesced by the host.
   * E_INVALID: NaN or infinity; E_STATE: no live call has the id. */
  toolpost_status(TOOLPOST_CALL *progress)(toolpost_ctx *ctx, toolpost_call_id id, double done,
                                           double total, const char *text,
                                           size_t size) TOOLPOST_NOEXCEPT;
  /* [any] 1 = stop now, 0 = go on.  A stale id reads as 1. */
  int32_t(TOOLPOST_CALL *is_cancelled)(toolpost_ctx *ctx, toolpost_call_id id) TOOLPOST_NOEXCEPT;
  /* [any] Milliseconds until the deadline: -1 = none, 0 = passed, or a stale id. */
  int64_t(TOOLPOST_CALL *remaining_ms)(toolpost_ctx *ctx, toolpost_call_id id) TOOLPOST_NOEXCEPT;
} toolpost_host;

/* What one plugin instance offers.  Owned by the plugin until destroy(). */
typedef struct toolpost_plugin {
  uint32_t struct_size;
  uint32_t flags; /* 0 */
  void *self;     /* the plugin's; passed back verbatim */
  /* [control] Register items, start threads.  Items added here go live together when it returns
   * TOOLPOST_OK; items added later go live at once.  On failure set_error() has the text, and
   * destroy() follows. */
  toolpost_status(TOOLPOST_CALL *start)(void *self) TOOLPOST_NOEXCEPT;
  /* [control] No new on_call after this; complete what is running. */
  void(TOOLPOST_CALL *stop)(void *self) TOOLPOST_NOEXCEPT;
  /* [control] Never while an on_call or on_cancel is on a stack.  Every thread of the plugin has
   * ended when this returns, and no host function is called afterwards. */
  void(TOOLPOST_CALL *destroy)(void *self) TOOLPOST_NOEXCEPT;
  /* [any] The table of an extension that the plugin offers, or NULL.  id is a cstr. */
  const void *(TOOLPOST_CALL *get_extension)(void *self, const char *id) TOOLPOST_NOEXCEPT;
} toolpost_plugin;

/* What the operator decided about one instance.  Borrowed for the duration of create(). */
typedef struct toolpost_create_args {
  uint32_t struct_size;
  uint32_t flags;        /* TOOLPOST_ISOLATED                              */
  toolpost_str instance; /* operator-chosen name                           */
  toolpost_str config;   /* JSON object, valid against config_schema       */
  toolpost_str data_dir; /* absolute path: private, writable; empty = none */
} toolpost_create_args;
enum {
  TOOLPOST_ISOLATED = 1 << 0 /* in a process of its own */
};

/* What a plugin is.  A constant of the library. */
typedef struct toolpost_entry {
  uint32_t struct_size;
  uint32_t abi_version;       /* what the plugin was built against         */
  uint32_t min_host_version;  /* oldest host ABI it can run on             */
  uint32_t flags;             /* TOOLPOST_ENTRY_*                          */
  toolpost_str id;            /* reverse DNS, equals the manifest id       */
  toolpost_str name;          /* for people                                */
  toolpost_str version;       /* semver                                    */
  toolpost_str vendor;        /* may be empty                              */
  toolpost_str protocol;      /* MCP revision of all JSON it reads and writes,
                                 e.g. "2026-07-28"; the host translates for
                                 older and newer clients                   */
  toolpost_str config_schema; /* JSON Schema 2020-12; empty = any object   */
  toolpost_str instructions;  /* text for the model; may be empty          */
  /* [control] Makes an instance; several may live at once.  *out is set on TOOLPOST_OK only; else
   * set_error() has the text and nothing is left behind.  Of the host table only log, set_error and
   * get_extension may be used here. */
  toolpost_status(TOOLPOST_CALL *create)(const toolpost_host *host, toolpost_ctx *ctx,
                                         const toolpost_create_args *args,
                                         const toolpost_plugin **out) TOOLPOST_NOEXCEPT;
} toolpost_entry;
enum {
  TOOLPOST_ENTRY_ISOLATE = 1 << 0,  /* never load in-process             */
  TOOLPOST_ENTRY_SINGLETON = 1 << 1 /* at most one instance per process  */
};

/* The one exported symbol.  Pure: no I/O, no threads, any number of calls.  Returns a table with
 * static lifetime, never NULL. */
TOOLPOST_EXPORT const toolpost_entry *TOOLPOST_CALL toolpost_entry_v1(void) TOOLPOST_NOEXCEPT;

#ifdef __cplusplus
}
#endif
/* NOLINTEND(modernize-use-using) */
#endif
