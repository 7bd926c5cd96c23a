// SPDX-License-Identifier: Apache-2.0
// The completions of a template.
#include <toolpost/resource.hpp>

namespace toolpost::sdk {

ResourceTemplate& ResourceTemplate::complete(const std::string& variable, Completer completer) {
  completions_.push_back(detail::completion_item(detail::subject_of(item().kind, uri_template()),
                                                 variable, std::move(completer)));
  return *this;
}

ResourceTemplate& ResourceTemplate::complete(const std::string& variable,
                                             std::vector<std::string> values) {
  return complete(variable, detail::completer_of(std::move(values)));
}

}  // namespace toolpost::sdk
