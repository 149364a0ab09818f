#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/saving_texts.h"

namespace fude::pipelines {

/// A folder whose pictures are to be made anew, as the queue keeps it. Folders have names here: what they stand for is
/// the studio's affair.
struct FolderOrder {
  std::string folder = {};               // of the pictures
  std::string output = {};               // for the results; empty: where pictures go
  std::string masks = {};                // empty: none, or the request's mask for all
  std::string texts = {};                // of pictures whose text is read; empty: `folder`
  std::vector<std::string> reused = {};  // of kReusable (picture_folder.h)
  GenerationRequest request = {};        // without a size: that of each picture
  SavingTexts saving = {};               // settings of how results are kept, not checked here
};

/// Reads a JSON object with `folder`, `output`, `masks`, `texts`, `reuse` and `request`, whose absent members are as in
/// `base`; `warnings` may take what was ignored. Throws Error: kCorruptFile (no JSON object), kInvalidArgument (unknown
/// members, values of another kind, no folder, outpainting, loopback), and as parse_request().
FolderOrder parse_folder_order(std::string_view text, const GenerationRequest& base,
                               std::vector<std::string>* warnings = nullptr);

/// An order that parse_folder_order() makes the same of, whatever its base is.
std::string to_json(const FolderOrder& order);

}  // namespace fude::pipelines
