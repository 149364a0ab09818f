#include "pipelines/verification_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "io/images/riff_chunks.h"
#include "pipelines/face_library.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/latent_upscale.h"
#include "pipelines/lone_denoiser.h"
#include "pipelines/network_request.h"
#include "pipelines/recorded_files.h"
#include "pipelines/stored_text.h"
#include "prompt/networks.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

bool is_stored(const Infotext& infotext, std::string_view key) {
  return std::ranges::any_of(infotext.pairs(),
                             [&](const Infotext::Pair& pair) { return pair.is_stored && pair.key == key; });
}

bool loses_levels(std::span<const std::byte> bytes, io::PictureFormat format) {
  if (format != io::PictureFormat::kWebp) return format == io::PictureFormat::kJpeg;
  bool has_losses = false;
  io::for_each_chunk(bytes, [&](const io::RiffChunk& chunk) { has_losses |= chunk.type == "VP8 "; });
  return has_losses;
}

// Three channels: what is compared.
io::Image colours_of(const io::Image& image) {
  if (image.channels == 3) return image;
  io::Image colours{.width = image.width, .height = image.height, .channels = 3, .pixels = {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  colours.pixels.reserve(image.pixels.size() / channels * 3);
  for (std::size_t at = 0; at < image.pixels.size(); at += channels) {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      colours.pixels.push_back(image.pixels[channels == 1 ? at : at + channel]);
    }
  }
  return colours;
}

/// Fills in one plan.
class Planner {
 public:
  Planner(const ModelLibrary& library, const VerificationOrder& order,
          const std::function<void(const fs::path&)>& on_file)
      : library_(library), order_(order), files_(library, on_file), plan_{.library = library} {}

  VerificationPlan make() {
    read();
    if (!take_request()) return std::move(plan_);
    take_model();
    take_text_encoder();
    take_autoencoder();
    take_passes();
    take_networks();
    take_words();
    take_faces();
    take_sources();
    plan_.library = library_.renamed(std::move(names_));
    return std::move(plan_);
  }

 private:
  using Find = std::optional<fs::path> (RecordedFiles::*)(const RecordedFile&) const;

  void note(std::string line) { plan_.notes.push_back(std::move(line)); }

  void miss(std::string part, const RecordedFile& file, std::string message) {
    plan_.missing.push_back(
        {.part = std::move(part), .name = file.name, .hash = file.hash, .message = std::move(message)});
  }

  void read() {
    const auto bytes = std::as_bytes(std::span(*order_.file));
    const auto format = io::picture_format(bytes);
    if (!format) {
      fail(ErrorCode::kCorruptFile, "'{}' is no PNG, JPEG or WebP picture", printable(order_.name));
    }
    const io::Image image = io::decode_picture(bytes, order_.name);
    plan_.picture = colours_of(image);
    const StoredText stored = read_stored_text(bytes, printable(order_.name));
    if (!stored.infotext) {
      fail(ErrorCode::kCorruptFile, "'{}' says nothing of its making: it has no text such as 'Steps: 20, Sampler: ...'",
           printable(order_.name));
    }
    infotext_ = parse_infotext(*stored.infotext);
    for (const std::string& warning : stored.warnings) note(warning);
    if (loses_levels(bytes, *format)) note("its file format changes pixels when it is written: expect some levels");
    if (image.channels == 4) note("the picture has transparency, which was added afterwards");
    const bool is_enlarged =
        std::ranges::any_of(stored.others, [](const io::PngText& text) { return text.keyword == "postprocessing"; });
    if (is_enlarged) note("the picture says that it was enlarged or changed afterwards (postprocessing)");
  }

  bool take_request() {
    try {
      LikeRequest like = request_from_infotext(infotext_);
      for (const std::string& warning : like.warnings) note(warning);
      is_from_picture_ = like.is_from_picture;
      plan_.request = std::move(like.request);
      plan_.request.batch_size = plan_.request.batch_count = 1;
      plan_.request.extra.clear();
      if (!is_stored(infotext_, "Seed")) {
        miss("parameters", {}, "the picture does not say its seed");
        return false;
      }
      if (plan_.request.subseed < 0) plan_.request.subseed = 0;  // it has no part in the picture
      normalise(plan_.request);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidArgument) throw;
      miss("parameters", {}, fmt::format("the picture cannot be made again here: {}", error.what()));
      return false;
    }
    hashes_ = read_network_hashes(infotext_.text(kHashesKey));
    plan_.engine = parse_engine_profile(infotext_.text(kEngineKey));
    take_program();
    const std::string unfinished = infotext_.text("Unfinished");
    int steps = 0;
    std::from_chars(unfinished.data(), unfinished.data() + unfinished.size(), steps);
    if (steps > 0) plan_.unfinished_at = steps;
    return true;
  }

  void take_program() {
    const std::string version = infotext_.text("Version");
    if (!version.starts_with("fude-")) {
      note(fmt::format("another program made it ({}), whose arithmetic is not that of this one",
                       version.empty() ? "it says no version" : printable(version, 40)));
    } else if (version != version_line()) {
      note(fmt::format("it was made by {}, this is {}", printable(version, 40), version_line()));
    }
    if (!plan_.engine) note("it does not say what it was computed on and in");
  }

  // The file; absent and told as missing where there is none.
  std::optional<fs::path> found(std::string_view part, const RecordedFile& file, Find find, std::string_view folder) {
    return told(part, file, (files_.*find)(file), folder);
  }

  std::optional<fs::path> told(std::string_view part, const RecordedFile& file, std::optional<fs::path> path,
                               std::string_view folder) {
    const std::string name = printable(file.name, 60), hash = printable(file.hash, 20);
    if (path && hash.empty()) {
      note(fmt::format("the hash of the {} '{}' is not recorded: the file of that name is taken", part, name));
    } else if (!path && hash.empty()) {
      miss(std::string(part), file, fmt::format("{} '{}' is not in models/{}; put its file there", part, name, folder));
    } else if (!path) {
      miss(std::string(part), file,
           fmt::format("{} '{}' (hash {}): no file in models/{} has this hash; put it there, under any name", part,
                       name, hash, folder));
    }
    return path;
  }

  std::optional<std::string> found_name(std::string_view part, const RecordedFile& file, Find find,
                                        std::string_view folder) {
    const auto path = found(part, file, find, folder);
    return path ? std::optional(files_.request_name(*path)) : std::nullopt;
  }

  void take_model() {
    const RecordedFile recorded{.name = infotext_.text("Model"), .hash = infotext_.text("Model hash")};
    if (!order_.model.empty()) return take_given_model(recorded);
    if (recorded.name.empty() && recorded.hash.empty()) {
      return miss("model", recorded, "the picture does not say which model made it");
    }
    plan_.request.model = found_name("model", recorded, &RecordedFiles::checkpoint, "Stable-diffusion").value_or("");
  }

  void take_given_model(const RecordedFile& recorded) {
    plan_.request.model = order_.model;
    if (recorded.hash.empty()) return;
    const std::string sha256 = library_.sha256(library_.find_checkpoint(order_.model));
    if (is_hash(sha256, recorded.hash)) return;
    note(fmt::format("the model given has the hash {}, the picture's had {}", sha256.substr(0, 10),
                     printable(recorded.hash, 20)));
  }

  // Of a U-Net that came alone; which one was taken for it may not have been said by name.
  void take_text_encoder() {
    std::string& name = plan_.request.text_encoder;
    const RecordedFile recorded = part(kTextEncoderPart, name);
    if (recorded.name.empty() && recorded.hash.empty()) return;
    name = found_name(kTextEncoderPart, recorded, &RecordedFiles::checkpoint, "Stable-diffusion").value_or("");
  }

  void take_autoencoder() {
    const RecordedFile recorded{.name = infotext_.text("VAE"), .hash = infotext_.text("VAE hash")};
    plan_.request.vae = "None";
    if ((recorded.name.empty() || recorded.name == "None") && recorded.hash.empty()) return;
    plan_.request.vae = found_name("autoencoder", recorded, &RecordedFiles::autoencoder, "VAE").value_or("None");
  }

  RecordedFile part(std::string_view part, const std::string& name) const {
    RecordedFile file = recorded_file(name);
    if (const auto hash = hashes_.find(std::string(part)); hash != hashes_.end()) file.hash = hash->second;
    return file;
  }

  // Refiner, hires fix's model, and what enlarges between the passes.
  void take_passes() {
    GenerationRequest& request = plan_.request;
    if (!request.refiner.empty()) {
      request.refiner =
          found_name("refiner", recorded_file(request.refiner), &RecordedFiles::checkpoint, "Stable-diffusion")
              .value_or("");
    }
    if (!request.enable_hr) request.hr_checkpoint.clear();
    if (!request.hr_checkpoint.empty()) {
      request.hr_checkpoint = found_name(kHiresModelPart, part(kHiresModelPart, request.hr_checkpoint),
                                         &RecordedFiles::checkpoint, "Stable-diffusion")
                                  .value_or("");
    }
    if (request.enable_hr) take_upscaler(kHiresUpscalerPart, request.hr_upscaler);
    if (is_from_picture_) take_upscaler(kInitUpscalerPart, request.upscaler_for_img2img);
  }

  void take_upscaler(std::string_view what, std::string& name) {
    constexpr std::array<std::string_view, 7> kWithoutFile{"None",     "Lanczos", "Nearest", "Bicubic",
                                                           "Bilinear", "Box",     "Hamming"};
    if (find_latent_upscaler(name) != nullptr || std::ranges::find(kWithoutFile, name) != kWithoutFile.end()) return;
    if (const auto path = found(what, part(what, name), &RecordedFiles::upscaler, "ESRGAN")) {
      name = library_.takes_paths() ? path->string() : path->filename().string();
    }
  }

  // Lets the file go by the name that the words have for it, and no other of its kind.
  void call(const fs::path& file, const std::string& name, const std::vector<fs::path>& kind) {
    if (file.stem() == name) return;
    names_[file] = name;
    for (const fs::path& other : kind) {
      if (other != file && other.stem() == name) names_.emplace(other, "");
    }
  }

  void take_networks() {
    const std::map<std::string, std::string> loras = read_network_hashes(plan_.request.lora_hashes);
    const std::map<std::string, std::string> hypernetworks = read_network_hashes(infotext_.text("Hypernet hashes"));
    GenerationRequest request = plan_.request;
    request.prompt += request.hr_prompt;
    std::set<std::pair<bool, std::string>> seen;
    for (const prompt::NetworkTag& tag : prompt::extract_networks(with_standing_networks(request)).networks) {
      const bool is_hypernetwork = tag.kind == "hypernet";
      if (!is_hypernetwork && tag.kind != "lora" && tag.kind != "lyco") continue;
      if (!seen.emplace(is_hypernetwork, tag.name).second) continue;
      const auto& hashes = is_hypernetwork ? hypernetworks : loras;
      const auto hash = hashes.find(listed_name(tag.name));
      take_network(is_hypernetwork, {.name = tag.name, .hash = hash == hashes.end() ? std::string() : hash->second});
    }
  }

  void take_network(bool is_hypernetwork, const RecordedFile& file) {
    const auto path = is_hypernetwork ? found("hypernetwork", file, &RecordedFiles::hypernetwork, "hypernetworks")
                                      : found("lora", file, &RecordedFiles::lora, "Lora");
    if (!path || file.hash.empty()) return;
    call(*path, file.name, is_hypernetwork ? library_.hypernetwork_files() : library_.lora_files());
  }

  void take_words() {
    for (const auto& [name, hash] : read_network_hashes(infotext_.text("TI hashes"))) {
      const auto path = found("embedding", {.name = name, .hash = hash}, &RecordedFiles::word, "embeddings");
      if (path) call(*path, name, library_.embedding_files());
    }
  }

  void take_faces() {
    const std::string restorer = acting_face_restorer(plan_.request);
    if (restorer.empty()) return;
    take_face_network(kFaceRestorerPart, restorer);
    take_face_network(kFaceDetectorPart, kFaceDetectorFamily);
    const bool is_recorded = hashes_.contains(std::string(kFaceRestorerPart));
    if (is_recorded && !hashes_.contains(std::string(kFaceParserPart))) return hide_others({}, kFaceParserFamily);
    if (is_recorded) take_face_network(kFaceParserPart, kFaceParserFamily);
  }

  // Which file a network is, its tensors tell: its name is nothing to go by.
  void take_face_network(std::string_view part_name, std::string_view family) {
    RecordedFile recorded = part(part_name, std::string(family));
    const std::vector<fs::path> files = FaceLibrary(library_).files_of(family);
    const bool is_any = recorded.hash.empty() && !files.empty();
    const auto path = told(part_name, recorded, is_any ? files.back() : files_.among(files, recorded),
                           FaceLibrary::folder_of(family));
    if (path && !recorded.hash.empty()) hide_others(*path, family);
  }

  void hide_others(const fs::path& file, std::string_view family) {
    for (const fs::path& other : FaceLibrary(library_).files_of(family)) {
      if (other != file) names_.emplace(other, "");
    }
  }

  bool has_mask() const {
    constexpr std::array<std::string_view, 7> kKeys{"Mask blur",      "Mask blur x",  "Mask blur y",        "Mask mode",
                                                    "Masked content", "Inpaint area", "Masked area padding"};
    return hashes_.contains(std::string(kMaskPart)) ||
           std::ranges::any_of(kKeys, [&](std::string_view key) { return is_stored(infotext_, key); });
  }

  void take_sources() {
    SourcePictures& sources = plan_.request.sources;
    const bool has_first_pass = hashes_.contains(std::string(kFirstPassPart));
    if (is_from_picture_ && take_source(kInitPart, order_.init)) sources.init_images = {order_.init};
    if (is_from_picture_ && has_mask() && take_source(kMaskPart, order_.mask)) sources.mask = order_.mask;
    if (has_first_pass && take_source(kFirstPassPart, order_.init)) sources.firstpass_image = order_.init;
    if (hashes_.contains(std::string(kLatentMaskPart)))
      note("a mask for the latent alone took part, which is not given");
  }

  // Whether it is given; another one than recorded is told.
  bool take_source(std::string_view part, const PictureBytes& given) {
    const auto recorded = hashes_.find(std::string(part));
    const std::string hash = recorded == hashes_.end() ? std::string() : recorded->second;
    if (!given) {
      miss(std::string(part), {.hash = hash},
           hash.empty()
               ? fmt::format("the {} that it was made from is not in the picture; give its file", part)
               : fmt::format("the {} that it was made from is not in the picture; give its file, whose hash is {}",
                             part, printable(hash, 20)));
      return false;
    }
    const std::string own = source_hash(decode_source(given, part));
    if (hash.empty()) {
      note(fmt::format("the hash of the {} is not recorded: the one given is taken", part));
    } else if (!is_hash(own, hash)) {
      note(fmt::format("the {} given has the hash {}, the picture's had {}", part, own, printable(hash, 20)));
    }
    return true;
  }

  const ModelLibrary& library_;
  const VerificationOrder& order_;
  RecordedFiles files_;
  VerificationPlan plan_;
  Infotext infotext_;
  std::map<std::string, std::string> hashes_;
  std::map<fs::path, std::string> names_;
  bool is_from_picture_ = false;
};

}  // namespace

VerificationPlan plan_verification(const ModelLibrary& library, const VerificationOrder& order,
                                   const std::function<void(const fs::path&)>& on_file) {
  return Planner(library, order, on_file).make();
}

}  // namespace fude::pipelines
