// SPDX-License-Identifier: Apache-2.0
// What compiling knows of the source: every subschema of the documents in play, the resources ($id)
// and anchors they declare, and where a reference leads. Gone once the program is made.
#pragma once

#include "base/error.hpp"
#include "json/schema/program.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace toolpost::json {

// A subschema's surroundings.
struct Place {
  ResourceId resource;
  OriginId origin;
  std::uint32_t depth;
};

// A schema with a URI of its own.
struct Resource {
  std::string uri;  // absolute if anything in the document says so; no fragment
  const Value* root;
  Vocabularies vocabularies;
  std::map<std::string_view, const Value*> anchors;  // both kinds
  std::map<std::string_view, const Value*> dynamic_anchors;
};

// Where a reference leads. `dynamic_name` is set if it leads there by a $dynamicAnchor.
struct Target {
  const Value* schema;
  std::string_view dynamic_name;
};

// Subschemas are known by their address, so trees must stay where they are. No method recurses:
// the depth of a document is bounded by count only.
class References {
 public:
  References(const SchemaLimits& limits, const SchemaRegistry* remotes, Program& program)
      : limits_(limits), remotes_(remotes), program_(program) {}

  // Every subschema of the document, itself first, in the order found.
  Result<std::vector<const Value*>> add_document(const Value& root, std::string_view uri);

  Result<Target> resolve(const Place& from, std::string_view reference);

  const Place& place_of(const Value& schema) const { return places_.at(&schema); }

  const std::vector<Resource>& resources() const { return resources_; }

  const Resource& resource(ResourceId id) const { return resources_[id]; }

 private:
  struct Pending {
    const Value* schema;
    Place place;
    bool is_root;
  };

  Result<> visit(const Pending& pending, std::vector<Pending>& pending_list);
  Result<> enter_object(const Pending& pending, Place& place);
  Result<> enter_resource(const Value& schema, Place& place, bool is_document);
  Result<> enter_dialect(const Value& schema, const Place& place, bool is_root);
  Result<> enter_anchors(const Value& schema, const Place& place);
  Result<> push_children(const Value& schema, const Place& place, std::vector<Pending>& list);
  Result<> name_resource(ResourceId id, const std::string& uri);
  Result<std::vector<const Value*>> walk(Pending first);

  Result<Vocabularies> dialect(std::string_view uri) const;
  Result<ResourceId> find_document(const std::string& uri, std::string_view reference);
  Result<const Value*> follow_pointer(const Resource& resource, std::string_view pointer);
  Result<std::string_view> read_uri(const Value& operand) const;
  Error at(const Place& place, std::string_view keyword, Error error) const;

  const SchemaLimits& limits_;
  const SchemaRegistry* remotes_;
  Program& program_;
  std::unordered_map<const Value*, Place> places_;
  std::vector<Resource> resources_;
  std::map<std::string, ResourceId, std::less<>> by_uri_;
  std::vector<std::unique_ptr<Document>> metaschemas_;
};

}  // namespace toolpost::json
