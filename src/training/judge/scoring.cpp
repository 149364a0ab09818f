#include "training/judge/scoring.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "io/images/png_file.h"
#include "training/judge/targets.h"
#include "training/painter/captions.h"

namespace fude::judge {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> pictures_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) fail(ErrorCode::kNotFound, "folder '{}' does not exist", printable(folder.string()));
  std::vector<fs::path> pictures;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".png") pictures.push_back(entry.path());
  if (pictures.empty()) fail(ErrorCode::kNotFound, "folder '{}' holds no .png pictures", printable(folder.string()));
  std::ranges::sort(pictures);
  return pictures;
}

std::string caption_of(const fs::path& picture, const fs::path& captions) {
  const fs::path file = captions / fs::path(picture.filename()).replace_extension(".txt");
  if (fs::exists(file)) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }
  const auto mapped = platform::MappedFile::open(picture);
  const io::PngTexts stored = io::read_png_texts(mapped->bytes());
  if (const auto infotext = io::find_text(stored.texts, "parameters"))
    return std::string(prompt_of_infotext(*infotext));
  fail(ErrorCode::kNotFound, "picture '{}' has neither a caption '{}' nor a prompt of its own",
       printable(picture.string()), printable(file.string()));
}

std::vector<std::int64_t> targets_of_caption(const fs::path& picture, const fs::path& captions) {
  const std::vector<std::string> tags = painter::split_tags(caption_of(picture, captions));
  try {
    return targets_of(painter::character_from_tags(tags));
  } catch (const Error& error) {
    fail(error.code(), "caption of '{}': {}", printable(picture.string()), error.what());
  }
}

/// uint8 [1,3,H,W].
at::Tensor load_picture(const fs::path& path) {
  const io::Image image = io::read_png(path);
  if (image.width < kInputSize || image.height < kInputSize)
    fail(ErrorCode::kInvalidArgument, "picture '{}' is {}x{}, expected at least {} pixels each way",
         printable(path.string()), image.width, image.height, kInputSize);
  const at::Tensor rows = at::from_blob(const_cast<std::uint8_t*>(image.pixels.data()),
                                        {1, image.height, image.width, image.channels}, at::kByte);
  const at::Tensor planes = rows.permute({0, 3, 1, 2});
  return image.channels == 1 ? planes.repeat({1, 3, 1, 1}) : planes.narrow(1, 0, 3).clone();
}

}  // namespace

std::string_view prompt_of_infotext(std::string_view infotext) {
  infotext = infotext.substr(0, infotext.find("\nNegative prompt:"));
  return infotext.substr(0, infotext.find("\nSteps:"));
}

std::string differences(const ScoredPicture& picture) {
  std::string text;
  const auto groups = painter::attribute_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::int64_t answer = picture.answers[i], target = picture.targets[i];
    if (target == kNotShown || answer == target) continue;
    const auto name = [&](std::int64_t value) { return groups[i].values.at(static_cast<std::size_t>(value)).name; };
    text += fmt::format("{}{} {}, not {}", text.empty() ? "" : "; ", groups[i].name, name(answer), name(target));
  }
  return text;
}

Accuracy score_folder(const Network& network, const fs::path& pictures, const fs::path& captions,
                      const Cancellation& cancellation, const ScoringObserver& on_picture) {
  const std::vector<fs::path> paths = pictures_in(pictures);
  Accuracy accuracy;
  ScoredPicture scored{.path = {}, .answers = {}, .targets = {}, .total = static_cast<std::int64_t>(paths.size())};
  for (const fs::path& path : paths) {
    cancellation.check();
    scored.path = path;
    scored.targets = targets_of_caption(path, captions);
    const at::Tensor answers = network.answers(to_input(load_picture(path)));
    scored.answers.assign(answers.data_ptr<std::int64_t>(), answers.data_ptr<std::int64_t>() + answers.numel());
    accuracy.add(answers, at::tensor(scored.targets).unsqueeze(0));
    ++scored.done;
    on_picture(scored);
  }
  return accuracy;
}

}  // namespace fude::judge
