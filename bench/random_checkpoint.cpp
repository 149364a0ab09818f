#include "random_checkpoint.h"

#include <cstdio>
#include <cstdlib>

namespace fude::bench {
namespace {

std::filesystem::path kept_in() {
  const char* cache = std::getenv("FUDE_BENCH_CACHE");
  return cache == nullptr ? "" : cache;
}

}  // namespace

RandomCheckpoint::RandomCheckpoint()
    : models::RandomCheckpoint(models::RandomFamily::kStableDiffusion1, kept_in(), [](const auto& path) {
        std::fprintf(stderr, "writing a random checkpoint (2.1 GB) to %s\n", path.c_str());
      }) {}

}  // namespace fude::bench
