// SPDX-License-Identifier: Apache-2.0
// What all calls share. Built once by the plugin, outlives every call; the members that change lock
// themselves.
#pragma once

#include "projects/background_indexing.hpp"
#include "projects/open_projects.hpp"
#include "projects/running_work.hpp"
#include "settings.hpp"

#include <utility>

namespace toolpost::project_index {

struct Services {
  Services(Settings given, OpenProjects::Open open, BackgroundIndexing::Complain complain)
      : settings(std::move(given)),
        projects(settings.max_open_projects, std::move(open)),
        indexing(std::move(complain)) {}

  const Settings settings;
  OpenProjects projects;
  RunningWork running;
  BackgroundIndexing indexing;  // last: it ends first
};

}  // namespace toolpost::project_index
