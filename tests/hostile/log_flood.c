/* SPDX-License-Identifier: Apache-2.0 */
/* Logs a hundred thousand lines with escapes, a megabyte in one, and at levels that do not exist.
 * */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  static const char escapes[] = "red \x1B[31malert\x07\n{\"level\":\"FORGED\"}\r\xFF\xFE";
  static char megabyte[1 << 20];
  memset(megabyte, 'm', sizeof megabyte);
  for (int i = 0; i < 100000; ++i)
    the_host->log(the_ctx, id, TOOLPOST_SEVERITY_ERROR, escapes, sizeof escapes - 1);
  the_host->log(the_ctx, id, TOOLPOST_SEVERITY_ERROR, megabyte, sizeof megabyte);
  the_host->log(the_ctx, id, -5, "below", 5);
  the_host->log(the_ctx, id, 1000000, "above", 5);
  the_host->log(the_ctx, UINT64_MAX, TOOLPOST_SEVERITY_ERROR, "no such call", 12);
  the_host->log(the_ctx, id, TOOLPOST_SEVERITY_ERROR, NULL, 12);
  for (int i = 0; i < 1000; ++i) the_host->log(the_ctx, id, TOOLPOST_SEVERITY_INFO, "chatter", 7);
  (void)answer_text(id, "logged");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("log_flood", on_call);
}

HOSTILE_PLUGIN("hostile.log-flood")
