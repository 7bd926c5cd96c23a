/* SPDX-License-Identifier: Apache-2.0 */
/* A hundred thousand steps of progress, then numbers that are none; the answer counts what was
 * refused. */
#include "hostile.h"

#include <math.h>

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  char text[64];
  int refused = 0;
  for (int i = 0; i < 100000; ++i) (void)the_host->progress(the_ctx, id, i, 100000, "more", 4);
  refused += the_host->progress(the_ctx, id, (double)NAN, 1, NULL, 0) != TOOLPOST_OK;
  refused += the_host->progress(the_ctx, id, 1, (double)INFINITY, NULL, 0) != TOOLPOST_OK;
  refused += the_host->progress(the_ctx, id, -(double)INFINITY, 1, NULL, 0) != TOOLPOST_OK;
  snprintf(text, sizeof text, "refused %d", refused);
  (void)answer_text(id, text);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("progress_flood", on_call);
}

HOSTILE_PLUGIN("hostile.progress-flood")
