#include "core/ascii.h"
#include "pipelines/sent_pictures.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/picture_types.h"
#include "server/query.h"
#include "server/request_target.h"
#include "service/film_store.h"
#include "service/gallery.h"
#include "service/picture_editor.h"
#include "service/studio.h"
#include "service/verifications.h"

namespace fude::server {
namespace {

using service::Gallery;
using service::Picture;
using service::PictureQuery;
using service::Studio;

PictureQuery::Order order_of(std::string_view name) {
  if (name == "oldest") return PictureQuery::Order::kOldest;
  return name == "rating" ? PictureQuery::Order::kRating : PictureQuery::Order::kNewest;
}

Response search(Studio& studio, const Request& request) {
  const Query query(request);
  PictureQuery wanted;
  wanted.text = query.text("text", 1000).value_or("");
  wanted.model = query.text("model", 1000).value_or("");
  wanted.adapter = query.text("adapter", 1000).value_or("");
  wanted.tag = query.text("tag", 1000).value_or("");
  wanted.seed = query.whole("seed", INT64_MIN, INT64_MAX);
  wanted.min_rating = static_cast<int>(query.whole("min_rating", 0, 5).value_or(0));
  wanted.from = query.whole("from", 0, INT64_MAX).value_or(0);
  wanted.until = query.whole("until", 0, INT64_MAX).value_or(0);
  wanted.in_bin = query.truth("bin").value_or(false);
  wanted.order = order_of(query.choice("order", {"newest", "oldest", "rating"}).value_or("newest"));
  wanted.cursor = query.text("cursor", 1000).value_or("");
  wanted.limit = static_cast<int>(query.whole("limit", 1, 500).value_or(60));
  const service::PicturePage page = studio.gallery().search(wanted);
  Json pictures = Json::array();
  for (const Picture& picture : page.pictures) pictures.push_back(to_json(picture));
  Json json{{"pictures", std::move(pictures)}, {"total", page.total}};
  if (!page.next_cursor.empty()) json["next_cursor"] = page.next_cursor;
  return json_response(json);
}

Json counts_json(const std::vector<service::NameCount>& counts) {
  Json json = Json::array();
  for (const auto& [name, count] : counts) json.push_back({{"name", name}, {"count", count}});
  return json;
}

Response facets_json(const service::Facets& facets) {
  return json_response({{"models", counts_json(facets.models)},
                        {"adapters", counts_json(facets.adapters)},
                        {"tags", counts_json(facets.tags)}});
}

Response rescan(Studio& studio, const Request& request) {
  const service::ScanResult result = studio.gallery().rescan({}, *request.gone);
  studio.events().publish(service::GalleryChanged{});
  return json_response({{"seen", result.seen},
                        {"added", result.added},
                        {"changed", result.changed},
                        {"removed", result.removed},
                        {"unreadable", result.unreadable}});
}

Picture found(Studio& studio, const Request& request) {
  const auto id = id_of(request);
  auto picture = studio.gallery().find(id);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  return *std::move(picture);
}

Response one(Studio& studio, const Request& request) {
  const Picture picture = found(studio, request);
  Json json = to_json(picture);
  json["has_film"] = studio.films().has(picture);
  json["has_verification"] = studio.verifications().of(picture.id).has_value();
  return json_response(json);
}

Response changed(Studio& studio, const Picture& picture) {
  studio.events().publish(service::GalleryChanged{});
  return json_response(to_json(picture));
}

Response change(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"rating", "note", "tags"});
  service::PictureChange change;
  if (const auto rating = body.whole("rating", 0, 5)) change.rating = static_cast<int>(*rating);
  change.note = body.text("note", 40'000);  // of up to four bytes a character
  change.tags = body.texts("tags", 200, 800);
  return changed(studio, studio.gallery().change(id_of(request), change));
}

Response add_mosaic(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"mask"});
  body.allow_only({"mask", "block"});
  const auto mask = pipelines::picture_from_text("mask", body.text("mask", kLargestBody).value_or(""));
  const int block = static_cast<int>(body.whole("block", 2, 1024).value_or(0));
  const Picture picture = service::add_mosaic(studio.gallery(), id_of(request), mask, block);
  studio.events().publish(service::GalleryChanged{});
  return json_response(to_json(picture), 201);
}

Response file_of(Studio& studio, const Request& request) {
  const Picture picture = found(studio, request);
  Response response{.content_type = std::string(picture_type(picture.file)),
                    .headers = {{"Cache-Control", "private, max-age=3600"}},
                    .file = studio.gallery().path_of(picture)};
  if (Query(request).truth("download").value_or(false)) {
    const std::string name = picture.file.substr(picture.file.rfind('/') + 1);
    response.headers.emplace_back("Content-Disposition", "attachment; filename*=UTF-8''" + percent_encoded(name));
  }
  return response;
}

Response thumbnail(Studio& studio, const Request& request) {
  const int side = static_cast<int>(Query(request).whole("side", 64, 1024).value_or(384));
  const std::vector<std::byte> bytes = studio.gallery().thumbnail(id_of(request), side);
  return {.body = std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()),
          .content_type = "image/webp",
          .headers = {{"Cache-Control", "private, max-age=86400"}}};
}

Response empty_bin(Studio& studio) {
  const int deleted = studio.empty_bin();
  studio.events().publish(service::GalleryChanged{});
  return json_response({{"deleted", deleted}});
}

}  // namespace

void add_picture_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/pictures", [&](const Request& request) { return search(studio, request); });
  router.add("GET", "/api/v1/pictures/facets", [&](const Request&) { return facets_json(studio.gallery().facets()); });
  router.add("POST", "/api/v1/pictures/rescan", [&](const Request& request) { return rescan(studio, request); });
  router.add("GET", "/api/v1/pictures/{id}", [&](const Request& request) { return one(studio, request); });
  router.add("PATCH", "/api/v1/pictures/{id}", [&](const Request& request) { return change(studio, request); });
  router.add("DELETE", "/api/v1/pictures/{id}",
             [&](const Request& request) { return changed(studio, studio.gallery().move_to_bin(id_of(request))); });
  router.add("POST", "/api/v1/pictures/{id}/restore",
             [&](const Request& request) { return changed(studio, studio.gallery().restore(id_of(request))); });
  router.add("POST", "/api/v1/pictures/{id}/mosaic",
             [&](const Request& request) { return add_mosaic(studio, request); });
  router.add("GET", "/api/v1/pictures/{id}/file", [&](const Request& request) { return file_of(studio, request); });
  router.add("GET", "/api/v1/pictures/{id}/thumbnail",
             [&](const Request& request) { return thumbnail(studio, request); });
  router.add("DELETE", "/api/v1/bin", [&](const Request&) { return empty_bin(studio); });
}

}  // namespace fude::server
