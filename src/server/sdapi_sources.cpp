#include "server/sdapi_sources.h"

#include <array>
#include <string>

#include "server/error_response.h"
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

void read_masks(Json& request) {
  for (const char* name : kMasks) {
    if (is_absent(request, name)) {
      request.erase(name);
    } else {
      check_picture(request[name], name);
    }
  }
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
