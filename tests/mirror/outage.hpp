#pragma once
// A week in which the far side of the mirror is away, on a clock that is moved by hand, with a real
// journal, a real outbox and a real target; and the same week without a mirror.
namespace bitgrid {

/// False, and told on standard error: the control was disturbed, the spool grew beyond its bound, a
/// gap was not told, or health said something else.
bool live_through_an_outage(int days);

}  // namespace bitgrid
