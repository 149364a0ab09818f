#include "io/films/film.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/query.h"
#include "service/film_store.h"
#include "service/gallery.h"
#include "service/studio.h"

namespace fude::server {
namespace {

// What films are kept as; another speed or kind is made of it when it is asked for.
constexpr io::FilmTiming kKept;

Response film_of(service::Studio& studio, const Request& request) {
  const Query query(request);
  const auto format = *io::film_format_named(query.choice("format", {"webp", "mp4"}).value_or("webp"));
  const io::FilmTiming timing{.rate = query.real("rate", 0.5, 60).value_or(kKept.rate),
                              .hold = query.real("hold", 0, 60).value_or(kKept.hold)};
  const auto id = id_of(request);
  const auto picture = studio.gallery().find(id);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  std::vector<std::byte> film = studio.films().read(*picture);
  if (!io::can_write(format)) {
    throw HttpError(501, "MP4 cannot be written here: this program was built without libav; take WebP", "format");
  }
  const bool is_as_kept = format == io::FilmFormat::kWebp && timing.rate == kKept.rate && timing.hold == kKept.hold;
  if (!is_as_kept) film = io::film_again(film, format, timing);
  Response response{.body = std::string(reinterpret_cast<const char*>(film.data()), film.size()),
                    .content_type = std::string(io::media_type(format)),
                    .headers = {{"Cache-Control", "private, max-age=3600"}}};
  if (query.truth("download").value_or(false)) {
    const std::string ending = format == io::FilmFormat::kMp4 ? "mp4" : "webp";
    response.headers.emplace_back("Content-Disposition",
                                  fmt::format("attachment; filename=\"film-{}.{}\"", id, ending));
  }
  return response;
}

}  // namespace

void add_film_routes(Router& router, service::Studio& studio) {
  router.add("GET", "/api/v1/pictures/{id}/film", [&](const Request& request) { return film_of(studio, request); });
}

}  // namespace fude::server
