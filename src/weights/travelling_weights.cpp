#include "weights/travelling_weights.h"

#include <algorithm>
#include <utility>

#include "weights/device_copies.h"

namespace fude::weights {

struct TravellingWeights::Weight {
  at::Tensor waiting;               // in RAM; undefined where it is held
  at::Tensor present;               // on the device; undefined while it is away
  std::optional<SideCopy> arrival;  // streamed: a copy on its way
  std::weak_ptr<Weight> next;       // streamed: which was asked for after this one the last time

  std::int64_t bytes_on_device() const {
    if (arrival) return arrival->bytes();
    return present.defined() ? static_cast<std::int64_t>(present.nbytes()) : 0;
  }
};

void DeviceRoom::enter(TravellingWeights& network) {
  if (running_ == &network) return;
  running_ = &network;
  for (TravellingWeights* other : networks_) {
    if (other != &network) other->put_away();
  }
}

std::shared_ptr<TravellingWeights> TravellingWeights::make(std::shared_ptr<DeviceRoom> room, Residence residence) {
  return std::shared_ptr<TravellingWeights>(new TravellingWeights(std::move(room), residence));
}

TravellingWeights::TravellingWeights(std::shared_ptr<DeviceRoom> room, Residence residence)
    : room_(std::move(room)), residence_(residence) {
  room_->networks_.push_back(this);
}

TravellingWeights::~TravellingWeights() {
  std::erase(room_->networks_, this);
  if (room_->running_ == this) room_->running_ = nullptr;
}

TravellingWeights::Supply TravellingWeights::board(const at::Tensor& weight) {
  const auto boarded = std::make_shared<Weight>();
  if (residence_ == Residence::kHeld) {
    boarded->present = weight.to(room_->device());
  } else {
    boarded->waiting = ready_to_copy(weight, room_->device());
  }
  std::erase_if(weights_, [](const std::weak_ptr<Weight>& gone) { return gone.expired(); });
  weights_.push_back(boarded);
  return [network = shared_from_this(), boarded] { return network->fetch(boarded); };
}

at::Tensor TravellingWeights::fetch(const std::shared_ptr<Weight>& weight) {
  room_->enter(*this);
  if (residence_ == Residence::kStreamed) return fetch_streamed(weight);
  if (!weight->present.defined()) bring_all();
  return weight->present;
}

at::Tensor TravellingWeights::fetch_streamed(const std::shared_ptr<Weight>& weight) {
  // The layers before this one are done with their weights. Without the wait, the processor would run ahead and ask for
  // the copies of all layers while the device computes the first.
  wait_for(room_->device());
  const at::Tensor here = weight->arrival ? weight->arrival->arrived() : copied_to(weight->waiting, room_->device());
  if (const auto coming = coming_.lock()) coming->arrival.reset();  // this one, or one that was passed over
  if (const auto before = latest_.lock()) before->next = weight;
  latest_ = weight;
  coming_ = weight->next;
  if (const auto coming = coming_.lock()) coming->arrival.emplace(coming->waiting, room_->device());
  return here;
}

void TravellingWeights::bring_all() {
  for (const std::weak_ptr<Weight>& held : weights_) {
    const auto weight = held.lock();
    if (weight && !weight->present.defined()) weight->present = copied_to(weight->waiting, room_->device());
  }
}

void TravellingWeights::put_away() {
  if (residence_ == Residence::kHeld) return;
  for (const std::weak_ptr<Weight>& held : weights_) {
    if (const auto weight = held.lock()) {
      weight->present.reset();
      weight->arrival.reset();
    }
  }
}

std::int64_t TravellingWeights::bytes_on_device() const {
  std::int64_t bytes = 0;
  for (const std::weak_ptr<Weight>& held : weights_) {
    if (const auto weight = held.lock()) bytes += weight->bytes_on_device();
  }
  return bytes;
}

}  // namespace fude::weights
