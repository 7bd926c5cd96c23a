/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps calling the host from a thread of its own, and from stop() and destroy(), to the end of
 * the process. */
#include "hostile.h"

#include <pthread.h>
#include <unistd.h>

static void call_everything(void) {
  (void)the_host->is_cancelled(the_ctx, 1);
  (void)the_host->remaining_ms(the_ctx, 1);
  (void)the_host->progress(the_ctx, 1, 1, 1, NULL, 0);
  (void)the_host->remove(the_ctx, TOOLPOST_KIND_TOOL, "none", 4);
  (void)answer_text(1, "too late");
  the_host->set_error(the_ctx, "too late", 8);
  the_host->log(the_ctx, 0, TOOLPOST_SEVERITY_TRACE, "still here", 10);
}

static void* never_end(void* unused) {
  for (;;) {
    call_everything();
    usleep(200);
  }
  return unused;
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  (void)answer_text(id, "running");
}

static toolpost_status start(void* self) {
  pthread_t thread;
  (void)self;
  pthread_create(&thread, NULL, never_end, NULL);
  pthread_detach(thread);
  return add_tool("call_after_stop", on_call);
}

static void stop(void* self) {
  (void)self;
  (void)add_tool("added_at_stop", on_call);
  call_everything();
}

static void destroy(void* self) {
  (void)self;
  (void)add_tool("added_at_destroy", on_call);
  call_everything();
}

static toolpost_status create(const toolpost_host* host, toolpost_ctx* ctx,
                              const toolpost_create_args* args, const toolpost_plugin** out) {
  static toolpost_plugin plugin;
  (void)args;
  remember_host(host, ctx);
  plugin = correct_plugin(start);
  plugin.stop = stop;
  plugin.destroy = destroy;
  *out = &plugin;
  return TOOLPOST_OK;
}

HOSTILE_ENTRY("hostile.call-after-stop", create)
