#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "prompt/template_tree.h"

namespace fude::prompt {

/// Where in a job a text is drawn: everything a draw depends on.
struct DrawPlace {
  std::uint64_t seed = 0;   // the picture's
  std::uint64_t index = 0;  // the picture's place in the job, from 0
};

/// Makes the choices of a template, one after the other, always in the same order.
class TemplateChooser {
 public:
  virtual ~TemplateChooser() = default;

  /// A number in [fewest, most].
  virtual std::size_t count(std::size_t fewest, std::size_t most, TemplateTree::Method method) = 0;

  /// Different indices of `weights`, at most `count`; options of weight 0 are never taken (unless all have it).
  virtual std::vector<std::size_t> pick(std::span<const double> weights, std::size_t count,
                                        TemplateTree::Method method) = 0;
};

/// Draws at random from a stream that depends on nothing but the seed: Philox, so that every platform draws the same.
class SeededChooser : public TemplateChooser {
 public:
  explicit SeededChooser(DrawPlace place) : place_(place), turns_left_(place.index) {}

  std::size_t count(std::size_t fewest, std::size_t most, TemplateTree::Method method) override;
  std::vector<std::size_t> pick(std::span<const double> weights, std::size_t count,
                                TemplateTree::Method method) override;

 private:
  double next_uniform();
  std::size_t turn(std::size_t options);

  DrawPlace place_;
  std::uint32_t draws_ = 0;
  std::uint64_t turns_left_;  // what is left of the index after the combinatorial choices so far
};

/// Makes every combination of choices, one at each run: the last choice turns fastest. Choices marked ~ or @ are left
/// to a seeded chooser. Several options of one variant are taken in the order in which they are written.
class OdometerChooser : public TemplateChooser {
 public:
  explicit OdometerChooser(DrawPlace place) : seeded_(place) {}

  std::size_t count(std::size_t fewest, std::size_t most, TemplateTree::Method method) override;
  std::vector<std::size_t> pick(std::span<const double> weights, std::size_t count,
                                TemplateTree::Method method) override;

  /// Sets the next combination, for a picture at another place. False when there is none.
  bool advance(DrawPlace place);

 private:
  struct Wheel {
    std::size_t position, size;
  };

  std::size_t turn(std::size_t options);

  SeededChooser seeded_;
  std::vector<Wheel> wheels_;
  std::size_t next_ = 0;
};

}  // namespace fude::prompt
