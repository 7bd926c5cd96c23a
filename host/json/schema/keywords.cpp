// SPDX-License-Identifier: Apache-2.0
#include "json/schema/keywords.hpp"

#include <algorithm>
#include <array>

namespace toolpost::json {
namespace {

// By name, for the binary search below.
constexpr std::array kKeywords = {
    KeywordInfo{"$anchor", Keyword::kAnchor, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$comment", Keyword::kComment, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$defs", Keyword::kDefs, kCoreVocabulary, Subschemas::kMap},
    KeywordInfo{"$dynamicAnchor", Keyword::kDynamicAnchor, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$dynamicRef", Keyword::kDynamicRef, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$id", Keyword::kId, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$ref", Keyword::kRef, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$schema", Keyword::kSchema, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"$vocabulary", Keyword::kVocabulary, kCoreVocabulary, Subschemas::kNone},
    KeywordInfo{"additionalProperties", Keyword::kAdditionalProperties, kApplicatorVocabulary,
                Subschemas::kOne},
    KeywordInfo{"allOf", Keyword::kAllOf, kApplicatorVocabulary, Subschemas::kList},
    KeywordInfo{"anyOf", Keyword::kAnyOf, kApplicatorVocabulary, Subschemas::kList},
    KeywordInfo{"const", Keyword::kConst, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"contains", Keyword::kContains, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"contentEncoding", Keyword::kContentEncoding, kContentVocabulary,
                Subschemas::kNone},
    KeywordInfo{"contentMediaType", Keyword::kContentMediaType, kContentVocabulary,
                Subschemas::kNone},
    KeywordInfo{"contentSchema", Keyword::kContentSchema, kContentVocabulary, Subschemas::kOne},
    KeywordInfo{"default", Keyword::kDefault, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"dependentRequired", Keyword::kDependentRequired, kValidationVocabulary,
                Subschemas::kNone},
    KeywordInfo{"dependentSchemas", Keyword::kDependentSchemas, kApplicatorVocabulary,
                Subschemas::kMap},
    KeywordInfo{"deprecated", Keyword::kDeprecated, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"description", Keyword::kDescription, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"else", Keyword::kElse, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"enum", Keyword::kEnum, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"examples", Keyword::kExamples, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"exclusiveMaximum", Keyword::kExclusiveMaximum, kValidationVocabulary,
                Subschemas::kNone},
    KeywordInfo{"exclusiveMinimum", Keyword::kExclusiveMinimum, kValidationVocabulary,
                Subschemas::kNone},
    KeywordInfo{"format", Keyword::kFormat, kFormatVocabulary, Subschemas::kNone},
    KeywordInfo{"if", Keyword::kIf, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"items", Keyword::kItems, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"maxContains", Keyword::kMaxContains, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"maxItems", Keyword::kMaxItems, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"maxLength", Keyword::kMaxLength, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"maxProperties", Keyword::kMaxProperties, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"maximum", Keyword::kMaximum, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"minContains", Keyword::kMinContains, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"minItems", Keyword::kMinItems, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"minLength", Keyword::kMinLength, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"minProperties", Keyword::kMinProperties, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"minimum", Keyword::kMinimum, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"multipleOf", Keyword::kMultipleOf, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"not", Keyword::kNot, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"oneOf", Keyword::kOneOf, kApplicatorVocabulary, Subschemas::kList},
    KeywordInfo{"pattern", Keyword::kPattern, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"patternProperties", Keyword::kPatternProperties, kApplicatorVocabulary,
                Subschemas::kMap},
    KeywordInfo{"prefixItems", Keyword::kPrefixItems, kApplicatorVocabulary, Subschemas::kList},
    KeywordInfo{"properties", Keyword::kProperties, kApplicatorVocabulary, Subschemas::kMap},
    KeywordInfo{"propertyNames", Keyword::kPropertyNames, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"readOnly", Keyword::kReadOnly, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"required", Keyword::kRequired, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"then", Keyword::kThen, kApplicatorVocabulary, Subschemas::kOne},
    KeywordInfo{"title", Keyword::kTitle, kMetadataVocabulary, Subschemas::kNone},
    KeywordInfo{"type", Keyword::kType, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"unevaluatedItems", Keyword::kUnevaluatedItems, kUnevaluatedVocabulary,
                Subschemas::kOne},
    KeywordInfo{"unevaluatedProperties", Keyword::kUnevaluatedProperties, kUnevaluatedVocabulary,
                Subschemas::kOne},
    KeywordInfo{"uniqueItems", Keyword::kUniqueItems, kValidationVocabulary, Subschemas::kNone},
    KeywordInfo{"writeOnly", Keyword::kWriteOnly, kMetadataVocabulary, Subschemas::kNone},
};

constexpr bool by_name(const KeywordInfo& a, const KeywordInfo& b) {
  return a.name < b.name;
}

static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end(), by_name));

constexpr std::string_view kVocabularyNamespace = "https://json-schema.org/draft/2020-12/vocab/";

struct VocabularyName {
  std::string_view name;
  Vocabularies bit;
};

constexpr std::array kVocabularies = {
    VocabularyName{"core", kCoreVocabulary},
    VocabularyName{"applicator", kApplicatorVocabulary},
    VocabularyName{"unevaluated", kUnevaluatedVocabulary},
    VocabularyName{"validation", kValidationVocabulary},
    VocabularyName{"meta-data", kMetadataVocabulary},
    VocabularyName{"format-annotation", kFormatVocabulary},
    VocabularyName{"content", kContentVocabulary},
};

}  // namespace

const KeywordInfo* find_keyword(std::string_view name) {
  const auto* const found = std::lower_bound(
      kKeywords.begin(), kKeywords.end(), name,
      [](const KeywordInfo& info, std::string_view key) { return info.name < key; });
  return found != kKeywords.end() && found->name == name ? found : nullptr;
}

std::string_view keyword_name(Keyword keyword) {
  for (const KeywordInfo& info : kKeywords) {
    if (info.keyword == keyword) return info.name;
  }
  return "false";
}

std::optional<Vocabularies> find_vocabulary(std::string_view uri) {
  if (!uri.starts_with(kVocabularyNamespace)) return std::nullopt;
  uri.remove_prefix(kVocabularyNamespace.size());
  for (const VocabularyName& vocabulary : kVocabularies) {
    if (vocabulary.name == uri) return vocabulary.bit;
  }
  return std::nullopt;
}

}  // namespace toolpost::json
