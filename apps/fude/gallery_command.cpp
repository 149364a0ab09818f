#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"
#include "core/error.h"
#include "core/platform/interrupt.h"
#include "core/platform/paths.h"
#include "progress_bar.h"
#include "server/api_values.h"
#include "service/events.h"
#include "service/gallery.h"
#include "service/kept_pictures.h"
#include "service/settings_store.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using service::Gallery;
using service::Picture;
using service::PictureId;
using service::PictureQuery;

constexpr const char* kExamples = R"(
Examples:
  fude gallery rescan
  fude gallery search '"red sky" -rain rating:>=3 date:2026-11'
  fude gallery search 笑顔 model:hajime --json
  fude gallery rate 12 5 --tag favourite --note "for the cover"
  fude gallery save 12 13
  fude gallery zip 12 13
  fude gallery bin 13 14
  fude gallery restore 13
  fude gallery empty-bin)";

struct GalleryFlags {
  std::string data_dir;
  std::vector<std::string> words;
  std::string order = "newest";
  bool in_bin = false;
  std::int64_t limit = 20;
  bool wants_json = false;
  std::vector<PictureId> ids;
  int rating = 0;
  std::optional<std::string> note;
  std::optional<std::vector<std::string>> tags;
  bool forgets = false;
};

/// The database and the gallery of a data folder.
class OpenGallery {
 public:
  explicit OpenGallery(const GalleryFlags& flags)
      : folder_(platform::data_dir_or_default(flags.data_dir)),
        database_(folder_ / "fude.db"),
        gallery_(database_, folder_ / "outputs") {
    if (!database_.repair().empty()) std::fprintf(stderr, "fude: warning: %s\n", database_.repair().c_str());
  }

  const std::filesystem::path& folder() const { return folder_; }
  service::Database& database() { return database_; }
  Gallery& operator*() { return gallery_; }
  Gallery* operator->() { return &gallery_; }

 private:
  std::filesystem::path folder_;
  service::Database database_;
  Gallery gallery_;
};

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string local_time(std::int64_t milliseconds) {
  const std::time_t time = milliseconds / 1000;
  std::tm parts{};
  ::localtime_r(&time, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

void append_picture(std::string& out, const Picture& picture) {
  constexpr int kIdWidth = 10;
  constexpr std::size_t kShownWords = 140;
  append_row(out, std::to_string(picture.id), printable(picture.file), kIdWidth);
  std::string facts = fmt::format("{}, {}x{}", local_time(picture.created_at), picture.width, picture.height);
  if (!picture.model.empty()) facts += ", " + printable(picture.model, 60);
  if (picture.rating > 0) facts += ", " + std::string(static_cast<std::size_t>(picture.rating), '*');
  append_row(out, "", facts, kIdWidth);
  if (!picture.prompt.empty()) append_row(out, "", printable(picture.prompt, kShownWords), kIdWidth);
}

// Pages of the gallery until enough pictures are there.
service::PicturePage found(const Gallery& gallery, PictureQuery query, std::int64_t limit) {
  constexpr std::int64_t kLargestPage = 500;
  service::PicturePage all;
  do {
    query.limit = static_cast<int>(std::min(kLargestPage, limit - static_cast<std::int64_t>(all.pictures.size())));
    service::PicturePage page = gallery.search(query);
    all.total = page.total;
    all.pictures.insert(all.pictures.end(), page.pictures.begin(), page.pictures.end());
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty() && static_cast<std::int64_t>(all.pictures.size()) < limit);
  return all;
}

void search(const GalleryFlags& flags) {
  PictureQuery query;
  for (const std::string& word : flags.words) query.text += (query.text.empty() ? "" : " ") + word;
  query.in_bin = flags.in_bin;
  query.order = flags.order == "oldest"   ? PictureQuery::Order::kOldest
                : flags.order == "rating" ? PictureQuery::Order::kRating
                                          : PictureQuery::Order::kNewest;
  OpenGallery gallery(flags);
  const service::PicturePage page = found(*gallery, query, flags.limit);
  if (flags.wants_json) {
    server::Json json{{"total", page.total}, {"pictures", server::Json::array()}};
    for (const Picture& picture : page.pictures) json["pictures"].push_back(server::to_json(picture));
    print(json.dump(2, ' ', false, server::Json::error_handler_t::replace) + '\n');
    return;
  }
  // Commands save without the database; only a studio that runs tells the gallery of new pictures.
  if (page.total == 0) std::fprintf(stderr, "fude: pictures made by commands are found after 'fude gallery rescan'\n");
  std::string out;
  for (const Picture& picture : page.pictures) append_picture(out, picture);
  print(out + fmt::format("{}{} of {} pictures.\n", out.empty() ? "" : "\n", page.pictures.size(), page.total));
}

void rescan(const GalleryFlags& flags) {
  OpenGallery gallery(flags);
  const InterruptGuard interrupt;
  std::optional<ProgressBar> bar;
  const auto result = gallery->rescan(
      [&](std::int64_t done, std::int64_t total) {
        if (!bar) bar.emplace("scanning", total, "file");
        bar->update(done);
      },
      interrupt.cancellation(), flags.forgets ? service::WhenAllGone::kForget : service::WhenAllGone::kRefuse);
  bar.reset();
  print(fmt::format("{} pictures: {} new, {} changed, {} gone, {} unreadable.\n", result.seen, result.added,
                    result.changed, result.removed, result.unreadable));
}

// Does something with each picture and says where it is now.
void for_each_id(const GalleryFlags& flags, const std::function<Picture(Gallery&, PictureId)>& work) {
  OpenGallery gallery(flags);
  std::string out;
  for (const PictureId id : flags.ids) append_row(out, std::to_string(id), printable(work(*gallery, id).file), 10);
  print(out);
}

void rate(const GalleryFlags& flags) {
  OpenGallery gallery(flags);
  const Picture picture =
      gallery->change(flags.ids.front(), {.rating = flags.rating, .note = flags.note, .tags = flags.tags});
  std::string out;
  append_picture(out, picture);
  print(out);
}

void empty_bin(const GalleryFlags& flags) {
  OpenGallery gallery(flags);
  print(fmt::format("{} pictures deleted.\n", gallery->empty_bin()));
}

// The page's Save and Zip buttons: tells what was written where.
void keep(const GalleryFlags& flags, bool zips) {
  OpenGallery gallery(flags);
  service::EventHub events;
  const service::SettingsStore settings(gallery.database(), events);
  const service::KeptPictures kept = service::keep_pictures(*gallery, settings, gallery.folder(), flags.ids, zips);
  std::string out;
  for (const std::string& file : kept.files) out += printable((kept.folder / file).string()) + '\n';
  print(zips ? printable((kept.folder / kept.zip).string()) + '\n' : out);
}

using Flags = std::shared_ptr<GalleryFlags>;

void add_search(CLI::App& gallery, const Flags& flags) {
  CLI::App* command = gallery.add_subcommand("search",
                                             "list pictures: words, \"a phrase\", -without, model:x lora:x "
                                             "tag:x seed:n size:512x768 rating:>=3 date:2026-11");
  command->add_option("TEXT", flags->words, "what to look for, in quotes where the shell would take signs for its own");
  command->add_option("--order", flags->order, "newest, oldest or rating")
      ->check(CLI::IsMember({"newest", "oldest", "rating"}))
      ->capture_default_str();
  command->add_option("--limit", flags->limit, "how many at most")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}))
      ->capture_default_str();
  command->add_flag("--bin", flags->in_bin, "in the bin");
  command->add_flag("--json", flags->wants_json, "print one JSON object: total, pictures");
  command->callback([flags] { search(*flags); });
}

