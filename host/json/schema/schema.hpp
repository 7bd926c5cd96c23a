// SPDX-License-Identifier: Apache-2.0
// JSON Schema, draft 2020-12: a schema is compiled once and then checks any number of values. What
// the draft calls annotations (format, content*, title, ...) is checked for shape and not asserted.
#pragma once

#include "base/error.hpp"
#include "json/schema/registry.hpp"
#include "json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::json {

struct Program;

struct SchemaLimits {
  // Compiling.
  std::size_t subschemas = 10'000;        // in all documents that the schema draws in
  std::size_t depth = 128;                // subschemas and constant values inside each other
  std::size_t reference_length = 2'048;   // bytes of $id, $ref, $schema, $anchor, ...
  std::size_t patterns = 1'000;           // regular expressions
  std::size_t pattern_length = 4'096;     // bytes of one
  std::size_t pattern_program = 20'000;   // instructions that RE2 makes of one
  std::int64_t pattern_memory = 1 << 21;  // bytes that RE2 may use for one
  // Validating: a value that needs more is invalid, by the rule "budget".
  std::uint64_t steps = 2'000'000;  // subschemas applied, plus work by length
  std::uint32_t recursion = 512;    // subschemas applied inside each other; 8 MiB of stack do
};

// Why a value is invalid. Nothing of the value itself is repeated here except types, lengths and
// the names of properties; long names are cut short, also in the paths.
struct Violation {
  std::string instance_path;  // JSON pointer; "" is the whole value
  std::string schema_path;    // where the rule stands: "#/properties/a/minimum"
  std::string rule;           // the keyword, "false" for the schema false, or "budget"
  std::string reason;         // "must be string, is integer"
  std::string message;        // "/packages/0: must be string, is integer (type)"
  std::string property;       // the member that must not be there, whole; empty: it is not that
  std::string suggestion;     // the known name that `property` may have been meant to be
};

// Immutable, shared freely between threads, and cheap to copy. Keeps nothing of what it was
// compiled from.
class Schema {
 public:
  // Reads no file and no network: a reference leads into the schema itself, into `remotes` or to
  // the metaschema of the draft, or it is an error. Errors name the place in the schema.
  static Result<Schema> compile(const Value& schema, const SchemaLimits& limits = {},
                                const SchemaRegistry* remotes = nullptr);

  // The first rule that is broken; nothing when the value is valid.
  std::optional<Violation> validate(const Value& instance) const;

  // Up to `limit` broken rules, for whoever mends a value by hand: members, items and rules are
  // looked at on, also after one that failed. Empty when the value is valid.
  std::vector<Violation> violations(const Value& instance, std::size_t limit) const;

 private:
  explicit Schema(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  std::shared_ptr<const Program> program_;
};

}  // namespace toolpost::json
