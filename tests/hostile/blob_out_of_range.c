/* SPDX-License-Identifier: Apache-2.0 */
/* Names a blob that it did not hand over. */
#include "hostile.h"

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  static const uint8_t byte = 7;
  const toolpost_bytes blob = {&byte, 1};
  toolpost_outcome outcome = outcome_of(
      "{\"content\":[{\"type\":\"image\",\"mimeType\":\"image/png\",\"data\":{\"$blob\":1}}]}");
  outcome.blobs = &blob;
  outcome.blob_count = 1;
  (void)the_host->complete(the_ctx, id, &outcome);
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("blob_out_of_range", on_call);
}

HOSTILE_PLUGIN("hostile.blob-out-of-range")
