#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Constant data that tools/clip-vocabulary makes from the published files while the program is built.
namespace fude::tokenizers::tables {

/// Token ids of CLIP's vocabulary: 0..255 single bytes, 256..511 single bytes that end a word, then the results of the
/// merges by rank, then the two special tokens.
inline constexpr std::uint16_t kWordEnd = 256;     // id of a byte that ends a word = id of the byte + this
inline constexpr std::uint16_t kFirstMerge = 512;  // id of a merge's result = its rank + this
inline constexpr std::size_t kMergeCount = 48894;

extern const std::uint16_t kIdOfByte[256];

/// Merges sorted by left id, then right id: those of `left` lie in [kMergeStarts[left], kMergeStarts[left + 1]).
extern const std::uint16_t kMergeStarts[kFirstMerge + kMergeCount + 1];
extern const std::uint16_t kMergeRights[kMergeCount];
extern const std::uint16_t kMergeRanks[kMergeCount];
extern const std::uint16_t kMergeOfRank[kMergeCount];  // index in the tables above

enum class EntityKind : std::uint8_t {
  kStandard,  // &name;
  kLegacy,    // &name; and &name
  kShouted,   // a lower-case name in capitals, which only text repair knows: &EACUTE; is É
};

struct HtmlEntity {
  std::string_view name;  // without & and ;
  std::u32string_view text;
  EntityKind kind;
};

/// HTML's named characters, sorted by name.
extern const HtmlEntity kHtmlEntities[];
extern const std::size_t kHtmlEntityCount;

}  // namespace fude::tokenizers::tables
