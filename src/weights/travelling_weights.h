#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "weights/residence.h"

namespace fude::weights {

class TravellingWeights;

/// The memory of a device as the networks on it share it: the one that runs has it, swapped and streamed ones that do
/// not run leave it. The networks of one room run one after another, in one thread at a time.
class DeviceRoom {
 public:
  explicit DeviceRoom(at::Device device) : device_(device) {}

  at::Device device() const { return device_; }

 private:
  friend class TravellingWeights;
  void enter(TravellingWeights& network);

  at::Device device_;
  const TravellingWeights* running_ = nullptr;
  std::vector<TravellingWeights*> networks_;
};

/// The large weights of one network whose place is chosen by a memory plan: layers ask for them at each use, and they
/// are brought to the device when that is due. Works for every pair of devices, a processor with itself included.
class TravellingWeights : public std::enable_shared_from_this<TravellingWeights> {
 public:
  /// Gives a layer its weight, on the device.
  using Supply = std::function<at::Tensor()>;

  static std::shared_ptr<TravellingWeights> make(std::shared_ptr<DeviceRoom> room, Residence residence);
  ~TravellingWeights();
  TravellingWeights(const TravellingWeights&) = delete;
  TravellingWeights& operator=(const TravellingWeights&) = delete;

  /// Takes in a weight of the type and order that its layer computes with, on any device. It stays one of the network's
  /// for as long as the supply lives, so a layer replaces a weight by asking for another supply.
  Supply board(const at::Tensor& weight);

  /// What of the weights is on the device at this moment.
  std::int64_t bytes_on_device() const;

 private:
  friend class DeviceRoom;

  struct Weight;

  TravellingWeights(std::shared_ptr<DeviceRoom> room, Residence residence);
  at::Tensor fetch(const std::shared_ptr<Weight>& weight);
  at::Tensor fetch_streamed(const std::shared_ptr<Weight>& weight);
  void bring_all();
  void put_away();

  std::shared_ptr<DeviceRoom> room_;
  Residence residence_;
  std::vector<std::weak_ptr<Weight>> weights_;
  std::weak_ptr<Weight> latest_, coming_;  // streamed: asked for last; the one with an arrival
};

}  // namespace fude::weights
