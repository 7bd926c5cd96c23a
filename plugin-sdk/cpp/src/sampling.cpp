// SPDX-License-Identifier: Apache-2.0
// Sampling as the parameters of sampling/createMessage. Pictures are in base64 right here: the host
// encodes results, not questions.
#include <toolpost/sampling.hpp>

#include <utility>

namespace toolpost::sdk {

Sampling::Sampling(unsigned max_tokens)
    : json_(Json::object({{"messages", Json::array()}, {"maxTokens", max_tokens}})) {}

Sampling& Sampling::user(std::string text) {
  return user(Content::text(std::move(text)));
}

Sampling& Sampling::user(const Content& content) {
  return message(to_string(Role::kUser), content);
}

Sampling& Sampling::assistant(std::string text) {
  return assistant(Content::text(std::move(text)));
}

Sampling& Sampling::assistant(const Content& content) {
  return message(to_string(Role::kAssistant), content);
}

Sampling& Sampling::system_prompt(std::string text) {
  return set("systemPrompt", std::move(text));
}

Sampling& Sampling::temperature(double value) {
  return set("temperature", value);
}

Sampling& Sampling::stop_sequence(std::string text) {
  Json sequences = json_["stopSequences"];
  sequences.push_back(std::move(text));
  return set("stopSequences", std::move(sequences));
}

Sampling& Sampling::model_hint(std::string name) {
  Json hints = json_["modelPreferences"]["hints"];
  hints.push_back(Json::object({{"name", std::move(name)}}));
  return prefer("hints", std::move(hints));
}

Sampling& Sampling::cost_priority(double weight) {
  return prefer("costPriority", weight);
}

Sampling& Sampling::speed_priority(double weight) {
  return prefer("speedPriority", weight);
}

Sampling& Sampling::intelligence_priority(double weight) {
  return prefer("intelligencePriority", weight);
}

Sampling& Sampling::set(std::string key, Json value) {
  json_.set(std::move(key), std::move(value));
  return *this;
}

Sampling& Sampling::message(const char* role, const Content& content) {
  Json messages = json_["messages"];
  messages.push_back(Json::object({{"role", role}, {"content", content.json()}}));
  return set("messages", std::move(messages));
}

Sampling& Sampling::prefer(const char* key, Json value) {
  Json preferences = json_["modelPreferences"];
  preferences.set(key, std::move(value));
  return set("modelPreferences", std::move(preferences));
}

}  // namespace toolpost::sdk
