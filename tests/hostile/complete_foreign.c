/* SPDX-License-Identifier: Apache-2.0 */
/* Completes, moves and questions calls that are not its own: numbers that never were and those of
 * its neighbour, which it can only guess. */
#include "hostile.h"

static void try_id(toolpost_call_id id, int* accepted, int* alive) {
  if (answer_text(id, "forged") != TOOLPOST_E_STATE) ++*accepted;
  if (the_host->progress(the_ctx, id, 1, 2, "forged", 6) == TOOLPOST_OK) ++*accepted;
  if (the_host->is_cancelled(the_ctx, id) == 0) ++*alive;
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  char text[128];
  int accepted = 0;
  int alive = 0;
  const toolpost_call_id wild[] = {0, UINT64_MAX, id ^ (UINT64_C(1) << 63), id + 1000000};
  for (size_t i = 0; i < sizeof wild / sizeof *wild; ++i) try_id(wild[i], &accepted, &alive);
  for (toolpost_call_id step = 1; step <= 4096; ++step) {
    try_id(id - step, &accepted, &alive);
    try_id(id + step, &accepted, &alive);
  }
  snprintf(text, sizeof text, "accepted %d alive %d", accepted, alive);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("complete_foreign", on_call);
}

HOSTILE_PLUGIN("hostile.complete-foreign")
