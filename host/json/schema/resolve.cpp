// SPDX-License-Identifier: Apache-2.0
// The part of References that follows references, and loads what they need from the registry or
// from the metaschema that is built in.
#include "json/parser.hpp"
#include "json/schema/metaschema.hpp"
#include "json/schema/references.hpp"
#include "json/schema/text.hpp"
#include "json/schema/uri.hpp"

#include <charconv>

namespace toolpost::json {
namespace {

const Value* find_item(const Value& array, std::string_view token) {
  std::size_t index = 0;
  const auto parsed = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool is_index = parsed.ec == std::errc{} && parsed.ptr == token.data() + token.size() &&
                        (token.size() == 1 || token.front() != '0');
  return is_index && index < array.items().size() ? &array.items()[index] : nullptr;
}

std::string_view without_empty_fragment(std::string_view uri) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  return uri;
}

}  // namespace

Result<Target> References::resolve(const Place& from, std::string_view reference) {
  const std::string uri = resolve_uri(resources_[from.resource].uri, reference);
  const UriParts parts = split_fragment(uri);
  const auto document = find_document(std::string{parts.document}, reference);
  if (!document) return document.error();
  const Resource& resource = resources_[*document];
  const auto fragment = percent_decoded(parts.fragment);
  if (!fragment) return invalid("the fragment of " + quoted(reference) + " is malformed");
  if (fragment->empty()) return Target{resource.root, {}};
  if (fragment->front() == '/') {
    const auto schema = follow_pointer(resource, *fragment);
    if (!schema) return schema.error();
    if (*schema == nullptr) return invalid(quoted(reference) + " leads nowhere");
    return Target{*schema, {}};
  }
  const auto anchor = resource.anchors.find(*fragment);
  if (anchor == resource.anchors.end()) return invalid(quoted(reference) + " leads nowhere");
  const bool dynamic = resource.dynamic_anchors.contains(*fragment);
  return Target{anchor->second, dynamic ? anchor->first : std::string_view{}};
}

Result<ResourceId> References::find_document(const std::string& uri, std::string_view reference) {
  if (const auto known = by_uri_.find(uri); known != by_uri_.end()) return known->second;
  const Value* root = remotes_ == nullptr ? nullptr : remotes_->find(uri);
  if (root == nullptr) {
    const std::string_view text = metaschema_text(uri);
    if (text.empty()) {
      return Error{Errc::kUnsupported,
                   "the reference " + quoted(reference) + " leads to " + quoted(uri) +
                       ", which is not part of this schema; nothing is fetched"};
    }
    auto document = parse(text);
    if (!document) return document.error();
    root = &metaschemas_.emplace_back(std::make_unique<Document>(std::move(*document)))->root();
  }
  if (auto added = add_document(*root, uri); !added) return added.error();
  return by_uri_.at(uri);
}

Result<const Value*> References::follow_pointer(const Resource& resource,
                                                std::string_view pointer) {
  const auto tokens = pointer_tokens(pointer);
  if (!tokens) return invalid("the JSON pointer " + quoted(pointer) + " is malformed");
  const Value* at = resource.root;
  const Value* enclosing = at;
  std::size_t beyond = 0;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    at = at->is_array() ? find_item(*at, (*tokens)[i]) : at->find((*tokens)[i]);
    if (at == nullptr) return at;
    if (places_.contains(at)) {
      enclosing = at;
      beyond = i + 1;
    }
  }
  if (at == enclosing) return at;
  // Inside a keyword that holds no subschemas: the reference makes it one.
  Place place = places_.at(enclosing);
  for (std::size_t i = beyond; i < tokens->size(); ++i) {
    program_.origins.push_back({place.origin, copy_into(program_.arena, (*tokens)[i]), {}, kNone});
    place.origin = static_cast<OriginId>(program_.origins.size() - 1);
    ++place.depth;
  }
  if (auto walked = walk({at, place, false}); !walked) return walked.error();
  return at;
}

Result<Vocabularies> References::dialect(std::string_view uri) const {
  uri = without_empty_fragment(uri);
  if (uri == kDraft202012) return kAllVocabularies;
  const Error unsupported{Errc::kUnsupported, "the dialect " + quoted(uri) +
                                                  " is not supported; use " + quoted(kDraft202012)};
  const Value* const metaschema = remotes_ == nullptr ? nullptr : remotes_->find(uri);
  if (metaschema == nullptr) return unsupported;
  const Value* const base = metaschema->find_string("$schema");
  if (base == nullptr || without_empty_fragment(base->as_string()) != kDraft202012) {
    return unsupported;
  }
  const Value* const declared = metaschema->find("$vocabulary");
  if (declared == nullptr) return kAllVocabularies;
  if (!declared->is_object()) return unsupported;
  Vocabularies enabled = kCoreVocabulary;
  for (const Member& member : declared->members()) {
    const auto vocabulary = find_vocabulary(member.key);
    if (vocabulary) {
      enabled = static_cast<Vocabularies>(enabled | *vocabulary);
    } else if (!member.value.is_bool() || member.value.as_bool()) {
      return Error{Errc::kUnsupported, "the dialect " + quoted(uri) + " requires the vocabulary " +
                                           quoted(member.key) + ", which is not supported"};
    }
  }
  return enabled;
}

}  // namespace toolpost::json
