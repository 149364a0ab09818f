#include "pipelines/upscale_request.h"

#include <array>

#include "core/error.h"

namespace fude::pipelines {
namespace {

using Request = UpscaleRequest;

constexpr std::array kFields{
    UpscaleField{.name = "resize_mode",
                 .member = &Request::mode,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "0: enlarge by a factor; 1: to a size",
                 .help_ja = "0：倍率で拡大、1：サイズを指定"},
    UpscaleField{.name = "upscaling_resize",
                 .member = &Request::factor,
                 .minimum = 1,
                 .maximum = 8,
                 .help = "how many times as large a side becomes",
                 .help_ja = "拡大の倍率"},
    UpscaleField{.name = "max_side_length",
                 .member = &Request::longest_side,
                 .minimum = 0,
                 .maximum = 16384,
                 .help = "pixels that no side may have more of; 0: no bound",
                 .help_ja = "辺の長さの上限（0：なし）"},
    UpscaleField{.name = "upscaling_resize_w",
                 .member = &Request::width,
                 .minimum = 1,
                 .maximum = 16384,
                 .help = "width to enlarge to",
                 .help_ja = "拡大後の幅"},
    UpscaleField{.name = "upscaling_resize_h",
                 .member = &Request::height,
                 .minimum = 1,
                 .maximum = 16384,
                 .help = "height to enlarge to",
                 .help_ja = "拡大後の高さ"},
    UpscaleField{.name = "upscaling_crop",
                 .member = &Request::crops,
                 .help = "cut off what hangs over the size",
                 .help_ja = "はみ出した部分を切り落とす"},
    UpscaleField{.name = "upscaler_1",
                 .member = &Request::upscaler,
                 .help = "what enlarges: a name of `fude upscale --list`, or a file",
                 .help_ja = "アップスケーラー"},
    UpscaleField{.name = "upscaler_2",
                 .member = &Request::second_upscaler,
                 .help = "a second one, whose picture is blended in",
                 .help_ja = "2つ目のアップスケーラー"},
    UpscaleField{.name = "extras_upscaler_2_visibility",
                 .member = &Request::second_share,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the second one's picture",
                 .help_ja = "2つ目の結果を混ぜる割合"},
    UpscaleField{.name = "gfpgan_visibility",
                 .member = &Request::gfpgan_visibility,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the picture whose faces GFPGAN restored; 0: not",
                 .help_ja = "GFPGANで顔を修復した画像の割合（0：使わない）"},
    UpscaleField{.name = "codeformer_visibility",
                 .member = &Request::codeformer_visibility,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the picture whose faces CodeFormer restored; 0: not",
                 .help_ja = "CodeFormerで顔を修復した画像の割合（0：使わない）"},
    UpscaleField{.name = "codeformer_weight",
                 .member = &Request::codeformer_weight,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "how closely CodeFormer keeps to the picture; 0: its own faces, 1: hardly a change",
                 .help_ja = "CodeFormerの重み（0：修復を優先、1：元の画像を優先）"},
    UpscaleField{.setting = "ESRGAN_tile",
                 .member = &Request::tile,
                 .minimum = 0,
                 .maximum = 8192,
                 .help = "side of the tiles that a network works on, in pixels; 0: the whole picture at once",
                 .help_ja = "タイルの大きさ（0：分割しない）"},
    UpscaleField{.setting = "ESRGAN_tile_overlap",
                 .member = &Request::tile_overlap,
                 .minimum = 0,
                 .maximum = 512,
                 .help = "pixels that neighbouring tiles share",
                 .help_ja = "タイルの重なり"},
};

void check_number(const UpscaleField& field, double value) {
  if (value >= field.minimum && value <= field.maximum) return;
  fail(ErrorCode::kInvalidArgument, "{} is {}, expected {}..{}", field.name.empty() ? field.setting : field.name, value,
       field.minimum, field.maximum);
}

}  // namespace

std::span<const UpscaleField> upscale_fields() { return kFields; }

void check(const UpscaleRequest& request) {
  for (const UpscaleField& field : kFields) {
    if (const auto* number = std::get_if<int Request::*>(&field.member)) check_number(field, request.*(*number));
    if (const auto* number = std::get_if<double Request::*>(&field.member)) check_number(field, request.*(*number));
  }
}

}  // namespace fude::pipelines
