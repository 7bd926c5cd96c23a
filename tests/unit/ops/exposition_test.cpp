// SPDX-License-Identifier: Apache-2.0
#include "ops/exposition.hpp"

#include "ops/process_facts.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using ops::Exposition;

TEST_CASE("exposition: a metric is its help, its type and its samples") {
  Exposition out;
  out.counter("a_total", "What is counted.").sample(std::uint64_t{3}, {{"x", "1"}, {"y", "2"}});
  out.gauge("b", "What comes and goes.").sample(std::int64_t{-1}).sample(1.5, {{"x", ""}});
  CHECK(std::move(out).take() ==
        "# HELP a_total What is counted.\n"
        "# TYPE a_total counter\n"
        "a_total{x=\"1\",y=\"2\"} 3\n"
        "# HELP b What comes and goes.\n"
        "# TYPE b gauge\n"
        "b -1\n"
        "b 1.5\n");
}

TEST_CASE("exposition: what a name may hold does not end the line or the label") {
  Exposition out;
  out.gauge("a", "One\nline \\ \"here\"").sample(std::uint64_t{1}, {{"x", "a\"b\\c\nd"}});
  CHECK(std::move(out).take() ==
        "# HELP a One\\nline \\\\ \"here\"\n"
        "# TYPE a gauge\n"
        "a{x=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("exposition: a histogram's buckets add up, and its bounds are seconds") {
  DurationHistogram histogram;
  histogram.observe(std::chrono::microseconds{50});
  histogram.observe(std::chrono::milliseconds{2});
  histogram.observe(std::chrono::hours{1});
  Exposition out;
  out.histogram("d_seconds", "How long.").sample(histogram.read(), {{"tool", "t"}});
  const std::string text = std::move(out).take();
  const auto has = [&](std::string_view line) {
    return text.find("\n" + std::string{line} + "\n") != std::string::npos;
  };
  CHECK(has(R"(d_seconds_bucket{tool="t",le="0.0001"} 1)"));
  CHECK(has(R"(d_seconds_bucket{tool="t",le="0.001"} 1)"));
  CHECK(has(R"(d_seconds_bucket{tool="t",le="0.005"} 2)"));
  CHECK(has(R"(d_seconds_bucket{tool="t",le="300"} 2)"));
  CHECK(has(R"(d_seconds_bucket{tool="t",le="+Inf"} 3)"));
  CHECK(has(R"(d_seconds_sum{tool="t"} 3600.00205)"));
  CHECK(has(R"(d_seconds_count{tool="t"} 3)"));
}

TEST_CASE("exposition: the kernel's word of this process is there") {
  Exposition out;
  ops::write_process_facts(out);
  const std::string text = std::move(out).take();
  for (const char* name : {"process_cpu_seconds_total", "process_resident_memory_bytes",
                           "process_virtual_memory_bytes", "process_threads", "process_open_fds",
                           "process_max_fds", "process_start_time_seconds"}) {
    CAPTURE(name);
    const std::size_t line = text.find("\n" + std::string{name} + " ");
    REQUIRE(line != std::string::npos);
    CHECK(std::stod(text.substr(line + std::string_view{name}.size() + 2)) >= 0);
  }
}
