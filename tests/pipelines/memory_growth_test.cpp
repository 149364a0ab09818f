#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "pipelines/text_to_image.h"
#include "tests/support/tiny_model.h"

#ifdef __GLIBC__
#include <malloc.h>
#include <unistd.h>
#endif

namespace fude::pipelines {
namespace {

constexpr int kPicturesAModel = 10;

void make_pictures(const std::string& name, at::ScalarType type) {
  GenerationRequest request;
  request.model = tests::tiny_model(name).string();
  request.prompt = "1girl, (sky:1.2), smile";
  request.negative_prompt = "low quality";
  request.sampler = "Euler a";
  request.steps = 1;
  request.width = request.height = 64;
  request.seed = 1;
  normalise(request);
  resolve_seeds(request);
  PictureModel model = load_picture_model(ModelLibrary("no-such-folder"), request, {.type = type});
  for (int i = 0; i < kPicturesAModel; ++i) {
    request.width = 64 + 8 * (i % 3);  // shapes that come and go
    text_to_image(model, request, {.on_picture = [](const FinishedPicture&, const StageSeconds&) {}});
  }
}

void switch_models(int switches) {
  for (int i = 0; i < switches; ++i) {
    make_pictures(i % 2 == 0 ? "micro-sd1" : "tiny-sd1", i % 4 < 2 ? at::kFloat : at::kBFloat16);
  }
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
struct Memory {
  std::int64_t allocated, resident;  // bytes
};

Memory memory_in_use() {
  malloc_trim(0);
  const auto info = mallinfo2();
  std::int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return {.allocated = static_cast<std::int64_t>(info.uordblks + info.hblkhd), .resident = resident * getpagesize()};
}

TEST(MemoryGrowth, StopsAfterTheFirstPicturesAndModels) {
  switch_models(4);
  const Memory before = memory_in_use();
  switch_models(20);  // 200 pictures
  const Memory after = memory_in_use();
  // A picture kept would be 200 x 12 KB, a model kept 10 x 5 MB; the allocator's own books vary by less.
  EXPECT_LT(after.allocated - before.allocated, 1 << 20);
  EXPECT_LT(after.resident - before.resident, 24 << 20);
}
#else
TEST(MemoryGrowth, StopsAfterTheFirstPicturesAndModels) {
  switch_models(2);
  GTEST_SKIP() << "this build's allocator does not tell what is in use";
}
#endif

}  // namespace
}  // namespace fude::pipelines
