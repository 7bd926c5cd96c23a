/* SPDX-License-Identifier: Apache-2.0 */
/* A handler that never returns and never completes. */
#include "hostile.h"

#include <unistd.h>

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)id;
  for (;;) pause();
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("call_endless", on_call);
}

HOSTILE_PLUGIN("hostile.call-endless")
