#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "service/studio.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::service {

/// A studio on a fresh data folder with two tiny models.
class StudioTest : public testing::Test {
 protected:
  StudioTest() {
    const std::filesystem::path models = folder_ / "models/Stable-diffusion";
    std::filesystem::create_directories(models);
    for (const char* name : {"micro", "other"}) {
      std::filesystem::copy_file(tests::tiny_model("micro-sd1"), models / (std::string(name) + ".safetensors"));
    }
    open();
    studio_->settings().set("sd_model_checkpoint", std::string("micro"));
  }

  void open(std::int64_t least_free_disk = 0) {
    studio_.reset();
    studio_ = std::make_unique<Studio>(StudioOptions{.data_dir = folder_.path(),
                                                     .device = "cpu",
                                                     .precision = "fp32",
                                                     .threads = 1,
                                                     .least_free_disk = least_free_disk});
  }

  static NewJob job(const std::string& more = "") {
    return {
        .request = R"({"prompt": "a cat", "seed": 5, "subseed": 6, "steps": 2, "width": 64, "height": 64)" + more + "}",
        .origin = "studio"};
  }

  Job finished(const NewJob& wanted) { return studio_->wait(studio_->submit(wanted).id, {}); }

  // Asks again until it is so.
  static void wait_until(const std::function<bool()>& is_so) {
    for (int i = 0; i < 3000 && !is_so(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(is_so());
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<Studio> studio_;
};

}  // namespace fude::service
