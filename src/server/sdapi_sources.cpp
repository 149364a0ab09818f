#include "server/sdapi_sources.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "core/error.h"
#include "io/images/picture_decoder.h"
#include "pipelines/inpaint_mask.h"
#include "server/error_response.h"
#include "server/forgiving_values.h"
#include "server/sent_picture.h"

namespace fude::server {
namespace {

constexpr const char* kInitImages = "init_images";
constexpr std::array<const char*, 2> kMasks{"mask", "latent_mask"};

bool is_absent(const Json& body, const char* name) {
  const auto member = body.find(name);
  return member == body.end() || asks_for_nothing(*member);
}

void check_picture(const Json& picture, const char* member) {
  if (!picture.is_string()) {
    throw HttpError(400, fmt::format("{} holds a JSON {}, expected a picture in base64", member, picture.type_name()),
                    member);
  }
  check_sent_picture(picture.get_ref<const std::string&>());
}

// One picture is one for all; more are a batch.
void read_init_images(Json& request) {
  if (is_absent(request, kInitImages)) throw HttpError(404, "Init image not found");
  const Json& pictures = request[kInitImages];
  if (!pictures.is_array()) {
    throw HttpError(400, fmt::format("{} is a JSON {}, expected a list", kInitImages, pictures.type_name()),
                    kInitImages);
  }
  for (const Json& picture : pictures) check_picture(picture, kInitImages);
  const std::size_t count = pictures.size();
  if (count > 1) request["batch_size"] = count;
}

// As in the web UI, where the one sets the other two.
void read_mask_blur(Json& request) {
  if (request.value("mask_blur", Json()).is_null()) return;
  request.erase("mask_blur_x");
  request.erase("mask_blur_y");
}

// Whether nothing is to be made anew below the mask. A damaged one is refused later, with its name.
bool is_blank(const Json& mask, bool is_inverted) {
  try {
    const std::string bytes = check_sent_picture(mask.get_ref<const std::string&>());
    const io::Image read =
        pipelines::mask_of(io::decode_picture(std::as_bytes(std::span(bytes)), "mask"), /*rounds=*/false);
    const std::uint8_t kept = is_inverted ? 255 : 0;
    return std::ranges::all_of(read.pixels, [kept](std::uint8_t pixel) { return pixel == kept; });
  } catch (const Error&) {
    return false;
  }
}

// As in the web UI, where inpainting of the masked part alone becomes plain img2img then.
void drop_blank_mask(Json& request) {
  const bool is_part_alone = as_truth(request.value("inpaint_full_res", Json(true))) != Json(false);
  const bool is_inverted = as_truth(request.value("inpainting_mask_invert", Json(0))) == Json(true);
  if (request.contains("mask") && is_part_alone && is_blank(request["mask"], is_inverted)) request.erase("mask");
}

void read_masks(Json& request) {
  for (const char* name : kMasks) {
    if (is_absent(request, name)) {
      request.erase(name);
    } else {
      check_picture(request[name], name);
    }
  }
  drop_blank_mask(request);
  if (!request.contains("mask")) request.erase("latent_mask");  // it only refines the other
}

}  // namespace

void read_sources(Json& request, Tab tab) {
  if (tab == Tab::kFromWords) {
    request.erase(kInitImages);
    for (const char* name : kMasks) request.erase(name);
    const bool is_used = !is_absent(request, "enable_hr") && !is_absent(request, "firstpass_image");
    if (is_used) check_picture(request["firstpass_image"], "firstpass_image");
    return;
  }
  read_init_images(request);
  read_masks(request);
  read_mask_blur(request);
  request.erase("firstpass_image");
  request["enable_hr"] = false;  // also where the text of a picture asks for it
}

}  // namespace fude::server
