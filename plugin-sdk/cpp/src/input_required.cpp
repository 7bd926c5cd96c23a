// SPDX-License-Identifier: Apache-2.0
// The map of inputRequests.
#include <toolpost/input_required.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

// MCP knows three keywords at the top of a form's schema, and some clients refuse others.
Json form_of(const Schema& schema) {
  Json form = Json::object();
  for (const JsonMember& member : schema.json().as_object()) {
    if (member.key == "type" || member.key == "properties" || member.key == "required") {
      form.set(member.key, member.value);
    }
  }
  return form;
}

Json request_of(const char* method, Json params) {
  return Json::object({{"method", method}, {"params", std::move(params)}});
}

}  // namespace

InputRequired& InputRequired::elicit(std::string key, std::string message, const Schema& form) {
  return ask(std::move(key),
             request_of("elicitation/create", Json::object({{"mode", "form"},
                                                            {"message", std::move(message)},
                                                            {"requestedSchema", form_of(form)}})));
}

InputRequired& InputRequired::elicit_url(std::string key, std::string message, std::string url) {
  return ask(std::move(key),
             request_of("elicitation/create", Json::object({{"mode", "url"},
                                                            {"message", std::move(message)},
                                                            {"url", std::move(url)}})));
}

InputRequired& InputRequired::sample(std::string key, const Sampling& request) {
  return ask(std::move(key), request_of("sampling/createMessage", request.json()));
}

InputRequired& InputRequired::list_roots(std::string key) {
  return ask(std::move(key), request_of("roots/list", Json::object()));
}

InputRequired& InputRequired::ask(std::string key, Json request) {
  requests_.set(std::move(key), std::move(request));
  return *this;
}

InputRequired& InputRequired::state(std::string bytes) {
  state_ = std::move(bytes);
  return *this;
}

}  // namespace toolpost::sdk
