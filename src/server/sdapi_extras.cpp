#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base64.h"
#include "core/error.h"
#include "pipelines/upscale_request.h"
#include "server/error_response.h"
#include "server/forgiving_values.h"
#include "server/made_pictures.h"
#include "server/sdapi_routes.h"
#include "server/sdapi_upscalers.h"
#include "server/sent_picture.h"
#include "server/web_ui_route.h"
#include "service/job_kinds.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using pipelines::UpscaleField;
using pipelines::UpscaleRequest;
using service::Studio;

constexpr std::size_t kLongestName = 1000;

/// Stores a member of the body in the request's member that it is visited with.
struct Store {
  const JsonObject& body;
  const UpscaleField& field;
  UpscaleRequest& request;

  void operator()(bool UpscaleRequest::*member) const { put(member, body.truth(field.name)); }
  void operator()(int UpscaleRequest::*member) const {
    put(member,
        body.whole(field.name, static_cast<std::int64_t>(field.minimum), static_cast<std::int64_t>(field.maximum)));
  }
  void operator()(double UpscaleRequest::*member) const {
    put(member, body.number(field.name, field.minimum, field.maximum));
  }
  void operator()(std::string UpscaleRequest::*member) const { put(member, body.text(field.name, kLongestName)); }

  template <typename Member, typename Value>
  void put(Member UpscaleRequest::*member, std::optional<Value> value) const {
    if (value) request.*member = static_cast<Member>(*std::move(value));
  }
};

// A body may hold the numbers of the other way to tell the size, whatever they are.
bool counts(const UpscaleField& field, int mode) {
  if (field.name.empty()) return false;
  const bool is_of_size = field.name == "upscaling_resize_w" || field.name == "upscaling_resize_h";
  const bool is_of_factor = field.name == "upscaling_resize" || field.name == "max_side_length";
  return mode == 0 ? !is_of_size : !is_of_factor;
}

Json same(const Json& value) { return value; }

// The members of the request alone; numbers and switches may be texts.
JsonObject loose_values(const Json& body) {
  Json read = Json::object();
  const auto take = [&](const std::string& name, Json (*as)(const Json&)) {
    if (const auto member = body.find(name); member != body.end()) read[name] = as(*member);
  };
  take("resize_mode", as_number);
  for (const UpscaleField& field : pipelines::upscale_fields()) {
    const bool is_text = std::holds_alternative<std::string UpscaleRequest::*>(field.member);
    const bool is_switch = std::holds_alternative<bool UpscaleRequest::*>(field.member);
    take(std::string(field.name), is_text ? same : is_switch ? as_truth : as_number);
  }
  return JsonObject(std::move(read));
}

UpscaleRequest read_request(const JsonObject& sent) {
  const JsonObject body = loose_values(sent.value());
  UpscaleRequest request{.factor = 2};  // the API's default, not the page's
  request.mode = static_cast<int>(body.whole("resize_mode", 0, 1).value_or(0));
  for (const UpscaleField& field : pipelines::upscale_fields()) {
    if (counts(field, request.mode)) std::visit(Store{body, field, request}, field.member);
  }
  return request;
}

// As the queue keeps it: see pipelines/upscale_order.h.
std::string order_of(const UpscaleRequest& request, std::string_view picture) {
  Json order{{"image", base64_encode(picture)},
             {"upscaler", request.upscaler},
             {"second_upscaler", request.second_upscaler},
             {"second_share", request.second_share},
             {"gfpgan_visibility", request.gfpgan_visibility},
             {"codeformer_visibility", request.codeformer_visibility},
             {"codeformer_weight", request.codeformer_weight}};
  if (request.mode == 1) {
    order.update({{"width", request.width}, {"height", request.height}, {"crops", request.crops}});
  } else {
    order.update({{"factor", request.factor}, {"longest_side", request.longest_side}});
  }
  return order.dump();
}

service::MadePicture enlarged(Studio& studio, const UpscaleRequest& wanted, std::string_view picture,
                              const Request& request) {
  service::NewJob job;
  job.kind = service::kUpscaleKind;
  job.request = order_of(wanted, picture);
  job.origin = "sdapi";
  job.saves_pictures = false;
  MadeJob made = make_pictures(studio, studio.submit(job), request);
  if (made.pictures.empty()) fail(ErrorCode::kCancelled, "job {} was interrupted", made.job.id);
  return std::move(made.pictures.front());
}

// As the web UI's pages show it.
std::string html_of(std::string_view text) {
  std::string html = "<p>";
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\n': html += "<br>\n"; break;
      default: html += c;
    }
  }
  return html + "</p>";
}

Response enlarge_one(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  const UpscaleRequest wanted = read_request(body);
  const std::string picture = check_sent_picture(body.text("image", kLargestBody).value_or(""));
  const service::MadePicture made = enlarged(studio, wanted, picture, request);
  return ordered_response({{"image", base64_encode(made.bytes)}, {"html_info", html_of(made.infotext)}});
}

std::vector<std::string> read_pictures(const JsonObject& body) {
  constexpr const char* kList = "imageList";
  const Json list = body.value().value(kList, Json());
  if (!list.is_array()) throw HttpError(400, fmt::format("{} is no list of pictures", kList), kList);
  std::vector<std::string> pictures;
  for (const Json& entry : list) {
    const Json data = entry.is_object() ? entry.value("data", Json()) : Json();
    if (!data.is_string()) {
      throw HttpError(400, fmt::format("{} holds something else than {{\"data\", \"name\"}}", kList), kList);
    }
    pictures.push_back(check_sent_picture(data.get_ref<const std::string&>()));
  }
  return pictures;
}

Response enlarge_several(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  const UpscaleRequest wanted = read_request(body);
  Ordered images = Ordered::array();
  std::string text;
  for (const std::string& picture : read_pictures(body)) {
    const service::MadePicture made = enlarged(studio, wanted, picture, request);
    images.push_back(base64_encode(made.bytes));
    text = made.infotext;
  }
  return ordered_response({{"images", std::move(images)}, {"html_info", html_of(text)}});
}

}  // namespace

void add_sdapi_extras(Router& router, Studio& studio) {
  add_web_ui_route(router, "POST", "/sdapi/v1/extra-single-image", [&studio](const Request& request) {
    return naming_upscaler_list([&] { return enlarge_one(studio, request); });
  });
  add_web_ui_route(router, "POST", "/sdapi/v1/extra-batch-images", [&studio](const Request& request) {
    return naming_upscaler_list([&] { return enlarge_several(studio, request); });
  });
}

}  // namespace fude::server
