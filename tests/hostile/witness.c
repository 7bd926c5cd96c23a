/* SPDX-License-Identifier: Apache-2.0 */
/* Well-behaved: whatever its neighbour does, its tools must keep answering. `nap` answers after a
 * second, from another thread, so that calls of two plugins overlap. */
#include "hostile.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

static pthread_t sleeper;
static atomic_bool sleeping;

static void* answer_after_a_second(void* id) {
  sleep(1);
  (void)answer_text(*(toolpost_call_id*)id, "slept well");
  return NULL;
}

static void nap(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  static toolpost_call_id napping;
  (void)user_data;
  (void)request;
  if (atomic_exchange(&sleeping, true)) {
    (void)answer_text(id, "one nap is enough");
    return;
  }
  napping = id;
  pthread_create(&sleeper, NULL, answer_after_a_second, &napping);
}

static void ping(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "pong");
}

static toolpost_status start(void* self) {
  toolpost_item naps = tool_item(
      "nap", "{\"name\":\"nap\",\"description\":\"a test\",\"inputSchema\":{\"type\":\"object\"}}",
      nap);
  toolpost_item pings = tool_item(
      "ping",
      "{\"name\":\"ping\",\"description\":\"a test\",\"inputSchema\":{\"type\":\"object\"}}", ping);
  (void)self;
  naps.timeout_ms = pings.timeout_ms = 30000; /* the short deadlines are meant for the others */
  if (the_host->add(the_ctx, &naps) != TOOLPOST_OK) return TOOLPOST_E_INTERNAL;
  return the_host->add(the_ctx, &pings);
}

static void stop(void* self) {
  (void)self;
  if (atomic_load(&sleeping)) pthread_join(sleeper, NULL);
}

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  static toolpost_plugin plugin;
  (void)args;
  remember_host(host, ctx);
  plugin = correct_plugin(start);
  plugin.stop = stop;
  *out = &plugin;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.witness", create)
