// SPDX-License-Identifier: Apache-2.0
#include "documents/index_changes.hpp"
#include "documents/index_documents.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::project_index {

namespace {

constexpr std::size_t kLanguagesInText = 8;

sdk::Schema counts_schema(const char* description) {
  return sdk::Schema::object(description).allow_other_members();
}

sdk::Schema summary_schema() {
  const auto language = sdk::Schema::object()
                            .required("language", sdk::Schema::string())
                            .required("files", sdk::Schema::integer())
                            .required("lines", sdk::Schema::integer());
  return document_schema()
      .required("generation", sdk::Schema::integer("Grows with every change that is taken in"))
      .required("files", sdk::Schema::integer())
      .required("directories", sdk::Schema::integer())
      .required("bytes", sdk::Schema::integer())
      .required("lines", sdk::Schema::integer())
      .required("symbols", sdk::Schema::integer())
      .required("has_symbols", sdk::Schema::boolean("False without Universal Ctags"))
      .required("languages", sdk::Schema::array(language))
      .required("not_searched", counts_schema("Listed files whose text is not looked at: binary, "
                                              "huge, unread"))
      .required("left_out", counts_schema("What is not listed: ignored, secret, special (links, "
                                          "FIFOs, devices), unreadable, too_deep, repositories"))
      .optional("symbol_failures", sdk::Schema::integer("Files that the parser failed at"))
      .required("index_bytes", sdk::Schema::integer())
      .optional("was_rebuilt", sdk::Schema::boolean("An index was there and was not used"))
      .optional("rebuilt_why", sdk::Schema::string());
}

sdk::Schema change_schema() {
  return sdk::Schema::object()
      .required("count", sdk::Schema::integer())
      .required("paths", sdk::Schema::array(sdk::Schema::string(), "The first of them"));
}

std::string counted(const sdk::Json& counts) {
  std::string out;
  for (const sdk::JsonMember& one : counts.as_object()) {
    out += (out.empty() ? "" : ", ") + std::to_string(one.value.as_integer()) + " " + one.key;
  }
  return out;
}

std::string summary_text(const sdk::Json& document) {
  const auto number = [&](const char* key) {
    return std::to_string(document.at(key).as_integer());
  };
  std::string out = document.at("project").as_string() + ": " + number("files") + " files in " +
                    number("directories") + " directories, " + number("lines") + " lines, " +
                    number("symbols") + " symbols";
  std::size_t told = 0;
  for (const sdk::Json& one : document.at("languages").as_array()) {
    if (told++ == kLanguagesInText) break;
    out += "\n" + one.at("language").as_string() + ": " +
           std::to_string(one.at("files").as_integer()) + " files, " +
           std::to_string(one.at("lines").as_integer()) + " lines";
  }
  const std::string not_searched = counted(document.at("not_searched"));
  if (!not_searched.empty()) out += "\nnot searched: " + not_searched;
  const std::string left = counted(document.at("left_out"));
  if (!left.empty()) out += "\nleft out: " + left;
  if (!document.at("has_symbols").as_bool()) out += "\nno symbols: Universal Ctags is missing";
  if (document.find("rebuilt_why") != nullptr) {
    out += "\nthe index was rebuilt: " + document.at("rebuilt_why").as_string();
  }
  if (const sdk::Json* partial = document.find("partial")) out += "\n" + partial->as_string();
  return out;
}

sdk::Result linked(sdk::Json document, std::string text) {
  sdk::Result result = answered(std::move(document), std::move(text));
  result.add_resource_link("project://structure", "Project Structure", "application/json");
  result.add_resource_link("project://dependencies", "Project Dependencies", "application/json");
  return result;
}

sdk::Schema path_argument() {
  return sdk::Schema::string(
             "Directory of the project, relative to the default one or absolute; it must be below "
             "a configured root. Default: the configured project.")
      .max_length(4096)
      .loggable();
}

}  // namespace

sdk::Tool make_index_project_tool(Services& services) {
  return new_tool(services, "index_project", "Index a project",
                  "Looks at every file of the project, makes its index or brings it up to date, "
                  "and says what is in it: files, lines, languages, symbols, and what was left "
                  "out. Need not be called: "
                  "the other tools do this by themselves where projects are watched.")
      .input(sdk::Schema::object().optional("path", path_argument()))
      .output(summary_schema())
      .run(handler(services, [](const sdk::Call& call, const Work& work) {
        sdk::Json document = index_summary(work.looked_at(call.argument("path")));
        std::string text = summary_text(document);
        return linked(std::move(document), std::move(text));
      }));
}

