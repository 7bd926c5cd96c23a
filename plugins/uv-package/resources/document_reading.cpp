// SPDX-License-Identifier: Apache-2.0
#include "resources/document_reading.hpp"

#include "gate.hpp"
#include "output.hpp"

#include <toolpost/error.hpp>

namespace toolpost::uv_package {

Project project_for(const Settings& settings, const sdk::Call& call, std::string_view argument) {
  auto project = find_project(settings, argument);
  if (!project) throw sdk::Error(sdk::Status::kNotFound, project.refusal().text);
  if (auto judged = Gate(call).judge_project(project->path); !judged) {
    throw sdk::Error(sdk::Status::kDenied, judged.refusal().text);
  }
  return std::move(*project);
}

std::string bounded_text(const Checked<sdk::Json>& document) {
  if (!document) {
    throw sdk::Error(sdk::Status::kState, without_credentials(document.refusal().text));
  }
  std::string text = document->dump();
  if (text.size() > kMaxDocumentBytes) {
    throw sdk::Error(sdk::Status::kLimit,
                     "this is larger than " + std::to_string(kMaxDocumentBytes) + " bytes");
  }
  return text;
}

std::string document_text(const Settings& settings, const Project& project, Document document) {
  return bounded_text(document(settings, project));
}

}  // namespace toolpost::uv_package
