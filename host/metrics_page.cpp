// SPDX-License-Identifier: Apache-2.0
#include "metrics_page.hpp"

#include "base/build_info.hpp"
#include "ops/process_facts.hpp"

#include <chrono>

namespace toolpost {
namespace {

using ops::Exposition;

void write_audit(Exposition& out, const audit::Journal* journal) {
  if (journal == nullptr) return;
  const bool is_well = journal->trouble(audit::Journal::Clock::now()) == audit::Trouble::kNone;
  const audit::JournalCounts& counts = journal->counts();
  out.gauge("toolpost_audit_healthy", "1: what happens can be recorded; 0: it cannot.")
      .sample(std::uint64_t{is_well});
  out.counter("toolpost_audit_records_total", "Records that were written.")
      .sample(counts.records.value());
  out.counter("toolpost_audit_refused_total",
              "Calls that were not taken because nothing could be recorded. They are in no other "
              "metric of calls.")
      .sample(counts.refused.value());
  out.counter("toolpost_audit_unrecorded_total", "What happened and has no record.")
      .sample(counts.unrecorded.value());
  out.histogram("toolpost_audit_sync_seconds",
                "How long the storage took to put records on the disk.")
      .sample(counts.syncs.read());
}

void write_redis(Exposition& out, const store::Redis* redis) {
  if (redis == nullptr) return;
  out.gauge("toolpost_redis_up", "1: the Redis answers; 0: it counts as down.")
      .sample(std::uint64_t{redis->is_up()});
}

void write_reloads(Exposition& out, const ReloadCounts* counts) {
  if (counts == nullptr) return;
  out.counter("toolpost_reloads_total", "Reloads of the configuration, by result.")
      .sample(counts->done, {{"result", "done"}})
      .sample(counts->refused, {{"result", "refused"}});
  if (counts->done == 0) return;
  const auto since_1970 = counts->last_done.time_since_epoch();
  out.gauge("toolpost_reload_last_done_timestamp_seconds",
            "When the configuration was last reloaded, in seconds since 1970.")
      .sample(std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(since_1970).count()});
}

}  // namespace

std::string metrics_page(const MetricSources& sources) {
  Exposition out;
  out.gauge("toolpost_build_info", "Always 1; the labels say what runs.")
      .sample(std::uint64_t{1}, {{"version", kVersion}, {"compiler", compiler_version()}});
  write_call_metrics(out, sources);
  write_load_metrics(out, sources);
  write_plugin_metrics(out, sources);
  write_access_metrics(out, sources);
  write_audit(out, sources.journal);
  write_http_metrics(out, sources);
  write_redis(out, sources.redis);
  write_reloads(out, sources.reloads);
  ops::write_process_facts(out);
  return std::move(out).take();
}

}  // namespace toolpost
