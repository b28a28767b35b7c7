#pragma once
// The controller before everything else that wants the processor: a stop that waits for its turn is
// a late stop.
namespace bitgrid::ops {

/// Puts this process, and the threads that it begins, before others (nice -10) where the system
/// permits it: as root, with CAP_SYS_NICE, or with LimitNICE= of its service. False: not permitted,
/// nothing changed. Once, before threads and children; children that only compute should give way
/// again.
bool take_priority();

}  // namespace bitgrid::ops
