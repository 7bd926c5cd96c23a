// SPDX-License-Identifier: Apache-2.0
#include "watch/change_batch.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::project_index {

void ChangeBatch::touch(Time now) {
  if (!first_) first_ = now;
  last_ = now;
}

void ChangeBatch::add(std::string path, Time now) {
  touch(now);
  if (is_sweep_) return;
  changes_.insert(std::move(path));
  if (changes_.size() > pace_.max_changes) add_sweep(now);
}

void ChangeBatch::add_sweep(Time now) {
  touch(now);
  is_sweep_ = true;
  changes_.clear();
}

std::optional<ChangeBatch::Time> ChangeBatch::due() const {
  if (!first_) return std::nullopt;
  return std::min(last_ + pace_.quiet, *first_ + pace_.longest);
}

std::vector<std::string> ChangeBatch::take() {
  std::vector<std::string> out(changes_.begin(), changes_.end());
  changes_.clear();
  is_sweep_ = false;
  first_.reset();
  return out;
}

}  // namespace toolpost::project_index
