// SPDX-License-Identifier: Apache-2.0
#include "change_report.hpp"

namespace toolpost::uv_package {

namespace {

using sdk::Json;
using sdk::Schema;

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

Schema change_schema() {
  const Schema version_or_null = Schema::string().set("type", Json::array({"string", "null"}));
  return Schema::object()
      .required("package", Schema::string("Normalised name"))
      .required("kind", Schema::choice({"added", "removed", "updated"}))
      .required("from", version_or_null)
      .required("to", version_or_null);
}

}  // namespace

Json changes_as_json(const std::vector<Change>& changes) {
  Json out = Json::array();
  for (const Change& change : changes) {
    out.push_back(Json::object({{"package", change.package},
                                {"kind", change.kind()},
                                {"from", text_or_null(change.from)},
                                {"to", text_or_null(change.to)}}));
  }
  return out;
}

Json ChangeReport::json() const {
  Json shapes = Json::array();
  for (const std::string& command : commands) shapes.push_back(command);
  return Json::object({{"command", tool},
                       {"project", project},
                       {"environment", environment},
                       {"environment_created", created_environment},
                       {"changes", changes_as_json(changes)},
                       {"lock_changes", changes_as_json(lock_changes)},
                       {"uv_commands", std::move(shapes)},
                       {"output", output}});
}

Schema change_report_schema() {
  return Schema::object()
      .required("command", Schema::string("The tool that ran"))
      .required("project", Schema::string("Directory of the project"))
      .required("environment", Schema::string("Directory of its virtual environment"))
      .required("environment_created", Schema::boolean("Whether this call created it"))
      .required("changes", Schema::array(change_schema(), "What changed in the environment"))
      .required("lock_changes", Schema::array(change_schema(), "What changed in uv.lock"))
      .required("uv_commands", Schema::array(Schema::string(), "What was run, without values"))
      .required("output", Schema::string("What uv said"));
}

}  // namespace toolpost::uv_package
