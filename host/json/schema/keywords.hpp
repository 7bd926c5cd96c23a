// SPDX-License-Identifier: Apache-2.0
// The keywords of draft 2020-12: their names, the vocabulary each belongs to, and where subschemas
// stand inside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace toolpost::json {

enum class Keyword : std::uint8_t {
  kId,
  kSchema,
  kRef,
  kAnchor,
  kDynamicRef,
  kDynamicAnchor,
  kVocabulary,
  kComment,
  kDefs,
  kPrefixItems,
  kItems,
  kContains,
  kAdditionalProperties,
  kProperties,
  kPatternProperties,
  kDependentSchemas,
  kPropertyNames,
  kIf,
  kThen,
  kElse,
  kAllOf,
  kAnyOf,
  kOneOf,
  kNot,
  kUnevaluatedItems,
  kUnevaluatedProperties,
  kType,
  kConst,
  kEnum,
  kMultipleOf,
  kMaximum,
  kExclusiveMaximum,
  kMinimum,
  kExclusiveMinimum,
  kMaxLength,
  kMinLength,
  kPattern,
  kMaxItems,
  kMinItems,
  kUniqueItems,
  kMaxContains,
  kMinContains,
  kMaxProperties,
  kMinProperties,
  kRequired,
  kDependentRequired,
  kTitle,
  kDescription,
  kDefault,
  kDeprecated,
  kReadOnly,
  kWriteOnly,
  kExamples,
  kFormat,
  kContentEncoding,
  kContentMediaType,
  kContentSchema,
  kFalse,  // not a keyword: the schema `false`
};

// Bits of a set; core is always in.
using Vocabularies = std::uint8_t;
inline constexpr Vocabularies kCoreVocabulary = 1;
inline constexpr Vocabularies kApplicatorVocabulary = 2;
inline constexpr Vocabularies kUnevaluatedVocabulary = 4;
inline constexpr Vocabularies kValidationVocabulary = 8;
inline constexpr Vocabularies kMetadataVocabulary = 16;
inline constexpr Vocabularies kFormatVocabulary = 32;
inline constexpr Vocabularies kContentVocabulary = 64;
inline constexpr Vocabularies kAllVocabularies = 127;

enum class Subschemas : std::uint8_t { kNone, kOne, kList, kMap };

struct KeywordInfo {
  std::string_view name;
  Keyword keyword;
  Vocabularies vocabulary;
  Subschemas subschemas;
};

// Null for a name that is no keyword.
const KeywordInfo* find_keyword(std::string_view name);
std::string_view keyword_name(Keyword keyword);

// The bit of ".../vocab/<name>" in the draft's own namespace; nothing for a vocabulary that this
// validator does not implement.
std::optional<Vocabularies> find_vocabulary(std::string_view uri);

}  // namespace toolpost::json
