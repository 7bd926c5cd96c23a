// SPDX-License-Identifier: Apache-2.0
// Writes metrics in the text format of Prometheus, version 0.0.4. A library would give us these
// lines and, for its histograms and families, locks on the road of every call; and its shared
// library would stand in the scope that plugins are linked in.
#pragma once

#include "base/metric.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace toolpost::ops {

using MetricLabel = std::pair<std::string_view, std::string_view>;
// One whose value is empty is left out, which is the same to Prometheus.
using MetricLabels = std::initializer_list<MetricLabel>;

class Exposition {
 public:
  // Begins a metric; its samples follow, each with labels of its own.
  Exposition& counter(std::string_view name, std::string_view help);
  Exposition& gauge(std::string_view name, std::string_view help);
  Exposition& histogram(std::string_view name, std::string_view help);

  Exposition& sample(std::uint64_t value, MetricLabels labels = {});
  Exposition& sample(std::int64_t value, MetricLabels labels = {});
  Exposition& sample(double value, MetricLabels labels = {});
  // Of a histogram, in seconds.
  Exposition& sample(const Durations& durations, MetricLabels labels = {});

  std::string take() && { return std::move(text_); }

 private:
  Exposition& begin(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, MetricLabels labels, std::string_view bound,
            std::string_view value);

  std::string text_;
  std::string name_;
};

}  // namespace toolpost::ops
