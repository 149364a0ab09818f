#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// What requests may take from the text that is stored with each picture of a folder.
inline constexpr std::array<std::string_view, 6> kReusable{"prompt", "negative", "seed", "cfg", "sampler", "steps"};

/// Throws Error(kInvalidArgument) for a word that is not in kReusable. `name`: what the list is called.
void check_reused(const std::vector<std::string>& words, std::string_view name);

/// Where a run over a folder finds what it needs.
struct FolderPlaces {
  std::filesystem::path pictures = {};
  std::filesystem::path masks = {};      // one for all, or those of the same name (whatever the ending); empty: none
  std::filesystem::path texts = {};      // pictures of the same name whose text is read; empty: `pictures`
  std::vector<std::string> reused = {};  // of kReusable; prompts go behind the words of the request
};

/// Whether a file is a picture by its name's ending (PNG, JPEG, WebP). Hidden files are none.
bool has_picture_name(const std::filesystem::path& path);

/// The names of a folder's pictures, in order; none where there is no folder.
std::vector<std::string> list_pictures(const std::filesystem::path& folder);

/// The same. Throws Error(kNotFound): no such folder, no pictures in it. `shown`: what messages call it; empty: its
/// path.
std::vector<std::string> pictures_in(const std::filesystem::path& folder, std::string_view shown = {});

/// A base request is made of every picture of a folder, and these go one by one: whoever stops may go on later.
class PictureFolder {
 public:
  /// Throws Error: kNotFound (no such folder, or none of pictures), kInvalidArgument (as check_reused()).
  explicit PictureFolder(FolderPlaces places);
  /// `names`: the pictures as they were when the work began.
  PictureFolder(FolderPlaces places, std::vector<std::string> names);

  const std::vector<std::string>& names() const { return names_; }

  /// False: there are several masks and none of this picture's name.
  bool has_mask_for(const std::string& name) const;

  /// The request of a picture: started from it, with its mask and what is reused; normalised and checked. Throws Error
  /// where the picture, its mask or its text cannot be used.
  GenerationRequest request_for(const GenerationRequest& base, const std::string& name) const;

 private:
  /// Absent where there are no masks, or none for it.
  std::optional<std::string> mask_for(const std::string& name) const;
  void reuse_text(GenerationRequest& request, const std::string& name) const;

  FolderPlaces places_;
  std::vector<std::string> names_;
  std::vector<std::string> masks_;  // names
};

/// Checks what all pictures of a folder have in common, before the first is opened, and brings names to their one
/// spelling. Seeds must be resolved. Throws Error(kInvalidArgument): as normalise(); init_images are given; the number
/// of results would differ (`combinatorial`).
void check_folder_request(GenerationRequest& base);

/// What is done with the pictures of a folder; `place` counts from 0.
struct FolderEvents {
  std::function<bool(std::size_t place)> is_done;
  std::function<void(std::size_t place, const GenerationRequest& request)> make;
  std::function<void(const std::string& message)> on_warning;  // "'cat.png': ..": why it is passed over
};

/// How it came out; counts of pictures.
struct FolderOutcome {
  std::size_t done_before = 0;
  std::size_t made = 0;
  std::size_t without_mask = 0;
  std::vector<std::string> failures = {};  // messages
};

/// Makes what is not done, of the pictures that have a mask if there are masks. What is wrong with one picture
/// (kInvalidArgument and kCorruptFile of `make`, any failure to read it) does not concern the others; all else that
/// `make` throws ends it.
FolderOutcome go_over(const PictureFolder& folder, const GenerationRequest& base, const FolderEvents& events);

}  // namespace fude::pipelines
