#include "tokenizers/byte_pair_merges.h"

#include <algorithm>
#include <queue>

#include "tokenizers/tables.h"

namespace fude::tokenizers {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

/// Rank of the merge of two symbols, kNone when the vocabulary has none.
std::uint32_t merge_rank(std::uint32_t left, std::uint32_t right) {
  if (left >= tables::kFirstMerge + tables::kMergeCount) return kNone;
  const std::uint16_t* begin = tables::kMergeRights + tables::kMergeStarts[left];
  const std::uint16_t* end = tables::kMergeRights + tables::kMergeStarts[left + 1];
  const std::uint16_t* found = std::lower_bound(begin, end, right);
  return found == end || *found != right ? kNone : tables::kMergeRanks[found - tables::kMergeRights];
}

struct Symbol {
  std::uint32_t id;  // kNone once it is merged into the symbol before it
  std::uint32_t previous;
  std::uint32_t next;
};

struct Candidate {
  std::uint32_t rank;
  std::uint32_t left;  // index of the left symbol
  std::uint32_t left_id;
  std::uint32_t right_id;  // both ids as they were when the candidate was found: it is stale when they changed

  bool operator>(const Candidate& other) const { return rank != other.rank ? rank > other.rank : left > other.left; }
};

class Word {
 public:
  explicit Word(std::string_view bytes) {
    const auto count = static_cast<std::uint32_t>(bytes.size());
    symbols_.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t id = tables::kIdOfByte[static_cast<unsigned char>(bytes[i])];
      symbols_.push_back({id, i == 0 ? kNone : i - 1, i + 1 == count ? kNone : i + 1});
    }
    symbols_.back().id += tables::kWordEnd;
    for (std::uint32_t i = 0; i + 1 < count; ++i) offer(i);
  }

  void merge_all() {
    std::vector<Candidate> round;
    while (!candidates_.empty()) {
      // All pairs of one rank go before any pair they give rise to, even if that one has a lower rank.
      const std::uint32_t rank = candidates_.top().rank;
      round.clear();
      for (; !candidates_.empty() && candidates_.top().rank == rank; candidates_.pop())
        round.push_back(candidates_.top());
      for (const Candidate& candidate : round) merge(candidate);
    }
  }

  void append_ids(std::vector<std::int32_t>& ids) const {
    for (std::uint32_t i = 0; i != kNone; i = symbols_[i].next)
      ids.push_back(static_cast<std::int32_t>(symbols_[i].id));
  }

 private:
  void offer(std::uint32_t left) {
    const std::uint32_t right = symbols_[left].next;
    if (right == kNone) return;
    const std::uint32_t rank = merge_rank(symbols_[left].id, symbols_[right].id);
    if (rank != kNone) candidates_.push({rank, left, symbols_[left].id, symbols_[right].id});
  }

  void merge(const Candidate& candidate) {
    Symbol& left = symbols_[candidate.left];
    if (left.id != candidate.left_id || left.next == kNone || symbols_[left.next].id != candidate.right_id) return;
    Symbol& right = symbols_[left.next];
    left.id = tables::kFirstMerge + candidate.rank;
    left.next = right.next;
    right.id = kNone;
    if (left.next != kNone) symbols_[left.next].previous = candidate.left;
    if (left.previous != kNone) offer(left.previous);
    offer(candidate.left);
  }

  std::vector<Symbol> symbols_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates_;
};

}  // namespace

void append_byte_pair_ids(std::string_view word, std::vector<std::int32_t>& ids) {
  if (word.empty()) return;
  Word symbols(word);
  symbols.merge_all();
  symbols.append_ids(ids);
}

std::string byte_pair_text(std::int32_t id) {
  std::string text;
  std::vector<std::uint32_t> waiting{static_cast<std::uint32_t>(id)};
  while (!waiting.empty()) {
    const std::uint32_t symbol = waiting.back();
    waiting.pop_back();
    if (symbol < tables::kFirstMerge) {
      const std::uint16_t* byte = std::ranges::find(tables::kIdOfByte, symbol % tables::kWordEnd);
      text.push_back(static_cast<char>(byte - tables::kIdOfByte));
      if (symbol >= tables::kWordEnd) text.push_back(' ');
      continue;
    }
    const std::uint16_t merge = tables::kMergeOfRank[symbol - tables::kFirstMerge];
    const auto left = std::ranges::upper_bound(tables::kMergeStarts, merge) - tables::kMergeStarts - 1;
    waiting.push_back(tables::kMergeRights[merge]);
    waiting.push_back(static_cast<std::uint32_t>(left));
  }
  return text;
}

}  // namespace fude::tokenizers
