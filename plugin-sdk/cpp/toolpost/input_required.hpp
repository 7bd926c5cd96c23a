// SPDX-License-Identifier: Apache-2.0
// Questions back to the client. Return it from the handler of a tool, a prompt or a resource; the
// handler then runs again, perhaps in another process, with the answers. A plain value.
#pragma once

#include <toolpost/json.hpp>
#include <toolpost/sampling.hpp>
#include <toolpost/schema.hpp>

#include <string>

namespace toolpost::sdk {

//   const auto who = call.answer("who");
//   if (!who) {
//     return InputRequired().elicit("who", "Who are you?",
//                                   Schema::object().required("name", Schema::string()));
//   }
//   if (!who->is_accepted()) return Result::text("Then not.");
//   return Result::text("Hello, " + who->content().at("name").as_string() + "!");
//
// A key is a name of your choice. Of several questions in one round some may stay unanswered: ask
// again, and keep what was answered in the state, because each answer comes once. At most eight
// rounds. Ask only what the client can answer: Call::can_elicit_form()
// and its like, or Tool::requires_client() when the tool is of no use without.
class InputRequired {
 public:
  // A form for the person: a flat Schema::object() of texts, numbers, booleans and choices. The
  // content of an accepted answer is valid against it.
  InputRequired& elicit(std::string key, std::string message, const Schema& form);
  // A page for the person to visit, for what must not pass through the client, e.g. a password. An
  // accepted answer says that it was opened, not what was done there.
  InputRequired& elicit_url(std::string key, std::string message, std::string url);
  // A message that the client's model is to write.
  InputRequired& sample(std::string key, const Sampling& request);
  // The directories that the client works in.
  InputRequired& list_roots(std::string key);
  // Any other request: {"method": ..., "params": {...}}
  InputRequired& ask(std::string key, Json request);

  // What Call::state() of the next round gives back, at most 8 KiB. The client carries it, sealed:
  // it can neither read nor change it.
  InputRequired& state(std::string bytes);

  // {"KEY": {"method": ..., "params": {...}}}
  const Json& requests() const noexcept { return requests_; }

  const std::string& state() const noexcept { return state_; }

 private:
  Json requests_ = Json::object();
  std::string state_;
};

}  // namespace toolpost::sdk