sdk::Tool make_refresh_index_tool(Services& services) {
  const auto changes =
      sdk::Schema::object(
          "What this call took in. A watched project takes in most by itself, soon "
          "after it was written; that is not told again")
          .required("added", change_schema())
          .required("changed", change_schema())
          .required("removed", change_schema());
  return new_tool(services, "refresh_index", "Refresh the index",
                  "Takes in what changed until now: what the watch of an open project was told, "
                  "or, where that cannot tell all, what a look at every file finds. Rarely "
                  "needed: an answer has what was written before the question.")
      .input(sdk::Schema::object()
                 .optional("path", path_argument())
                 .optional("every_file",
                           sdk::Schema::boolean("Look at every file in any case: for what comes "
                                                "without being told, such as rules outside of the "
                                                "project, mounts, and writes through a mapping "
                                                "or another name (hard link)")
                               .default_value(false)))
      .output(summary_schema()
                  .required("changes", changes)
                  .required("looked_at_every_file",
                            sdk::Schema::boolean("False when the watch told all that changed; "
                                                 "left_out and directories are then those of the "
                                                 "last such look")))
      .run(handler(services, [](const sdk::Call& call, const Work& work) {
        const auto [view, before, looked_at_every_file] =
            work.refreshed(call.argument("path"), call.arguments().value_or("every_file", false)
                                                      ? Looks::kAtEveryFile
                                                      : Looks::kWhereNothingTells);
        sdk::Json document = index_summary(view);
        document.set("changes", changes_between(*before, view.snapshot()));
        document.set("looked_at_every_file", looked_at_every_file);
        std::string text = summary_text(document);
        text += looked_at_every_file ? "\nevery file was looked at" : "\nas told by the watch";
        for (const sdk::JsonMember& one : document.at("changes").as_object()) {
          text += "\n" + one.key + ": " + std::to_string(one.value.at("count").as_integer());
          for (const sdk::Json& path : one.value.at("paths").as_array()) {
            text += "\n  " + in_one_line(path.as_string());
          }
        }
        return linked(std::move(document), std::move(text));
      }));
}

sdk::Tool make_analyze_codebase_tool(Services& services) {
  const auto file = sdk::Schema::object()
                        .required("path", sdk::Schema::string())
                        .required("bytes", sdk::Schema::integer())
                        .optional("language", sdk::Schema::string())
                        .optional("lines", sdk::Schema::integer())
                        .optional("is_binary", sdk::Schema::boolean())
                        .optional("is_huge", sdk::Schema::boolean())
                        .optional("is_unread", sdk::Schema::boolean());
  const auto project = sdk::Schema::object()
                           .required("directory", sdk::Schema::string())
                           .required("ecosystem", sdk::Schema::string())
                           .required("dependencies", sdk::Schema::integer())
                           .optional("name", sdk::Schema::string())
                           .optional("version", sdk::Schema::string());
  return new_tool(services, "analyze_codebase", "Analyze a codebase",
                  "Counts what a codebase is made of: files, languages, configuration, entry "
                  "points, tests, documentation, the projects in it and its largest files.")
      .input(sdk::Schema::object().optional("path", path_argument()))
      .output(summary_schema()
                  .required("config_files", sdk::Schema::integer())
                  .required("entry_points", sdk::Schema::integer())
                  .required("test_files", sdk::Schema::integer())
                  .required("doc_files", sdk::Schema::integer())
                  .optional("readme", sdk::Schema::string("Path of the README"))
                  .required("projects", sdk::Schema::array(project, "The first of them"))
                  .required("project_count", sdk::Schema::integer())
                  .required("largest_files", sdk::Schema::array(file))
                  .required("problems", sdk::Schema::integer("Manifests that were not understood")))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        const View view = work.view(call.argument("path"));
        sdk::Json document = analysis_document(view);
        const auto number = [&](const char* key) {
          return std::to_string(document.at(key).as_integer());
        };
        std::string text = summary_text(document) + "\nconfiguration: " + number("config_files") +
                           ", entry points: " + number("entry_points") +
                           ", tests: " + number("test_files") +
                           ", documentation: " + number("doc_files");
        for (const sdk::Json& one : document.at("projects").as_array()) {
          text += "\nproject " +
                  in_one_line(one.at("directory").as_string() + ": " + one.value_or("name", "")) +
                  " (" + one.at("ecosystem").as_string() + ")";
        }
        const std::string readme = document.value_or("readme", "");
        sdk::Result result = linked(std::move(document), std::move(text));
        if (!readme.empty()) {
          result.add_resource_link(file_uri(services.settings, view.path(), readme), readme,
                                   "text/plain");
        }
        return result;
      }));
}

}  // namespace toolpost::project_index
