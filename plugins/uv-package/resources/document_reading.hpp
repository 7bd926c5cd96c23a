// SPDX-License-Identifier: Apache-2.0
// The way from what a call names to a document: the project below the roots, the host's word on it,
// the limit on its size.
#pragma once

#include "resources/documents.hpp"

#include <toolpost/call.hpp>

#include <string>
#include <string_view>

namespace toolpost::uv_package {

inline constexpr std::size_t kMaxDocumentBytes = 2UL * 1024 * 1024;

// The project that `argument` names, as for the tools. Throws sdk::Error: kNotFound when there is
// none that may be named, kDenied when the host's rules keep the caller from it.
Project project_for(const Settings& settings, const sdk::Call& call, std::string_view argument);

// The document as text. Throws sdk::Error: kState when the files can't be read, kLimit when the
// text would be too large.
std::string document_text(const Settings& settings, const Project& project, Document document);
std::string bounded_text(const Checked<sdk::Json>& document);

}  // namespace toolpost::uv_package
