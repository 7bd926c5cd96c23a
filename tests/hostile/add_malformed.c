/* SPDX-License-Identifier: Apache-2.0 */
/* Gives add() everything that is no item, then a good one that tells the statuses it got. */
#include "hostile.h"

static struct {
  toolpost_item item;
  uint64_t newer_field;
} newer;

enum { kAttempts = 15 };

static toolpost_status statuses[kAttempts];

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char text[256] = "";
  size_t used = 0;
  (void)user_data;
  (void)request;
  for (int i = 0; i < kAttempts; ++i)
    used +=
        (size_t)snprintf(text + used, sizeof text - used, i == 0 ? "%d" : " %d", (int)statuses[i]);
  (void)answer_text(id, text);
}

static toolpost_item good(void) {
  return tool_item("never_added",
                   "{\"name\":\"never_added\",\"inputSchema\":{\"type\":\"object\"}}", on_call);
}

static toolpost_status start(void* self) {
  int at = 0;
  toolpost_item item;
  (void)self;
  statuses[at++] = the_host->add(the_ctx, NULL);

  item = good();
  item.struct_size = 0;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.struct_size = 8;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.struct_size = UINT32_MAX;
  statuses[at++] = the_host->add(the_ctx, &item);

  newer.item = good();
  newer.item.struct_size = sizeof newer;
  newer.newer_field = 1;
  statuses[at++] = the_host->add(the_ctx, &newer.item);

  item = good();
  item.kind = 99;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.kind = 0;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.flags = UINT64_C(1) << 63;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.client_features = 1u << 31;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.reserved = 1;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.on_call = NULL;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.key = text_of("");
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.key.data = NULL;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.definition.size = SIZE_MAX;
  statuses[at++] = the_host->add(the_ctx, &item);

  item = good();
  item.key = text_of("bad\xFFkey");
  statuses[at++] = the_host->add(the_ctx, &item);

  return add_tool("add_malformed", on_call);
}

HOSTILE_PLUGIN("hostile.add-malformed")
