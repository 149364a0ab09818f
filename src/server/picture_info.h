#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "service/studio.h"

namespace fude::server {

/// What the text of a picture does not tell of the job that made it.
struct JobFacts {
  std::string model_name{};  // where the text leaves it out
  std::string model_hash{};
  std::vector<std::string> styles{};
  int batch_size = 1;
  double denoising_strength = 0.75;  // as asked: a picture made from words in one pass has none
  std::int64_t started_at = 0;       // milliseconds since 1970 UTC
  bool is_inpainting_model = false;
};

/// The member `info` of the answers of txt2img and img2img: what all pictures of a job were made from, in the web UI's
/// form, read off their texts. Its place in the answer is a JSON text, not an object.
nlohmann::ordered_json picture_info(std::span<const service::MadePicture> pictures, const JobFacts& facts);

/// "20261122183000": a time by the user's clock, as the web UI names jobs. Empty for 0.
std::string job_timestamp(std::int64_t milliseconds);

}  // namespace fude::server
