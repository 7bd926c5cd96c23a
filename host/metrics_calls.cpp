// SPDX-License-Identifier: Apache-2.0
// The part of the page that is about calls and plugins.
#include "metrics_page.hpp"

#include <array>
#include <utility>
#include <vector>

namespace toolpost {
namespace {

using call::CallCounts;
using call::EndedAs;
using call::ItemCounts;
using ops::Exposition;

// Of a name; two plugins may have had the same one after the other.
struct Tool {
  std::uint64_t invocations = 0;
  Durations durations;
};

// What nobody has called yet is there, too: a rate needs a zero to begin from.
void count_all_tools(CallCounts& counts, const registry::Registry& registry) {
  for (const auto& item : registry.snapshot()->items(mcp::ItemKind::kTool)) {
    counts.of(item.get(), {});
  }
}

// As the enterprise deployment guide has them.
void write_tools(Exposition& out, const CallCounts& counts) {
  std::map<std::string_view, Tool> tools;
  counts.each([&](const CallCounts::Key& key, const ItemCounts& item) {
    if (key.tool.empty()) return;
    Tool& tool = tools[key.tool];
    tool.invocations += item.total();
    tool.durations += item.run.read();
  });
  out.counter("mcp_tool_invocations_total", "Calls of a tool that have ended, in whatever way.");
  for (const auto& [name, tool] : tools) out.sample(tool.invocations, {{"tool", name}});
  out.histogram("mcp_tool_duration_seconds",
                "How long a tool's plugin had a call until the call ended.");
  for (const auto& [name, tool] : tools) out.sample(tool.durations, {{"tool", name}});
}

void write_outcomes(Exposition& out, const CallCounts& counts) {
  out.counter("toolpost_calls_total", "Calls that have ended, by how.");
  counts.each([&](const CallCounts::Key& key, const ItemCounts& item) {
    for (std::size_t i = 0; i < item.ended.size(); ++i) {
      const auto as = static_cast<EndedAs>(i);
      const std::uint64_t count = item.ended[i].value();
      if (count == 0 && as != EndedAs::kOk) continue;
      out.sample(count, {{"plugin", key.plugin},
                         {"kind", key.kind},
                         {"tool", key.tool},
                         {"outcome", to_string(as)}});
    }
  });
}

// One sample for each item, from what `read` takes of it.
template <class Read>
void write_each(Exposition& out, const CallCounts& counts, const Read& read) {
  counts.each([&](const CallCounts::Key& key, const ItemCounts& item) {
    out.sample(read(item), {{"plugin", key.plugin}, {"kind", key.kind}, {"tool", key.tool}});
  });
}

// The sum of a plugin's lanes.
template <class Read>
void write_lanes(Exposition& out, const call::Dispatcher& dispatcher, const Read& read) {
  std::map<std::string_view, std::uint64_t> sums;
  dispatcher.each_lane([&](const call::Lane& lane) { sums[lane.plugin_id()] += read(lane); });
  for (const auto& [plugin, sum] : sums) out.sample(sum, {{"plugin", plugin}});
}

}  // namespace

void write_call_metrics(Exposition& out, const MetricSources& sources) {
  CallCounts& counts = sources.dispatcher.counts();
  count_all_tools(counts, sources.registry);
  write_tools(out, counts);
  write_outcomes(out, counts);
  out.histogram("toolpost_call_queue_seconds",
                "From the arrival of a call to its plugin: waiting for a place and, where it has "
                "effects, for its record.");
  counts.each([&](const CallCounts::Key& key, const ItemCounts& item) {
    if (item.total() == 0) return;  // a histogram is many lines
    out.sample(item.queue.read(), {{"plugin", key.plugin}, {"kind", key.kind}, {"tool", key.tool}});
  });
  out.gauge("toolpost_calls_in_flight", "Calls that have arrived and not ended.");
  write_each(out, counts, [](const ItemCounts& item) { return item.in_flight.value(); });
  out.counter("toolpost_call_argument_bytes_total", "Arguments of calls.");
  write_each(out, counts, [](const ItemCounts& item) { return item.argument_bytes.value(); });
  out.counter("toolpost_call_result_bytes_total", "Answers of plugins, as clients get them.");
  write_each(out, counts, [](const ItemCounts& item) { return item.result_bytes.value(); });
}

void write_load_metrics(Exposition& out, const MetricSources& sources) {
  const call::Capacity& capacity = sources.dispatcher.capacity();
  out.gauge("toolpost_load_calls", "Calls that the server has taken on and whose clients wait.")
      .sample(std::uint64_t{capacity.taken()});
  out.gauge("toolpost_load_calls_limit", "How many it takes on at once; 0: no limit.")
      .sample(std::uint64_t{capacity.limit()});
  out.counter("toolpost_load_refused_total",
              "Calls that were not taken on because there is too much to do, by cause.")
      .sample(capacity.refused().calls, {{"cause", "calls"}})
      .sample(capacity.refused().share, {{"cause", "share"}})
      .sample(capacity.refused().memory, {{"cause", "memory"}});
  if (sources.memory == nullptr) return;
  out.gauge("toolpost_memory_limit_bytes",
            "What the server and the programs that it starts may use; without a limit, what the "
            "machine has.")
      .sample(sources.memory->limit());
  if (const auto used = sources.memory->used()) {
    out.gauge("toolpost_memory_used_bytes",
              "What of it is used; without a limit, by the server alone.")
        .sample(*used);
  }
}

void write_plugin_metrics(Exposition& out, const MetricSources& sources) {
  const call::Dispatcher& dispatcher = sources.dispatcher;
  out.gauge("toolpost_plugin_up", "Of each enabled plugin, 1: it runs; 0: it did not start.");
  for (const auto& [id, runs] : sources.plugins) out.sample(std::uint64_t{runs}, {{"plugin", id}});
  out.gauge("toolpost_plugin_calls_running", "Calls that a plugin works on.");
  write_lanes(out, dispatcher, [](const call::Lane& lane) { return lane.running(); });
  out.gauge("toolpost_plugin_calls_running_limit", "How many it may work on at once.");
  write_lanes(out, dispatcher, [](const call::Lane& lane) { return lane.limits().concurrency; });
  out.gauge("toolpost_plugin_calls_waiting", "Calls that wait for a place in a plugin.");
  write_lanes(out, dispatcher, [](const call::Lane& lane) { return lane.waiting(); });
  out.gauge("toolpost_plugin_calls_waiting_limit", "How many may wait; more are told it is busy.");
  write_lanes(out, dispatcher, [](const call::Lane& lane) { return lane.limits().queue; });
  out.gauge("toolpost_plugin_circuit_open",
            "1: the plugin let several calls in a row time out, and is given none for a while.");
  write_lanes(out, dispatcher,
              [](const call::Lane& lane) { return std::uint64_t{!lane.circuit().is_closed()}; });
  out.counter("toolpost_plugin_circuit_refused_total",
              "Calls that were kept away from it meanwhile.");
  write_lanes(out, dispatcher, [](const call::Lane& lane) { return lane.circuit().refused(); });
  out.gauge("toolpost_items", "What plugins offer, by kind.");
  const auto snapshot = sources.registry.snapshot();
  constexpr std::array<std::pair<mcp::ItemKind, std::string_view>, mcp::kItemKinds> kKinds = {
      {{mcp::ItemKind::kTool, "tool"},
       {mcp::ItemKind::kResource, "resource"},
       {mcp::ItemKind::kTemplate, "template"},
       {mcp::ItemKind::kPrompt, "prompt"},
       {mcp::ItemKind::kCompletion, "completion"}}};
  for (const auto& [kind, name] : kKinds) {
    out.sample(std::uint64_t{snapshot->items(kind).size()}, {{"kind", name}});
  }
  out.gauge("toolpost_tasks", "Tasks that are kept, ended ones included.")
      .sample(std::uint64_t{dispatcher.tasks()});
}

}  // namespace toolpost
