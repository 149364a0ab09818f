#include "training/sheet.h"

#include <vector>

#include "io/images/png_file.h"

namespace fude::training {

void write_sheet(const std::filesystem::path& path, const at::Tensor& pictures, std::int64_t columns) {
  const std::int64_t count = pictures.size(0), height = pictures.size(1), width = pictures.size(2);
  const std::int64_t rows = (count + columns - 1) / columns;
  at::Tensor sheet = at::full({rows * height, columns * width, 3}, 255, at::kByte);
  for (std::int64_t i = 0; i < count; ++i)
    sheet.narrow(0, i / columns * height, height).narrow(1, i % columns * width, width).copy_(pictures[i]);

  const auto* bytes = sheet.data_ptr<std::uint8_t>();
  io::write_png(path, {.width = static_cast<int>(sheet.size(1)),
                       .height = static_cast<int>(sheet.size(0)),
                       .channels = 3,
                       .pixels = std::vector<std::uint8_t>(bytes, bytes + sheet.numel())});
}

}  // namespace fude::training
