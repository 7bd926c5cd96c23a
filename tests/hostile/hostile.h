/* SPDX-License-Identifier: Apache-2.0 */
/* What a hostile plugin needs around its one defect: a correct entry, a correct instance, a tool.
 * Everything is static, so that each plugin exports toolpost_entry_v1() and nothing else. */
#ifndef TOOLPOST_HOSTILE_H
#define TOOLPOST_HOSTILE_H

#include <toolpost/plugin.h>

#include <stdio.h>
#include <string.h>

/* A plugin here has one instance; its functions need no other way to the host. */
static const toolpost_host* the_host;
static toolpost_ctx* the_ctx;

static inline toolpost_str text_of(const char* cstr) {
  const toolpost_str text = {cstr, strlen(cstr)};
  return text;
}

typedef void (*hostile_handler)(void* user_data, toolpost_call_id id,
                                const toolpost_request* request);

static inline toolpost_item tool_item(const char* name, const char* definition,
                                      hostile_handler handler) {
  toolpost_item item;
  memset(&item, 0, sizeof item);
  item.struct_size = sizeof item;
  item.kind = TOOLPOST_KIND_TOOL;
  item.key = text_of(name);
  item.definition = text_of(definition);
  item.flags = TOOLPOST_ITEM_READ_ONLY;
  item.on_call = handler;
  return item;
}

static inline toolpost_status add_defined(const char* name, const char* definition,
                                          hostile_handler handler) {
  const toolpost_item item = tool_item(name, definition, handler);
  return the_host->add(the_ctx, &item);
}

/* A tool that takes any object. */
static inline toolpost_status add_tool(const char* name, hostile_handler handler) {
  char definition[256];
  snprintf(definition, sizeof definition,
           "{\"name\":\"%s\",\"description\":\"a test\",\"inputSchema\":{\"type\":\"object\"}}",
           name);
  return add_defined(name, definition, handler);
}

static inline toolpost_outcome outcome_of(const char* payload) {
  toolpost_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = sizeof outcome;
  outcome.status = TOOLPOST_OK;
  outcome.kind = TOOLPOST_OUTCOME_COMPLETE;
  outcome.payload = text_of(payload);
  return outcome;
}

static inline toolpost_status answer(toolpost_call_id id, const char* payload) {
  const toolpost_outcome outcome = outcome_of(payload);
  return the_host->complete(the_ctx, id, &outcome);
}

/* Answers with one text block. `text` must need no escapes in JSON. */
static inline toolpost_status answer_text(toolpost_call_id id, const char* text) {
  char payload[2048];
  snprintf(payload, sizeof payload, "{\"content\":[{\"type\":\"text\",\"text\":\"%s\"}]}", text);
  return answer(id, payload);
}

static inline toolpost_entry correct_entry(const char* id) {
  toolpost_entry entry;
  memset(&entry, 0, sizeof entry);
  entry.struct_size = sizeof entry;
  entry.abi_version = TOOLPOST_ABI_VERSION;
  entry.min_host_version = TOOLPOST_ABI_MAJOR << 16;
  entry.id = text_of(id);
  entry.name = text_of("Hostile");
  entry.version = text_of("1.0.0");
  entry.vendor = text_of("Toolpost tests");
  entry.protocol = text_of("2026-07-28");
  entry.config_schema = text_of("{\"type\":\"object\"}");
  return entry;
}

static inline void do_nothing(void* self) {
  (void)self;
}

static inline const void* no_extension(void* self, const char* id) {
  (void)self;
  (void)id;
  return NULL;
}

static inline toolpost_plugin correct_plugin(toolpost_status (*start)(void*)) {
  toolpost_plugin plugin;
  memset(&plugin, 0, sizeof plugin);
  plugin.struct_size = sizeof plugin;
  plugin.start = start;
  plugin.stop = do_nothing;
  plugin.destroy = do_nothing;
  plugin.get_extension = no_extension;
  return plugin;
}

static inline void remember_host(const toolpost_host* host, toolpost_ctx* ctx) {
  the_host = host;
  the_ctx = ctx;
}

/* An entry whose create() is CREATE and that is correct otherwise. */
#define HOSTILE_ENTRY(ID, CREATE)                 \
  const toolpost_entry* toolpost_entry_v1(void) { \
    static toolpost_entry entry;                  \
    entry = correct_entry(ID);                    \
    entry.create = CREATE;                        \
    return &entry;                                \
  }

/* A plugin that is correct but for what `static toolpost_status start(void *)` leads to. */
#define HOSTILE_PLUGIN(ID)                                                                       \
  static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,                    \
                                const toolpost_create_args* args, const toolpost_plugin** out) { \
    static toolpost_plugin plugin;                                                               \
    (void)args;                                                                                  \
    remember_host(host, ctx);                                                                    \
    plugin = correct_plugin(start);                                                              \
    *out = &plugin;                                                                              \
    return TOOLPOST_OK;                                                                          \
  }                                                                                              \
  HOSTILE_ENTRY(ID, create)

/* The same for a plugin that differs in its entry only; its create() is never reached. */
static inline toolpost_status unreachable_create(const toolpost_host* host, toolpost_ctx* ctx,
                                                 const toolpost_create_args* args,
                                                 const toolpost_plugin** out) {
  (void)host;
  (void)ctx;
  (void)args;
  (void)out;
  return TOOLPOST_E_INTERNAL;
}

#endif
