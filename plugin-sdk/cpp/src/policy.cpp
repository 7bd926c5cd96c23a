// SPDX-License-Identifier: Apache-2.0
#include "call_state.hpp"
#include "received_text.hpp"

#include <toolpost/error.hpp>
#include <toolpost/ext/policy.h>
#include <toolpost/policy.hpp>

#include <algorithm>
#include <utility>

namespace toolpost::sdk {
namespace {

// Below what the extension allows, so that long sources do not make a question too large either.
constexpr std::size_t kPackagesPerQuestion = 4000;

std::string reason_of(toolpost_status status) {
  switch (status) {
    case TOOLPOST_E_INVALID:
      return "the host calls the question malformed";
    case TOOLPOST_E_UNSUPPORTED:
      return "the host does not know this kind of question";
    case TOOLPOST_E_STATE:
      return "the call is not running any more";
    case TOOLPOST_E_LIMIT:
      return "the question is too large for the host";
    default:
      return "the host answered with status " + std::to_string(status);
  }
}

Verdict no_answer(const std::string& why) {
  return Verdict::unanswered("the host's policy could not be asked, so the answer is no: " + why);
}

Verdict read_denials(const detail::ReceivedText& answer) {
  if (!answer.is_complete) return no_answer("there was no memory for what it said");
  std::vector<Denial> denials;
  try {
    const Json text = Json::parse(answer.text);
    for (const Json& item : text.at("denied").as_array()) {
      const std::int64_t package = item.value_or("package", 0);
      if (package < 0) return no_answer("it denied a package that was not asked about");
      denials.push_back({static_cast<std::size_t>(package), item.at("rule").as_string(),
                         item.at("message").as_string()});
    }
  } catch (const Error&) {
    return no_answer("it denied in words that are not those of toolpost.policy/1");
  }
  if (denials.empty()) return no_answer("it denied without a reason");
  return Verdict::denied(std::move(denials));
}

Json as_json(const PolicyPackage& package) {
  Json out = Json::object({{"name", package.name}});
  if (!package.version.empty()) out.set("version", package.version);
  if (!package.source.empty()) out.set("source", package.source);
  if (!package.extras.empty()) {
    Json extras = Json::array();
    for (const std::string& extra : package.extras) extras.push_back(extra);
    out.set("extras", std::move(extras));
  }
  return out;
}

}  // namespace

Verdict Verdict::allowed() {
  Verdict out;
  out.is_allowed_ = true;
  return out;
}

Verdict Verdict::denied(std::vector<Denial> denials) {
  Verdict out;
  out.denials_ = std::move(denials);
  return out;
}

Verdict Verdict::unanswered(std::string problem) {
  Verdict out;
  out.problem_ = std::move(problem);
  return out;
}

std::string Verdict::text() const {
  if (is_allowed_) return {};
  if (denials_.empty()) return problem_;
  std::string out;
  for (const Denial& denial : denials_) out += (out.empty() ? "" : "\n") + denial.message;
  return out;
}

Verdict Policy::ask(std::string_view action, std::string_view resource,
                    const std::string& context) const {
  const detail::CallState* state = call_.state_.get();
  if (state == nullptr) return no_answer("the call was given away");
  const auto* table =
      static_cast<const toolpost_policy*>(state->link().extension(TOOLPOST_EXT_POLICY));
  if (table == nullptr || !TOOLPOST_HAS(table, toolpost_policy, check)) {
    return no_answer(
        "this plugin has no access to it; the operator gives it with \"grants\": "
        "[\"" TOOLPOST_EXT_POLICY "\"] in the plugin's entry of the configuration");
  }
  toolpost_policy_query query{};
  query.struct_size = sizeof(query);
  query.action = detail::to_abi(action);
  query.resource = detail::to_abi(resource);
  query.context = detail::to_abi(context);
  detail::ReceivedText answer;
  const toolpost_status status = table->check(state->link().context(), state->id(), &query,
                                              &detail::ReceivedText::receive, &answer);
  if (status == TOOLPOST_OK) return Verdict::allowed();
  return status == TOOLPOST_E_DENIED ? read_denials(answer) : no_answer(reason_of(status));
}

Verdict Policy::check_packages(const std::vector<PolicyPackage>& packages) const {
  std::vector<Denial> denials;
  for (std::size_t begin = 0; begin < packages.size(); begin += kPackagesPerQuestion) {
    const std::size_t end = std::min(packages.size(), begin + kPackagesPerQuestion);
    Json list = Json::array();
    for (std::size_t at = begin; at < end; ++at) list.push_back(as_json(packages[at]));
    Verdict part =
        ask(TOOLPOST_POLICY_PACKAGE_USE, "", Json::object({{"packages", std::move(list)}}).dump());
    if (part.is_allowed()) continue;
    if (part.denials().empty()) return part;
    for (Denial denial : part.denials()) {
      if (denial.package >= end - begin) {
        return no_answer("it denied a package that was not asked about");
      }
      denial.package += begin;
      denials.push_back(std::move(denial));
    }
  }
  return denials.empty() ? Verdict::allowed() : Verdict::denied(std::move(denials));
}

Verdict Policy::check_project(std::string_view path) const {
  return ask(TOOLPOST_POLICY_PROJECT_USE, path, "{}");
}

}  // namespace toolpost::sdk
