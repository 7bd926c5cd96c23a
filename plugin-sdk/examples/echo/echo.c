/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest useful plugin, in C: one tool that answers with the text it was given.
 * It completes every call inside on_call, so it has neither threads nor anything to cancel. */
#include <toolpost/plugin.h>

#include <stdlib.h>
#include <string.h>

typedef struct instance {
  toolpost_plugin table; /* what the host sees; self points back here */
  const toolpost_host* host;
  toolpost_ctx* ctx;
} instance;

typedef struct token {
  const char* data; /* NULL: not found */
  size_t size;
} token;

static const char kDefinition[] =
    "{\"name\":\"echo\",\"title\":\"Echo\","
    "\"description\":\"Answers with the text it was given.\","
    "\"inputSchema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\","
    "\"description\":\"What to answer\"}},\"required\":[\"text\"],\"additionalProperties\":false},"
    "\"outputSchema\":{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},"
    "\"required\":[\"text\"],\"additionalProperties\":false}}";

static const char kBeforeContent[] = "{\"content\":[{\"type\":\"text\",\"text\":";
static const char kBeforeStructured[] = "}],\"structuredContent\":{\"text\":";
static const char kEnd[] = "}}";

static int is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The JSON string that starts at or after `at`, quotes included. */
static token next_string(const char* at, const char* end) {
  token found = {NULL, 0};
  const char* start;
  while (at < end && *at != '"') ++at;
  start = at;
  for (++at; at < end; ++at) {
    if (*at == '\\') {
      ++at;
    } else if (*at == '"') {
      found.data = start;
      found.size = (size_t)(at + 1 - start);
      return found;
    }
  }
  return found;
}

/* The value of the only member.  The host has checked the arguments against the schema, so it is
 * valid JSON and a string; as a token it can go into the answer as it stands, escapes and all. */
static token only_string(toolpost_str arguments) {
  const char* end = arguments.data + arguments.size;
  token value = {NULL, 0};
  const token key = next_string(arguments.data, end);
  const char* at;
  if (key.data == NULL) return value;
  at = key.data + key.size;
  while (at < end && is_space(*at)) ++at;
  if (at == end || *at != ':') return value;
  return next_string(at, end);
}

static char* append(char* out, const char* data, size_t size) {
  memcpy(out, data, size);
  return out + size;
}

static void fail(const instance* self, toolpost_call_id id, toolpost_status status,
                 const char* message) {
  toolpost_outcome outcome;
  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = (uint32_t)sizeof outcome;
  outcome.status = status;
  outcome.message.data = message;
  outcome.message.size = strlen(message);
  self->host->complete(self->ctx, id, &outcome);
}

static void TOOLPOST_CALL on_call(void* user_data, toolpost_call_id id,
                                  const toolpost_request* request) {
  const instance* self = (const instance*)user_data;
  const token text = only_string(request->arguments);
  const size_t fixed = sizeof kBeforeContent + sizeof kBeforeStructured + sizeof kEnd;
  toolpost_outcome outcome;
  char* payload;
  char* out;
  if (text.data == NULL) {
    fail(self, id, TOOLPOST_E_INVALID, "echo: arguments hold no text");
    return;
  }
  payload = (char*)malloc(fixed + 2 * text.size);
  if (payload == NULL) {
    fail(self, id, TOOLPOST_E_LIMIT, "echo: out of memory");
    return;
  }
  out = append(payload, kBeforeContent, sizeof kBeforeContent - 1);
  out = append(out, text.data, text.size);
  out = append(out, kBeforeStructured, sizeof kBeforeStructured - 1);
  out = append(out, text.data, text.size);
  out = append(out, kEnd, sizeof kEnd - 1);

  memset(&outcome, 0, sizeof outcome);
  outcome.struct_size = (uint32_t)sizeof outcome;
  outcome.status = TOOLPOST_OK;
  outcome.kind = TOOLPOST_OUTCOME_COMPLETE;
  outcome.payload.data = payload;
  outcome.payload.size = (size_t)(out - payload);
  self->host->complete(self->ctx, id, &outcome);
  free(payload);
}

static toolpost_status TOOLPOST_CALL start(void* opaque) {
  instance* self = (instance*)opaque;
  toolpost_item item;
  memset(&item, 0, sizeof item);
  item.struct_size = (uint32_t)sizeof item;
  item.kind = TOOLPOST_KIND_TOOL;
  item.key.data = "echo";
  item.key.size = strlen("echo");
  item.definition.data = kDefinition;
  item.definition.size = sizeof kDefinition - 1;
  item.flags = TOOLPOST_ITEM_READ_ONLY | TOOLPOST_ITEM_IDEMPOTENT;
  item.user_data = self;
  item.on_call = on_call;
  return self->host->add(self->ctx, &item);
}

static void TOOLPOST_CALL stop(void* opaque) {
  (void)opaque;
}

static void TOOLPOST_CALL destroy(void* opaque) {
  free(opaque);
}

static const void* TOOLPOST_CALL get_extension(void* opaque, const char* id) {
  (void)opaque;
  (void)id;
  return NULL;
}

static toolpost_status TOOLPOST_CALL create(const toolpost_host* host, toolpost_ctx* ctx,
                                            const toolpost_create_args* args,
                                            const toolpost_plugin** out) {
  static const char kNoMemory[] = "echo: out of memory";
  instance* self = (instance*)calloc(1, sizeof *self);
  (void)args;
  if (self == NULL) {
    host->set_error(ctx, kNoMemory, sizeof kNoMemory - 1);
    return TOOLPOST_E_LIMIT;
  }
  self->host = host;
  self->ctx = ctx;
  self->table.struct_size = (uint32_t)sizeof self->table;
  self->table.self = self;
  self->table.start = start;
  self->table.stop = stop;
  self->table.destroy = destroy;
  self->table.get_extension = get_extension;
  *out = &self->table;
  return TOOLPOST_OK;
}

TOOLPOST_EXPORT const toolpost_entry* TOOLPOST_CALL toolpost_entry_v1(void) {
  static const toolpost_entry kEntry = {
      sizeof(toolpost_entry),
      TOOLPOST_ABI_VERSION,
      TOOLPOST_ABI_MAJOR << 16, /* runs on every host of this major */
      0,
      TOOLPOST_LIT("io.toolpost.echo"),
      TOOLPOST_LIT("Echo"),
      TOOLPOST_LIT("1.0.0"),
      TOOLPOST_LIT("Toolpost"),
      TOOLPOST_LIT("2026-07-28"),
      TOOLPOST_LIT("{\"type\":\"object\",\"additionalProperties\":false}"),
      TOOLPOST_LIT(""),
      create};
  return &kEntry;
}
