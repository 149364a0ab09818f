#include "pipelines/comparison/run.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "pipelines/picture_jobs.h"

namespace fude::pipelines::comparison {
namespace {

// Errors of the tensor library have pages of stack behind their first line.
std::string first_line(std::string_view message) { return printable(message.substr(0, message.find('\n')), 300); }

class Run {
 public:
  Run(std::span<const Cell> cells, const RunEvents& events)
      : cells_(cells), events_(events), outcome_{.results = std::vector<CellResult>(cells.size())} {
    progress_.total = workload_of(cells).steps;
  }

  RunOutcome carry_out(std::span<const std::size_t> order) {
    for (const std::size_t index : order) {
      if (events_.continuation() == Continuation::kEndJob || !make(index)) {
        outcome_.is_complete = false;
        break;
      }
      ++progress_.cell;
    }
    return std::move(outcome_);
  }

 private:
  // False when the end was asked for.
  bool make(std::size_t index) {
    const Cell& cell = cells_[index];
    const std::int64_t before = progress_.done, steps = workload_of(cell).steps;
    std::exception_ptr fault;  // of the caller, not of the cell
    bool is_ended = false;
    try {
      make_pictures(index, before, steps, fault, is_ended);
    } catch (const Error& error) {
      if (fault) std::rethrow_exception(fault);
      if (error.code() == ErrorCode::kCancelled) return false;
      note_failure(index, error.what());
    } catch (const std::bad_alloc&) {
      if (fault) std::rethrow_exception(fault);
      note_failure(index, "out of memory");
    } catch (const std::exception& error) {
      if (fault) std::rethrow_exception(fault);
      note_failure(index, first_line(error.what()));
    }
    progress_.done = before + steps;
    return !is_ended;
  }

  void make_pictures(std::size_t index, std::int64_t before, std::int64_t steps, std::exception_ptr& fault,
                     bool& is_ended) {
    const Cell& cell = cells_[index];
    PictureModel& model = events_.model(cell.jobs.front());
    const TextToImageEvents events{
        .on_step =
            [&](int done, int total) {
              progress_.step = done;
              progress_.steps = total;
              progress_.done = before + steps * done / std::max(1, total);
              events_.on_progress(progress_);
            },
        .on_warning = events_.on_warning,
        .on_denoised = events_.on_denoised,
        .continuation =
            [&] {
              const Continuation next = events_.continuation();
              is_ended |= next == Continuation::kEndJob;
              return next;
            },
        .on_picture =
            [&](FinishedPicture picture, const StageSeconds& so_far) {
              try {
                keep(index, picture, so_far);
              } catch (...) {
                fault = std::current_exception();
                throw;
              }
            },
    };
    run_picture_jobs(model, cell.jobs, events);
  }

  void keep(std::size_t index, FinishedPicture& picture, const StageSeconds& so_far) {
    CellResult& result = outcome_.results[index];
    if (std::string file = events_.keep(index, picture, so_far); !file.empty()) result.files.push_back(std::move(file));
    if (result.picture || !events_.keeps_pictures) return;
    result.picture = std::move(picture.image);
    result.request = std::move(picture.request);
    result.infotext = std::move(picture.infotext);
  }

  void note_failure(std::size_t index, const std::string& error) {
    outcome_.results[index].error = error;
    events_.on_failure(index, error);
  }

  std::span<const Cell> cells_;
  const RunEvents& events_;
  RunOutcome outcome_;
  RunProgress progress_;
};

}  // namespace

RunOutcome run_cells(std::span<const Cell> cells, std::span<const std::size_t> order, const RunEvents& events) {
  return Run(cells, events).carry_out(order);
}

}  // namespace fude::pipelines::comparison
