#pragma once
// A line between a client and a server on loopback that can go bad: late, narrow, torn, forged,
// silent or cut. It knows no protocol, and stands between the controller and a broker, an inverter,
// a miner or a web device alike.
#include <cstddef>
#include <cstdint>
#include <memory>

namespace bitgrid::faults {

/// What is wrong with the line, both ways. Times are real. Chances are drawn from a fixed seed.
struct Line {
    int delay_ms{0};             ///< every byte comes so much later
    double late_share{0};        ///< of the pieces, 0 to 1: lost and sent again, as TCP does ...
    int late_ms{0};              ///< ... so much later; what follows waits behind it
    std::size_t slice{0};        ///< most bytes at once; 0: as they come
    std::size_t bytes_per_s{0};  ///< 0: no bound
    double corrupt_share{0};     ///< of the bytes, 0 to 1: one bit turned
    bool swallows{false};        ///< half-open: everything vanishes, neither end is told
    bool refuses{false};         ///< new connections are reset
};

/// Has a thread of its own; may be told from any. Open connections obey a new Line at once.
class FaultProxy {
public:
    /// Listens on a free port of loopback and passes on to `upstream`.
    explicit FaultProxy(std::uint16_t upstream);
    ~FaultProxy();
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;

    std::uint16_t port() const;
    void set(Line);
    void mend() { set({}); }
    /// Cuts every connection with a reset, as a router does that was switched off and on.
    void reset_all();

    std::size_t connections() const;  ///< open now
    std::size_t accepted() const;     ///< since the start
    std::size_t passed_bytes() const;

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
};

}  // namespace bitgrid::faults
