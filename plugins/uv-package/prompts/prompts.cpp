// SPDX-License-Identifier: Apache-2.0
#include "prompts/prompts.hpp"

#include "output.hpp"
#include "pep/ascii.hpp"
#include "pep/package_name.hpp"
#include "resources/document_reading.hpp"
#include "resources/resources.hpp"
#include "resources/suggested.hpp"

#include <toolpost/error.hpp>

#include <initializer_list>
#include <string>

namespace toolpost::uv_package {

namespace {

// Larger documents are named: whoever needs one reads the resource.
constexpr std::size_t kMaxEmbedded = 65536;

constexpr const char* kInstalled = "python:packages://installed";
constexpr const char* kTree = "python:dependencies://tree";
constexpr const char* kInformation = "python:project://info";
constexpr const char* kEnvironment = "python:environment://active";

void attach(sdk::PromptResult& out, const Settings& settings, const Project& project,
            const std::string& named, const char* uri) {
  const ResourceRow& row = *named_resource(uri)->row;
  const auto document = row.document(settings, project);
  if (!document) {
    out.user(std::string(row.name) +
             " can't be read: " + without_credentials(document.refusal().text));
    return;
  }
  const std::string full_uri = resource_uri(row, named);
  std::string text = document->dump();
  if (text.size() > kMaxEmbedded) {
    out.user(sdk::Content::resource_link(full_uri, row.name, "application/json"));
  } else {
    out.user(sdk::Content::resource_text(full_uri, std::move(text), "application/json"));
  }
}

sdk::PromptResult asking(const Services& services, const sdk::Call& call, std::string question,
                         std::initializer_list<const char*> documents) {
  const std::string named = call.argument("project");
  const Project project = project_for(services.settings, call, named);
  sdk::PromptResult out;
  out.user(std::move(question));
  for (const char* uri : documents) attach(out, services.settings, project, named, uri);
  return out;
}

std::string package_argument(const sdk::Call& call) {
  const std::string given(pep::trimmed(call.argument("package_name")));
  if (given.empty() || pep::is_package_name(given)) return pep::normalized_name(given);
  throw sdk::Error(sdk::Status::kInvalid,
                   "package_name '" + cleaned_line(given) + "' is no name of a package");
}

bool flag_argument(const sdk::Call& call, const char* name, bool fallback) {
  const std::string given = pep::lowered(pep::trimmed(call.argument(name)));
  if (given.empty()) return fallback;
  if (given == "true") return true;
  if (given == "false") return false;
  throw sdk::Error(sdk::Status::kInvalid,
                   std::string(name) + " is 'true' or 'false', not '" + cleaned_line(given) + "'");
}

sdk::PromptResult analyze_package_dependencies(const Services& services, const sdk::Call& call) {
  const std::string package = package_argument(call);
  std::string question;
  if (package.empty()) {
    question =
        "Look at everything that this Python project depends on, and say what should change.\n"
        "Find:\n"
        "- packages that are behind, and what an update of each would bring or break;\n"
        "- versions with known vulnerabilities;\n"
        "- declared dependencies that the code does not use;\n"
        "- requirements that contradict or hold back each other.\n";
  } else {
    question = "Look at the package '" + package +
               "' in this Python project, and say what should change.\nFind:\n"
               "- what needs it, what it needs, and whether it is locked and installed in the same "
               "version;\n"
               "- whether it is behind, and what an update would bring or break;\n"
               "- known vulnerabilities of the version that is used;\n"
               "- requirements of others that hold it back, and whether the code uses it at all.\n";
  }
  question +=
      "Name the evidence for each finding, and end with the commands to run, the most urgent "
      "first.";
  return asking(services, call, std::move(question), {kInformation, kTree, kInstalled});
}

sdk::PromptResult dependency_audit(const Services& services, const sdk::Call& call) {
  return asking(services, call,
                "Audit the dependencies of this Python project. Report, with a line of evidence "
                "for each point:\n"
                "- what is installed, and where it differs from what is locked and declared;\n"
                "- versions that are behind, and by how much;\n"
                "- known vulnerabilities, with their identifiers and the first version without;\n"
                "- licences that do not go together with the project's own;\n"
                "- dependencies that are declared twice, not used, or contradict each other.\n"
                "Say where something can't be known from what is here. Close with what to do, in "
                "order of risk.",
                {kInformation, kTree, kInstalled, kEnvironment});
}

sdk::PromptResult project_setup_guide(const Services& services, const sdk::Call& call) {
  const bool with_dependencies = flag_argument(call, "include_dependencies", true);
  std::string question =
      "Write a guide for somebody who sets up this Python project for the first time. Cover:\n"
      "- what has to be on the machine before;\n";
  if (with_dependencies) {
    question += "- how the dependencies are installed, with every optional group;\n";
  }
  question +=
      "- how the environment is made and used;\n"
      "- what has to be configured, and where;\n"
      "- how the project and its tests are run;\n"
      "- what usually goes wrong, and how to see it.\n"
      "Give commands that can be copied, and invent nothing that the project does not have.";
  return with_dependencies
             ? asking(services, call, std::move(question), {kInformation, kEnvironment, kTree})
             : asking(services, call, std::move(question), {kInformation, kEnvironment});
}

// Last argument of every prompt.
sdk::Prompt with_project(sdk::Prompt prompt, const Services& services) {
  prompt
      .optional("project",
                "Directory of the project, relative to the default one or absolute, below a "
                "configured root")
      .complete("project", [&services](const sdk::Typed& typed) {
        return suggested_projects(services.settings, typed);
      });
  return prompt;
}

}  // namespace

std::vector<sdk::Prompt> make_prompts(const Services& services) {
  sdk::Prompt analyze("analyze_package_dependencies");
  analyze.title("Analyse dependencies")
      .description("Asks for findings about one package of the project, or about all of them.")
      .optional("package_name", "The package; all of them when it is left out")
      .complete("package_name",
                [&services](const sdk::Typed& typed) {
                  return suggested_packages(services.settings, typed);
                })
      .run([&services](const sdk::Call& call) {
        return analyze_package_dependencies(services, call);
      });
  sdk::Prompt audit("dependency_audit");
  audit.title("Audit dependencies")
      .description(
          "Asks for an audit of the project's dependencies: versions, vulnerabilities, "
          "licences, conflicts.")
      .run([&services](const sdk::Call& call) { return dependency_audit(services, call); });
  sdk::Prompt guide("project_setup_guide");
  guide.title("Guide to the set-up")
      .description("Asks for a guide that sets up the project on a new machine.")
      .optional("include_dependencies",
                "Whether the guide covers the dependencies: true (as without it) or false")
      .complete("include_dependencies", {"true", "false"})
      .run([&services](const sdk::Call& call) { return project_setup_guide(services, call); });
  return {with_project(std::move(analyze), services), with_project(std::move(audit), services),
          with_project(std::move(guide), services)};
}

}  // namespace toolpost::uv_package
