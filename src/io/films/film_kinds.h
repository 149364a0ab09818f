#pragma once

#include "io/films/film.h"

namespace fude::io {

/// The two kinds, for make_film_writer(), which checks what they are given.
std::unique_ptr<FilmWriter> make_webp_film(int width, int height, const FilmTiming& timing);
std::unique_ptr<FilmWriter> make_mp4_film(int width, int height, const FilmTiming& timing);

bool can_write_mp4();

/// Throws Error(kInvalidArgument) where a picture is not one of a film of that size.
void check_film_picture(const Image& image, int width, int height);

}  // namespace fude::io
