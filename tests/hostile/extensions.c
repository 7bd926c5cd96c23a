/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for extensions that do not exist. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  const int found = the_host->get_extension(the_ctx, "toolpost.nothing/1") != NULL ||
                    the_host->get_extension(the_ctx, "") != NULL ||
                    the_host->get_extension(the_ctx, NULL) != NULL ||
                    the_host->get_extension(the_ctx, "%s%n\x1B[2J") != NULL;
  (void)answer_text(id, found ? "found" : "none");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("extensions", on_call);
}

HOSTILE_PLUGIN("hostile.extensions")
