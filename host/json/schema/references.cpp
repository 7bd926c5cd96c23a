// SPDX-License-Identifier: Apache-2.0
#include "json/schema/references.hpp"

#include "base/ascii.hpp"
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"

#include <algorithm>

namespace toolpost::json {
namespace {

bool is_anchor_name(std::string_view name) {
  const auto is_letter = [](char c) { return is_alpha(c) || c == '_'; };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
}

}  // namespace

Result<std::vector<const Value*>> References::add_document(const Value& root,
                                                           std::string_view uri) {
  const auto resource = static_cast<ResourceId>(resources_.size());
  resources_.push_back({std::string{uri}, &root, kAllVocabularies, {}, {}});
  if (auto named = name_resource(resource, std::string{uri}); !named) return named.error();
  const auto origin = static_cast<OriginId>(program_.origins.size());
  program_.origins.push_back({kNone, copy_into(program_.arena, uri), {}, kNone});
  return walk({&root, {resource, origin, 0}, true});
}

Result<std::vector<const Value*>> References::walk(Pending first) {
  std::vector<Pending> list{first};
  std::vector<const Value*> found;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Pending pending = list[i];
    if (places_.contains(pending.schema)) continue;
    if (auto visited = visit(pending, list); !visited) return visited.error();
    found.push_back(pending.schema);
  }
  return found;
}

Result<> References::visit(const Pending& pending, std::vector<Pending>& list) {
  Place place = pending.place;
  const Value& schema = *pending.schema;
  if (!schema.is_object() && !schema.is_bool()) {
    return at(place, {}, invalid("a schema must be an object or a boolean"));
  }
  if (places_.size() >= limits_.subschemas) {
    return at(place, {}, {Errc::kLimit, "there are too many subschemas"});
  }
  if (place.depth > limits_.depth) {
    return at(place, {}, {Errc::kLimit, "the schema is nested too deeply"});
  }
  if (schema.is_object()) {
    if (auto entered = enter_object(pending, place); !entered) return entered;
  }
  places_.emplace(&schema, place);
  return schema.is_object() ? push_children(schema, place, list) : Result<>{};
}

Result<> References::enter_object(const Pending& pending, Place& place) {
  const Value& schema = *pending.schema;
  const bool is_resource = pending.is_root || schema.find("$id") != nullptr;
  if (auto entered = enter_resource(schema, place, pending.is_root); !entered) {
    return at(place, "$id", entered.error());
  }
  if (auto entered = enter_dialect(schema, place, is_resource); !entered) {
    return at(place, "$schema", entered.error());
  }
  return enter_anchors(schema, place);
}

Result<> References::enter_resource(const Value& schema, Place& place, bool is_document) {
  const Value* const id = schema.find("$id");
  if (id == nullptr) return {};
  const auto text = read_uri(*id);
  if (!text) return text.error();
  const UriParts parts = split_fragment(*text);
  if (!parts.fragment.empty()) return invalid("must not have a fragment");
  const std::string uri = resolve_uri(resources_[place.resource].uri, parts.document);
  if (!is_document) {
    const Vocabularies vocabularies = resources_[place.resource].vocabularies;
    place.resource = static_cast<ResourceId>(resources_.size());
    resources_.push_back({uri, &schema, vocabularies, {}, {}});
  }
  resources_[place.resource].uri = uri;
  return name_resource(place.resource, uri);
}

Result<> References::enter_dialect(const Value& schema, const Place& place, bool is_root) {
  const Value* const operand = schema.find("$schema");
  if (operand == nullptr) return {};
  const auto uri = read_uri(*operand);
  if (!uri) return uri.error();
  const auto vocabularies = dialect(*uri);
  if (!vocabularies) return vocabularies.error();
  Resource& resource = resources_[place.resource];
  if (is_root) {
    resource.vocabularies = *vocabularies;
  } else if (resource.vocabularies != *vocabularies) {
    return invalid("a subschema without $id cannot choose another dialect");
  }
  return {};
}

Result<> References::enter_anchors(const Value& schema, const Place& place) {
  Resource& resource = resources_[place.resource];
  for (const std::string_view keyword : {"$anchor", "$dynamicAnchor"}) {
    const Value* const operand = schema.find(keyword);
    if (operand == nullptr) continue;
    if (!operand->is_string() || !is_anchor_name(operand->as_string()) ||
        operand->as_string().size() > limits_.reference_length) {
      return at(place, keyword, invalid("must be a name made of letters, digits and \"-._\""));
    }
    const std::string_view name = operand->as_string();
    const auto [known, is_new] = resource.anchors.try_emplace(name, &schema);
    if (!is_new && known->second != &schema) {
      return at(place, keyword, invalid("the anchor " + quoted(name) + " is declared twice"));
    }
    if (keyword == "$dynamicAnchor") resource.dynamic_anchors.emplace(name, &schema);
  }
  return {};
}

Result<> References::push_children(const Value& schema, const Place& place,
                                   std::vector<Pending>& list) {
  const Vocabularies enabled = resources_[place.resource].vocabularies;
  const auto push = [&](const Value& child, Origin origin) {
    program_.origins.push_back(origin);
    const auto id = static_cast<OriginId>(program_.origins.size() - 1);
    list.push_back({&child, {place.resource, id, place.depth + 1}, false});
  };
  for (const Member& member : schema.members()) {
    const KeywordInfo* const info = find_keyword(member.key);
    if (info == nullptr || (info->vocabulary & enabled) == 0) continue;
    const Value& operand = member.value;
    if (info->subschemas == Subschemas::kOne) {
      push(operand, {place.origin, info->name, {}, kNone});
    } else if (info->subschemas == Subschemas::kList) {
      if (!operand.is_array() || operand.items().empty()) {
        return at(place, info->name, invalid("must be an array of schemas that is not empty"));
      }
      std::uint32_t index = 0;
      for (const Value& item : operand.items()) {
        push(item, {place.origin, info->name, {}, index++});
      }
    } else if (info->subschemas == Subschemas::kMap) {
      if (!operand.is_object()) return at(place, info->name, invalid("must be an object"));
      for (const Member& child : operand.members()) {
        push(child.value, {place.origin, info->name, copy_into(program_.arena, child.key), kNone});
      }
    }
    if (list.size() > limits_.subschemas) {
      return at(place, info->name, {Errc::kLimit, "there are too many subschemas"});
    }
  }
  return {};
}

Result<> References::name_resource(ResourceId id, const std::string& uri) {
  const auto [known, is_new] = by_uri_.try_emplace(uri, id);
  if (is_new || known->second == id) return {};
  return invalid("the URI " + quoted(uri) + " already names another schema");
}

Result<std::string_view> References::read_uri(const Value& operand) const {
  if (!operand.is_string()) return invalid("must be a string");
  if (operand.as_string().size() > limits_.reference_length) {
    return Error{Errc::kLimit, "the reference is too long"};
  }
  return operand.as_string();
}

Error References::at(const Place& place, std::string_view keyword, Error error) const {
  std::string location = location_of(program_.origins, place.origin);
  if (!keyword.empty()) append_token(location, keyword);
  return std::move(error).in(location);
}

}  // namespace toolpost::json
