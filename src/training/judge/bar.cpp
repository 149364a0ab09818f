#include "training/judge/bar.h"

namespace fude::judge {

double bar_of(painter::Subject subject) {
  switch (subject) {
    case painter::Subject::kBackground: return 0.95;
    case painter::Subject::kHairStyle: return 0.85;
    case painter::Subject::kClothes: return 0.88;
    case painter::Subject::kHairColor: return 0.88;
    case painter::Subject::kClothesColor: return 0.80;
    case painter::Subject::kExpression: return 0.75;
    case painter::Subject::kEyeColor: return 0.70;
    case painter::Subject::kOther: return 0.80;
  }
  return 1;
}

std::vector<painter::Subject> below_bar(const Accuracy& accuracy) {
  std::vector<painter::Subject> subjects;
  for (int i = 0; i < painter::kSubjectCount; ++i) {
    const auto subject = static_cast<painter::Subject>(i);
    if (accuracy.of_subject(subject) < bar_of(subject)) subjects.push_back(subject);
  }
  return subjects;
}

}  // namespace fude::judge
