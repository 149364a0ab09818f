#include "core/error.h"
#include "io/films/film_kinds.h"

// In the place of mp4_film.cpp where libav's headers are missing.
namespace fude::io {

bool can_write_mp4() { return false; }

std::unique_ptr<FilmWriter> make_mp4_film(int, int, const FilmTiming&) {
  fail(ErrorCode::kUnsupportedModel, "MP4 cannot be written here: this program was built without libav; take WebP");
}

}  // namespace fude::io
