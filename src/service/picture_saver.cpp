#include "service/picture_saver.h"

#include <ctime>
#include <utility>

#include "pipelines/infotext.h"
#include "service/saving_settings.h"

namespace fude::service {

std::vector<std::vector<std::byte>> PictureSaver::returned_copies(const pipelines::FinishedPicture& picture,
                                                                  const pipelines::SavingOptions& options) const {
  std::vector<std::vector<std::byte>> files;
  if (job_.origin != "sdapi") return files;
  for (const pipelines::PictureCopy& copy : picture.copies) {
    if (copy.is_returned) files.push_back(encode_copy(copy, {}, options).bytes);
  }
  return files;
}

std::optional<PictureId> PictureSaver::save(const pipelines::PictureModel& model,
                                            const pipelines::FinishedPicture& picture, int index,
                                            const std::optional<PlaceToSave>& place) {
  bench_.enter("saving");
  const pipelines::SavingOptions options = saving_options(settings_);
  pipelines::EncodedPicture encoded = encode_picture_as(picture, options);
  std::optional<PictureId> id;
  if (job_.saves_pictures) {
    id = save_into_gallery(picture, encoded, index, place, options);
    auto copies = returned_copies(picture, options);
    if (!copies.empty()) bench_.parts().results.add(job_.id, {.index = index, .copies = std::move(copies)});
  } else {
    bench_.parts().results.add(job_.id, {.index = index,
                                         .bytes = std::move(encoded.bytes),
                                         .infotext = picture.infotext,
                                         .seed = picture.request.seed,
                                         .subseed = picture.request.subseed,
                                         .copies = returned_copies(picture, options)});
    bench_.parts().queue.count_picture(job_.id);
  }
  // Known by now: the picture's text has it.
  bench_.tell_loaded([&](LoadedModel& loaded) { loaded.hash = model.hash.digits(); });
  bench_.meter().count_picture();
  const ProgressMeter::Measured measured = bench_.meter().measured();
  bench_.parts().pace.note(picture.request, measured.step, measured.picture);
  bench_.enter("decoding");
  return id;
}

pipelines::NamingFacts PictureSaver::naming_facts(const pipelines::FinishedPicture& picture, int index) const {
  const pipelines::GenerationRequest& request = picture.request;
  const bool has_seeds_in_a_row = request.subseed_strength == 0;
  const std::int64_t first = has_seeds_in_a_row ? request.seed - index : request.seed;
  return {.infotext = pipelines::parse_infotext(picture.infotext),
          .seed = request.seed,
          .seed_first = first,
          .seed_last = has_seeds_in_a_row ? first + pictures_wanted_ - 1 : request.seed,
          .batch_size = pipelines::pictures_of_batch(request),
          .batch_number = index % pipelines::pictures_of_batch(request) + 1,
          .generation_number = index + 1,
          .generation_count = pictures_wanted_,
          .styles = request.styles,
          .saved_at = std::time(nullptr),
          .job_started_at = job_.started_at / 1000,
          .pixels = std::as_bytes(std::span(picture.image.pixels))};
}

PictureId PictureSaver::save_into_gallery(const pipelines::FinishedPicture& picture,
                                          const pipelines::EncodedPicture& encoded, int index,
                                          const std::optional<PlaceToSave>& place,
                                          const pipelines::SavingOptions& options) {
  const pipelines::NamingFacts facts = naming_facts(picture, index);
  const bool has_sources = pipelines::starts_from_picture(picture.request);
  const std::filesystem::path base = settings_.text(has_sources ? "outdir_img2img_samples" : "outdir_txt2img_samples");
  PictureStore& store = bench_.parts().pictures;
  const std::string stem = place ? place->stem : saving_name(options, facts);
  const PictureId id = store.save({.job = job_.id,
                                   .index = index,
                                   .name = {.stem = stem,
                                            .ending = std::string(file_ending(encoded.format)),
                                            .is_numbered = !place && options.is_numbered},
                                   .bytes = encoded.bytes},
                                  place ? place->folder : base / saving_folder(options, facts));
  if (picture.init) write_init_picture(bench_.parts().data_dir / "outputs" / "init-images", *picture.init);
  if (!options.writes_text_file && !options.writes_small_copy && picture.copies.empty()) return id;
  const std::filesystem::path path = store.path_of(id);
  write_companions(path, picture.image, picture.infotext, options);
  write_copies(path, picture.copies, picture.infotext, options);
  return id;
}

}  // namespace fude::service
