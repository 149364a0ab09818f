#include "core/platform/memory_region.h"

#include <sys/mman.h>

#include <algorithm>
#include <functional>
#include <iterator>

namespace fude::platform {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kWorthReturning = std::size_t{32} << 20;  // less is sooner taken again than zeroed anew

std::byte* reserve(std::size_t bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  void* reserved = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (reserved == MAP_FAILED) return nullptr;
#ifdef MADV_HUGEPAGE
  madvise(reserved, bytes, MADV_HUGEPAGE);
#endif
  return static_cast<std::byte*>(reserved);
}

}  // namespace

MemoryRegion::MemoryRegion(std::size_t addresses, std::size_t kept)
    : base_(reserve(addresses)), top_(base_), addresses_(addresses), kept_(kept) {}

MemoryRegion::~MemoryRegion() {
  if (base_ != nullptr) munmap(base_, addresses_);
}

void* MemoryRegion::take(std::size_t bytes) {
  if (base_ == nullptr || bytes > addresses_) return nullptr;
  const std::size_t rounded = (bytes + kPage - 1) / kPage * kPage;
  const std::scoped_lock lock(lock_);
  std::byte* piece = cut(rounded);
  if (piece == nullptr) return nullptr;
  used_.emplace(piece, rounded);
  used_bytes_ += rounded;
  kept_bytes_ -= std::min(kept_bytes_, rounded);
  return piece;
}

// The smallest free range that is large enough; else the top, with a free range that ends there.
std::byte* MemoryRegion::cut(std::size_t bytes) {
  auto best = free_.end();
  for (auto range = free_.begin(); range != free_.end(); ++range) {
    if (range->second >= bytes && (best == free_.end() || range->second < best->second)) best = range;
  }
  if (best != free_.end()) {
    const auto [first, size] = *best;
    free_.erase(best);
    if (size > bytes) free_.emplace(first + bytes, size - bytes);
    return first;
  }
  std::byte* first = top_;
  const auto last = free_.empty() ? free_.end() : std::prev(free_.end());
  const bool ends_at_top = last != free_.end() && last->first + last->second == top_;
  if (ends_at_top) first = last->first;
  if (bytes > addresses_ - static_cast<std::size_t>(first - base_)) return nullptr;
  // The pattern of takes has changed, as from sampling to decoding: what was kept for the old one would lie idle beside
  // the new one's. A pattern that repeats does not come here again.
  if (kept_bytes_ >= kWorthReturning) return_free_pages();
  if (ends_at_top) free_.erase(last);
  top_ = first + bytes;
  return first;
}

void MemoryRegion::give_back(void* piece) {
  const std::scoped_lock lock(lock_);
  const auto used = used_.find(static_cast<std::byte*>(piece));
  if (used == used_.end()) return;
  const auto [first, bytes] = *used;
  used_.erase(used);
  used_bytes_ -= bytes;
  add_free(first, bytes);
  kept_bytes_ += bytes;
  if (kept_bytes_ > kept_) return_free_pages();
}

bool MemoryRegion::holds(const void* address) const {
  const auto* const byte = static_cast<const std::byte*>(address);
  return base_ != nullptr && !std::less<>{}(byte, base_) && std::less<>{}(byte, base_ + addresses_);
}

void MemoryRegion::return_free_pages() {
  for (const auto& [first, bytes] : free_) madvise(first, bytes, MADV_DONTNEED);
  kept_bytes_ = 0;
}

void MemoryRegion::add_free(std::byte* first, std::size_t bytes) {
  auto range = free_.emplace(first, bytes).first;
  const auto next = std::next(range);
  if (next != free_.end() && first + bytes == next->first) {
    range->second += next->second;
    free_.erase(next);
  }
  if (range == free_.begin()) return;
  const auto before = std::prev(range);
  if (before->first + before->second != first) return;
  before->second += range->second;
  free_.erase(range);
}

std::size_t MemoryRegion::in_use() const {
  const std::scoped_lock lock(lock_);
  return used_bytes_;
}

std::size_t MemoryRegion::high_water() const {
  const std::scoped_lock lock(lock_);
  return static_cast<std::size_t>(top_ - base_);
}

}  // namespace fude::platform