void add_rate(CLI::App& gallery, const Flags& flags) {
  CLI::App* command = gallery.add_subcommand("rate", "give a picture stars, tags, a note (in a sidecar beside it)");
  command
      ->add_option_function<PictureId>(
          "ID", [flags](PictureId id) { flags->ids = {id}; }, "the number that search prints")
      ->required();
  command->add_option("STARS", flags->rating, "0 to 5")->required()->check(CLI::Range(0, 5));
  command->add_option("--note", flags->note, "in place of the old one; \"\" removes it")->type_name("TEXT");
  command->add_option("--tag", flags->tags, "in place of the old ones; several are allowed")->type_name("TEXT");
  command->callback([flags] { rate(*flags); });
}

void add_keeping(CLI::App& gallery, const Flags& flags) {
  CLI::App* save = gallery.add_subcommand("save", "copy pictures into log/images, with a row in log.csv there");
  save->add_option("ID", flags->ids, "numbers that search prints")->required();
  save->callback([flags] { keep(*flags, /*zips=*/false); });
  CLI::App* zip = gallery.add_subcommand("zip", "the same, and an archive of them beside the copies");
  zip->add_option("ID", flags->ids, "numbers that search prints")->required();
  zip->callback([flags] { keep(*flags, /*zips=*/true); });
}

void add_moves(CLI::App& gallery, const Flags& flags) {
  CLI::App* bin = gallery.add_subcommand("bin", "move pictures to the bin");
  bin->add_option("ID", flags->ids, "numbers that search prints")->required();
  bin->callback([flags] { for_each_id(*flags, &Gallery::move_to_bin); });
  CLI::App* restore = gallery.add_subcommand("restore", "bring pictures back from the bin");
  restore->add_option("ID", flags->ids, "numbers that search --bin prints")->required();
  restore->callback([flags] { for_each_id(*flags, &Gallery::restore); });
  CLI::App* emptying = gallery.add_subcommand("empty-bin", "delete what is in the bin, for good");
  emptying->callback([flags] { empty_bin(*flags); });
}

}  // namespace

void add_gallery_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("gallery", "search, rate and sort out the pictures that were made");
  command->require_subcommand(1);
  const auto flags = std::make_shared<GalleryFlags>();
  command->add_option("--data-dir", flags->data_dir, "where outputs lie; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  CLI::App* scan = command->add_subcommand("rescan", "bring the index in line with the files of the outputs folder");
  scan->add_flag(
      "--forget", flags->forgets,
      "even when not one file of the index is there any more; else that is refused, for the disk may be away");
  scan->callback([flags] { rescan(*flags); });
  add_search(*command, flags);
  add_rate(*command, flags);
  add_keeping(*command, flags);
  add_moves(*command, flags);
  for (CLI::App* part : command->get_subcommands({})) part->fallthrough();  // --data-dir after it, too
  command->footer(kExamples);                                               // after them: else each would inherit it
}

}  // namespace fude::apps
