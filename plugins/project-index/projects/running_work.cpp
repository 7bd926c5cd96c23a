// SPDX-License-Identifier: Apache-2.0
#include "projects/running_work.hpp"

namespace toolpost::project_index {

RunningWork::Entry::Entry(RunningWork& all) : all_(all) {
  StopToken token;
  const std::lock_guard lock(all_.mutex_);
  if (all_.is_stopped_) token.stop();
  at_ = all_.tokens_.insert(all_.tokens_.end(), token);
}

RunningWork::Entry::~Entry() {
  const std::lock_guard lock(all_.mutex_);
  all_.tokens_.erase(at_);
}

void RunningWork::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  for (StopToken& token : tokens_) token.stop();
}

}  // namespace toolpost::project_index
