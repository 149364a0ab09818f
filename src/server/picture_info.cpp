#include "server/picture_info.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <string_view>

#include "pipelines/infotext.h"
#include "pipelines/infotext_writer.h"

namespace fude::server {
namespace {

using Json = nlohmann::ordered_json;
using pipelines::Infotext;

// Pairs of a picture's text that have a member of their own, or belong to the program.
constexpr std::array<std::string_view, 32> kOwnMembers{"Prompt",
                                                       "Negative prompt",
                                                       "Steps",
                                                       "Sampler",
                                                       "Schedule type",
                                                       "CFG scale",
                                                       "Image CFG scale",
                                                       "Seed",
                                                       "Face restoration",
                                                       "Size-1",
                                                       "Size-2",
                                                       "Model hash",
                                                       "Model",
                                                       "VAE hash",
                                                       "VAE",
                                                       "Variation seed",
                                                       "Variation seed strength",
                                                       "Clip skip",
                                                       "ENSD",
                                                       "Denoising strength",
                                                       "Seed resize from-1",
                                                       "Seed resize from-2",
                                                       "Init image hash",
                                                       "RNG",
                                                       "Tiling",
                                                       "Token merging ratio",
                                                       "Token merging ratio hr",
                                                       "Conditional mask weight",
                                                       "NGMS",
                                                       "Version",
                                                       "User",
                                                       "FP8 weight"};

// A number of the text; `otherwise` where there is none.
Json number_of(const Infotext& text, std::string_view key, const Json& otherwise) {
  const std::string value = text.text(key);
  if (value.empty()) return otherwise;
  Json number = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  return number.is_number() ? number : otherwise;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json extra_params(const Infotext& text) {
  Json extra = Json::object();
  for (const Infotext::Pair& pair : text.pairs()) {
    if (!pair.is_stored || std::ranges::find(kOwnMembers, pair.key) != kOwnMembers.end()) continue;
    extra[pair.key] = pipelines::to_text(pair.value);
  }
  // Of all schedules only the one that was asked for is told here, as in the text.
  if (const std::string schedule = text.text("Schedule type"); !schedule.empty()) extra["Schedule type"] = schedule;
  return extra;
}

struct Lists {
  Json prompts = Json::array(), negatives = Json::array(), seeds = Json::array(), subseeds = Json::array(),
       infotexts = Json::array();
};

Lists lists_of(std::span<const service::MadePicture> pictures) {
  Lists lists;
  for (const service::MadePicture& picture : pictures) {
    const Infotext text = pipelines::parse_infotext(picture.infotext);
    lists.prompts.push_back(text.text("Prompt"));
    lists.negatives.push_back(text.text("Negative prompt"));
    lists.seeds.push_back(picture.seed);
    lists.subseeds.push_back(picture.subseed);
    lists.infotexts.push_back(picture.infotext);
  }
  return lists;
}

// The first of a list; of an empty one `otherwise`.
Json first(const Json& list, const Json& otherwise) { return list.empty() ? otherwise : list.front(); }

}  // namespace

std::string job_timestamp(std::int64_t milliseconds) {
  if (milliseconds == 0) return {};
  const std::time_t seconds = milliseconds / 1000;
  std::tm local{};
  localtime_r(&seconds, &local);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%d%H%M%S", &local);
  return {text.data(), length};
}

Json picture_info(std::span<const service::MadePicture> pictures, const JobFacts& facts) {
  const Lists lists = lists_of(pictures);
  const Infotext text = pipelines::parse_infotext(pictures.empty() ? std::string() : pictures.front().infotext);
  const std::string model = text.text("Model"), hash = text.text("Model hash");
  return {{"prompt", first(lists.prompts, "")},
          {"all_prompts", lists.prompts},
          {"negative_prompt", first(lists.negatives, "")},
          {"all_negative_prompts", lists.negatives},
          {"seed", first(lists.seeds, -1)},
          {"all_seeds", lists.seeds},
          {"subseed", first(lists.subseeds, -1)},
          {"all_subseeds", lists.subseeds},
          {"subseed_strength", number_of(text, "Variation seed strength", 0)},
          {"width", number_of(text, "Size-1", 0)},
          {"height", number_of(text, "Size-2", 0)},
          {"sampler_name", text.text("Sampler")},
          {"cfg_scale", number_of(text, "CFG scale", 0)},
          {"steps", number_of(text, "Steps", 0)},
          {"batch_size", facts.batch_size},
          {"restore_faces", !text.text("Face restoration").empty()},
          {"face_restoration_model", text_or_null(text.text("Face restoration"))},
          {"sd_model_name", model.empty() ? facts.model_name : model},
          {"sd_model_hash", text_or_null(hash.empty() ? facts.model_hash : hash)},
          {"sd_vae_name", text_or_null(text.text("VAE"))},
          {"sd_vae_hash", text_or_null(text.text("VAE hash"))},
          {"seed_resize_from_w", number_of(text, "Seed resize from-1", -1)},
          {"seed_resize_from_h", number_of(text, "Seed resize from-2", -1)},
          {"denoising_strength", number_of(text, "Denoising strength", facts.denoising_strength)},
          {"extra_generation_params", extra_params(text)},
          {"index_of_first_image", 0},
          {"infotexts", lists.infotexts},
          {"styles", facts.styles},
          {"job_timestamp", job_timestamp(facts.started_at)},
          {"clip_skip", number_of(text, "Clip skip", 1)},
          {"is_using_inpainting_conditioning", facts.is_inpainting_model},
          {"version", pipelines::version_line()}};
}

}  // namespace fude::server
