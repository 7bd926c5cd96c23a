// SPDX-License-Identifier: Apache-2.0
#include "compile.hpp"

#include "compiled_requirements.hpp"
#include "file_reading.hpp"
#include "toml_file.hpp"

namespace toolpost::uv_package {

namespace {

std::string as_lines(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += item + "\n";
  return out;
}

}  // namespace

Checked<ResolvedSet> compile(const Workbench& bench, const CompileRequest& request) {
  CompileFiles files;
  files.input = bench.file(request.name + ".in");
  files.output = bench.file(request.name + ".txt");
  if (!request.constraints.empty()) files.constraints = bench.file(request.name + ".constraints");
  if (!request.excluded.empty()) files.excludes = bench.file(request.name + ".excludes");
  const std::vector<std::pair<std::string, const std::vector<std::string>*>> contents = {
      {files.input, &request.requirements},
      {files.output, &request.preferred},
      {files.constraints, &request.constraints},
      {files.excludes, &request.excluded}};
  for (const auto& [path, lines] : contents) {
    if (path.empty()) continue;
    if (auto written = replace_file(path, as_lines(*lines)); !written) return written.refusal();
  }
  if (auto done = bench.uv.step(compile_arguments(files, request.python)); !done) {
    return done.refusal();
  }
  const auto text = read_file(files.output, kMaxLockFile);
  if (!text) return text.refusal();
  if (!text->has_value()) return Refusal{"uv wrote no resolution"};
  return parse_compiled(**text);
}

Checked<std::string> write_pins(const Workbench& bench, const std::string& name,
                                const ResolvedSet& set) {
  std::string path = bench.file(name + ".pins");
  if (auto written = replace_file(path, pinned_text(set)); !written) return written.refusal();
  return path;
}

}  // namespace toolpost::uv_package
