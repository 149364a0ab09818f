#pragma once

#include <cstddef>
#include <map>
#include <mutex>

namespace fude::platform {

/// A range of addresses from which large pieces of memory are cut, and which keeps those that come back for the next
/// ones. A network takes and frees the same buffers of many megabytes again and again; the system would hand out fresh
/// pages, zeroed one by one, each time. Huge pages are asked for. Pieces are cut best-fit, and neighbours that are free
/// become one, so that what is resident stays close to what was in use at the worst moment. For any thread.
class MemoryRegion {
 public:
  /// Reserves addresses only. When about `kept` bytes have come back and were not taken again, or when none of what is
  /// free is large enough for a piece, all that is free is returned to the system.
  MemoryRegion(std::size_t addresses, std::size_t kept);
  /// Precondition: every piece came back.
  ~MemoryRegion();
  MemoryRegion(const MemoryRegion&) = delete;
  MemoryRegion& operator=(const MemoryRegion&) = delete;

  /// `bytes` > 0, aligned to pages, not initialised. Null when no addresses are left, or the system reserved none.
  void* take(std::size_t bytes);
  void give_back(void* piece);
  /// Whether this address is one of the region's. Needs no lock.
  bool holds(const void* address) const;

  /// Bytes in pieces that are out, and the most addresses that were ever in use.
  std::size_t in_use() const;
  std::size_t high_water() const;

 private:
  using Ranges = std::map<std::byte*, std::size_t>;  // first byte -> bytes

  std::byte* cut(std::size_t bytes);
  void add_free(std::byte* first, std::size_t bytes);
  void return_free_pages();

  mutable std::mutex lock_;
  std::byte* base_ = nullptr;  // null: nothing was reserved
  std::byte* top_ = nullptr;   // from here on nothing was ever taken
  std::size_t addresses_, kept_;
  std::size_t used_bytes_ = 0;
  std::size_t kept_bytes_ = 0;  // of the free ones, about: those whose pages are still ours
  Ranges free_, used_;
};

}  // namespace fude::platform
