/* SPDX-License-Identifier: Apache-2.0 */
/* Gives complete() outcomes that are none, a call each; `arguments` is ignored, the calls take
 * turns. Any of them ends the call. */
#include "hostile.h"

static struct {
  toolpost_outcome outcome;
  uint64_t newer_field;
} newer;

static const toolpost_bytes kBlobWithoutData = {NULL, 16};
static _Atomic toolpost_status statuses[16];
static _Atomic int calls;

static toolpost_status complete_badly(toolpost_call_id id, int turn) {
  toolpost_outcome outcome = outcome_of("{\"content\":[]}");
  switch (turn) {
    case 0:
      return the_host->complete(the_ctx, id, NULL);
    case 1:
      outcome.struct_size = 0;
      break;
    case 2:
      outcome.struct_size = UINT32_MAX;
      break;
    case 3:
      newer.outcome = outcome;
      newer.outcome.struct_size = sizeof newer;
      newer.newer_field = 1;
      return the_host->complete(the_ctx, id, &newer.outcome);
    case 4:
      outcome.kind = 99;
      break;
    case 5:
      outcome.flags = 1;
      break;
    case 6:
      outcome.reserved = 1;
      break;
    case 7:
      outcome.status = 7;
      break;
    case 8:
      outcome.payload.data = NULL;
      break;
    case 9:
      outcome.payload.size = SIZE_MAX;
      break;
    case 10:
      outcome.blob_count = 1;
      break;
    case 11:
      outcome.blobs = &kBlobWithoutData;
      outcome.blob_count = 1;
      break;
    default:
      outcome.blob_count = SIZE_MAX;
      break;
  }
  return the_host->complete(the_ctx, id, &outcome);
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  const int turn = calls++;
  const toolpost_status status = complete_badly(id, turn);
  if (turn < 16) statuses[turn] = status;
}

static void on_status(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char text[256] = "";
  size_t used = 0;
  (void)user_data;
  (void)request;
  for (int i = 0; i < calls && i < 16; ++i)
    used +=
        (size_t)snprintf(text + used, sizeof text - used, i == 0 ? "%d" : " %d", (int)statuses[i]);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  (void)add_tool("complete_malformed_status", on_status);
  return add_tool("complete_malformed", on_call);
}

HOSTILE_PLUGIN("hostile.complete-malformed")
