#include "pipelines/upscaler_library.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "models/upscalers/load_upscaler.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> kFolders{"ESRGAN", "RealESRGAN", "SwinIR", "DAT", "HAT", "SPAN", "upscalers"};

struct Classic {
  std::string_view name;
  io::ResampleFilter filter;
};
constexpr std::string_view kNone = "None";
constexpr std::array<Classic, 6> kClassics{{{"Lanczos", io::ResampleFilter::kLanczos},
                                            {"Nearest", io::ResampleFilter::kNearest},
                                            {"Bicubic", io::ResampleFilter::kBicubic},
                                            {"Bilinear", io::ResampleFilter::kBilinear},
                                            {"Box", io::ResampleFilter::kBox},
                                            {"Hamming", io::ResampleFilter::kHamming}}};

struct Title {
  std::string_view stem, title;
};
constexpr std::array<Title, 11> kTitles{{{"realesrgan_x4plus", "R-ESRGAN 4x+"},
                                         {"realesrgan_x4plus_anime_6b", "R-ESRGAN 4x+ Anime6B"},
                                         {"realesrgan_x2plus", "R-ESRGAN 2x+"},
                                         {"realesr-general-x4v3", "R-ESRGAN General 4xV3"},
                                         {"realesr-general-wdn-x4v3", "R-ESRGAN General WDN 4xV3"},
                                         {"realesr-animevideov3", "R-ESRGAN AnimeVideo"},
                                         {"esrgan", "ESRGAN_4x"},
                                         {"swinir_4x", "SwinIR 4x"},
                                         {"dat_x2", "DAT x2"},
                                         {"dat_x3", "DAT x3"},
                                         {"dat_x4", "DAT x4"}}};

bool is_none(const std::string& lower_name) { return lower_name.empty() || lower_name == ascii_lower(kNone); }

// nullptr: it has a network.
const Classic* find_classic(const std::string& lower_name) {
  const auto found =
      std::ranges::find_if(kClassics, [&](const Classic& classic) { return ascii_lower(classic.name) == lower_name; });
  return found == kClassics.end() ? nullptr : &*found;
}

bool is_called(const fs::path& path, const std::string& lower_name) {
  return ascii_lower(upscaler_title(path)) == lower_name || ascii_lower(path.stem().string()) == lower_name ||
         ascii_lower(path.filename().string()) == lower_name;
}

ListedUpscaler listed(const fs::path& path) {
  ListedUpscaler upscaler{.name = upscaler_title(path), .path = path, .family = {}, .scale = 4, .problem = {}};
  try {
    const models::UpscalerSummary summary = models::summarise_upscaler(weights::index_of(io::TensorFile::open(path)));
    upscaler.family = summary.family;
    upscaler.scale = static_cast<double>(summary.scale);
  } catch (const Error& error) {
    upscaler.problem = error.what();
  }
  return upscaler;
}

}  // namespace

std::string upscaler_title(const fs::path& path) {
  const std::string stem = path.stem().string();
  const auto found = std::ranges::find(kTitles, ascii_lower(stem), &Title::stem);
  return found == kTitles.end() ? stem : std::string(found->title);
}

std::vector<fs::path> UpscalerLibrary::files() const {
  std::vector<fs::path> files;
  for (const std::string_view folder : kFolders) {
    for (fs::path& path : models_.files_in(folder))
      if (fs::is_regular_file(path)) files.push_back(std::move(path));
  }
  const auto name = [](const fs::path& path) { return ascii_lower(upscaler_title(path)); };
  std::ranges::stable_sort(files, std::less<>(), name);
  return files;
}

std::vector<ListedUpscaler> UpscalerLibrary::list() const {
  std::vector<ListedUpscaler> upscalers{{.name = std::string(kNone), .path = {}, .family = {}, .problem = {}}};
  for (const Classic& classic : kClassics)
    upscalers.push_back({.name = std::string(classic.name), .path = {}, .family = {}, .problem = {}});
  for (const fs::path& path : files()) upscalers.push_back(listed(path));
  return upscalers;
}

std::optional<fs::path> UpscalerLibrary::find_file(std::string_view name) const {
  const fs::path direct{std::string(name)};
  std::error_code ignored;
  if (takes_paths_ && fs::is_regular_file(direct, ignored)) return direct;
  for (fs::path& path : files())
    if (is_called(path, ascii_lower(name))) return std::move(path);
  return std::nullopt;
}

fs::path UpscalerLibrary::find(std::string_view name) const {
  if (auto path = find_file(name)) return *std::move(path);
  std::vector<std::string> known{std::string(kNone)};
  for (const Classic& classic : kClassics) known.emplace_back(classic.name);
  for (const fs::path& path : files()) known.push_back(upscaler_title(path));
  fail(ErrorCode::kNotFound,
       "upscaler '{}' is none of those that 'fude upscale --list' prints; networks lie in models/ESRGAN, RealESRGAN, "
       "..{}",
       printable(name, 60), did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end())));
}

void UpscalerLibrary::require(std::string_view name) const {
  const std::string lower = ascii_lower(name);
  if (!is_none(lower) && find_classic(lower) == nullptr) find(name);
}

LoadedUpscaler UpscalerLibrary::load(std::string_view name, const EngineOptions& engine) const {
  const std::string lower = ascii_lower(name);
  if (is_none(lower)) return {.name = std::string(kNone), .network = {}, .is_none = true};
  if (const Classic* classic = find_classic(lower))
    return {.name = std::string(classic->name), .network = {}, .filter = classic->filter};
  const fs::path path = find(name);
  return {.name = upscaler_title(path),
          .network = models::load_upscaler(io::TensorFile::open(path), engine.type, engine.device)};
}

}  // namespace fude::pipelines
