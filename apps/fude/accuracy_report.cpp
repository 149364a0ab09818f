#include "accuracy_report.h"

#include <fmt/format.h>

#include <cmath>

#include "training/judge/bar.h"

namespace fude::apps {
namespace {

using judge::Accuracy;

std::string percent(double share) { return std::isnan(share) ? "     -" : fmt::format("{:5.1f}%", 100 * share); }

nlohmann::ordered_json number(double share) {
  return std::isnan(share) ? nlohmann::ordered_json() : nlohmann::ordered_json(share);
}

/// Calls on_subject(subject) and, after it, on_group(index) for each of its groups.
template <typename OnSubject, typename OnGroup>
void for_each_row(OnSubject on_subject, OnGroup on_group) {
  const auto table = painter::attribute_groups();
  for (int s = 0; s < painter::kSubjectCount; ++s) {
    const auto subject = static_cast<painter::Subject>(s);
    on_subject(subject);
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].subject == subject) on_group(i);
  }
}

}  // namespace

nlohmann::ordered_json accuracy_json(const Accuracy& accuracy) {
  nlohmann::ordered_json groups, subjects;
  for_each_row(
      [&](painter::Subject subject) {
        subjects[std::string(subject_name(subject))] = number(accuracy.of_subject(subject));
      },
      [&](std::size_t i) {
        groups[std::string(painter::attribute_groups()[i].name)] = {{"accuracy", number(accuracy.of_group(i))},
                                                                    {"shown", accuracy.shown(i)}};
      });
  return {{"mean", number(accuracy.mean())}, {"subjects", subjects}, {"groups", groups}};
}

std::string accuracy_table(const Accuracy& accuracy) {
  std::string text = fmt::format("{:<18}   right     bar   shown\n", "");
  for_each_row(
      [&](painter::Subject subject) {
        const double right = accuracy.of_subject(subject), bar = judge::bar_of(subject);
        text += fmt::format("{:<18}  {}  {}{}\n", subject_name(subject), percent(right), percent(bar),
                            right < bar ? "   below" : "");
      },
      [&](std::size_t i) {
        text += fmt::format("  {:<16}  {}          {:6}\n", painter::attribute_groups()[i].name,
                            percent(accuracy.of_group(i)), accuracy.shown(i));
      });
  return text + fmt::format("{:<18}  {}\n", "mean of groups", percent(accuracy.mean()));
}

std::string examination_table(const Accuracy& good, const Accuracy& all) {
  std::string text = fmt::format("{:<18}    good     all   shown\n", "");
  for_each_row(
      [&](painter::Subject subject) {
        text += fmt::format("{:<18}  {}  {}\n", subject_name(subject), percent(good.of_subject(subject)),
                            percent(all.of_subject(subject)));
      },
      [&](std::size_t i) {
        text += fmt::format("  {:<16}  {}  {}  {:6}\n", painter::attribute_groups()[i].name, percent(good.of_group(i)),
                            percent(all.of_group(i)), all.shown(i));
      });
  return text + fmt::format("{:<18}  {}  {}\n", "mean of groups", percent(good.mean()), percent(all.mean()));
}

}  // namespace fude::apps
