// SPDX-License-Identifier: Apache-2.0
// What manifests, locks and names tell of a project, as documents.
#pragma once

#include "documents/paging.hpp"

namespace toolpost::project_index {

sdk::Json config_document(const View& view, Page page);
sdk::Json dependencies_document(const View& view, Page page);
sdk::Json entrypoints_document(const View& view, Page page);
sdk::Json tests_document(const View& view, Page page);

}  // namespace toolpost::project_index
