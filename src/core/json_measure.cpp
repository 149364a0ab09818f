#include "core/json_measure.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace fude {
namespace {

using Json = nlohmann::json;

class Counter : public nlohmann::json_sax<Json> {
 public:
  explicit Counter(const JsonMeasure& limits) : limits_(limits) {}

  const JsonMeasure& measure() const { return measure_; }

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool count() {
    ++measure_.values;
    return is_within();
  }

  bool open() {
    measure_.depth = std::max(measure_.depth, ++open_);
    return count();
  }

  bool close() {
    --open_;
    return true;
  }

  bool is_within() const { return measure_.values <= limits_.values && measure_.depth <= limits_.depth; }

  JsonMeasure limits_, measure_;
  int open_ = 0;
};

}  // namespace

JsonMeasure measure_json(std::string_view text, const JsonMeasure& limits) {
  Counter counter(limits);
  Json::sax_parse(text, &counter);
  return counter.measure();
}

}  // namespace fude
